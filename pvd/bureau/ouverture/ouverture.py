"""The opening of a département, or of all of France: what its files bring, told, then written at once.

Each part is that of a command or of a page of its own: the two national lists, the contours, the
account of the référent. Opened, a département is known « d'après les listes nationales ».
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

from django.db import transaction

from communes.comptes.ouverture import open_account
from communes.models import (
    Agent,
    Commune,
    ContourCommune,
    ContourDepartement,
    Departement,
    FondDeCarte,
    FondDeFrance,
    Millesime,
    Tenue,
)
from communes.programme.liste.ressource import ListePvdRessource
from communes.territoire.contours.imports import of_departements, write_contours
from communes.territoire.contours.lecture import read_geojson
from communes.territoire.liste import CODE
from ort.liste.liste import ListeOrt
from socle.copie import tables_copiees
from socle.fichiers.lignes import Apercu, Sort
from socle.fichiers.liste.commande import where
from socle.fichiers.liste.deroulement import tell, write
from socle.fichiers.liste.jour import jour_de_la_liste
from socle.fichiers.tableau.fichier import FichierRefuse

LISTES = {"pvd": ListePvdRessource, "ort": ListeOrt}
CONTOURS = (ContourCommune, ContourDepartement, FondDeCarte, FondDeFrance)
YEAR_IN_NAME = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
SANS_ATTRIBUTION = "source non précisée"


class Depassee(Exception):
    """The base changed since the preview: nothing was written."""


@dataclass
class ListeLue:
    """A national list that was read, and what its rows would do, or did."""

    liste: object
    table: object
    apercu: Apercu | None = None

    @property
    def groupes(self):
        """Return what it brings, in sentences, by the words of each group, counted."""
        return [
            (words, [f"{where(dit)} : {dit.phrase}" for dit in dits])
            for words, dits in self.liste.groupes_de_l_apercu(self.apercu)
        ]

    @property
    def remarques(self):
        return self.liste.remarques


@dataclass
class ContoursLus:
    """The features of files of contours, and what writing them comes to."""

    traits: list
    annee: int
    attribution: str
    bilan: object = None

    def write(self):
        self.bilan = write_contours(self.traits, self.annee, self.attribution)


def annee_du_territoire():
    """Return the vintage of the communes that are there, which contours are resolved to."""
    return Millesime.objects.order_by("annee").values_list("annee", flat=True).last()


@dataclass
class Ouverture:
    """What opens `departement`, or France whole when it is None; each part is optional but the lists.

    `compte` is the account of the référent, new or already there.
    """

    departement: Departement | None
    listes: dict[str, ListeLue] = field(default_factory=dict)
    contours: ContoursLus | None = None
    compte: Agent | None = None
    mot_de_passe: str = ""

    @property
    def codes(self):
        """Return the codes of the départements whose rows are read, None for all."""
        return None if self.departement is None else [self.departement.pk]

    def read_list(self, cle, nom, content, jour=None, partielle=False, suivies=None):
        """Read a list, in bytes; raises `JourRefuse` or `FichierRefuse`."""
        liste = LISTES[cle]()
        liste.suivies = suivies or liste.suivies
        liste.read_as(jour_de_la_liste(nom, jour, liste.plus_ancienne), self.codes, partielle)
        self.listes[cle] = ListeLue(liste, liste.read(content, nom))

    def read_contours(self, fichiers, annee=None, attribution=""):
        """Read files of contours, (name, bytes); raises `FichierRefuse`.

        Untold, their vintage is the year in their name, else that of the territory; nobody is said to
        publish them.
        """
        traits = [trait for nom, content in fichiers for trait in read_geojson(nom, content)]
        if self.departement:
            traits = of_departements(traits, {self.departement.pk})
            if not traits:
                names = ", ".join(nom for nom, _ in fichiers)
                raise FichierRefuse(f"{names} : aucun contour {self.departement.avec_de}.")
        named = [int(year) for nom, _ in fichiers for year in YEAR_IN_NAME.findall(nom)]
        annee = annee or next(reversed(named), None) or annee_du_territoire()
        if annee is None:
            raise FichierRefuse(
                f"{fichiers[0][0]} : son millésime n'est pas dit. Écrivez son année dans son nom."
            )
        self.contours = ContoursLus(traits, annee, attribution or SANS_ATTRIBUTION)

    @cached_property
    def a_relever(self):
        """The départements of which nothing was kept, and that the lists, once read, tell.

        A whole list that has no commune there says that there is none: that is known, and by it. An
        extract says nothing of what it has not, and rows that are all set aside are not what we hold.
        """
        found = Departement.objects.filter(tenue=Tenue.AUCUNE)
        found = found if self.codes is None else found.filter(pk__in=self.codes)
        taken, aside = self.departements_dits()
        whole = not any(lue.liste.partielle for lue in self.listes.values())
        return [d for d in found if d.pk in taken or (whole and d.pk not in aside)]

    def departements_dits(self):
        """Return the codes of the départements of the rows that are taken, and of those set aside."""
        by_sort = {True: set(), False: set()}
        for lue in self.listes.values():
            for ligne in lue.apercu.lignes:
                by_sort[ligne.sort is Sort.REFUSEE].add(ligne.lue.cellules.get(CODE, ""))
        there = Commune.objects.order_by().values_list("departement", flat=True)
        aside, taken = (set(there.filter(pk__dans=sorted(by_sort[s]))) for s in (True, False))
        return taken, aside - taken

    @property
    def compte_nouveau(self):
        return self.compte is not None and (self.compte.pk is None or bool(self.mot_de_passe))

    @property
    def changements(self):
        """Return how many things would be written, or were."""
        rows = sum(lue.apercu.a_ecrire for lue in self.listes.values())
        drawn = self.contours.bilan.nouveaux if self.contours else 0
        return rows + drawn + len(self.a_relever) + self.compte_nouveau

    @property
    def empreinte(self):
        """Return a mark of all that the lists bring: another one means that a preview no longer holds."""
        return " ".join(lue.apercu.empreinte for lue in self.listes.values())

    def tell(self):
        """Find what each part would do; nothing of it stays, and nobody waits."""
        for lue in self.listes.values():
            lue.apercu = tell(lue.liste, lue.table)
        if self.contours:
            with tables_copiees(*CONTOURS):
                self.contours.write()

    def write(self, par=None, empreinte=None):
        """Write every part, all or nothing; `par` is the agent who asks, None for a command.

        Raises `Depassee`, and writes nothing, when the lists would no longer do what `empreinte` showed.
        """
        with transaction.atomic():
            for lue in self.listes.values():
                lue.apercu = write(lue.liste, lue.table, par)
            if empreinte is not None and empreinte != self.empreinte:
                raise Depassee
            if self.contours:
                self.contours.write()
            if self.compte and self.compte.pk is None:
                self.mot_de_passe = open_account(self.compte, self.departement, par)
            Departement.objects.filter(pk__in=[d.pk for d in self.a_relever]).update(
                tenue=Tenue.LISTES
            )
