"""A national list told, then written, by a command: the same passage as that of a page."""

from django.db import transaction

from socle.fichiers.deroulement import preview
from socle.fichiers.imports import Import
from socle.fichiers.lignes import Apercu
from socle.historique import one_act


def tell(liste, table):
    """Return the `Apercu` of what the rows of a list would do; nothing of it stays, and nobody waits."""
    return preview(liste, table, None, liste.provenance)


def write(liste, table, auteur=None):
    """Write what the rows of a list do, all or none of it, as one act; return its `Apercu`.

    The act can be undone, and a row that is set aside costs no other. `auteur` is the agent of the
    request, None for a command.
    """
    with transaction.atomic():
        # Others may come to name it: it is no part of this act, and stays when it is undone.
        liste.provenance.source = liste.provenance.source.kept()
        with one_act(f"Import de {table.nom}") as acte:
            passage = liste.passage(table, None, liste.provenance, for_good=True)
            apercu = Apercu(passage.lignes())
        Import.objects.keep(acte, auteur, liste.titre, table.nom, apercu)
    return apercu
