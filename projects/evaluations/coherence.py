"""What a review cannot be: to come, before its ORT, or of a day on which nothing is due."""

import datetime
from typing import Any, NamedTuple

from ort.regles import signe
from projects.evaluations.regles import echeances, est_echeance
from socle.dates import add_months, bare, last_day

A_VENIR = "Un bilan se tient le jour même ou avant : il se note quand il est tenu."
PRESENTATION_A_VENIR = (
    "Une présentation a lieu le jour même ou avant : elle se note quand elle est faite."
)
ORT_NON_SIGNEE = (
    "La signature de cette ORT n'est pas connue : enregistrez-la d'abord (ou « au plus tard »)."
)
AVANT_L_ORT = "L'ORT n'est signée que le {} : corrigez ce jour, ou la signature."
PAS_UNE_ECHEANCE = (
    "Cette ORT n'a pas d'échéance ce jour-là : {}, ou laissez vide pour un autre point."
)
AUCUNE = "elle n'en a aucune"
# How far around a day that is not due the due ones are told.
MOIS_AUTOUR = 60


class RefusBilan(NamedTuple):
    """Why a review cannot be, in French, and the field to look at."""

    texte: str
    champ: str


def refus(bilan: Any, convention: Any, jour: datetime.date) -> RefusBilan | None:
    """Return why a review cannot be as it is written on `jour`, or None."""
    if bilan.tenu_le > jour:
        return RefusBilan(A_VENIR, "tenu_le")
    if refused := refus_du_jour(convention, bilan.tenu_le, bilan.precision, jour):
        return RefusBilan(refused, "tenu_le")
    due = bilan.periode is None or est_echeance(convention, bilan.nature, bilan.periode, jour)
    return None if due else RefusBilan(pas_une_echeance(bilan, convention, jour), "periode")


def refus_du_jour(
    convention: Any, date: datetime.date, precision: str, jour: datetime.date
) -> str | None:
    """Return why what is said of an ORT cannot be of that day: it is before its signature; else None."""
    if not signe(convention, jour):
        return ORT_NON_SIGNEE
    if last_day(date, precision) < convention.date_signature:
        return AVANT_L_ORT.format(bare(convention.date_signature, convention.precision_signature))
    return None


def pas_une_echeance(bilan: Any, convention: Any, jour: datetime.date) -> str:
    """Say that nothing is due on a day, and which days near it are."""
    until = add_months(bilan.periode, MOIS_AUTOUR)
    days = echeances(convention, bilan.nature, jour, until)
    near = sorted(sorted(days, key=lambda day: abs(day - bilan.periode))[:2])
    told = f"choisissez {' ou '.join(bare(day) for day in near)}" if near else AUCUNE
    return PAS_UNE_ECHEANCE.format(told)
