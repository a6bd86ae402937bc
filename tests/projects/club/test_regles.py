"""What is true of the Club on a day: where an event stands, and which communes it counts for."""

import datetime
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import Rattachement
from projects.club.faits import communes_venues, evenements_de
from projects.club.lecture import jours_en_mots, situer, with_details
from projects.club.models import EvenementClub, Participation
from projects.club.regles import Moment, moment, somme
from projects.postes.models import Desserte
from tests import factories
from tests.factories import day

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("debut", "precision", "fin", "precision_fin", "jours"),
    [
        ("2024-02-29", "jour", None, "jour", ("2024-02-28", "2024-02-29", "2024-03-01")),
        ("2024-02-27", "jour", "2024-02-29", "jour", ("2024-02-26", "2024-02-29", "2024-03-01")),
        ("2024-02-01", "mois", None, "jour", ("2024-01-31", "2024-02-29", "2024-03-01")),
        ("2024-01-01", "annee", None, "jour", ("2023-12-31", "2024-12-31", "2025-01-01")),
        ("2024-02-29", "jour", "2024-02-01", "mois", ("2024-02-28", "2024-02-29", "2024-03-01")),
        ("2023-12-31", "jour", "2024-01-01", "mois", ("2023-12-30", "2024-01-31", "2024-02-01")),
        ("2024-02-29", "au_plus_tard", "2024-02-28", "jour", ("2024-02-28", "2024-02-29", "2024-03-01")),
    ],
)  # fmt: skip
def test_an_event_is_to_come_up_to_the_eve_and_past_after_its_last_day(
    debut, precision, fin, precision_fin, jours
):
    event = EvenementClub(
        debut=day(debut),
        precision_debut=precision,
        fin=fin and day(fin),
        precision_fin=precision_fin,
    )
    found = [moment(event, day(jour)) for jour in jours]
    assert found == [Moment.A_VENIR, Moment.EN_COURS, Moment.PASSE]


def test_an_event_is_known_once_announced_or_begun():
    factories.evenement("2024-02-29", annonce_le=day("2024-01-15"), identifiant="annonce")
    factories.evenement("2024-02-29", identifiant="tu")
    known = {
        jour: set(EvenementClub.objects.connus(day(jour)).values_list("identifiant", flat=True))
        for jour in ("2024-01-14", "2024-01-15", "2024-02-28", "2024-02-29")
    }
    assert list(known.values()) == [set(), {"annonce"}, {"annonce"}, {"annonce", "tu"}]


def test_a_sum_leaves_out_what_is_not_known():
    assert [somme(n) for n in ([], [None], [None, 0], [2, None, 3])] == [None, None, 0, 5]


# Who took part.


@pytest.fixture
def lodeve():
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town)
    return town


def counted(commune, jour):
    return len(evenements_de(commune.pk, day(jour)))


def test_a_commune_took_part_from_the_first_day_of_the_event(lodeve):
    lasting = factories.evenement("2024-02-28", fin=day("2024-03-01"))
    factories.participation(lasting, lodeve)
    assert [counted(lodeve, j) for j in ("2024-02-27", "2024-02-28", "2024-03-02")] == [0, 1, 1]


def test_an_event_counts_once_however_the_commune_came(lodeve):
    atelier = factories.evenement("2024-02-29")
    epci = lodeve.rattachements.get().intercommunalite
    for who in (lodeve, epci, factories.poste([lodeve])):
        factories.participation(atelier, who)
    found = evenements_de("34142", day("2024-02-29"))
    assert found == {atelier.pk: {"commune", "intercommunalite", "poste"}}
    factories.participation(factories.evenement("2024-04-29"), lodeve)
    assert counted(lodeve, "2024-05-01") == 2


@pytest.mark.parametrize(
    ("debut", "fin", "compte"),
    [
        (None, None, 1),
        ("2024-02-29", None, 1),
        ("2024-03-01", None, 0),
        ("2023-01-01", "2024-03-01", 1),
        ("2023-01-01", "2024-02-29", 0),
    ],
)
@pytest.mark.parametrize("sorte", ["poste", "intercommunalite"])
def test_a_post_and_an_intercommunalite_count_for_those_of_the_day_of_the_event(
    lodeve, sorte, debut, fin, compte
):
    dates = {"debut": debut and day(debut), "fin": fin and day(fin)}
    if sorte == "poste":
        who = factories.poste()
        Desserte.objects.create(poste=who, commune=lodeve, **dates)
    else:
        Rattachement.objects.all().delete()
        who = factories.intercommunalite()
        Rattachement.objects.create(intercommunalite=who, commune=lodeve, **dates)
    factories.participation(factories.evenement("2024-02-29"), who)
    assert counted(lodeve, "2024-06-01") == compte


@pytest.mark.parametrize(
    ("debut", "fin", "compte"),
    [
        ("2024-02-29", None, 1),
        ("2024-03-01", None, 0),
        ("2021-01-01", "2024-02-29", 0),
        ("2021-01-01", "2024-03-01", 1),
    ],
)
def test_an_intercommunalite_counts_for_its_communes_of_the_programme_alone(debut, fin, compte):
    town = factories.commune(epci="new")
    factories.labellisation(town, debut=debut, fin=fin)
    epci = town.rattachements.get().intercommunalite
    other = factories.commune(epci=epci)
    atelier = factories.evenement("2024-02-29")
    factories.participation(atelier, epci)
    assert (counted(town, "2024-06-01"), counted(other, "2024-06-01")) == (compte, 0)
    factories.participation(atelier, other)
    assert counted(other, "2024-06-01") == 1, "it came itself"


def test_what_a_vanished_commune_took_part_in_is_of_its_successor():
    successor = factories.commune("34300")
    former = factories.commune("34999", fin=day("2025-01-01"), successeur=successor)
    type(former).objects.get(pk=former.pk).successions.model.objects.rewrite()
    factories.participation(factories.evenement("2024-02-29"), former)
    found = [
        (counted(former, jour), counted(successor, jour)) for jour in ("2024-12-31", "2025-01-01")
    ]
    assert found == [(1, 0), (0, 1)]


# Against a plain replay of the rule.


def replay(commune, jour):
    """Count as the sentence says it, a participation at a time."""
    events = set()
    for came in Participation.objects.select_related("evenement"):
        first = came.evenement.debut
        in_programme = commune.labellisations.as_of(first).exists()
        by_post = came.poste and came.poste.dessertes.as_of(first).filter(commune=commune).exists()
        members = came.intercommunalite and came.intercommunalite.rattachements.as_of(first)
        by_epci = members and members.filter(commune=commune).exists() and in_programme
        if first <= jour and (came.commune == commune or by_post or by_epci):
            events.add(came.evenement_id)
    return events


@pytest.mark.parametrize("graine", range(4))
def test_counts_are_those_of_a_plain_replay(graine):
    chance = random.Random(graine)
    start = day("2024-01-01")

    def a_day():
        return start + datetime.timedelta(days=chance.randrange(60))

    epcis = [factories.intercommunalite() for _ in range(2)]
    towns = [factories.commune(epci=None) for _ in range(5)]
    postes = [factories.poste() for _ in range(2)]
    for town in towns:
        cut = a_day()
        first, second = chance.sample(epcis, 2)
        Rattachement.objects.create(commune=town, intercommunalite=first, fin=cut)
        Rattachement.objects.create(commune=town, intercommunalite=second, debut=cut)
        Desserte.objects.create(poste=chance.choice(postes), commune=town, debut=a_day())
        factories.labellisation(town, debut=a_day().isoformat())
    events = [factories.evenement(a_day().isoformat()) for _ in range(8)]
    for event in events:
        for who in chance.sample([*epcis, *towns, *postes], 2):
            factories.participation(event, who)
    for jour in (a_day(), a_day(), start + datetime.timedelta(days=60)):
        came = communes_venues([event.pk for event in events], jour)
        for town in towns:
            expected = replay(town, jour)
            assert set(evenements_de(town.pk, jour)) == expected
            assert {key for key, communes in came.items() if town.pk in communes} == expected


def queries_of(read):
    with CaptureQueriesContext(connection) as queries:
        read()
    return len(queries)


def test_more_events_and_communes_ask_no_more_queries(lodeve):
    def more(count):
        for _ in range(count):
            town = factories.commune(epci="new")
            factories.labellisation(town)
            event = factories.evenement("2024-02-29", [factories.departement("34")])
            for who in (town, lodeve, town.rattachements.get().intercommunalite):
                factories.participation(event, who)
            factories.participation(event, factories.poste([town]))

    def page():
        return situer(with_details(EvenementClub.objects.all()), day("2024-06-01"))

    more(2)
    page()
    first = [queries_of(page), queries_of(lambda: counted(lodeve, "2024-06-01"))]
    more(5)
    assert [queries_of(page), queries_of(lambda: counted(lodeve, "2024-06-01"))] == first
    assert counted(lodeve, "2024-06-01") == 7


@pytest.mark.parametrize(
    ("debut", "precision", "fin", "precision_fin", "told"),
    [
        ("2024-03-01", "jour", None, "jour", "1er mars 2024"),
        ("2024-03-01", "au_plus_tard", None, "jour", "au plus tard le 1er mars 2024"),
        ("2024-03-01", "jour", "2024-03-05", "jour", "1er au 5 mars 2024"),
        ("2024-05-31", "jour", "2024-06-01", "jour", "31 mai 2024 au 1er juin 2024"),
        ("2023-05-14", "jour", "2024-05-15", "jour", "14 mai 2023 au 15 mai 2024"),
        ("2024-02-01", "mois", "2024-03-01", "mois", "février 2024 à mars 2024"),
        ("2023-01-01", "annee", "2024-01-01", "annee", "2023 à 2024"),
        ("2024-02-01", "mois", "2024-03-05", "jour", "février 2024 au 5 mars 2024"),
        (
            *("2024-03-01", "au_plus_tard", "2024-03-05", "jour"),
            "début au plus tard le 1er mars 2024, fin le 5 mars 2024",
        ),
        # It had begun when it ended.
        (
            *("2024-03-01", "au_plus_tard", "2024-01-01", "jour"),
            "début au plus tard le 1er janvier 2024, fin le 1er janvier 2024",
        ),
        (
            *("2024-03-10", "au_plus_tard", "2024-02-01", "mois"),
            "début au plus tard le 29 février 2024, fin en février 2024",
        ),
        (
            *("2024-03-01", "jour", "2024-03-05", "au_plus_tard"),
            "début le 1er mars 2024, fin au plus tard le 5 mars 2024",
        ),
    ],
)
def test_the_days_of_an_event_are_told_by_what_is_known_of_each(
    debut, precision, fin, precision_fin, told
):
    event = EvenementClub(debut=day(debut), precision_debut=precision, precision_fin=precision_fin)
    event.fin = fin and day(fin)
    assert jours_en_mots(event) == told
