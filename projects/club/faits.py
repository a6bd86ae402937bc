"""Who came to the events of the Club, read once for many events, or many communes."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from communes.models import Labellisation, Rattachement
from communes.territoire.faits import successions_lues
from communes.territoire.successions import Successions
from projects.club.models import EvenementClub, Participation
from projects.club.regles import Lien, Participations, Presences, Venue
from projects.postes.models import Desserte


def communes_venues(evenements: Iterable[int], jour: datetime.date) -> Participations:
    """Return the communes that came to each of `evenements`, keys, as known on `jour`: see `Presences`.

    Five queries, however many events.
    """
    return venues_de(evenements, jour, successions_lues())


def venues_de(
    evenements: Iterable[int], jour: datetime.date, successions: Successions
) -> Participations:
    """Return what `communes_venues` does, once it is known which commune answers for which."""
    rows = Participation.objects.au(jour).filter(evenement__dans=list(evenements)).order_by()
    columns = ("evenement", "evenement__debut", "commune", "intercommunalite", "poste")
    venues = [Venue(*row) for row in rows.values_list(*columns)]
    return presences(venues, successions).par_evenement(venues, jour)


def presences(venues: list[Venue], successions: Successions) -> Presences:
    """Return what tells for which communes `venues` count: three queries."""
    postes = {venue.poste for venue in venues} - {None}
    sirens = {venue.intercommunalite for venue in venues} - {None}
    dessertes = liens(Desserte.objects.filter(poste__dans=postes), "poste")
    membres = liens(Rattachement.objects.filter(intercommunalite__dans=sirens), "intercommunalite")
    codes = {lien.commune for rows in membres.values() for lien in rows}
    # A commune is in the programme by what is recorded of it, or of one that it follows.
    known = codes | {
        successions.commune_du_jour(code, venue.jour) for code in codes for venue in venues
    }
    times = Labellisation.objects.filter(commune__dans=successions.avec_liees(known)).order_by()
    laureates = [Lien(*row) for row in times.values_list("commune", "debut", "fin")]
    return Presences(dessertes, membres, laureates, successions)


def liens(rows: Any, by: str) -> dict[Any, list[Lien]]:
    """Return the communes that `rows`, a queryset, link to what their field `by` names, by it."""
    found = defaultdict(list)
    for cle, *lien in rows.order_by("pk").values_list(by, "commune", "debut", "fin"):
        found[cle].append(Lien(*lien))
    return found


def evenements_de(
    code: str, jour: datetime.date, successions: Successions | None = None
) -> dict[int, set[str]]:
    """Return the events in which a commune took part by `jour`, by their keys, each with how: once each.

    « X a participé à N événements du Club » counts them.
    """
    found = evenements_des([code], jour, successions)
    return {cle: communes[code] for cle, communes in found.items()}


def evenements_des(
    codes: Iterable[str], jour: datetime.date, successions: Successions | None = None
) -> Participations:
    """Return the events in which any of these communes took part by `jour`, and which.

    One query where there is none, five elsewhere; `successions` are read here when they are not given.
    """
    asked, successions = set(codes), successions or successions_lues()
    fiches = {fiche for code in asked for fiche in successions.fiches(code, jour)}
    members = Rattachement.objects.filter(commune__dans=fiches).order_by()
    served = Desserte.objects.filter(commune__dans=fiches).order_by()
    possible = EvenementClub.objects.filter(
        Q(participations__commune__dans=fiches)
        | Q(participations__intercommunalite__in=members.values("intercommunalite"))
        | Q(participations__poste__in=served.values("poste"))
    )
    keys = list(possible.order_by().values_list("pk", flat=True).distinct())
    found = {}
    for cle, communes in (venues_de(keys, jour, successions) if keys else {}).items():
        if came := {code: ways for code, ways in communes.items() if code in asked}:
            found[cle] = came
    return found
