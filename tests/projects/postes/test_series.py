"""The posts over time: the states that the list would give, month by month."""

import datetime
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.postes.du_jour import etats
from projects.postes.models import Desserte, Poste, Recrutement
from projects.postes.regles import etapes_du_poste
from projects.postes.series import MONTHS_AT_MOST, etats_des_postes, months, sweep, with_dessertes
from tests import factories
from tests.factories import day

pytestmark = pytest.mark.django_db


def offer(poste, publication, issue=None):
    Recrutement.objects.create(
        poste=poste,
        date_publication=day(publication),
        date_issue=issue and day(issue),
        issue="recrute" if issue else "",
    )


@pytest.fixture
def postes():
    """Posts with a bit of everything: opened, held, offered, closed, served for a time, undated."""
    town, other = factories.commune("34114"), factories.commune("34142")
    opened = factories.poste([town], date_ouverture=day("2021-03-10"))
    factories.occupation(opened, "2021-05-01", fin="2022-02-01")
    offer(opened, "2021-12-15", "2022-04-20")
    factories.occupation(opened, "2022-05-01")
    closed = factories.poste(
        [other], date_ouverture=day("2021-02-01"), date_fermeture=day("2022-03-01")
    )
    factories.occupation(closed, "2021-02-15", fin="2021-11-30")
    held = factories.poste([town])
    factories.occupation(held, "2021-06-01", fin="2021-07-01")
    for_a_time = factories.poste(date_ouverture=day("2021-01-31"))
    Desserte.objects.create(
        poste=for_a_time, commune=town, debut=day("2021-04-01"), fin=day("2021-09-01")
    )
    offered = factories.poste([other])
    offer(offered, "2021-10-01")
    factories.poste([town])
    factories.poste([factories.commune("81124")], date_ouverture=day("2021-01-01"))
    return Poste.objects.all()


def test_each_day_counts_the_states_that_the_list_gives(postes):
    """The drawing sweeps the steps of the posts, the list asks for a day: they say the same."""
    herault = factories.departement("34")
    first, last = day("2021-01-01"), day("2022-06-01")
    days = [first + datetime.timedelta(days=n) for n in range((last - first).days)]
    stories = [etapes_du_poste(poste, served) for poste, served in with_dessertes(herault)]
    for jour, count in zip(days, sweep(stories, days), strict=True):
        listed = Poste.objects.serving(herault, jour)
        expected = Counter(etats(listed, jour).values())
        assert {etat: n for etat, n in count.items() if etat and n} == expected, jour


def test_the_last_values_are_those_of_the_day(postes):
    chart = etats_des_postes(factories.departement("34"), day("2021-12-20"))
    assert [(serie.nom, serie.valeurs[-1]) for serie in chart.series] == [
        ("postes pourvus", 1),
        ("postes en recrutement", 1),
        ("postes vacants", 2),
    ]
    assert chart.notes == ["Sans compter 1 poste dont aucune date ne dit l'état."]
    assert chart.jours[0] == day("2020-12-31"), "the month before the first fact"
    assert chart.jours[-1] == day("2021-12-20")


def test_nothing_after_the_day_is_drawn(postes):
    herault = factories.departement("34")
    assert etats_des_postes(herault, day("2021-01-30")) is None
    chart = etats_des_postes(herault, day("2021-02-10"))
    assert [serie.valeurs[-1] for serie in chart.series] == [0, 0, 1]
    assert chart.lignes[-1][0] == "10 février 2021"


def test_without_any_date_nothing_is_drawn():
    factories.poste([factories.commune("34114")])
    assert etats_des_postes(None, day("2023-07-06")) is None


@pytest.mark.parametrize(
    ("first", "jour", "expected"),
    [
        ("2021-03-10", "2021-03-10", ["2021-02-28", "2021-03-10"]),
        ("2021-03-31", "2021-04-30", ["2021-02-28", "2021-03-31", "2021-04-30"]),
        ("2021-03-01", "2021-05-01", ["2021-02-28", "2021-03-31", "2021-04-30", "2021-05-01"]),
    ],
)
def test_months_end_on_their_last_day_and_on_that_of_the_page(first, jour, expected):
    assert months(day(first), day(jour)) == [day(text) for text in expected]


def test_a_date_typed_wrong_does_not_stretch_the_drawing():
    assert len(months(day("0201-09-01"), day("2023-07-06"))) == MONTHS_AT_MOST + 2


def test_queries_do_not_grow(postes):
    def count():
        with CaptureQueriesContext(connection) as queries:
            etats_des_postes(None, day("2023-07-06"))
        return len(queries)

    few = count()
    for _ in range(5):
        post = factories.poste([factories.commune()], date_ouverture=day("2022-01-01"))
        factories.occupation(post, "2022-02-01")
    assert count() == few == 5
