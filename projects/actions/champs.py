"""What the files of actions name: an action, an adhésion by its commune, an axe by its code, an avenant."""

from collections import defaultdict

from django.core.exceptions import ObjectDoesNotExist

from communes.models import Labellisation
from communes.programme.lecture import ouverture
from communes.territoire.champs import CommuneWidget
from ort.imports_couvertures import by_day
from ort.models import Avenant
from projects.actions.models import Action, Axe
from socle.dates import parse_date
from socle.fichiers.champs import (
    CelluleRefusee,
    Champ,
    TextWidget,
    champ_fiche,
    is_erasure,
)

ORT, ADHESIONS = "ort_identifiant", "adhesions"


def champ_action(column="action_identifiant", attribute="action"):
    return champ_fiche(column, attribute, Action, "identifiant")


def codes_of(cell):
    """Return what a cell holds, separated by « | », each once; nothing for one that empties its field."""
    if not cell or is_erasure(cell):
        return []
    return list(dict.fromkeys(code.strip() for code in cell.split("|") if code.strip()))


class AdhesionWidget(CommuneWidget):
    """The adhésion of the commune that a cell names: that of its last time in the programme."""

    def __init__(self):
        super().__init__(jour="", premier_jour=ouverture)

    def load(self, column, rows, user=None):
        super().load(column, rows, user)
        times = Labellisation.objects.filter(commune__dans=self.keys()).order_by("debut")
        self.adhesions = {time.commune_id: time for time in times.select_related("commune")}

    def clean(self, value, row=None, **kwargs):
        commune = super().clean(value, row, **kwargs)
        if commune is None:
            return None
        if commune.pk not in self.adhesions:
            raise ValueError("cette commune n'est pas du programme")
        return self.adhesions[commune.pk]

    def key_of(self, record):
        return record.commune_id if isinstance(record, Labellisation) else super().key_of(record)

    def render(self, value, obj=None, **kwargs):
        return value.commune_id if value else ""


class ReadBesidePlan(TextWidget):
    """A record of the plan that a row names: `known` holds those of each plan, by what tells it."""

    known = None

    def plan_of(self, row):
        """Return what tells the plan of a row: its convention, else its adhésions."""
        return row.get(ORT) or frozenset(codes_of(row.get(ADHESIONS)))

    def load(self, column, rows, user=None):
        self.known = defaultdict(list)

    def of_plan(self, row):
        if self.known is None:
            self.load("", [row])
        return self.known[self.plan_of(row)]


class AxeWidget(ReadBesidePlan):
    """An axe of the plan of the row, by its code; that of an adhésion signed together is of one commune."""

    def load(self, column, rows, user=None):
        super().load(column, rows, user)
        of_conventions = Axe.objects.filter(
            convention__identifiant__dans={row[ORT] for row in rows if row.get(ORT)}
        )
        for axe in of_conventions.select_related("convention"):
            self.known[axe.convention.identifiant].append(axe)
        plans = {self.plan_of(row) for row in rows if not row.get(ORT)}
        communes = frozenset().union(*plans)
        of_adhesions = Axe.objects.filter(labellisation__commune__dans=communes)
        # Of a commune that came back, its last time in the programme: see `AdhesionWidget`.
        of_adhesions = of_adhesions.order_by("-labellisation__debut", "ordre", "code")
        for axe in of_adhesions.select_related("labellisation"):
            for plan in plans:
                if axe.labellisation.commune_id in plan:
                    self.known[plan].append(axe)

    def clean(self, value, row=None, **kwargs):
        code = super().clean(value, row, **kwargs)
        if not code:
            return None
        found = [axe for axe in self.of_plan(row) if axe.code == code]
        if not found:
            raise ValueError("ce plan n'a pas d'axe de ce code : importez d'abord ses axes")
        return found[0]

    def as_written(self, value):
        return value and value.code


class AvenantWidget(ReadBesidePlan):
    """An avenant of the convention of the row, by its identifier or by the day of its signature."""

    def load(self, column, rows, user=None):
        super().load(column, rows, user)
        wanted = {row[ORT] for row in rows if row.get(ORT)}
        acts = Avenant.objects.filter(convention__identifiant__dans=wanted)
        for avenant in acts.select_related("convention"):
            self.known[avenant.convention.identifiant].append(avenant)

    def clean(self, value, row=None, **kwargs):
        text = super().clean(value, row, **kwargs)
        if not text:
            return None
        acts = self.of_plan(row)
        named = next((avenant for avenant in acts if avenant.identifiant == text), None)
        if named:
            return named
        try:
            jour = parse_date(text)
        except ValueError:
            raise ValueError(
                "cette ORT n'a pas d'avenant de cet identifiant, ni de cette date"
            ) from None
        return by_day(acts, jour)


def champ_axe():
    return Champ(column_name="axe_code", attribute="axe", widget=AxeWidget())


def champ_avenant(column, attribute):
    return Champ(column_name=column, attribute=attribute, widget=AvenantWidget())


def read_codes(column, cell, widget, row):
    """Return the records that the codes of a cell name, in their order; raises `CelluleRefusee`."""
    found = {}
    for code in codes_of(cell):
        try:
            record = widget.clean(code, row)
        except ObjectDoesNotExist:
            raise CelluleRefusee(column, code, "inconnu du référentiel") from None
        except CelluleRefusee:
            raise
        except ValueError as error:
            raise CelluleRefusee(column, code, error) from None
        found[record.pk] = record
    return list(found.values())
