"""What is true of the Club on a day, computed from the days of its events: nothing here is stored."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import models

from communes.territoire.successions import Successions
from socle.dates import last_day
from socle.periodes import holds_on


class Moment(models.TextChoices):
    """Where an event stands on a day."""

    A_VENIR = "a_venir", "à venir"
    EN_COURS = "en_cours", "en cours"
    PASSE = "passe", "passé"


def moment(evenement: Any, jour: datetime.date) -> Moment:
    """Return where an event stands on `jour`: to come before its first day, past after its last.

    Of a day that is not known exactly, the first that it may be, and the last: « mars 2026 » is to
    come up to the end of February, and past from 1 April.
    """
    if jour < evenement.debut:
        return Moment.A_VENIR
    return Moment.PASSE if dernier_jour(evenement) < jour else Moment.EN_COURS


def dernier_jour(evenement: Any) -> datetime.date:
    """Return the last day that an event may last to."""
    debut: datetime.date = evenement.debut
    if evenement.fin:
        return max(debut, last_day(evenement.fin, evenement.precision_fin))
    return last_day(debut, evenement.precision_debut)


class Venue(NamedTuple):
    """Who came to an event, one of three, by their keys, and the first day of the event."""

    evenement: int
    jour: datetime.date
    commune: str | None = None
    intercommunalite: str | None = None
    poste: int | None = None


class Lien(NamedTuple):
    """A commune is, from `debut` to `fin`, served by a post, of an intercommunalité, or in the programme."""

    commune: str
    debut: datetime.date | None
    fin: datetime.date | None


# How a commune took part in an event: itself, by the post that serves it, by its intercommunalité.
Participations = dict[int, dict[str, set[str]]]


class Presences:
    """By whom the communes came to events: the links of all days, held in memory (see `faits`).

    A commune took part in an event if it came itself, if a post that serves it on the first day of
    the event came, or, being in the programme that day, if its intercommunalité of that day came.
    """

    def __init__(
        self,
        dessertes: dict[int, list[Lien]],
        membres: dict[str, list[Lien]],
        laureates: Iterable[Lien],
        successions: Successions,
    ) -> None:
        self.dessertes, self.membres = dessertes, membres
        self.laureates, self.successions = list(laureates), successions

    def par_evenement(self, venues: Iterable[Venue], jour: datetime.date) -> Participations:
        """Return the communes that came to each event, by the code that answers on `jour`, and how."""
        found: Participations = defaultdict(lambda: defaultdict(set))
        for venue in venues:
            if venue.jour > jour:
                continue
            for code, par in self.communes_de(venue):
                found[venue.evenement][self.successions.commune_du_jour(code, jour)].add(par)
        return {evenement: dict(communes) for evenement, communes in found.items()}

    def communes_de(self, venue: Venue) -> Iterable[tuple[str, str]]:
        """Yield the communes for which a participation counts, as recorded, each with how it came."""
        if venue.commune:
            yield venue.commune, "commune"
        if venue.poste:
            for lien in self.dessertes.get(venue.poste, ()):
                if holds_on(lien, venue.jour):
                    yield lien.commune, "poste"
        if venue.intercommunalite:
            for lien in self.membres.get(venue.intercommunalite, ()):
                if holds_on(lien, venue.jour) and self.est_laureate(lien.commune, venue.jour):
                    yield lien.commune, "intercommunalite"

    def est_laureate(self, code: str, jour: datetime.date) -> bool:
        """Tell whether a commune is in the programme on a day, by the code that then answers for it."""
        answers = self.successions.commune_du_jour
        return any(
            holds_on(lien, jour) and answers(lien.commune, jour) == answers(code, jour)
            for lien in self.laureates
        )


def somme(nombres: Iterable[int | None]) -> int | None:
    """Return the sum of the numbers that are known; None when none of them is: unknown is not zero."""
    known = [nombre for nombre in nombres if nombre is not None]
    return sum(known) if known else None
