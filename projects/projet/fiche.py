"""The page of an action on a day: what happened and what is announced, what it costs, who pays."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import attrgetter

from django.db.models import Prefetch

from projects.actions.models import (
    Cout,
    EffetAvenant,
    EntreePar,
    FaitAction,
    NatureCout,
    Prevision,
)
from projects.actions.regles import TERMINEES, in_order
from projects.etudes.models import Etude
from projects.financements import regles as argent
from projects.financements.models import PUBLICS, FaitFinancement, Financement
from projects.indicateurs.lecture import mesures_montrees
from projects.pieces.models import Piece
from projects.projet.etudes import etudes_montrees
from projects.projet.mots import accorde_en_mots, cout_en_mots, verse_en_mots
from projects.projet.publiques import INTERNES, references
from socle.dates import known_by
from socle.dessin.barres import Barres, Mesure
from socle.francais import UNKNOWN, date_en_phrase, euros, pluriel
from socle.sources import Affirmation

FAITS = {
    "debut": "Début de {phase}",
    "fin": "Fin de {phase}",
    "pause": "Mise en pause",
    "reprise": "Reprise",
    "blocage": "Blocage",
    "levee": "Blocage levé",
    "abandon": "Abandon",
    "relance": "Relance",
    "point": "Point fait : rien de nouveau",
}
PHASES = {"etude": "l'étude", "operation": "l'opération"}


def sources():
    """Return the prefetch of what sources say of records, what is internal left out."""
    said = Affirmation.objects.retenues().exclude(champ__in=INTERNES)
    return Prefetch("affirmations", said.select_related("source").order_by("pk"), to_attr="dits")


@dataclass
class MomentDAction:
    """What happened on a day, or what is announced for one: `prevu`, and nothing says that it came."""

    jour: date
    precision: str
    texte: str
    dits: list = field(default_factory=list)
    prevu: bool = False
    detail: str = ""


@dataclass
class LigneDuPlan:
    """A line of money as the page tells it: who pays, by which decision, how much."""

    ligne: object
    fiche: Financement
    financeur: object
    reference: str
    faits: list
    jour: date

    @property
    def accord(self):
        return argent.accord(self.ligne, self.jour)

    @property
    def etat(self):
        return argent.etat(self.ligne, self.jour)

    @property
    def connu(self):
        """Tell whether what is granted is known."""
        return argent.accorde(self.ligne, self.jour) is not None

    @property
    def accorde(self):
        """Write what is granted on the day."""
        granted = argent.accorde(self.ligne, self.jour)
        return UNKNOWN if granted is None else euros(granted)

    @property
    def initial(self):
        """Write what was first granted, if it is not what is granted now."""
        first = argent.accorde_initial(self.ligne, self.jour)
        changed = first is not None and first != argent.accorde(self.ligne, self.jour)
        return euros(first) if changed else ""

    @property
    def verse(self):
        return euros(argent.montant_verse(self.ligne, self.jour))

    @property
    def retrait(self):
        """Return the fact that withdrew the whole line, None while some of it stays."""
        if self.etat != argent.EtatFinancement.RETIRE:
            return None
        return next((f for f in reversed(self.faits) if f.nature == "retrait"), None)

    @property
    def versements(self):
        """Return what was paid, and paid back, in order."""
        return [f for f in self.faits if f.nature in ("versement", "reversement")]

    @property
    def dits(self):
        """Return what says it, each source once."""
        said = [*self.fiche.dits, *(dit for fait in self.faits for dit in fait.dits)]
        return list({dit.source_id: dit for dit in said}.values())


class FicheAction:
    """All that anybody reads of an action, whose `du_jour` is read already: see `situer`."""

    def __init__(self, action, jour):
        self.action, self.jour = action, jour
        self.du_jour = action.du_jour

    @cached_property
    def faits(self):
        """The facts of the action by the day, in order."""
        found = FaitAction.objects.filter(action=self.action, jour__lte=self.jour)
        return sorted(found.prefetch_related(sources()), key=in_order)

    @cached_property
    def couts(self):
        """The costs told by the day, the last first."""
        found = Cout.objects.filter(action=self.action, jour__lte=self.jour)
        return list(found.order_by("-jour", "-pk").prefetch_related(sources()))

    @cached_property
    def previsions(self):
        """The forecasts made by the day, in order."""
        found = Prevision.objects.filter(action=self.action, etablie_le__lte=self.jour)
        return list(found.order_by("etablie_le", "pk").prefetch_related(sources()))

    @cached_property
    def effets(self):
        """What avenants signed by the day did to the action."""
        found = EffetAvenant.objects.filter(
            action=self.action, avenant__date_signature__lte=self.jour
        )
        return list(found.select_related("avenant"))

    @property
    def actes(self):
        """Return what the acts did to the action, as events."""
        dates, told = self.du_jour.dates, []
        if known_by(dates.entree_le, self.jour):
            told.append(
                MomentDAction(
                    dates.entree_le, dates.precision_entree, f"Entrée au plan par {self.acte}"
                )
            )
        for effet in self.effets:
            act = effet.avenant
            told.append(
                MomentDAction(
                    act.date_signature,
                    act.precision_signature,
                    f"{effet.get_nature_display().capitalize()} par l'{act.nom}",
                    detail=effet.texte,
                )
            )
        if known_by(dates.sortie_le, self.jour):
            out = self.action.sortie
            told.append(
                MomentDAction(
                    out.date_signature, out.precision_signature, f"Sortie du plan par l'{out.nom}"
                )
            )
        return told

    @property
    def acte(self):
        """Write which act brings the action."""
        match self.action.entree_par:
            case EntreePar.ADHESION:
                return "la convention d'adhésion"
            case EntreePar.AVENANT:
                return f"l'{self.action.entree.nom}"
        return "la convention"

    @property
    def arrive(self):
        """Return what happened by the day, in order."""
        happened = self.actes
        for fait in self.faits:
            texte = FAITS[fait.nature].format(phase=PHASES.get(fait.phase, ""))
            happened.append(MomentDAction(fait.jour, fait.precision, texte, fait.dits))
        return sorted(happened, key=attrgetter("jour"))

    @property
    def histoire(self):
        """Return what happened by the day, in order, then what is still announced."""
        return [*self.arrive, *self.annonces]

    @property
    def annonces(self):
        """Return the last beginning, and the last end, announced and not yet told as facts."""
        waited = []
        if self.du_jour.debut is None and self.du_jour.etat not in TERMINEES:
            waited.append(("debut", "Début de l'opération"))
        if self.du_jour.etat not in TERMINEES:
            waited.append(("fin", "Fin de l'opération"))
        told = []
        for objet, texte in waited:
            made = [p for p in self.previsions if p.objet == objet]
            if made:
                last = made[-1]
                told.append(
                    MomentDAction(
                        last.date_prevue,
                        last.precision,
                        texte,
                        last.dits,
                        prevu=True,
                        detail=said_of(made),
                    )
                )
        return sorted(told, key=attrgetter("jour"))

    @cached_property
    def etudes(self):
        """The studies that prepare it, known by the day: their money is their own."""
        found = Etude.objects.connues(self.jour).filter(actions_liees__action=self.action)
        return etudes_montrees(found, self.jour)

    @cached_property
    def lignes(self):
        """The lines granted by the day, of any form."""
        cles = [ligne.pk for ligne in self.du_jour.accordes]
        if not cles:
            return []
        public = FaitFinancement.objects.filter(nature__in=PUBLICS, jour__lte=self.jour)
        records = Financement.objects.select_related("dispositif").prefetch_related(
            sources(), Prefetch("faits", public.order_by("jour", "pk").prefetch_related(sources()))
        )
        found, numbers = records.in_bulk(cles), references([self.action.pk])
        return [
            LigneDuPlan(
                ligne,
                found[ligne.pk],
                self.action.annuaire.financeur(ligne),
                numbers.get(ligne.pk, ""),
                list(found[ligne.pk].faits.all()),
                self.jour,
            )
            for ligne in self.du_jour.accordes
        ]

    @cached_property
    def pieces(self):
        """The public files of what was granted by the day."""
        found = Piece.objects.publics(self.jour)
        found = found.filter(accord__financement__action=self.action)
        return list(found.avec_objet())

    @property
    def subventions(self):
        return [ligne for ligne in self.lignes if ligne.fiche.forme == "subvention"]

    @property
    def autres_formes(self):
        """Return the loans, advances and contributions in kind, which are in no sum."""
        return [ligne for ligne in self.lignes if ligne.fiche.forme != "subvention"]

    @property
    def cout(self):
        """Write the cost of the day, or say that it is not known."""
        cost = self.du_jour.cout
        return cout_en_mots(cost.montant, cost.base) if cost else UNKNOWN

    @property
    def nature_cout(self):
        cost = self.du_jour.cout
        return NatureCout(cost.nature).label if cost else ""

    @property
    def accorde(self):
        """Write what is granted on the day, all grants together."""
        return accorde_en_mots(self.action)

    @property
    def verse(self):
        """Write what is paid on the day, all grants together."""
        return verse_en_mots(self.action)

    @cached_property
    def dessin(self):
        """The drawing of what is granted and paid, the cost across; None while nothing is granted."""
        sommes, cost = self.du_jour.sommes, self.du_jour.cout
        if not sommes.verse.lignes:
            return None
        repere = Mesure(f"coût {self.nature_cout}", cost.montant, self.cout) if cost else None
        granted = sommes.accorde.montant
        unknown = sommes.accorde.lignes and not sommes.accorde.connue
        mesures = [
            Mesure("accordé", None if unknown else granted, self.accorde),
            Mesure("versé", sommes.verse.montant, self.verse),
        ]
        titre = f"{'Coût, subventions' if cost else 'Subventions'} accordées et versées"
        return Barres("argent", titre, mesures, ("Ce qui est dit", "Montant"), repere)

    @property
    def a_afficher(self):
        """Return the public funders of the plan that the owner posts: granted, and not withdrawn whole."""
        return [
            ligne
            for ligne in self.lignes
            if ligne.fiche.dispositif.public and ligne.etat != argent.EtatFinancement.RETIRE
        ]

    @property
    def part(self):
        """Write the share of the owner, if an act says it; it is never what would be left."""
        own = [argent.accorde(ligne, self.jour) for ligne in self.du_jour.parts_propres]
        return euros(sum(own)) if own and None not in own else ""

    @cached_property
    def mesures(self):
        """What is measured of the action by the day, or aimed at."""
        return mesures_montrees("action", self.action.pk, self.jour)

    @cached_property
    def documents(self):
        """The sources of all that the page tells, each once."""
        told = [*self.action.dits, *(dit for cout in self.couts for dit in cout.dits)]
        told += [dit for fait in self.faits for dit in fait.dits]
        told += [dit for prevision in self.previsions for dit in prevision.dits]
        told += [dit for ligne in self.lignes for dit in ligne.dits]
        told += [dit for mesure in self.mesures for r in mesure.releves for dit in r.dits]
        return list(dict.fromkeys(dit.source for dit in told))


def said_of(previsions):
    """Say when the last of some forecasts was made, and what the first one announced."""
    first, last = previsions[0], previsions[-1]
    said = f"annoncé {date_en_phrase(last.etablie_le)}"
    if first is last or first.date_prevue == last.date_prevue:
        return said
    slip = ""
    if {first.precision, last.precision} <= {"jour", "mois"}:
        days = (last.date_prevue - first.date_prevue).days
        slip = f", soit {pluriel(abs(days), 'jour,jours')} {'de plus' if days > 0 else 'de moins'}"
    return f"{said} ; d'abord prévu {date_en_phrase(first.date_prevue, first.precision)}{slip}"
