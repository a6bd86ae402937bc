"""A commune that several ORT cover: both are named, since the first day of a cover that nothing breaks."""

import csv
import io

import pytest

from pvd.suivi.phrases import sentence
from tests import factories
from tests.factories import day
from tests.lecture import situation


@pytest.fixture
def lodeve(db):
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town, "2021-01-22")
    return town


def signed(town, signature, name, **fields):
    return factories.convention(
        signature, [town], intitule=f"ORT {name}", identifiant=name, **fields
    )


def told(town, jour):
    return sentence(situation(town.pk, day(jour)))


def test_both_are_named_since_the_first(lodeve):
    signed(lodeve, "2022-02-01", "a")
    signed(lodeve, "2026-02-01", "b")
    page = told(lodeve, "2026-03-01")
    assert "depuis le 1er février 2022 ; plusieurs la couvrent ce jour-là" in page
    assert "l'ORT a et l'ORT b" in page
    assert "plusieurs" not in told(lodeve, "2026-01-31")


@pytest.mark.parametrize(
    ("second", "since"),
    [("2026-12-31", "2022"), ("2027-02-01", "2022"), ("2027-02-02", "2027")],
)
def test_a_day_without_cover_begins_it_again(lodeve, second, since):
    """The first ends on 1 February 2027: it covers the commune until the day before."""
    signed(lodeve, "2022-02-01", "a", duree_annees=5)
    signed(lodeve, second, "b")
    page = told(lodeve, "2027-06-01")
    assert f"février {since}" in page
    assert "plusieurs" not in page


def test_an_exit_begins_it_again_too(lodeve):
    first = signed(lodeve, "2022-02-01", "a")
    out = factories.avenant(first, "2023-01-01", numero=1)
    factories.rewrite(first.couvertures, sortie=out)
    signed(lodeve, "2023-01-02", "b")
    assert "depuis le 2 janvier 2023" in told(lodeve, "2023-06-01")


def test_the_file_of_an_ort_speaks_of_it(client, lodeve):
    signed(lodeve, "2022-02-01", "a")
    signed(lodeve, "2026-02-01", "b")

    def row(query):
        return next(csv.DictReader(io.StringIO(read("2026-03-01", query))))

    def read(au, query=""):
        answer = client.get(f"/donnees/communes.csv?au={au}{query}")
        return answer.getvalue().decode()

    for asked, named, since in (
        ("&ort=a", "a", "2022-02-01"),
        ("&ort=b", "b", "2026-02-01"),
        ("", "b", "2026-02-01"),
        ("&ort=a&tri=-population", "a", "2022-02-01"),
    ):
        found = row(asked)
        assert (found["ort_identifiant"], found["date_entree_ort"]) == (named, since)
        assert found["nb_ort"] == "2"
    listed = client.get("/communes/?au=2026-03-01&ort=a").content.decode()
    assert 'href="/ort/a/?au=2026-03-01"' in listed
    [eve] = csv.DictReader(io.StringIO(read("2022-01-01")))
    assert (eve["nb_ort"], eve["tenue"]) == ("0", "complete")
