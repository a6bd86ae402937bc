"""The plan of a bureau d'études or of a chef de projet: a spreadsheet, one row an action."""

import datetime
import re
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from projects.actions.models import (
    Action,
    ActionAdhesion,
    ActionCommune,
    ActionPartenaire,
    Axe,
    Cout,
    FaitAction,
    Prevision,
)
from projects.financements.models import Dispositif, FaitFinancement, Financement
from projects.projet.plan.colonnes import (
    EN_PLUS,
    INFORMATIVES,
    MOTS_DES_STADES,
    PAIRES,
    STADES,
    TEXTES,
    ColonneDArgent,
    all_names,
    funder_of,
    is_vague,
    pair_of,
    put_right,
    stage_of,
)
from projects.projet.plan.demande import PlanChoisi, QuestionsDuPlan
from projects.projet.plan.guide import EXEMPLE, GUIDE
from projects.projet.plan.passage import PassageDuPlan
from socle.fichiers.montants import base_de, decimal_mark, read_amount, unite_de
from socle.fichiers.sorte import SorteDeFichier
from socle.fichiers.tableau.dire import quoted, rows_told
from socle.fichiers.tableau.lignes import TOTAL, UNIT
from socle.fichiers.tableau.noms import bare_name
from socle.francais import euros

# « Axe 1 – Habiter le centre », alone on its row, above its actions.
A_BAND = re.compile(r"(axe|orientation|objectif stratégique)\b", re.IGNORECASE)
MODELS = (
    *(Action, ActionAdhesion, ActionCommune, ActionPartenaire, Axe, Cout, FaitAction, Prevision),
    *(Financement, FaitFinancement),
)


class PlanDActions(SorteDeFichier):
    """One row an action: what it is, where, by whom, when, what it costs, and who pays, a column each."""

    titre = "Un plan d'actions : une ligne par action, une colonne par financeur"
    questions = QuestionsDuPlan
    guide = GUIDE
    exemple = EXEMPLE
    models = MODELS
    # A preview compares in memory: it has nothing to write, and no table to copy.
    written_models = ()
    key_columns = ("intitule",)
    required_columns = ("intitule",)
    informatives = INFORMATIVES
    modele = list(EXEMPLE)
    codes, temoins, dated_sources, calculees, trompeuses, a_defaut = {}, {}, {}, {}, {}, {}
    precisions = {}
    cle, extra_columns = None, ()

    def __init__(self):
        self.entetes, self.unites, self.reponses = {}, {}, {}
        self.jour, self.nus, self.ecartees = timezone.localdate(), "", []
        self.from_headers, self.melangees, self.units_below = {}, False, {}
        self.bandes = []

    @cached_property
    def dispositifs(self):
        """Return the schemes, by key."""
        return {scheme.cle: scheme for scheme in Dispositif.objects.select_related("financeur")}

    @cached_property
    def libelles(self):
        return {key: scheme.libelle for key, scheme in self.dispositifs.items()}

    @cached_property
    def argent(self):
        """Return the columns of money, by name, each with what it is called."""
        return {
            ColonneDArgent(key, stade).nom: f"{label} {MOTS_DES_STADES[stade]}".strip()
            for key, label in self.libelles.items()
            for stade in STADES
        }

    @property
    def intitules(self):
        return self.argent

    @property
    def columns(self):
        return [*TEXTES, *EN_PLUS, *PAIRES, *self.argent]

    @property
    def brutes(self):
        return frozenset(self.columns)

    @property
    def groupes(self):
        schemes = [
            (label, [ColonneDArgent(key, stade).nom for stade in STADES])
            for key, label in self.libelles.items()
        ]
        return [
            ("L'action", [*TEXTES, *EN_PLUS]),
            *schemes,
            ("Financeur par financeur", list(PAIRES)),
        ]

    @cached_property
    def static_names(self):
        return all_names(self.libelles)

    @property
    def autres_noms(self):
        """Return the columns, by the names that a header may have."""
        return {**self.static_names, **self.from_headers}

    def get_import_fields(self):
        """Return no field: a row is read whole, and is not a record."""
        return []

    def prepare(self, fichier):
        """Know the layout of a file, and the headers that only their words tell."""
        put_right(fichier)
        self.set_bands_aside(fichier)
        known = {bare_name(name) for name in (*self.static_names, *self.columns, *INFORMATIVES)}
        unknown = [e for e in fichier.entetes if bare_name(e) not in known]
        self.a_dire = tuple(entete for entete in unknown if is_vague(entete))
        for entete in fichier.entetes:
            if pair := pair_of(entete):
                self.from_headers[entete] = pair
        for entete in unknown:
            key = None if entete in self.a_dire else funder_of(entete, self.libelles)
            if key and entete not in self.from_headers:
                self.from_headers[entete] = ColonneDArgent(key, stage_of(entete)).nom
        self.units_below = units_under(fichier)

    def set_bands_aside(self, fichier):
        """Set aside the rows of one cell of words, that is no title: an axe above its actions, a note."""
        titles = [self.autres_noms.get(e) == "intitule" for e in fichier.entetes]
        titles = [
            t or bare_name(e) == "intitule" for t, e in zip(titles, fichier.entetes, strict=True)
        ]
        bands = {}
        for number, cells in fichier.lignes:
            filled = [place for place, cell in enumerate(cells) if cell]
            alone = len(filled) == 1 and len(cells) > 2 and not titles[filled[0]]
            if alone and any(map(str.isalpha, cells[filled[0]])) and len(cells[filled[0]]) > 4:
                bands[number] = cells[filled[0]]
        if bands:
            fichier.drop_rows(bands)
            are = "est laissée" if len(bands) == 1 else "sont laissées"
            told = f"{rows_told(list(bands))} {are} de côté : {quoted(bands.values())}."
            fichier.remarques.append(told)

    def hear(self, depot):
        self.entetes = {column: header for header, column in depot.colonnes.items() if column}
        self.unites = {depot.colonnes[h]: unite for h, unite in depot.unites.items()}
        self.reponses, self.ecartees = depot.reponses, depot.fichier.ecartees
        self.bandes = [
            (number, words)
            for number, cells in sorted(self.ecartees)
            if (words := next(filter(None, cells), "")) and A_BAND.match(words)
        ]
        self.places = {e: place for place, e in enumerate(depot.fichier.entetes)}
        if jour := depot.reponses.get("jour"):
            self.jour = datetime.date.fromisoformat(jour)
        self.nus = depot.reponses.get("nus", "")
        money = [self.places[header] for c, header in self.entetes.items() if self.is_money(c)]
        cells = (cells[place] for _, cells in depot.fichier.lignes for place in money)
        self.melangees = {decimal_mark(cell) for cell in cells} >= {",", "."}

    def non_lues(self, table):
        """Return the columns that nobody has read, but those known to say nothing of an action."""
        known = {bare_name(name) for name in self.informatives}
        return [
            header
            for header in table.ignorees
            if bare_name(header) and bare_name(header) not in known
        ]

    def plan_of(self, user):
        """Return the plan that was answered, among those of `user`; None if there is none."""
        told = self.reponses.get("plan", "")
        return PlanChoisi.of(told, self.reponses.get("ensemble", ()), user)

    @cached_property
    def dispositifs_lus(self):
        """Return the keys of the schemes that have a column in the file, in its order."""
        return [
            key
            for key in self.dispositifs
            if any(ColonneDArgent(key, stade).nom in self.entetes for stade in STADES)
        ]

    def is_money(self, column):
        """Tell whether the cells of a column are amounts."""
        if not column:
            return False
        amounts = column in self.argent and not column.endswith("_decision")
        return amounts or column == "cout" or column.startswith("montant_")

    def entete_de(self, column):
        """Return how the file calls a column."""
        return self.entetes.get(column) or self.argent.get(column, column)

    def unite_of(self, column):
        return self.unites.get(column) or unite_de(self.entete_de(column))

    def base_of(self, column):
        """Return HT or TTC, if the header of a column says so."""
        return base_de(self.entetes.get(column, ""))

    def unite_proposee(self, entete, column):
        if not self.is_money(column):
            return ""
        return self.units_below.get(entete) or unite_de(entete)

    def compris(self, column, unite, text):
        """Return how a cell is read: amounts in euros, or why they are not."""
        if not self.is_money(column):
            return text
        try:
            read = read_amount(text, unite or "€")
        except ValueError as error:
            return f"{text} : {error}"
        if read.valeur is None:
            return f"{read.part} % du coût" if read.part is not None else "inconnu"
        return f"{euros(read.valeur)} {MOTS_DES_STADES.get(read.stade, '')}".strip()

    def passage(self, table, user=None, provenance=None, for_good=False):
        return PassageDuPlan(self, table, user, provenance, for_good)

    def totaux(self, lignes):
        """Tell each total of the file that differs from the rows that it sums."""
        told, since = [], 0
        for number, cells in sorted(self.ecartees):
            words = next(filter(None, cells), "")
            if not TOTAL.match(words):
                continue
            partial = words.casefold().startswith("sous")
            summed = [li for li in lignes if (since if partial else 0) < li.numero < number]
            since = number
            for column, header in self.entetes.items():
                if self.is_money(column) and (
                    gap := self.gap(column, cells[self.places[header]], summed)
                ):
                    told.append(f"Ligne {number}, « {words} », colonne « {header} » : {gap}.")
        return told

    def gap(self, column, text, lignes):
        """Return how a total differs from its rows, in words; empty if it does not, or says nothing."""
        try:
            total = read_amount(text, self.unite_of(column)).valeur if text else None
            rows = [
                read_amount(li.cellules[column], self.unite_of(column)).valeur
                for li in lignes
                if li.cellules.get(column)
            ]
        except ValueError:
            return ""
        found = sum((amount for amount in rows if amount is not None), Decimal(0))
        if total is None or total == found:
            return ""
        return f"{euros(total)} écrits, {euros(found)} en ajoutant ses lignes"


def units_under(fichier):
    """Return the units that a row under the header says, by header: « (k€) » under « Coût »."""
    for _, cells in fichier.ecartees[:1]:
        if all(UNIT.fullmatch(cell) for cell in cells if cell):
            return {
                header: unite_de(cell)
                for header, cell in zip(fichier.entetes, cells, strict=True)
                if cell and unite_de(cell) != "€"
            }
    return {}
