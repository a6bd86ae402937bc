"""The rules of a chef de projet post, read in its dates alone, as a day knows them.

A post is anything with the dates of `PosteDate`. Nothing that came after `jour` counts.
"""

import datetime
from collections.abc import Iterable

from projects.postes.faits import DesserteDatee, OccupationDatee, OffreDatee, PosteDate
from projects.postes.models import SANS_PERSONNE, Etat, Recrutement
from socle.dates import Precision, known_by
from socle.periodes import Etape, etapes, holds_on, sans_interruption


def en_poste(poste: PosteDate, jour: datetime.date) -> list[OccupationDatee]:
    """Return the occupations that run on `jour`, the first arrived first; a closed post has nobody."""
    if known_by(poste.date_fermeture, jour):
        return []
    held = [occupation for occupation in poste.occupations if holds_on(occupation, jour)]
    return sorted(held, key=lambda occupation: occupation.debut)


def en_cours(offre: OffreDatee, jour: datetime.date) -> bool:
    """Tell whether an offer is published on `jour` or before, and without outcome by then."""
    return offre.date_publication <= jour and not known_by(offre.date_issue, jour)


def dessertes_au(poste: PosteDate, jour: datetime.date) -> list[DesserteDatee]:
    """Return what the post serves on `jour`; closed by then, what it served up to its closing, or last.

    The rule of `DesserteQuerySet.dernieres`, told in Python.
    """
    closing = poste.date_fermeture
    if closing is None or closing > jour:
        return [served for served in poste.dessertes if holds_on(served, jour)]
    begun = [served for served in poste.dessertes if served.debut is None or served.debut <= jour]
    to_the_last = [served for served in begun if served.fin is None or served.fin >= closing]
    last = max((served.fin for served in begun if served.fin), default=None)
    return to_the_last or [served for served in begun if served.fin == last]


def communes_desservies(poste: PosteDate, jour: datetime.date) -> list[str]:
    """Return the codes of the communes of the post on `jour`, each once: see `dessertes_au`."""
    return sorted({served.commune for served in dessertes_au(poste, jour)})


def etat(poste: PosteDate, jour: datetime.date) -> Etat:
    """Return the `Etat` of the post on `jour`.

    Closed from the day of closing; filled while someone holds it; recruiting while an offer is
    published and has no outcome; planned before it opens; vacant once it is open or has been held;
    unknown when no date tells.
    """
    if known_by(poste.date_fermeture, jour):
        return Etat.FERME
    if any(holds_on(occupation, jour) for occupation in poste.occupations):
        return Etat.POURVU
    if any(en_cours(offre, jour) for offre in poste.recrutements):
        return Etat.RECRUTEMENT
    if poste.date_ouverture and poste.date_ouverture > jour:
        return Etat.PREVU
    if poste.date_ouverture or dernier_depart(poste, jour):
        return Etat.VACANT
    return Etat.INCONNU


def dernier_depart(poste: PosteDate, jour: datetime.date) -> datetime.date | None:
    """Return the first day after the last departure known on `jour`, or None."""
    return max((o.fin for o in poste.occupations if known_by(o.fin, jour)), default=None)


def depuis(poste: PosteDate, jour: datetime.date) -> datetime.date | None:
    """Return the first day of the state of `jour`, or None when no date tells.

    People or offers that follow each other without a day between them are one state.
    """
    match etat(poste, jour):
        case Etat.FERME:
            return poste.date_fermeture
        case Etat.POURVU:
            return sans_interruption([(o.debut, o.fin) for o in poste.occupations], jour)
        case Etat.RECRUTEMENT:
            offers = [(o.date_publication, o.date_issue) for o in poste.recrutements]
            return latest(dernier_depart(poste, jour), sans_interruption(offers, jour))
        case Etat.VACANT:
            settled = [o.date_issue for o in poste.recrutements if known_by(o.date_issue, jour)]
            return latest(dernier_depart(poste, jour), ouverture_au(poste, jour), *settled)
    return None


def vacant_depuis(poste: PosteDate, jour: datetime.date) -> datetime.date | None:
    """Return the first day with nobody of a post vacant or in recruitment on `jour`, or None.

    It is the day after the last departure, or the opening if it was never held.
    """
    if etat(poste, jour) not in SANS_PERSONNE:
        return None
    return latest(dernier_depart(poste, jour), ouverture_au(poste, jour))


def issue_du_recrutement(poste: PosteDate, jour: datetime.date) -> str:
    """Return the outcome of the recruitment closed last by `jour`, or ""; of one day, a success first."""
    settled = [o for o in poste.recrutements if known_by(o.date_issue, jour)]
    days = {o.date_issue for o in settled if o.date_issue}
    outcomes = [o.issue for o in settled if o.date_issue == max(days)]
    if Recrutement.Issue.RECRUTE in outcomes:
        return Recrutement.Issue.RECRUTE
    return next(iter(outcomes), "")


def precision_de(poste: PosteDate, premier: datetime.date | None, jour: datetime.date) -> str:
    """Return how exactly `premier`, the first day of a state, is known: as the opening if it is it."""
    opening = premier == poste.date_ouverture and premier != dernier_depart(poste, jour)
    if opening and etat(poste, jour) in SANS_PERSONNE:
        return poste.precision_ouverture
    return Precision.JOUR


def jours_vacance(poste: PosteDate, jour: datetime.date) -> int | None:
    """Return the days passed since the first one with nobody, 0 on that day, or None.

    None when the post is held, not open or closed, and when that first day is not known to the
    day: a number of days would say more than what is known.
    """
    first = vacant_depuis(poste, jour)
    if first is None or precision_de(poste, first, jour) != Precision.JOUR:
        return None
    return (jour - first).days


def quotite_pourvue(poste: PosteDate, jour: datetime.date) -> int | None:
    """Return the sum of the shares of time of those in post on `jour`, in per cent.

    0 when nobody is; None when one share is not known, or when the post is not open.
    """
    if etat(poste, jour) in SANS_PERSONNE:
        return 0
    if etat(poste, jour) != Etat.POURVU:
        return None
    held = en_poste(poste, jour)
    known = [occupation.quotite for occupation in held if occupation.quotite is not None]
    return sum(known) if len(known) == len(held) else None


def rang(offre: OffreDatee, offres: Iterable[OffreDatee]) -> int:
    """Return 1 for the first offer published of `offres`, those of its post, 2 for the relaunch…"""
    return 1 + sum(published_before(other, offre) for other in offres)


def published_before(offre: OffreDatee, other: OffreDatee) -> bool:
    """Tell whether an offer was published before another; of one day, the first recorded."""
    return (offre.date_publication, offre.pk) < (other.date_publication, other.pk)


def prise_de_poste(
    offre: OffreDatee, poste: PosteDate, jour: datetime.date
) -> datetime.date | None:
    """Return the arrival, on `jour` or before, of the person that an offer of `poste` recruited, or None.

    It is the arrival of the occupation linked to the offer. Where none is linked, the first
    arrival on the day of the outcome or after, if no later offer was published by then and if
    no other offer claims it. None while nobody was recruited or has arrived, or in doubt.
    """
    if offre.issue != Recrutement.Issue.RECRUTE or not known_by(offre.date_issue, jour):
        return None
    arrived = [o for o in poste.occupations if o.debut <= jour]
    if offre.occupation:
        return next((o.debut for o in arrived if o.pk == offre.occupation), None)
    claimed = {other.occupation for other in poste.recrutements}
    found = [
        o.debut
        for o in arrived
        if o.debut >= offre.date_issue
        and o.pk not in claimed
        and not relaunched(offre, poste, o.debut)
    ]
    return min(found, default=None)


def relaunched(offre: OffreDatee, poste: PosteDate, jour: datetime.date) -> bool:
    """Tell whether an offer was followed by another one of its post, published on `jour` or before."""
    return any(
        published_before(offre, other) and other.date_publication <= jour
        for other in poste.recrutements
    )


def etapes_du_poste(poste: PosteDate, dessertes: Iterable[DesserteDatee]) -> list[Etape]:
    """Return the steps of the post while one of `dessertes` held: its `Etat`, None when it did not serve."""
    dates = [poste.date_ouverture, poste.date_fermeture]
    dates += [day for o in poste.occupations for day in (o.debut, o.fin)]
    dates += [day for o in poste.recrutements for day in (o.date_publication, o.date_issue)]
    dates += [day for served in dessertes for day in (served.debut, served.fin)]

    def etat_servi(jour: datetime.date) -> Etat | None:
        serves = any(holds_on(served, jour) for served in dessertes)
        return etat(poste, jour) if serves else None

    return etapes(dates, etat_servi)


def ouverture_au(poste: PosteDate, jour: datetime.date) -> datetime.date | None:
    """Return the opening, if it had come by `jour`, or None."""
    return poste.date_ouverture if known_by(poste.date_ouverture, jour) else None


def latest(*dates: datetime.date | None) -> datetime.date | None:
    """Return the latest of `dates`, the unknown ones set aside, or None when all of them are."""
    return max((date for date in dates if date), default=None)
