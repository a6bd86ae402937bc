"""An import, from its preview to its writing: the same passage over the rows, tried then for good.

The preview writes as the import does, without history, in copies of the tables that nobody else
sees: what a row does is thus judged after the rows above it, and nobody waits.
"""

from django.db import transaction
from django.utils import timezone

from socle.copie import tables_copiees
from socle.fichiers.entetes import known_names, refuse_another_day
from socle.fichiers.imports import Import
from socle.fichiers.lecture import read_file
from socle.fichiers.lignes import Apercu, Sort
from socle.fichiers.tableau.fichier import FichierRefuse
from socle.historique import one_act


class Depasse(Exception):
    """The base changed since the preview: nothing was written; `apercu` is what is true now."""

    def __init__(self, apercu):
        super().__init__()
        self.apercu = apercu


def read_sent(ressource, content, nom, user, feuille="", autre_jour=False):
    """Return the `Fichier` of what an agent sends, ready for its columns to be told.

    Raises `FichierRefuse`, also of a file that tells the situation of another day than today, unless it
    is wanted: `autre_jour`.
    """
    kept = ressource.extrait(content, nom, user)
    fichier = read_file(kept, nom, known_names(ressource), feuille, ressource.limites)
    ressource.prepare(fichier)
    if not autre_jour:
        refuse_another_day(fichier, timezone.localdate())
    return fichier


def preview(ressource, table, user, provenance=None):
    """Return the `Apercu` of what `table` would do for `user`; nothing of it stays, and nobody waits."""
    with tables_copiees(*ressource.written_models):
        return Apercu(ressource.passage(table, user, provenance).lignes())


def write(ressource, table, user, provenance, depot, empreinte):
    """Write the rows that are not refused, all or none of them, as the preview `empreinte` showed.

    Returns what they did, and the `Import` by which it can be taken back, if anything was written.
    Raises `Depasse`, and writes nothing, when they would no longer do what it showed.
    """
    with transaction.atomic():
        if provenance:
            # Others may come to name it: it is no part of this act, and stays when it is undone.
            provenance.source = provenance.source.kept()
        with one_act(depot.raison) as acte:
            apercu = Apercu(ressource.passage(table, user, provenance, for_good=True).lignes())
            if apercu.empreinte != empreinte:
                raise Depasse(apercu)
        unread = ressource.non_lues(table)
        fait = Import.objects.keep(acte, user, ressource.titre, depot.fichier.nom, apercu, unread)
    return apercu, fait


def deliver(ressource, table):
    """Write the rows of a file of the project where no agent has written; return their `Apercu`.

    What agents have changed or removed stays, and is told on its row; a refused row costs no other.
    """
    with transaction.atomic():
        return Apercu(ressource.passage(table, for_good=True, epargne=True).lignes())


def load(ressource, table):
    """Write all the rows of a file of the project, or none of them; return its `Apercu`.

    Raises `FichierRefuse` with one line for each refused row.
    """
    with transaction.atomic():
        apercu = Apercu(ressource.passage(table, for_good=True).lignes())
        if refused := apercu.of(Sort.REFUSEE):
            raise FichierRefuse(
                "\n".join(
                    f"{table.nom}, ligne {ligne.numero}, {refus}"
                    for ligne in refused
                    for refus in ligne.refus
                )
            )
    return apercu
