"""`bilans`, the public file of the reviews: a row a due date, and nothing internal."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import Departement
from projects.evaluations.models import Bilan
from tests import factories
from tests.factories import rewrite

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


@pytest.fixture
def agde():
    """Agde, whose evaluation was held forty days late, in a département that keeps all its reviews."""
    factories.millesime(2021)
    town = factories.commune("34003", epci="new")
    factories.labellisation(town)
    return factories.convention("2021-02-26", [town], identifiant="ort-agde", duree_annees=10)


@pytest.fixture(autouse=True)
def kept():
    factories.departement("34", tenue_bilans="complete")


def rows(client, **asked):
    answer = client.get("/donnees/bilans.csv", asked)
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def states(client, au, nature="quinquennal"):
    return [
        (row["date_echeance"], row["etat"], row["tenu_le"], row["jours_de_retard"])
        for row in rows(client, au=au)
        if row["nature"] == nature
    ]


def test_each_day_says_what_was_true_of_the_evaluation(agde, client):
    review = factories.bilan(agde, "2026-04-07", "2026-02-26", "quinquennal")
    factories.presentation(agde, agde.couvertures.get().commune, "2026-05-01", review)
    factories.presentation(agde, factories.intercommunalite(), "2026-06-01", review)
    assert states(client, "2025-08-25") == []
    assert states(client, "2025-08-26") == [("2026-02-26", "dans_six_mois", "", "")]
    assert states(client, "2026-02-26") == [("2026-02-26", "dans_six_mois", "", "")]
    assert states(client, "2026-02-27") == [("2026-02-26", "depassee", "", "1")]
    assert states(client, "2026-04-06") == [("2026-02-26", "depassee", "", "39")]
    late = [("2026-02-26", "tenue_en_retard", "2026-04-07", "40")]
    assert states(client, "2026-04-07") == late
    heard = [
        [row["nb_presentations"] for row in rows(client, au=jour) if row["nature"] == "quinquennal"]
        for jour in ("2026-04-06", "2026-04-07", "2026-05-01", "2026-06-01")
    ]
    assert heard == [[""], ["0"], ["1"], ["2"]]


@pytest.mark.parametrize("tenue", ["partielle", "aucune"])
def test_silence_is_unknown_where_the_reviews_are_not_all_kept(agde, client, tenue):
    rewrite(Departement.objects.all(), tenue_bilans=tenue)
    assert states(client, "2026-02-27") == [("2026-02-26", "inconnue", "", "")]
    factories.bilan(agde, "2026-04-07", "2026-02-26", "quinquennal")
    assert states(client, "2026-04-07")[0][1] == "tenue_en_retard"


def test_yearly_reviews_are_rows_of_their_own_in_the_order_of_the_days(agde, client):
    found = [(row["date_echeance"], row["nature"]) for row in rows(client, au="2026-11-26")]
    assert found == [
        *((f"{year}-02-26", "annuel") for year in range(2022, 2027)),
        ("2026-02-26", "quinquennal"),
        ("2027-02-26", "annuel"),
    ]


def test_nothing_internal_changes_a_byte_of_the_file(agde, client):
    factories.bilan(agde, "2026-04-07", "2026-02-26", "quinquennal", note_interne="SECRET")
    content = client.get("/donnees/bilans.csv").getvalue()
    rewrite(Bilan.objects.all(), note_interne="AUTRE", gel={"interne": "SECRET"})
    assert client.get("/donnees/bilans.csv").getvalue() == content
    assert b"SECRET" not in content


def test_the_file_costs_as_many_queries_whatever_it_holds(agde, client):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            rows(client, au="2026-11-26")
        return len(queries)

    review = factories.bilan(agde, "2022-02-26", "2022-02-26")
    factories.presentation(agde, factories.intercommunalite(), bilan=review)
    first = cost()
    for _ in range(5):
        town = factories.commune(epci="new")
        factories.labellisation(town)
        ort = factories.convention("2021-02-26", [town])
        factories.avenant(ort, "2022-02-26")
        review = factories.bilan(ort, "2022-02-26", "2022-02-26")
        factories.presentation(ort, factories.intercommunalite(), bilan=review)
    assert cost() == first
