"""Events of the Club as the pages and the files show them on a day: what anybody may read, and no name."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch

from communes.territoire.successions import Successions
from projects.club.faits import communes_venues, evenements_de
from projects.club.models import EvenementClub, Participation
from projects.club.regles import Moment, moment, somme
from socle.dates import Precision, bare, in_words, last_day
from socle.models import Affirmation


def jours_en_mots(evenement: EvenementClub) -> str:
    """Return the days of an event as one reads them, by what is known of each.

    What began « au plus tard » on a day after its end began by that end.
    """
    debut, fin = evenement.debut, evenement.fin
    precisions = (evenement.precision_debut, evenement.precision_fin)
    if not fin:
        return bare(debut, evenement.precision_debut)
    if Precision.AU_PLUS_TARD in precisions:
        begun = min(debut, last_day(fin, evenement.precision_fin))
        first, last = map(in_words, (begun, fin), precisions)
        return f"début {first}, fin {last}"
    to = "au" if evenement.precision_fin == Precision.JOUR else "à"
    first, last = map(bare, (debut, fin), precisions)
    if {*precisions} == {Precision.JOUR} and (debut.year, debut.month) == (fin.year, fin.month):
        first = first.split()[0]
    return f"{first} {to} {last}"


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
    def quand(self) -> str:
        return jours_en_mots(self.evenement)

    @property
    def organisateurs(self) -> list[Any]:
        return [link.organisme for link in self.evenement.organisateurs_lies.all()]

    @property
    def departements(self) -> list[Any]:
        return [link.departement for link in self.evenement.departements_lies.all()]


def with_details(evenements: Any) -> Any:
    """Add to `evenements`, a queryset, all that `situer` tells of them."""
    lists = ("organisateurs_lies__organisme", "departements_lies__departement", "ressources")
    said = dits_des_jours()
    return evenements.select_related("theme").prefetch_related(*lists, said)


def dits_des_jours() -> Any:
    """Return the prefetch of what sources say of the days of events, and of nothing internal."""
    said = Affirmation.objects.retenues().filter(champ__in=("debut", "fin"))
    return Prefetch("affirmations", said.select_related("source").order_by("pk"), to_attr="dits")


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


# How a commune took part, when it did not come itself.
PAR = {"poste": "par son chef de projet", "intercommunalite": "par son intercommunalité"}
DERNIERS = 3


class ParticipationsDeCommune:
    """The events that a commune took part in by `jour`, each once, the last ones first."""

    def __init__(
        self, code: str, jour: datetime.date, successions: Successions | None = None
    ) -> None:
        self.par = evenements_de(code, jour, successions)
        self.nombre = len(self.par)
        found = EvenementClub.objects.filter(pk__dans=list(self.par))
        last = found.order_by("-debut", "identifiant")[:DERNIERS] if self.par else []
        self.derniers = [(EvenementDuJour(event, jour), self.dit(event.pk)) for event in last]

    @property
    def reste(self) -> int:
        return self.nombre - len(self.derniers)

    def dit(self, evenement: int) -> str:
        """Say by whom the commune took part, if it did not come itself."""
        ways = self.par[evenement]
        return "" if "commune" in ways else " et ".join(PAR[way] for way in PAR if way in ways)
