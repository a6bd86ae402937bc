"""When an ORT is to be reviewed, and where each review stands on a day: read in dates alone.

An ORT is anything with the dates of `ort.faits.ConventionDatee`; a review, with those of `BilanDate`.
Nothing that came after `jour` counts.
"""

import datetime
from collections.abc import Iterable
from itertools import count, takewhile
from typing import Any, NamedTuple

from django.db import models

from ort.regles import TempsEnVigueur, temps_en_vigueur
from socle.dates import Precision, add_months, last_day


class NatureBilan(models.TextChoices):
    """What is held, and how often: see `MOIS`."""

    ANNUEL = "annuel", "bilan annuel"
    QUINQUENNAL = "quinquennal", "évaluation des cinq ans"

    def accorde(self, participe: str) -> str:
        """Write a masculine participle as the nature has it: « bilan tenu », « évaluation tenue »."""
        return f"{participe}e" if self == NatureBilan.QUINQUENNAL else participe


class EtatEcheance(models.TextChoices):
    """Where a due date stands on a day."""

    A_VENIR = "a_venir", "à venir"
    DANS_SIX_MOIS = "dans_six_mois", "dans les six mois"
    TENUE = "tenue", "tenue"
    TENUE_EN_RETARD = "tenue_en_retard", "tenue avec retard"
    DEPASSEE = "depassee", "dépassée"
    INCONNUE = "inconnue", "inconnue"

    @property
    def couleur(self) -> str:
        """Return the colour of its badge, as the State's design system names it; empty: none."""
        colours = {
            EtatEcheance.DANS_SIX_MOIS: "info",
            EtatEcheance.TENUE: "success",
            EtatEcheance.TENUE_EN_RETARD: "success",
            EtatEcheance.DEPASSEE: "warning",
        }
        return colours.get(self, "")


# Read in no text in force yet: every screen that rests on it says so.
BASE_LEGALE = "article L. 303-2 du code de la construction et de l'habitation ; règle à vérifier"
# Months from the signature of the ORT to the first review, and from each to the next.
MOIS = {NatureBilan.ANNUEL: 12, NatureBilan.QUINQUENNAL: 60}
# How long before its day, and after, a review is proposed as the one that is due.
MOIS_AVANT, MOIS_APRES = 6, 12


class BilanDate(NamedTuple):
    """A review that was held."""

    pk: int
    nature: str
    periode: datetime.date | None
    tenu_le: datetime.date
    precision: str


class EcheanceDeBilan(NamedTuple):
    """A due date as a day knows it; `retard` is in days, None when it cannot be told."""

    nature: NatureBilan
    jour: datetime.date
    precision: str
    bilan: Any | None
    etat: EtatEcheance
    retard: int | None


def echeances(
    convention: Any, nature: str, jour: datetime.date, horizon: datetime.date
) -> list[datetime.date]:
    """Return the days, up to `horizon`, on which an ORT signed by `jour` is to be reviewed.

    They are counted by months from its signature: nothing moves them, neither an avenant nor an entry.
    None comes while it is out of force, as known on `jour`: after its end, or before an avenant that
    prolongs it after that end; one that is the day of the end is due. A convention that is no ORT, or of
    which the signature is unknown, has none.
    """
    times = temps_en_vigueur(convention, jour) if convention.vaut_ort else []
    if not times:
        return []
    end = times[-1].fin
    last = horizon if end is None else min(end, horizon)
    months = MOIS[NatureBilan(nature)]
    days = (add_months(convention.date_signature, months * rank) for rank in count(1))
    return [day for day in takewhile(lambda day: day <= last, days) if en_cours(times, day)]


def en_cours(times: Iterable[TempsEnVigueur], jour: datetime.date) -> bool:
    """Tell whether one of these times in force holds `jour`, or ends that day."""
    return any(
        time.acte.date_signature <= jour and (time.fin is None or jour <= time.fin)
        for time in times
    )


def est_echeance(convention: Any, nature: str, periode: datetime.date, jour: datetime.date) -> bool:
    """Tell whether `periode` is a day on which the ORT, as known on `jour`, is to be reviewed."""
    return periode in echeances(convention, nature, jour, periode)


def tenus_au(bilans: Iterable[Any], jour: datetime.date) -> list[Any]:
    """Return the reviews held on `jour` or before, the first held first."""
    return sorted((b for b in bilans if b.tenu_le <= jour), key=lambda b: (b.tenu_le, b.nature))


def bilan_de(
    bilans: Iterable[Any], nature: str, echeance: datetime.date, jour: datetime.date
) -> Any | None:
    """Return the review that holds a due date on `jour`: the first that answers it; None if none does.

    Any other that names the same date is an « autre point ».
    """
    answers = (b for b in tenus_au(bilans, jour) if (b.nature, b.periode) == (nature, echeance))
    return next(answers, None)


def autre_point(bilan: Any, bilans: Iterable[Any], jour: datetime.date) -> bool:
    """Tell whether a review answers no due date, or one that another held before it."""
    return bilan.periode is None or bilan_de(bilans, bilan.nature, bilan.periode, jour) != bilan


def proposee(
    convention: Any,
    nature: str,
    tenu_le: datetime.date,
    bilans: Iterable[Any],
    jour: datetime.date,
) -> datetime.date | None:
    """Return the due date that a review held on `tenu_le` is first thought to answer, or None.

    It is the nearest that no other review of the ORT answers, the review being held from six months
    before it to twelve after; of two as near, the one that has come.
    """
    answered = {b.periode for b in bilans if b.nature == nature}
    near = [
        day
        for day in echeances(convention, nature, jour, add_months(tenu_le, MOIS_AVANT))
        if day not in answered and proche(day, tenu_le)
    ]
    return min(near, key=lambda day: (abs(day - tenu_le), day), default=None)


def proche(echeance: datetime.date, tenu_le: datetime.date) -> bool:
    """Tell whether a review is held from six months before a due date to twelve after."""
    first, last = add_months(echeance, -MOIS_AVANT), add_months(echeance, MOIS_APRES)
    return first <= tenu_le <= last


def situation(
    convention: Any,
    bilans: Iterable[Any],
    jour: datetime.date,
    complete: bool,
    horizon: datetime.date | None = None,
) -> list[EcheanceDeBilan]:
    """Return the due dates of an ORT as `jour` knows them, by day: those to come within six months too.

    `complete`: its département keeps all its reviews, so that one which is not recorded was not held.
    """
    bilans = list(bilans)
    until = horizon or add_months(jour, MOIS_AVANT)
    found = [
        echeance_au(convention, nature, day, bilan_de(bilans, nature, day, jour), jour, complete)
        for nature in NatureBilan
        for day in echeances(convention, nature, jour, until)
    ]
    return sorted(found, key=lambda echeance: (echeance.jour, MOIS[echeance.nature]))


def echeance_au(
    convention: Any,
    nature: NatureBilan,
    day: datetime.date,
    bilan: Any | None,
    jour: datetime.date,
    complete: bool,
) -> EcheanceDeBilan:
    """Return a due date, the review that holds it, and where it stands on `jour`."""
    precision = convention.precision_signature
    last = last_day(day, precision)
    known = precision == Precision.JOUR
    if bilan is not None:
        late = bilan.precision != Precision.AU_PLUS_TARD and bilan.tenu_le > last
        told = known and (not late or bilan.precision == Precision.JOUR)
        state = EtatEcheance.TENUE_EN_RETARD if late else EtatEcheance.TENUE
        days = (bilan.tenu_le - day).days if late else 0
        return EcheanceDeBilan(nature, day, precision, bilan, state, days if told else None)
    if last < jour:
        state = EtatEcheance.DEPASSEE if complete else EtatEcheance.INCONNUE
        days = (jour - day).days if complete and known else None
        return EcheanceDeBilan(nature, day, precision, None, state, days)
    soon = day <= add_months(jour, MOIS_AVANT)
    state = EtatEcheance.DANS_SIX_MOIS if soon else EtatEcheance.A_VENIR
    return EcheanceDeBilan(nature, day, precision, None, state, None)
