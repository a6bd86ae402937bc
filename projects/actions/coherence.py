"""What the facts of an action cannot be together, of records or of their dates."""

import datetime
from collections.abc import Iterable
from typing import Any

from socle.dates import Precision, in_words, last_day
from socle.francais import depuis

# What needs something before it: the natures that open it, and what is said when none does.
OPENED_BY = {
    "reprise": (("pause",), "Une reprise suit une mise en pause : enregistrez d'abord la pause."),
    "levee": (("blocage",), "Un blocage levé suit un blocage : enregistrez d'abord le blocage."),
    "relance": (
        ("abandon", "fin"),
        "Une relance suit un abandon ou une fin : enregistrez d'abord ce qui est relancé.",
    ),
}
FIN_SANS_DEBUT = (
    "Une fin suit le début de sa phase : enregistrez d'abord le début, ou dites cette fin « au plus "
    "tard »."
)
FIN_AVANT_DEBUT = "{} ne finit pas avant son début, {}."
LA_PHASE = {"etude": "L'étude", "operation": "L'opération"}
RELANCER = " : enregistrez d'abord la relance."
# What stops an action: only a relaunch brings more of it.
ARRETS = {
    ("abandon", ""): "Cette action est abandonnée {}" + RELANCER,
    ("fin", "operation"): "L'opération est achevée {}" + RELANCER,
}
SUITES = ("pause", "reprise", "blocage", "abandon")
ONCE = {
    "debut": "Cette phase a déjà un début : corrigez-le, ou enregistrez une relance entre les deux.",
    "fin": "Cette phase a déjà une fin : corrigez-la, ou enregistrez une relance entre les deux.",
}


def earliest(fait: Any) -> datetime.date:
    """Return the first day that a fact may be of: any day before, of one known « au plus tard »."""
    return datetime.date.min if fait.precision == Precision.AU_PLUS_TARD else fait.jour


def latest(fait: Any) -> datetime.date:
    """Return the last day that a fact may be of: 31 March of « mars 2025 »."""
    return last_day(fait.jour, fait.precision)


def may_precede(first: Any, second: Any) -> bool:
    """Tell whether a fact may be of the day of another or before, by what is known of the two days."""
    return earliest(first) <= latest(second)


def refus(faits: Iterable[Any]) -> str | None:
    """Return the French sentence that says why these facts of one action cannot be, or None.

    A fact compares with another by the latest day that the later may be, and the earliest of the
    earlier one: the end « mars 2025 » may follow a beginning of 10 March.
    """
    faits = sorted(faits, key=latest)
    for fait in faits:
        sentence = (
            sans_ouverture(fait, faits)
            or sans_debut(fait, faits)
            or deux_fois(fait, faits)
            or sans_relance(fait, faits)
        )
        if sentence:
            return sentence
    return None


def sans_ouverture(fait: Any, faits: list[Any]) -> str | None:
    """Refuse a resumption, a lifting, a relaunch that has nothing of its own to answer to."""
    if fait.nature not in OPENED_BY:
        return None
    openings, sentence = OPENED_BY[fait.nature]
    opened = sum(f.nature in openings and may_precede(f, fait) for f in faits)
    answered = [f for f in faits if f.nature == fait.nature and latest(f) <= latest(fait)]
    return sentence if len(answered) > opened else None


def sans_debut(fait: Any, faits: list[Any]) -> str | None:
    """Refuse an end that comes before the beginning of its phase.

    Without any beginning, only one known « au plus tard » is an end: the beginning may not be known.
    """
    if fait.nature != "fin":
        return None
    debuts = [f for f in faits if f.nature == "debut" and f.phase == fait.phase]
    if any(may_precede(debut, fait) for debut in debuts):
        return None
    late = [debut for debut in debuts if not relancee(fait, debut, faits)]
    if late:
        return FIN_AVANT_DEBUT.format(
            LA_PHASE[fait.phase], in_words(late[0].jour, late[0].precision)
        )
    return None if fait.precision == Precision.AU_PLUS_TARD else FIN_SANS_DEBUT


def deux_fois(fait: Any, faits: list[Any]) -> str | None:
    """Refuse a second beginning, or end, of a phase that nothing relaunched in between."""
    if fait.nature not in ONCE:
        return None
    same = [f for f in faits if (f.nature, f.phase) == (fait.nature, fait.phase)]
    until = [f for f in same if latest(f) <= latest(fait)]
    relaunched = sum(f.nature == "relance" and may_precede(f, fait) for f in faits)
    return ONCE[fait.nature] if len(until) > 1 + relaunched else None


def sans_relance(fait: Any, faits: list[Any]) -> str | None:
    """Refuse what surely comes after an abandonment, or an end of the works, that nothing relaunched."""
    for arret in faits:
        sentence = ARRETS.get((arret.nature, arret.phase), "")
        after = not may_precede(fait, arret) and not relancee(arret, fait, faits)
        if sentence and after and reprend(fait, arret):
            return sentence.format(depuis(arret.jour, arret.precision))
    return None


def reprend(fait: Any, arret: Any) -> bool:
    """Tell whether a fact is of an action that goes on.

    A study may be handed in once all is dropped, and be made once the works are done.
    """
    begun = fait.nature == "debut" and arret.nature == "abandon"
    return begun or fait.nature in SUITES or fait.phase == "operation"


def relancee(first: Any, second: Any, faits: list[Any]) -> bool:
    """Tell whether a relaunch may have come between two facts."""
    relances = [f for f in faits if f.nature == "relance"]
    return any(may_precede(first, f) and may_precede(f, second) for f in relances)
