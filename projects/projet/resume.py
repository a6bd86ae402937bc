"""« Le projet » of a place on a day: its actions by state, what is granted and paid, what ends soon."""

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from django.db.models import Prefetch

from communes.models import Commune, Departement, Labellisation, Rattachement, Tenue
from ort.actes import sourced
from ort.models import CommuneCouverte, Convention
from projects.actions.models import Action, Axe
from projects.actions.regles import TERMINEES, EtatAction
from projects.etudes.filtres import etudes_du_lieu
from projects.financements.faits import FaitCompte
from projects.financements.regles import Sommes
from projects.projet.du_jour import ActionsDatees
from projects.projet.etudes import etudes_montrees
from projects.projet.lecture import LIEES, axe_du_plan, situer
from projects.projet.mots import cout_en_mots, etats_en_mots, subventions_en_mots
from projects.projet.publiques import publiques
from projects.projet.totaux import Totaux
from socle.dates import add_months, last_day
from socle.dessin.barres import Barres, Mesure
from socle.francais import pluriel
from socle.sources import Affirmation

# « Bientôt », for what ends.
SOON = 6
# More names than this tell nothing: their list does.
SHOWN = 10


@dataclass(frozen=True)
class LieuDuProjet:
    """A place whose actions are told: the filter of the list of actions that keeps them, and its value.

    France has none: all the actions are its own.
    """

    critere: str
    valeur: str

    def actions(self, jour):
        """Return the actions of the place that anybody reads on `jour`."""
        found = publiques(jour)
        match self.critere:
            case "ort":
                return found.du_plan(Convention.objects.filter(identifiant=self.valeur), jour)
            case "commune":
                return found.concernant([self.valeur], jour)
            case "epci":
                return found.concernant(Rattachement.objects.communes_de(self.valeur, jour), jour)
            case "":
                return found
        there = Commune.objects.order_by().filter(departement=self.valeur)
        return found.concernant(there.values("pk"), jour)

    def etudes(self, jour):
        """Return the studies of the place that anybody reads on `jour`."""
        return etudes_du_lieu(jour, **{self.critere: self.valeur} if self.critere else {})

    def communes(self, jour):
        """Return the codes of the communes of the place on `jour`, in order; of all of France, none."""
        match self.critere:
            case "commune":
                return [self.valeur]
            case "ort":
                rows = CommuneCouverte.objects.as_of(jour)
                rows = rows.filter(convention__identifiant=self.valeur)
            case "departement":
                departement = Departement.objects.get(pk=self.valeur)
                rows = Labellisation.objects.as_of(jour).counted_in(departement, jour)
            case "epci":
                members = Rattachement.objects.communes_de(self.valeur, jour)
                return sorted(members.values_list("commune", flat=True))
            case _:
                return []
        return sorted(set(rows.codes_du_jour(jour)))

    def ort(self, jour):
        """Return the ORT of the place signed by `jour`; of all of France, none."""
        signed = Convention.objects.ort().signees(jour)
        match self.critere:
            case "ort":
                return signed.filter(identifiant=self.valeur)
            case "commune":
                covering = CommuneCouverte.objects.as_of(jour).des([self.valeur], jour)
                return signed.filter(pk__in=covering.order_by().values("convention"))
            case "departement":
                departement = Departement.objects.get(pk=self.valeur)
                return signed.du_programme(departement, jour)
        return signed.none()

    def departements(self, jour):
        """Return the départements of the place on `jour`: each says if what it records is all there is."""
        match self.critere:
            case "departement":
                return Departement.objects.filter(pk=self.valeur)
            case "":
                return Departement.objects.all()
        codes = self.communes(jour)
        if self.critere == "ort" and not codes:
            # All have left: it is still of the départements of those that it covered.
            covered = CommuneCouverte.objects.with_dates().filter(date_entree__lte=jour)
            covered = covered.filter(convention__identifiant=self.valeur)
            codes = list(covered.codes_du_jour(jour))
        return Departement.objects.filter(communes__pk__dans=codes)

    def suivi(self, jour):
        """Tell whether it is kept: a commune is while it is in the programme, or covered by an ORT."""
        if self.critere != "commune":
            return True
        known = (Labellisation.objects.as_of(jour), CommuneCouverte.objects.en_vigueur(jour))
        return any(rows.des([self.valeur], jour).exists() for rows in known)

    def tenu_en_entier(self, tenue, jour):
        """Tell whether each of these départements keeps `tenue`, one of its fields, in full."""
        if not self.suivi(jour):
            return False
        kept = self.departements(jour).order_by().values_list(tenue, flat=True)
        return set(kept) == {Tenue.COMPLETE.value}


class AxesDUnPlan(NamedTuple):
    """The axes of the plan of a convention, and what sources say of them."""

    convention: Convention
    axes: list[Axe]
    dits: list[Affirmation]


class Projet:
    """The actions of a place on `jour`, from public facts alone.

    `successions` are read here when they are not given, and so are the communes that are not of `lues`.
    """

    def __init__(self, territoire, jour, successions=None, lues=()):
        self.territoire, self.jour, self.successions = territoire, jour, successions
        self.lues = {commune.pk: commune for commune in lues}

    @cached_property
    def cles(self):
        """The keys of the actions of the place, those out of their plan and the « relevées » included.

        All that anybody reads of the place is chosen here, once: the records are then read by key.
        """
        return list(self.territoire.actions(self.jour).order_by().values_list("pk", flat=True))

    @cached_property
    def axes_des_ort(self):
        """The axes of the ORT of the place, whether an action of theirs is recorded or not."""
        known = Axe.objects.connus(self.jour)
        told = self.territoire.ort(self.jour).filter(pk__in=known.order_by().values("convention"))
        read = told.order_by("date_signature", "identifiant")
        return [
            AxesDUnPlan(ort, list(ort.axes.all()), [dit for dit in ort.dits if dit.champ == "axes"])
            for ort in read.prefetch_related(Prefetch("axes", known), sourced())
        ]

    @cached_property
    def du_jour(self):
        """What is known of each, by key."""
        if not self.cles:
            return {}
        # Of France all is read: its keys would be asked for, one by one, in each query.
        read = self.cles if self.territoire.critere else None
        known = ActionsDatees(read, FaitCompte, self.successions).du_jour(self.jour)
        return {cle: known[cle] for cle in self.cles}

    @cached_property
    def complete(self):
        """Whether what is not recorded does not exist: the plans of the place are kept in full."""
        return self.territoire.tenu_en_entier("tenue_plans", self.jour)

    @cached_property
    def departements(self):
        """The département of each commune of the actions, by code."""
        codes = {code for action in self.du_jour.values() for code in action.communes}
        communes = dict(self.lues)
        if others := codes - communes.keys():
            found = Commune.objects.filter(pk__dans=others).select_related("departement")
            communes |= {commune.pk: commune for commune in found.order_by()}
        return {code: communes[code].departement for code in codes if code in communes}

    @property
    def tenus_en_partie(self):
        """Return the départements of the actions whose plans are not kept in full, by code."""
        found = {d.pk: d for d in self.departements.values() if d.tenue_plans != Tenue.COMPLETE}
        return [found[code] for code in sorted(found)]

    def complets(self, totaux):
        """Tell whether what is not recorded of these actions does not exist: see `complete`."""
        told = [self.departements[code] for a in totaux.actions for code in a.communes]
        return all(d.tenue_plans == Tenue.COMPLETE for d in told) if told else self.complete

    def part(self, titre, totaux, partagees=False):
        """Return some of the actions of the place, as the page tells their money."""
        return PartDuProjet(titre, totaux, self.complets(totaux), partagees)

    @cached_property
    def totaux(self):
        return Totaux(self.du_jour.values(), self.jour)

    @cached_property
    def nombre(self):
        """How many actions are in the plan."""
        return len(self.totaux)

    @cached_property
    def relevees(self):
        """How many « opérations relevées » are known."""
        return sum(action.relevee for action in self.du_jour.values())

    @property
    def etats(self):
        """Return the states of the actions and how many are in each."""
        return list(self.totaux.etats.items())

    @property
    def etats_dits(self):
        """Write « 4 actions : 1 achevée, 2 en cours et 1 à venir »."""
        return f"{pluriel(self.nombre, 'action,actions')} : {etats_en_mots(self.totaux.etats)}"

    @property
    def faites(self):
        """Return how many actions are done and under way, zero included."""
        counts = self.totaux.etats
        return [(e, counts.get(e, 0)) for e in (EtatAction.ACHEVEE, EtatAction.EN_COURS)]

    @property
    def argent_dit(self):
        """Write what is granted and paid on one line: what is shared with other communes is told apart."""
        return " ; ".join(
            f"{part.titre} : {part.phrase}" if part.partagees else part.phrase
            for part in self.parts
        )

    @property
    def par_etat(self):
        """Return the drawing of the actions by state, or None while there is none."""
        if not self.nombre:
            return None
        rows = [Mesure(etat.label, number, str(number)) for etat, number in self.etats]
        late = self.totaux.en_retard
        notes = [f"Dont {pluriel(late, 'action,actions')} en retard."] if late else []
        return Barres(
            "etats",
            f"Actions du plan par état : {pluriel(self.nombre, 'action,actions')}",
            rows,
            ("État", "Actions"),
            notes=notes,
            semblables=True,
        )

    @property
    def parts(self):
        """Return what is granted and paid: for a commune, its own actions apart from the shared ones."""
        if self.territoire.critere != "commune":
            return [self.part("", self.totaux)]
        code = self.territoire.valeur
        alone, shared = self.totaux.seules(code), self.totaux.partagees(code)
        parts = [self.part("Actions de la commune seule", alone)] if len(alone) else []
        if len(shared):
            title = "Actions partagées avec d'autres communes, entières, non réparties"
            parts.append(self.part(title, shared, partagees=True))
        return parts

    @property
    def abandonnees(self):
        """Return the costs of the actions given up, which are in those of all, a sum for each base."""
        dropped = [a for a in self.totaux.actions if a.etat == EtatAction.ABANDONNEE]
        found = Totaux(dropped, self.jour).couts
        return [cout_en_mots(total.montant, total.base) for total in found]

    @cached_property
    def comptees_deux_fois(self):
        """The actions of several départements, and how much more the sum of the départements comes to.

        Each counts whole in each of them, and once in all.
        """
        several = {}
        for action in self.totaux.actions:
            found = {self.departements[code].pk for code in action.communes}
            if len(found) > 1:
                several[action.dates.pk] = [action] * (len(found) - 1)
        if not several:
            return None
        sommes = Totaux([a for more in several.values() for a in more], self.jour).sommes
        named = Action.objects.filter(pk__dans=list(several))
        return ComptePlusieursFois(list(named.order_by("identifiant")), sommes)

    @cached_property
    def fiches(self):
        """The records of the actions, as the pages show them: read once the page tells each of them."""
        found = Action.objects.filter(pk__dans=self.cles)
        return situer(list(found.select_related(*LIEES).order_by("identifiant")), self.jour)

    @cached_property
    def etudes(self):
        """The studies of the place, as the page shows them."""
        return etudes_montrees(self.territoire.etudes(self.jour), self.jour)

    @property
    def par_axe(self):
        """Return the actions in the plan by plan and axe, in the order of both."""
        planned = [action for action in self.fiches if action.du_jour.au_plan]
        planned.sort(key=plan_and_axe)
        return [
            (found[0].plan, axe_du_plan(found[0]), found)
            for _, group in groupby(planned, key=plan_and_axe)
            for found in [list(group)]
        ]

    @property
    def fiches_relevees(self):
        return [action for action in self.fiches if action.du_jour.relevee]

    @cached_property
    def echeances(self):
        """The actions that end within six months, or should have, as (end announced, late, key)."""
        until = add_months(self.jour, SOON)
        found = []
        for action in self.totaux.actions:
            forecast = action.fin_prevue
            if not forecast or action.etat in TERMINEES:
                continue
            if last_day(forecast.date_prevue, forecast.precision) <= until or action.en_retard:
                found.append((forecast.date_prevue, action.dates.pk))
        return [cle for _, cle in sorted(found)]

    @cached_property
    def finissant(self):
        """The first of them, as records with their `du_jour`."""
        shown = self.echeances[:SHOWN]
        found = {action.pk: action for action in Action.objects.filter(pk__dans=shown)}
        for cle, action in found.items():
            action.du_jour = self.du_jour[cle]
        return [found[cle] for cle in shown]

    @property
    def autres_echeances(self):
        """Return how many more end soon than are named."""
        return len(self.echeances) - len(self.finissant)


@dataclass(frozen=True)
class ComptePlusieursFois:
    """Actions of several départements, and what their sum counts of them beyond once."""

    actions: list
    sommes: Sommes

    @property
    def phrase(self):
        """Write what is granted and paid beyond once, or an empty text when nothing is known of it."""
        sommes = self.sommes
        known = sommes.verse.lignes
        return subventions_en_mots(sommes.accorde, sommes.verse, complete=False) if known else ""


def plan_and_axe(action):
    """Return what actions are listed by: their plan, then the rank and the code of their axe."""
    plan = (action.plan.intitule, action.plan.pk) if action.plan else ("", 0)
    axe = axe_du_plan(action)
    return plan, (axe.ordre, axe.code, axe.pk) if axe else (10**6, "", 0)


def sur_combien(missing, number, what):
    """Write « 1 action sur 3 sans coût connu »; an empty text when none is missing."""
    return f"{pluriel(missing, 'action,actions')} sur {number} {what}" if missing else ""


@dataclass
class PartDuProjet:
    """What some actions of a place have been granted and paid, in words."""

    titre: str
    totaux: Totaux
    complete: bool
    partagees: bool = False

    @property
    def nombre(self):
        return len(self.totaux)

    @property
    def couts(self):
        """Write the costs, a sum for each base."""
        return [cout_en_mots(total.montant, total.base) for total in self.totaux.couts]

    @property
    def sans_cout(self):
        """Write how many actions have no known cost, or an empty text when each has one, or none."""
        missing = self.totaux.sans_cout
        return sur_combien(missing, self.nombre, "sans coût connu") if self.couts else ""

    @property
    def sans_subvention(self):
        """Write how many actions have no known grant, where one may be missing; an empty text elsewhere."""
        granted = sum(action.subventionnee for action in self.totaux.actions)
        unknown = 0 if self.complete or not granted else self.nombre - granted
        return sur_combien(unknown, self.nombre, "sans subvention connue")

    @property
    def phrase(self):
        """Write « 1 130 695,23 € accordés, 1 accord sans montant, 455 495,23 € versés »."""
        sommes = self.totaux.sommes
        return subventions_en_mots(sommes.accorde, sommes.verse, self.complete)
