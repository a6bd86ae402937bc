"""The rules of a time in the programme, of records or of their dates, as a day knows them."""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

from socle.dates import Precision, add_months, known_by, last_day
from socle.periodes import holds_on

# « dans les 18 mois suivant la signature de la convention d'adhésion » (ANCT, convention d'adhésion).
MONTHS_FROM_ADHESION_TO_ORT = 18
REGLE_ECHEANCE = (
    f"« dans les {MONTHS_FROM_ADHESION_TO_ORT} mois suivant la signature de la convention d'adhésion » "
    "(ANCT, convention d'adhésion)"
)


def labellisation_au(labellisations: Iterable[Any], jour: datetime.date) -> Any:
    """Return the time in the programme that runs on `jour`, else the last one begun by then, or None.

    `labellisations` are those of one commune, in the order of their first days. Several run only
    where it regroups communes of the programme: the one that tells has signed its adhésion, if any
    has, and is the first begun.
    """
    known = [label for label in labellisations if label.debut <= jour]
    running = [label for label in known if holds_on(label, jour)]
    if running:
        return next((label for label in running if adhesion_au(label, jour)), running[0])
    return (known or [None])[-1]


def with_retours(labellisations: Iterable[Any]) -> Iterator[tuple[Any, bool]]:
    """Yield each time in the programme, given the oldest first, and whether its commune comes back by it."""
    left = set()
    for label in labellisations:
        yield label, label.commune in left
        if label.fin:
            left.add(label.commune)


def perhaps_begun(labellisation: Any, jour: datetime.date, ouverture: datetime.date | None) -> bool:
    """Tell whether a time recorded as beginning after `jour` may in truth have begun by then.

    « Au plus tard le 22 janvier 2021 » leaves open every day since `ouverture`, that of the programme;
    where that is unknown, every day before.
    """
    late = labellisation.precision_debut == Precision.AU_PLUS_TARD
    return bool(late and (ouverture or jour) <= jour < labellisation.debut)


def adhesion_au(labellisation: Any, jour: datetime.date) -> datetime.date | None:
    """Return the day of the convention d'adhésion, if it was signed on `jour` or before, or None."""
    signed: datetime.date | None = labellisation.date_signature_adhesion
    return signed if known_by(signed, jour) else None


def echeance_ort(labellisation: Any) -> datetime.date | None:
    """Return the day by which the ORT was to be signed, 18 months after adhésion, or None.

    Of an adhésion known to the year, the latest that it may be: see `precision_echeance`.
    """
    signed = labellisation.date_signature_adhesion
    if signed is None:
        return None
    if labellisation.precision_adhesion == Precision.ANNEE:
        signed = last_day(signed, Precision.ANNEE)
    return add_months(signed, MONTHS_FROM_ADHESION_TO_ORT)


def precision_echeance(labellisation: Any) -> str:
    """Return how exactly `echeance_ort` is known; 18 months after a year is at the latest a day."""
    if labellisation.precision_adhesion == Precision.ANNEE:
        return Precision.AU_PLUS_TARD
    precision: str = labellisation.precision_adhesion
    return precision


def dernier_jour_echeance(labellisation: Any) -> datetime.date | None:
    """Return the last day that `echeance_ort` may be: nobody is late before it, or None."""
    due = echeance_ort(labellisation)
    return due and last_day(due, precision_echeance(labellisation))
