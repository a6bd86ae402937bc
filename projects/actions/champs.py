"""What the files of actions name: an action, an adhésion by its commune, an axe by its code, an avenant."""

from collections import defaultdict

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q

from communes.models import Labellisation
from communes.programme.lecture import ouverture
from communes.territoire.champs import CommuneWidget
from ort.imports_couvertures import by_day
from ort.models import Avenant
from projects.actions.models import Action, ActionAdhesion, Axe
from socle.dates import in_french, parse_date
from socle.fichiers.champs import (
    CelluleRefusee,
    Champ,
    TextWidget,
    champ_fiche,
    is_erasure,
)
from socle.fichiers.cle import cle_interne
from socle.fichiers.lignes import as_read
from socle.francais import liste

ACTION, ORT, ADHESIONS = "action_identifiant", "ort_identifiant", "adhesions"
CLE_D_AXE = cle_interne("axe", "convention", "labellisation")
PLUSIEURS_ADHESIONS = (
    "cette commune est entrée plusieurs fois dans le programme ({}) : choisissez l'adhésion sur la page de "
    "la fiche, les fichiers l'y laisseront"
)
PLUSIEURS_AXES = (
    "plusieurs adhésions de cette ligne ont un axe de ce code : choisissez-le sur la page de l'action, les "
    "fichiers l'y laisseront"
)


def champ_action(column=ACTION, attribute="action"):
    return champ_fiche(column, attribute, Action, "identifiant")


def codes_of(cell):
    """Return what a cell holds, separated by « | », each once; nothing for one that empties its field."""
    if not cell or is_erasure(cell):
        return []
    return list(dict.fromkeys(code.strip() for code in cell.split("|") if code.strip()))


class AdhesionWidget(CommuneWidget):
    """The adhésion of the commune that a cell names; of one that came back, no cell tells which."""

    def __init__(self):
        super().__init__(jour="", premier_jour=ouverture)

    def load(self, column, rows, user=None):
        super().load(column, rows, user)
        self.adhesions = defaultdict(list)
        times = Labellisation.objects.filter(commune__dans=self.keys()).order_by("debut")
        for time in times.select_related("commune"):
            self.adhesions[time.commune_id].append(time)

    def clean(self, value, row=None, **kwargs):
        commune = super().clean(value, row, **kwargs)
        return commune and self.adhesion_of(commune, row)

    def adhesion_of(self, commune, row):
        times = self.adhesions[commune.pk]
        if not times:
            raise ValueError("cette commune n'est pas du programme")
        if len(times) > 1:
            raise ValueError(
                PLUSIEURS_ADHESIONS.format(liste(in_french(time.debut) for time in times))
            )
        return times[0]

    def key_of(self, record):
        return record.commune_id if isinstance(record, Labellisation) else super().key_of(record)

    def render(self, value, obj=None, **kwargs):
        return value.commune_id if value else ""


class AdhesionDAxeWidget(AdhesionWidget):
    """The adhésion of an axe: a row that bears the key of one leaves it to its own."""

    def load(self, column, rows, user=None):
        super().load(column, rows, user)
        keys = {row[CLE_D_AXE.colonne] for row in rows if row.get(CLE_D_AXE.colonne)}
        axes = Axe.objects.filter(CLE_D_AXE.named(keys), labellisation__isnull=False)
        axes = axes.select_related("labellisation__commune")
        self.held = {CLE_D_AXE.of(axe): axe.labellisation for axe in axes}

    def adhesion_of(self, commune, row):
        held = self.held.get(row.get(CLE_D_AXE.colonne))
        of_it = held and held.commune_id == commune.pk
        return held if of_it else super().adhesion_of(commune, row)


class ReadBesidePlan(TextWidget):
    """A record of the plan that a row names: `known` holds those of each ORT, by its identifier."""

    known = None

    def load(self, column, rows, user=None):
        self.known = defaultdict(list)
        self.actions = {row[ACTION] for row in rows if row.get(ACTION)}
        held = Action.objects.filter(identifiant__dans=self.actions, convention__isnull=False)
        self.conventions = dict(held.values_list("identifiant", "convention__identifiant"))
        self.wanted = {row[ORT] for row in rows if row.get(ORT)} | {*self.conventions.values()}

    def ort_of(self, row):
        """Return the identifier of the ORT of a row: what it says, else that of its action."""
        return row.get(ORT) or self.conventions.get(row.get(ACTION))

    def of_plan(self, row):
        if self.known is None:
            self.load("", [row])
        return self.known[self.ort_of(row)]


class AxeWidget(ReadBesidePlan):
    """An axe of the plan of the row, by its code: of its ORT, else of the adhésions that bring its action.

    That of the action itself stays while it is of this plan, whatever others have its code.
    """

    def load(self, column, rows, user=None):
        super().load(column, rows, user)
        links = ActionAdhesion.objects.filter(action__identifiant__dans=self.actions)
        self.held = defaultdict(dict)
        for link in links.select_related("action", "labellisation"):
            adhesion = link.labellisation
            self.held[link.action.identifiant][adhesion.commune_id] = adhesion
        communes = {code for row in rows for code in codes_of(row.get(ADHESIONS))}
        times = Labellisation.objects.filter(commune__dans=communes)
        self.times = defaultdict(list)
        for time in times.order_by("debut"):
            self.times[time.commune_id].append(time)
        self.load_axes(communes)

    def load_axes(self, communes):
        held = [time.pk for times in self.held.values() for time in times.values()]
        axes = Axe.objects.filter(
            Q(convention__identifiant__dans=self.wanted)
            | Q(labellisation__commune__dans=communes)
            | Q(labellisation__dans=held)
        )
        self.of_adhesions = defaultdict(list)
        for axe in axes.select_related("convention", "labellisation"):
            if axe.convention_id:
                self.known[axe.convention.identifiant].append(axe)
            else:
                self.of_adhesions[axe.labellisation_id].append(axe)
        actions = Action.objects.filter(identifiant__dans=self.actions, axe__isnull=False)
        self.own = {
            action.identifiant: action.axe
            for action in actions.select_related("axe__labellisation")
        }

    def adhesions_of(self, row):
        """Return the adhésions of a row: those of its action, and of each other commune all that it had."""
        held = self.held[row.get(ACTION)]
        if not row.get(ADHESIONS):
            return list(held.values())
        codes = codes_of(row[ADHESIONS])
        return [t for code in codes for t in ([held[code]] if code in held else self.times[code])]

    def is_of_plan(self, axe, row):
        """Tell whether an axe is of the plan of a row: of an adhésion signed together, of any commune."""
        if axe.convention_id:
            return axe in self.of_plan(row)
        days = {adhesion.date_signature_adhesion for adhesion in self.adhesions_of(row)}
        return axe.labellisation.date_signature_adhesion in days

    def clean(self, value, row=None, **kwargs):
        code = super().clean(value, row, **kwargs)
        if not code:
            return None
        of_ort = self.of_plan(row)
        own = self.own.get(row.get(ACTION))
        if own and as_read(own.code) == code and self.is_of_plan(own, row):
            return own
        of_adhesions = [axe for a in self.adhesions_of(row) for axe in self.of_adhesions[a.pk]]
        for axes in (of_ort, of_adhesions):
            named = [axe for axe in axes if as_read(axe.code) == code]
            if len(named) > 1:
                raise ValueError(PLUSIEURS_AXES)
            if named:
                return named[0]
        raise ValueError("ce plan n'a pas d'axe de ce code : importez d'abord ses axes")

    def as_written(self, value):
        return value and value.code


class AvenantWidget(ReadBesidePlan):
    """An avenant of the convention of the row, by its identifier or by the day of its signature."""

    def load(self, column, rows, user=None):
        super().load(column, rows, user)
        acts = Avenant.objects.filter(convention__identifiant__dans=self.wanted)
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


def read_codes(column, cell, widget, row, held=()):
    """Return the records that the codes of a cell name, in their order; raises `CelluleRefusee`.

    What the record of the row holds is named before any other: a code of several is that of its own.
    """
    own = defaultdict(list)
    for record in held:
        own[widget.key_of(record)].append(record)
    found = {}
    for code in codes_of(cell):
        for record in own.get(code) or [read_code(column, code, widget, row)]:
            found[record.pk] = record
    return list(found.values())


def read_code(column, code, widget, row):
    try:
        return widget.clean(code, row)
    except ObjectDoesNotExist:
        raise CelluleRefusee(column, code, "inconnu du référentiel") from None
    except CelluleRefusee:
        raise
    except ValueError as error:
        raise CelluleRefusee(column, code, error) from None
