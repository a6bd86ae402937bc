"""The rules of an action, read in its dates alone, as a day knows them (`docs/regles.md`).

An action is anything with the dates of `ActionDatee`. Nothing that came after `jour` counts. `autres`
are the days of what else is known of it, its money above all: see `projects.financements.regles`.
"""

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import models

from projects.actions.faits import ActionDatee, CoutDate, FaitDate, PrevisionDatee, TransfertDate
from projects.actions.models import NatureCout, NatureFait, Phase, Prevision
from socle.dates import Precision, known_by, last_day


class EtatAction(models.TextChoices):
    """State of an action on a day, the first of these that holds (ANCT: « livrée » is `ACHEVEE`)."""

    ABANDONNEE = "abandonnee", "abandonnée"
    ACHEVEE = "achevee", "achevée"
    BLOQUEE = "bloquee", "bloquée"
    EN_PAUSE = "en_pause", "en pause"
    EN_COURS = "en_cours", "en cours"
    A_VENIR = "a_venir", "à venir"
    NON_RENSEIGNEE = "non_renseignee", "non renseignée"

    @property
    def couleur(self) -> str:
        """Return the colour of its badge, as the State's design system names it; empty: none."""
        colours = {
            EtatAction.ACHEVEE: "success",
            EtatAction.EN_COURS: "info",
            EtatAction.A_VENIR: "new",
            EtatAction.BLOQUEE: "error",
            EtatAction.EN_PAUSE: "warning",
        }
        return colours.get(self, "")


class PhaseAction(models.TextChoices):
    """How far an action has come on a day."""

    IDEE = "idee", "idée"
    ETUDE = "etude", "étude"
    OPERATION = "operation", "opération"


# No more work is expected of it.
TERMINEES = {EtatAction.ABANDONNEE, EtatAction.ACHEVEE}
# The words of the Communs (public schema of the collectivités' projects), by state.
COMMUNS = {
    EtatAction.ACHEVEE: "Terminé",
    EtatAction.BLOQUEE: "Bloqué",
    EtatAction.EN_PAUSE: "En pause",
    EtatAction.ABANDONNEE: "Abandonné",
    EtatAction.NON_RENSEIGNEE: "",
}
ORDRE = {nature: rank for rank, nature in enumerate(NatureFait.values)}
ORDRE_PHASES = {phase: rank for rank, phase in enumerate(["", *Phase.values])}


class Depuis(NamedTuple):
    """A day as it is known: that of the fact that gave a state, of a beginning, of news."""

    jour: datetime.date
    precision: str = Precision.JOUR.value


def au_plan(action: ActionDatee, jour: datetime.date) -> bool:
    """Tell whether the action is in its plan on `jour`: from its act of entry, up to that of its exit."""
    return known_by(action.entree_le, jour) and not known_by(action.sortie_le, jour)


def relevee(action: ActionDatee, jour: datetime.date, autres: Iterable[datetime.date] = ()) -> bool:
    """Tell whether it is an « opération relevée »: no act brings it, and it is known of by `jour`."""
    return not action.entree_par and connue(action, jour, autres)


def maitre_ouvrage(action: ActionDatee, jour: datetime.date) -> tuple[Any, Any, Any]:
    """Return the keys of the owner on `jour`: a commune, an intercommunalité, an organisme; one at most.

    It is the owner recorded, or, before the avenant that gave the action to it, the former one.
    """
    return maitre_au(action.maitre_ouvrage, action.transferts, jour)


def maitre_au(
    enregistre: tuple[Any, Any, Any], transferts: Iterable[TransfertDate], jour: datetime.date
) -> tuple[Any, Any, Any]:
    """Return the keys of the owner on `jour`, of the one recorded and the changes, in their order."""
    later = (t for t in transferts if not known_by(t.jour, jour))
    former = next(later, None)
    if former is None:
        return enregistre
    return former.ancien_commune, former.ancien_intercommunalite, former.ancien_organisme


def faits_au(action: ActionDatee, jour: datetime.date) -> list[FaitDate]:
    """Return the facts of `jour` or before, by day, then in the order of `NatureFait`."""
    come = [fait for fait in action.faits if fait.jour <= jour]
    return sorted(come, key=in_order) if len(come) > 1 else come


def in_order(fait: FaitDate) -> tuple[datetime.date, int, int]:
    """Return what a fact is sorted by: its day, then the order of its nature and of its phase."""
    return fait.jour, ORDRE[fait.nature], ORDRE_PHASES[fait.phase]


def etat(
    action: ActionDatee, jour: datetime.date, autres: Iterable[datetime.date] = ()
) -> EtatAction:
    """Return the state of the action on `jour`.

    Abandoned when it was not relaunched since; finished when the phase that completes it is; blocked,
    then paused, while nothing lifted it; under way once a phase has begun; to come when anything is
    known of it besides the act that brings it; else unknown.
    """
    of_facts = etat_des_faits(action.aboutissement, faits_au(action, jour))
    if of_facts:
        return of_facts
    known = connue(action, jour, autres)
    return EtatAction.A_VENIR if known else EtatAction.NON_RENSEIGNEE


def etat_des_faits(aboutissement: str, faits: list[FaitDate]) -> EtatAction | None:
    """Return the state that facts, in order, give; None when nothing has begun nor been dropped."""
    if not faits:
        return None
    if last_of(faits, "abandon", "relance") == "abandon":
        return EtatAction.ABANDONNEE
    ends = [f.nature for f in faits if f.nature == "relance" or ends_phase(f, aboutissement)]
    if ends and ends[-1] == "fin":
        return EtatAction.ACHEVEE
    if last_of(faits, "blocage", "levee") == "blocage":
        return EtatAction.BLOQUEE
    if last_of(faits, "pause", "reprise") == "pause":
        return EtatAction.EN_PAUSE
    return EtatAction.EN_COURS if any(f.phase for f in faits) else None


def ends_phase(fait: FaitDate, phase: str) -> bool:
    """Tell whether a fact is the end of `phase`."""
    return fait.nature == "fin" and fait.phase == phase


def last_of(faits: list[FaitDate], *natures: str) -> str | None:
    """Return the nature of the last of the facts that are of one of `natures`."""
    return next((f.nature for f in reversed(faits) if f.nature in natures), None)


def etat_depuis(
    action: ActionDatee, jour: datetime.date, autres: Iterable[datetime.date] = ()
) -> Depuis | None:
    """Return the day of the fact that gave the state of `jour`, or None when nothing is known.

    Of an action to come, it is the first day on which anything was known of it.
    """
    faits = faits_au(action, jour)
    found, before = None, None
    for rank, fait in enumerate(faits):
        state = etat_des_faits(action.aboutissement, faits[: rank + 1])
        if state != before:
            found, before = Depuis(fait.jour, fait.precision), state
    if before:
        return found
    known = sorted(nouvelles(action, jour, autres))
    return known[0] if known else None


def phase(action: ActionDatee, jour: datetime.date) -> PhaseAction:
    """Return how far the action has come on `jour`: a phase has begun by its beginning or by its end."""
    begun = {fait.phase for fait in faits_au(action, jour)}
    for one in (Phase.OPERATION, Phase.ETUDE):
        if one in begun:
            return PhaseAction(one.value)
    return PhaseAction.IDEE


def debut(action: ActionDatee, jour: datetime.date) -> Depuis | None:
    """Return the day on which the phase that completes the action began, for the last time, or None."""
    return day_of(action, jour, "debut")


def fin(action: ActionDatee, jour: datetime.date) -> Depuis | None:
    """Return the day on which the action was finished, while it is on `jour`, or None."""
    if etat(action, jour) != EtatAction.ACHEVEE:
        return None
    return day_of(action, jour, "fin")


def day_of(action: ActionDatee, jour: datetime.date, nature: str) -> Depuis | None:
    """Return the day of the last fact of that nature, of the phase that completes the action."""
    days = [
        Depuis(f.jour, f.precision)
        for f in faits_au(action, jour)
        if f.nature == nature and f.phase == action.aboutissement
    ]
    return days[-1] if days else None


def previsions_au(action: ActionDatee, jour: datetime.date, objet: str) -> list[PrevisionDatee]:
    """Return what was announced by `jour` of the beginning or of the end, the first said first."""
    made = [p for p in action.previsions if p.objet == objet and p.etablie_le <= jour]
    return sorted(made, key=lambda p: p.etablie_le)


def fin_prevue(action: ActionDatee, jour: datetime.date) -> PrevisionDatee | None:
    """Return the last forecast of the end made by `jour`, or None."""
    made = previsions_au(action, jour, Prevision.Objet.FIN)
    return made[-1] if made else None


def fin_prevue_initiale(action: ActionDatee, jour: datetime.date) -> PrevisionDatee | None:
    """Return the first forecast of the end made by `jour`, what the last is compared with, or None."""
    made = previsions_au(action, jour, Prevision.Objet.FIN)
    return made[0] if made else None


def en_retard(action: ActionDatee, jour: datetime.date) -> bool:
    """Tell whether the action is late on `jour`: a mark beside its state, and no state.

    Neither finished nor abandoned, and the last day of its last forecast of end is before `jour`:
    « mars 2025 » is late from 1 April.
    """
    return depassee(fin_prevue(action, jour), jour) and etat(action, jour) not in TERMINEES


def depassee(prevision: PrevisionDatee | None, jour: datetime.date) -> bool:
    """Tell whether the last day that a forecast may mean is before `jour`: without one, it is not."""
    return prevision is not None and last_day(prevision.date_prevue, prevision.precision) < jour


def glissement_jours(action: ActionDatee, jour: datetime.date) -> int | None:
    """Return the days from the first to the last forecast of the end; None if one is known to the year."""
    made = previsions_au(action, jour, Prevision.Objet.FIN)
    if not made or any(p.precision not in (Precision.JOUR, Precision.MOIS) for p in ends(made)):
        return None
    return (made[-1].date_prevue - made[0].date_prevue).days


def ends(rows: list[Any]) -> list[Any]:
    """Return the first and the last of some rows."""
    return [rows[0], rows[-1]]


def cout(action: ActionDatee, jour: datetime.date) -> CoutDate | None:
    """Return the cost known on `jour`: see `dernier_cout`."""
    return dernier_cout(action.couts, jour)


def dernier_cout(couts: Iterable[CoutDate], jour: datetime.date) -> CoutDate | None:
    """Return, of some costs, the last definitive one told by `jour`, else the last told, or None."""
    told = [cost for cost in couts if cost.jour <= jour]
    if len(told) < 2:
        return told[0] if told else None
    known = [cost for cost in told if cost.nature == NatureCout.DEFINITIF] or told
    return max(known, key=lambda cost: cost.jour, default=None)


def nouvelles(
    action: ActionDatee, jour: datetime.date, autres: Iterable[datetime.date] = ()
) -> list[Depuis]:
    """Return the days, by `jour`, of all that is known of the action: facts, forecasts, costs, `autres`."""
    days = [Depuis(f.jour, f.precision) for f in action.faits]
    days += [Depuis(p.etablie_le) for p in action.previsions]
    days += [Depuis(c.jour, c.precision) for c in action.couts]
    days += [Depuis(day) for day in autres]
    return [day for day in days if day.jour <= jour]


def connue(action: ActionDatee, jour: datetime.date, autres: Iterable[datetime.date] = ()) -> bool:
    """Tell whether anything is known of the action by `jour`: see `nouvelles`."""
    return (
        any(cost.jour <= jour for cost in action.couts)
        or any(forecast.etablie_le <= jour for forecast in action.previsions)
        or any(fait.jour <= jour for fait in action.faits)
        or any(day <= jour for day in autres)
    )


def derniere_nouvelle(
    action: ActionDatee, jour: datetime.date, autres: Iterable[datetime.date] = ()
) -> datetime.date | None:
    """Return the latest day, by `jour`, of a fact, a forecast, a cost or of `autres`, or None."""
    return max((news.jour for news in nouvelles(action, jour, autres)), default=None)


def statut_communs(
    action: ActionDatee, jour: datetime.date, autres: Iterable[datetime.date] = ()
) -> str:
    """Return the status in the words of the Communs: late when it is and nothing else stops it."""
    state = etat(action, jour, autres)
    if state in COMMUNS:
        return COMMUNS[state]
    return "En retard" if en_retard(action, jour) else "En cours"
