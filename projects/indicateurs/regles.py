"""The rules of a measure, read in its readings and targets alone, as a day knows them (`docs/regles.md`).

Values are decimals. A value that is secret, or that nobody has, is None, and never zero.
"""

import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from projects.indicateurs.faits import CibleDatee, MesureDatee, ReleveDate
from projects.indicateurs.models import EtatReleve
from socle.dates import Precision, add_years

DIXIEME = Decimal("0.1")


class Point(NamedTuple):
    """A value, and the day that it is of, as it is known."""

    jour: datetime.date
    valeur: Decimal
    precision: str = Precision.JOUR.value


def releves_au(mesure: MesureDatee, jour: datetime.date) -> list[ReleveDate]:
    """Return the readings known on `jour`, by the day that they speak of, the last published last."""
    known = [r for r in mesure.releves if r.connu_le <= jour and r.jour <= jour]
    return sorted(known, key=lambda r: (r.jour, r.connu_le, r.serie))


def dernier_releve(mesure: MesureDatee, jour: datetime.date) -> ReleveDate | None:
    """Return the last reading known on `jour`, be it secret or without a value."""
    known = releves_au(mesure, jour)
    return known[-1] if known else None


def ligne(mesure: MesureDatee, jour: datetime.date) -> list[ReleveDate]:
    """Return the readings that the last one compares with, itself at the end.

    They are of its series, since the last break.
    """
    known = releves_au(mesure, jour)
    of_series = [r for r in known if r.serie == known[-1].serie]
    cuts = [rank for rank, r in enumerate(of_series) if r.rupture]
    return of_series[cuts[-1] :] if cuts else of_series


def cible_au(mesure: MesureDatee, jour: datetime.date) -> CibleDatee | None:
    """Return the last target set by `jour`, or None."""
    come = [cible for cible in mesure.cibles if cible.fixee_le <= jour]
    return max(come, key=lambda cible: cible.fixee_le, default=None)


def points(mesure: MesureDatee, jour: datetime.date) -> list[Point]:
    """Return the values, those that are known, of the readings that the last one compares with."""
    return [
        Point(r.jour, r.valeur, r.precision)
        for r in ligne(mesure, jour)
        if r.etat == EtatReleve.CONNUE and r.valeur is not None
    ]


def reference_de_la_cible(mesure: MesureDatee, jour: datetime.date) -> Point | None:
    """Return what the target was set from, if the last reading compares with it."""
    cible, last = cible_au(mesure, jour), dernier_releve(mesure, jour)
    if cible is None or last is None or cible.reference_jour is None:
        return None
    if cible.reference_valeur is None or cible.serie != last.serie:
        return None
    first = ligne(mesure, jour)[0]
    cut = first.rupture and cible.reference_jour < first.jour
    if cut or cible.reference_jour > last.jour:
        return None
    return Point(cible.reference_jour, cible.reference_valeur)


def reference(mesure: MesureDatee, jour: datetime.date) -> Point | None:
    """Return what the last reading is compared with: the reference of the target, else the first value."""
    return reference_de_la_cible(mesure, jour) or next(iter(points(mesure, jour)), None)


def evolution(mesure: MesureDatee, jour: datetime.date) -> Decimal | None:
    """Return by how much the last reading differs from its reference; None if they do not compare."""
    last, start = dernier_releve(mesure, jour), reference(mesure, jour)
    if last is None or last.valeur is None or start is None or start.jour >= last.jour:
        return None
    return last.valeur - start.valeur


def attendu_le(mesure: MesureDatee, jour: datetime.date) -> datetime.date | None:
    """Return the day by which another reading is expected: a year after the last, or that of the target.

    Without a target, or once its day is read, nothing is expected.
    """
    cible, last = cible_au(mesure, jour), dernier_releve(mesure, jour)
    if cible is None:
        return None
    since = max(last.jour, cible.fixee_le) if last else cible.fixee_le
    end, expected = cible.echeance_prevue, add_years(since, 1)
    if end and last and last.jour >= end:
        return None
    return min(expected, end) if end and end > since else expected


def en_retard(mesure: MesureDatee, jour: datetime.date) -> bool:
    """Tell whether the reading that is expected has not come by its day."""
    expected = attendu_le(mesure, jour)
    return expected is not None and expected < jour


def avancement(mesure: MesureDatee, jour: datetime.date) -> Decimal | None:
    """Return how far the last reading is from the reference of the target to the target, in percents.

    To a tenth, half up. It may be below zero, or above a hundred; without a reference it is not known.
    """
    cible, start = cible_au(mesure, jour), reference_de_la_cible(mesure, jour)
    last = dernier_releve(mesure, jour)
    if cible is None or start is None or last is None or last.valeur is None:
        return None
    if cible.valeur == start.valeur:
        return None
    done = (last.valeur - start.valeur) / (cible.valeur - start.valeur) * 100
    return done.quantize(DIXIEME, ROUND_HALF_UP)
