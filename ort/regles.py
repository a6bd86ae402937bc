"""The rules of an ORT and of those it covers, of records or of their dates, as a day knows them."""

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple

from socle.dates import add_years, known_by
from socle.periodes import sans_interruption

# Loi n° 2018-1021 du 23 novembre 2018 (ELAN), article 157: it made the ORT.
LOI_ELAN = datetime.date(2018, 11, 23)
# The years that an act may give to an ORT: whoever types that of its end is told so.
DUREE_EN_ANNEES = (1, 99)
DUREE_IMPOSSIBLE = "Une durée compte de 1 à 99 années."
# How the end of an ORT is told: see `date_fin_au`.
REGLE_FIN = "la signature de l'ORT, plus sa durée, telle que ses avenants la prolongent"


def signe(acte: Any, jour: datetime.date) -> bool:
    """Tell whether a convention or an avenant was signed on `jour` or before; a planned date is not."""
    return known_by(acte.date_signature, jour)


def duree_possible(annees: int) -> bool:
    """Tell whether an ORT may last so many years; no day is counted from any other number."""
    least, most = DUREE_EN_ANNEES
    return least <= annees <= most


def duree_au(convention: Any, jour: datetime.date) -> int | None:
    """Return the duration in years, as extended by the avenants signed by `jour`, or None.

    `convention.prolongations` are its avenants that give a duration, in the order of signature.
    """
    extensions = [avenant for avenant in convention.prolongations if signe(avenant, jour)]
    duration: int | None = (extensions[-1] if extensions else convention).duree_annees
    return duration


def date_fin_au(convention: Any, jour: datetime.date) -> datetime.date | None:
    """Return the first day out of force, as known on `jour`, or None if it never ends by itself.

    It is the anniversary of the signature, by the duration of `duree_au`.
    """
    duration = duree_au(convention, jour)
    if convention.date_signature is None or duration is None:
        return None
    return add_years(convention.date_signature, duration)


def en_vigueur(convention: Any, jour: datetime.date) -> bool:
    """Tell whether the convention was signed on `jour` or before, and had not ended on `jour`.

    The rule of `ConventionQuerySet.en_vigueur`, told in Python.
    """
    return signe(convention, jour) and not known_by(date_fin_au(convention, jour), jour)


class TempsEnVigueur(NamedTuple):
    """A time in force, unbroken: begun by the signature of `acte`, over on `fin`; None: it never ends."""

    acte: Any
    fin: datetime.date | None


def temps_en_vigueur(convention: Any, jour: datetime.date) -> list[TempsEnVigueur]:
    """Return the times in force of a convention, as known on `jour`, the oldest first.

    It has one, unless an avenant prolonged it once it had ended: the days between are of none. An
    avenant signed on the day of the end breaks nothing.
    """
    if not signe(convention, jour):
        return []
    signature = convention.date_signature
    found = [TempsEnVigueur(convention, date_fin_au(convention, signature))]
    for avenant in convention.prolongations:
        if not signe(avenant, jour):
            continue
        signed, before = avenant.date_signature, found[-1]
        end = date_fin_au(convention, max(signed, signature))
        if before.fin is None or signed <= before.fin:
            found[-1] = before._replace(fin=end)
        elif end is not None and end > signed:
            found.append(TempsEnVigueur(avenant, end))
    return found


def couverte(couverture: Any, jour: datetime.date) -> bool:
    """Tell whether the commune is in by an act signed on `jour` or before, and not out by then.

    It is in from the day of its act of entry, and out from the day of its act of exit. The rule of
    `CommuneCouverteQuerySet.as_of`, told in Python.
    """
    return known_by(couverture.date_entree, jour) and not known_by(couverture.date_sortie, jour)


def couvertures_en_vigueur(couvertures: Iterable[Any], jour: datetime.date) -> list[Any]:
    """Return, of the coverages of a commune, those by an ORT in force on `jour`, the oldest entry first.

    Of a commune that regroups several which the same ORT covered, the first that entered it.
    """
    holding = [
        couverture
        for couverture in couvertures
        if couverture.convention.vaut_ort
        and couverte(couverture, jour)
        and en_vigueur(couverture.convention, jour)
    ]
    first: dict[Any, Any] = {}
    for couverture in sorted(holding, key=lambda c: (c.date_entree, c.pk)):
        first.setdefault(couverture.convention.pk, couverture)
    return list(first.values())


class Debut(NamedTuple):
    """The first day of something, and how exactly it is known."""

    jour: datetime.date
    precision: str


def temps_couverts(
    couverture: Any, jour: datetime.date
) -> list[tuple[Debut, datetime.date | None]]:
    """Return the times when a convention in force held a commune, as known on `jour`, the oldest first.

    Each goes from the entry, or from the act by which it is in force again, to the exit or the end.
    """
    if not known_by(couverture.date_entree, jour):
        return []
    left = couverture.date_sortie if known_by(couverture.date_sortie, jour) else None
    entry = Debut(couverture.date_entree, couverture.precision_entree)
    found = []
    for acte, fin in temps_en_vigueur(couverture.convention, jour):
        signed = Debut(acte.date_signature, acte.precision_signature)
        begun = entry if signed.jour <= entry.jour else signed
        end = min((day for day in (left, fin) if day is not None), default=None)
        if end is None or begun.jour < end:
            found.append((begun, end))
    return found


def debut_couverture(couvertures: Iterable[Any], jour: datetime.date) -> Debut | None:
    """Return the first day of the cover of a commune that nothing breaks until `jour`, or None.

    An ORT that ends on the day when another covers the commune breaks nothing.
    """
    of_ort = [couverture for couverture in couvertures if couverture.convention.vaut_ort]
    if not couvertures_en_vigueur(of_ort, jour):
        return None
    times = [time for couverture in of_ort for time in temps_couverts(couverture, jour)]
    first = sans_interruption([(begun.jour, end) for begun, end in times], jour)
    return next(begun for begun, _ in times if begun.jour == first)


def premiere_entree(couvertures: Iterable[Any], jour: datetime.date) -> Any:
    """Return, of the coverages of a commune, the first by which it entered an ORT by `jour`, or None."""
    known = [couverture for couverture in couvertures if entree_connue(couverture, jour)]
    return min(known, key=lambda c: (c.date_entree, c.pk), default=None)


def entree_connue(couverture: Any, jour: datetime.date) -> bool:
    """Tell whether the commune had entered by `jour` an ORT signed by then, be it over or they out."""
    convention = couverture.convention
    entered = known_by(couverture.date_entree, jour)
    return convention.vaut_ort and signe(convention, jour) and entered
