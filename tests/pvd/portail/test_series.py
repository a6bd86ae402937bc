"""The signatures over time, by quarter."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ort.regles import date_fin_au
from pvd.portail.series import placed, quarter_of, quarters, signatures
from pvd.suivi.faits import Faits
from tests import factories
from tests.factories import day
from tests.pages import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def towns():
    """Lodève adheres in March 2021 and enters its ORT in July; Loupian adheres, and waits."""
    lodeve = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(lodeve, adhesion="2021-03-31")
    factories.convention("2021-07-01", [lodeve])
    factories.labellisation(factories.commune("34143", epci="new"), adhesion="2021-04-01")


def faits_du_programme(code):
    return Faits.du_programme(code and factories.departement(code))


def table(jour, code="34"):
    chart = signatures(faits_du_programme(code), day(jour))
    return chart and chart.lignes


def test_running_totals_at_the_end_of_each_quarter_that_changes(towns):
    assert table("2023-07-06") == [
        ("4e trimestre 2020", (0, 0)),
        ("1er trimestre 2021", (1, 0)),
        ("2e trimestre 2021", (2, 0)),
        ("3e trimestre 2021", (2, 1)),
        ("6 juillet 2023", (2, 1)),
    ]


@pytest.mark.parametrize(
    ("jour", "last"),
    [
        ("2021-03-31", ("31 mars 2021", (1, 0))),
        ("2021-04-01", ("1er avril 2021", (2, 0))),
        ("2021-06-30", ("30 juin 2021", (2, 0))),
        ("2021-07-01", ("1er juillet 2021", (2, 1))),
    ],
)
def test_nothing_after_the_day_is_counted(towns, jour, last):
    assert table(jour)[-1] == last


def test_nothing_signed_nothing_drawn(client, towns):
    assert table("2021-03-30") is None
    told = "Aucune signature n'est enregistrée au 30 mars 2021 ou avant."
    assert told in read(client, "/departements/34/?au=2021-03-30")


def test_a_commune_that_left_stays_counted_and_an_entry_counts_once(towns):
    left = factories.commune("34276", epci="new")
    factories.labellisation(left, adhesion="2021-05-01", fin="2022-01-01")
    first = factories.convention("2021-08-01", [left], duree_annees=1)
    factories.convention("2022-09-01", [left])
    assert date_fin_au(first, day("2022-09-01")) == day("2022-08-01")
    assert table("2023-07-06")[-1] == ("6 juillet 2023", (3, 2))


def test_an_entry_by_avenant_counts_on_the_day_of_the_avenant(towns):
    loupian = factories.commune("34143")
    host = factories.convention("2019-12-10", [factories.commune("34301")])
    factories.avenant(host, "2023-04-13", [loupian])
    assert ("2e trimestre 2023", (2, 2)) in table("2023-07-06")
    assert table("2023-04-12")[-1] == ("12 avril 2023", (2, 1))


def test_what_is_not_ort_and_communes_elsewhere_do_not_count(towns):
    factories.convention("2022-01-01", [factories.commune("34143")], vaut_ort=False)
    factories.labellisation(factories.commune("81124", epci="new"), adhesion="2021-04-29")
    assert table("2023-07-06")[-1][1] == (2, 1)
    assert table("2023-07-06", code=None)[-1][1] == (3, 1)


def test_a_commune_without_date_of_adhesion_is_told(towns):
    factories.labellisation(factories.commune("34276", epci="new"))
    chart = signatures(faits_du_programme("34"), day("2023-07-06"))
    assert chart.notes == [
        "Sans compter 1 commune dont la date de convention d'adhésion n'est pas renseignée."
    ]


@pytest.mark.parametrize(
    ("precision", "expected"),
    [
        ("jour", "2021-02-01"),
        ("mois", "2021-02-28"),
        ("annee", "2021-12-31"),
        ("au_plus_tard", "2021-02-01"),
    ],
)
def test_a_date_is_placed_on_the_last_day_that_it_may_be(precision, expected):
    assert placed(day("2021-02-01"), precision, day("2023-07-06")) == day(expected)
    assert placed(day("2021-02-01"), precision, day("2021-02-01")) == day("2021-02-01")


def test_a_date_known_to_the_year_is_not_drawn_in_its_first_quarter():
    town = factories.commune("34142", epci="new")
    factories.labellisation(
        town, debut="2020-10-01", adhesion="2021-01-01", precision_adhesion="annee"
    )
    assert table("2022-06-30") == [
        ("3e trimestre 2021", (0, 0)),
        ("4e trimestre 2021", (1, 0)),
        ("30 juin 2022", (1, 0)),
    ]


def test_quarters():
    assert quarters(day("2021-03-31"), day("2021-07-01")) == [
        *(day("2020-12-31"), day("2021-03-31"), day("2021-06-30"), day("2021-07-01"))
    ]
    assert quarters(day("2021-01-01"), day("2021-03-31")) == [day("2020-12-31"), day("2021-03-31")]
    assert quarter_of(day("2021-12-31"), day("2022-01-01")) == "4e trimestre 2021"


def test_no_more_queries_when_there_is_more(towns):
    def count():
        with CaptureQueriesContext(connection) as queries:
            signatures(faits_du_programme(None), day("2023-07-06"))
        return len(queries)

    few = count()
    for _ in range(5):
        town = factories.commune(epci="new")
        factories.labellisation(town, adhesion="2021-05-01")
        factories.convention("2022-01-01", [town])
    assert count() == few == 3
