"""The list of communes where it is long, where it grows, and where there is none."""

import pytest

from tests import factories
from tests.pages import count_queries, read

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


def test_pages_of_fifty(client):
    for _ in range(51):
        factories.labellisation(factories.commune(epci="new"))
    first = client.get("/communes/?au=2023-07-06")
    assert len(first.context["situations"]) == 50
    assert 'href="?au=2023-07-06&amp;page=2"' in first.content.decode()
    assert len(client.get("/communes/?page=2").context["situations"]) == 1
    assert "va de la page 1 à la page 2" in read(client, "/communes/?page=3", 400)


def test_the_order_is_kept_by_filters_dates_pages_and_downloads(client):
    for _ in range(51):
        factories.labellisation(factories.commune(epci="new"))
    page = client.get("/communes/?departement=34&tri=-nom&au=2023-07-06").content.decode()
    assert '<input type="hidden" name="tri" value="-nom">' in page
    assert 'href="?tri=-nom&amp;au=2023-07-06"' in page, "the tag that removes the département"
    assert 'href="?departement=34&amp;tri=-nom&amp;au=2023-07-06&amp;page=2"' in page
    assert "communes.csv?departement=34&amp;tri=-nom&amp;au=2023-07-06" in page
    assert 'href="/communes/?departement=34&amp;tri=-nom"' in page, "back to today"


def test_an_empty_base_offers_nothing(client):
    assert "Ce qui lui donne des lignes" not in read(client, "/communes/?au=2021-01-21")


def test_growth(client):
    # 1 département of the site, 1 count, the communes and their names, their populations, 3 of their
    # intercommunalités,
    # 8 of their facts (labellisations, coverages, prolongations, posts and their dates), the lists of
    # choices, 1 complétude.
    def grow(number):
        for _ in range(number):
            town = factories.commune(epci="new")
            factories.labellisation(town, adhesion="2021-06-01")
            signed = factories.convention("2022-06-01", [town])
            factories.avenant(signed, "2022-09-01", [factories.commune()])
            factories.poste([town])

    # Sorting by what dates tell reads the facts of all the list: seven queries at most.
    sorts = ["population", "intercommunalite", "statut", "entree", "-poste"]
    addresses = ["/communes/", *(f"/communes/?tri={tri}" for tri in sorts)]
    factories.millesime(2021)
    grow(2)
    few = [count_queries(client, address) for address in addresses]
    grow(5)
    assert [count_queries(client, address) for address in addresses] == few
    assert few[0] <= 22
    assert max(few) <= few[0] + 7
