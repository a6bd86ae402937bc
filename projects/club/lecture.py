"""Events of the Club as the pages and the files show them on a day: what anybody may read, and no name."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from projects.club.faits import communes_venues
from projects.club.models import EvenementClub, Participation
from projects.club.regles import Moment, moment, somme


@dataclass
class EvenementDuJour:
    """An event on `jour`: who came to it, by the codes of the communes, and how many; None: not known."""

    evenement: EvenementClub
    jour: datetime.date
    communes: dict[str, set[str]] = field(default_factory=dict)
    elus: int | None = None
    equipe: int | None = None

    @property
    def moment(self) -> Moment:
        return moment(self.evenement, self.jour)

    @property
    def commence(self) -> bool:
        """Tell whether it has begun: what was decided, and who came, are then told."""
        return self.moment != Moment.A_VENIR

    @property
    def theme(self) -> str:
        """Return its theme as one reads it."""
        theme = self.evenement.theme
        return theme.libelle if theme else self.evenement.theme_libre

    @property
    def organisateurs(self) -> list[Any]:
        return [link.organisme for link in self.evenement.organisateurs_lies.all()]

    @property
    def departements(self) -> list[Any]:
        return [link.departement for link in self.evenement.departements_lies.all()]


def with_details(evenements: Any) -> Any:
    """Add to `evenements`, a queryset, all that `situer` tells of them."""
    lists = ("organisateurs_lies__organisme", "departements_lies__departement", "ressources")
    return evenements.select_related("theme").prefetch_related(*lists)


def situer(evenements: Iterable[EvenementClub], jour: datetime.date) -> list[EvenementDuJour]:
    """Return what is known on `jour` of each of `evenements`: a constant number of queries."""
    evenements = list(evenements)
    keys = [evenement.pk for evenement in evenements]
    communes, nombres = communes_venues(keys, jour), defaultdict(list)
    rows = Participation.objects.au(jour).filter(evenement__dans=keys).order_by()
    for cle, elus, equipe in rows.values_list("evenement", "elus", "equipe"):
        nombres[cle].append((elus, equipe))
    return [
        EvenementDuJour(
            evenement,
            jour,
            communes.get(evenement.pk, {}),
            somme(elus for elus, _ in nombres[evenement.pk]),
            somme(equipe for _, equipe in nombres[evenement.pk]),
        )
        for evenement in evenements
    ]
