"""A list that the State publishes for all of France, read again at each of its deliveries.

It is read by the same reading as the tables of agents, and written by the same passage: what it has of
its own is here. It is a source, of a day, that says the dates of its rows; it is known by its headers;
it is of all of France, or told to be a part of it; and nobody who is absent from it is removed.
"""

import datetime
from typing import NamedTuple

from socle.fichiers.correspondance import IGNOREE, correspondance, known_columns, missing_columns
from socle.fichiers.entetes import known_names, read_table
from socle.fichiers.lecture import read_file
from socle.fichiers.lignes import Sort
from socle.fichiers.liste.jour import JourRefuse, refuse_impossible
from socle.fichiers.liste.questions import QuestionsDeListe
from socle.fichiers.provenance import Provenance
from socle.fichiers.sorte import SorteDeFichier
from socle.fichiers.tableau.fichier import DES_LISTES, FichierRefuse
from socle.fichiers.tableau.noms import bare_name
from socle.francais import nombre, pluriel

TROP_COURTE = (
    "{nom} : {lues}, alors que {liste} en a au moins {plancher} : le fichier est tronqué, ou c'est "
    "un extrait."
)
COUPEE = (
    "{nom} : la ligne {ligne}, la dernière, s'arrête avant sa dernière colonne : le fichier est coupé. "
    "Téléchargez-le de nouveau."
)

# How what an extract says is known, for the service alone: it does not say what it lacks.
EXTRAIT = "Lue dans un extrait de la liste."


class ListeTropCourte(FichierRefuse):
    """A list of fewer rows than any was; whoever asked for it adds how to say that it is an extract."""


class PhraseDeListe(NamedTuple):
    """What a row of a list brings, in a sentence; of what the list has not, there is no row: 0."""

    numero: int
    sujet: str
    phrase: str
    lien: str = ""


class ListeNationale(SorteDeFichier):
    """What every national list has; mixed in before the `Ressource`, or what else reads its rows.

    `document` is who publishes it, `forme` what it looks like, `autres_formes` those of the other lists;
    `plancher`, the number of rows under which it is not whole; `mots`, the groups under which what the
    list brings is told, with their words. What is asked of one reading is given by `read_as`, or by
    `hear` from the answers of an agent: `jour`, `departements` (None: all), `partielle`.
    """

    document = None
    forme = None
    autres_formes = ()
    plancher = 0
    mots = {
        "nouvelle": "entrée,entrées",
        "modifiee": "changement,changements",
        "ecartee": "ligne écartée,lignes écartées",
    }
    questions = QuestionsDeListe
    limites = DES_LISTES
    # A list that says nothing of a date leaves the one that we hold.
    vide_efface = False
    jour = None
    departements = None
    partielle = False
    # The rows that were read from the file, and taken out of it since, by column.
    retirees = ()

    @property
    def plus_ancienne(self):
        """Return the day before which no such list was, None where it is unknown."""
        return None

    def inconnus(self, departements):
        """Return those of these codes that are of no département."""
        raise NotImplementedError

    def prepare(self, fichier):
        """Refuse a file of another shape, before anything is asked of it; propose the day of its name."""
        self.forme.refuse_otherwise(fichier, self.autres_formes)
        if fichier.coupee:
            raise FichierRefuse(COUPEE.format(nom=fichier.nom, ligne=fichier.coupee))
        self.proposees = self.questions.proposees(fichier.nom)

    def read_as(self, jour, departements=None, partielle=False):
        """Read the list as that of `jour`, for all or some départements; `partielle`, it is an extract.

        Raises `JourRefuse` for a day that no list can be of.
        """
        refuse_impossible(jour, self.plus_ancienne)
        self.jour, self.departements, self.partielle = jour, departements, partielle
        self.provenance = Provenance(self.document.source(jour), EXTRAIT if partielle else "")

    def hear(self, depot):
        """Take what an agent answered of its list; raises `FichierRefuse` for one that is too short."""
        jour = datetime.date.fromisoformat(depot.reponses["jour"])
        try:
            self.read_as(jour, partielle=bool(depot.reponses.get("extrait")))
        except JourRefuse as refusal:
            raise FichierRefuse(f"{depot.fichier.nom} : {refusal}") from None
        columns = [depot.colonnes.get(header) for header in depot.fichier.entetes]
        self.retirees = [
            {column: cell for column, cell in zip(columns, cells, strict=True) if column}
            for _, cells in depot.retirees
        ]
        lues = len(depot.fichier.lignes) + len(depot.retirees)
        try:
            self.refuse_short(depot.fichier.nom, lues)
        except ListeTropCourte as refusal:
            raise FichierRefuse(f"{refusal} Dites ci-dessous que c'est un extrait.") from None

    def read(self, content, nom):
        """Return the rows of a file, in bytes, sent or given to a command; raises `FichierRefuse`."""
        fichier = read_file(content, nom, known_names(self), limites=self.limites)
        self.prepare(fichier)
        self.refuse_short(nom, len(fichier.lignes))
        return read_table(fichier, self, columns_by_name(fichier, self))

    def refuse_short(self, nom, lues):
        """Refuse a list of fewer rows than any was, unless it is told to be an extract."""
        if lues < self.plancher and not self.partielle:
            told = {"nom": nom, "lues": pluriel(lues, "ligne,lignes"), "liste": self.forme.nom}
            raise ListeTropCourte(TROP_COURTE.format(plancher=nombre(self.plancher), **told))

    def dits(self, ligne):
        """Yield what a row brings, by group: (key of `mots`, sentence)."""
        if ligne.sort is Sort.REFUSEE:
            yield from (("ecartee", str(refus)) for refus in ligne.refus)
        elif ligne.sort is not Sort.INCHANGEE:
            group = "nouvelle" if ligne.sort is Sort.NOUVELLE else "modifiee"
            for change in ligne.changements:
                before = f"{change.avant} → " if change.avant else ""
                yield group, f"{change.colonne} : {before}{change.apres or 'vide'}"

    def sujet(self, ligne):
        """Return what a row is about, as it is told; nothing of one that is set aside."""
        return ligne.fiche

    def lien(self, group, ligne):
        """Return the address where an agent does what a row proposes; empty if there is none."""
        return ""

    def groupes_de_l_apercu(self, apercu):
        return [
            (pluriel(len(dits), self.mots[group]), dits)
            for group, dits in self.par_groupe(apercu).items()
        ]

    def par_groupe(self, apercu):
        """Return what the rows bring, in the order of `mots`: sentences by group, none being empty."""
        told = {group: [] for group in self.mots}
        for ligne in apercu.lignes:
            for group, phrase in self.dits(ligne):
                dit = PhraseDeListe(
                    ligne.numero, self.sujet(ligne), phrase, self.lien(group, ligne)
                )
                told[group].append(dit)
        return {group: dits for group, dits in told.items() if dits}

    def nom_dit(self, lue):
        """Return the name that the file itself gives to what a row is about, for whoever looks for it."""
        return next((name for _, _, name in lue.temoins), "")


def columns_by_name(fichier, ressource):
    """Return what each header of a list is: one that nobody knows is not read, as it may gain some.

    Raises `FichierRefuse` for two headers that would be the same, or for one that misses.
    """
    columns = correspondance(fichier, ressource, {})
    known = known_columns(fichier, ressource)
    for found in columns:
        if not found.sure:
            if known.get(bare_name(found.entete)):
                raise FichierRefuse(
                    f"{fichier.nom} : colonne « {found.entete} » : une autre dit la même chose."
                )
            found.colonne = IGNOREE
    if absent := missing_columns(columns, ressource):
        raise FichierRefuse(f"{fichier.nom} : colonne « {absent[0]} » absente.")
    return {found.entete: found.colonne for found in columns}
