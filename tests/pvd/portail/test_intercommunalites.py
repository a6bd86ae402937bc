"""The intercommunalités: their list, and the page of each."""

import pytest

from communes.models import AncienNomIntercommunalite, Rattachement
from tests import factories
from tests.pages import count_queries, read

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


@pytest.fixture
def lodevois():
    return factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")


@pytest.fixture
def lodeve(lodevois):
    town = factories.commune("34142", epci=lodevois, nom="Lodève")
    factories.labellisation(town)
    return town


def test_list_holds_those_with_a_commune_laureate_on_the_day(client, lodeve):
    factories.commune("34001", epci=factories.intercommunalite(nom="CC sans lauréate"))
    page = read(client, "/intercommunalites/?au=2023-07-06")
    assert "1 intercommunalité au 6 juillet 2023" in page
    assert "CC Lodévois et Larzac communauté de communes 200017341 1" in page
    assert "CC sans lauréate" not in page
    assert "Aucune intercommunalité ne répond" in read(client, "/intercommunalites/?au=2021-01-21")


def test_page_holds_its_communes_and_its_ort(client, lodeve):
    factories.convention("2021-07-16", [lodeve], intitule="ORT de Lodève")
    page = read(client, "/intercommunalites/200017341/?au=2023-07-06")
    assert "Lodève ORT signée ORT de Lodève 16 juillet 2021" in page
    assert "ORT de Lodève, signée le 16 juillet 2021" in page
    assert "1 commune membre au 6 juillet 2023" in page


def test_name_is_that_of_the_day(client, lodevois, lodeve):
    AncienNomIntercommunalite.objects.create(
        intercommunalite=lodevois, nom="CC du Lodévois", fin=factories.day("2022-01-01")
    )
    page = read(client, "/intercommunalites/200017341/?au=2021-06-01")
    assert "Elle s'appelle aujourd'hui CC Lodévois et Larzac." in page
    assert "CC du Lodévois" in read(client, "/intercommunalites/?au=2021-06-01")
    assert "CC du Lodévois" not in read(client, "/intercommunalites/")


def test_intercommunalite_over_two_departements(client, lodevois, lodeve):
    Rattachement.objects.create(commune=factories.commune("81124"), intercommunalite=lodevois)
    assert "plusieurs départements : Hérault (34), Tarn (81)" in read(
        client, "/intercommunalites/200017341/"
    )


def test_intercommunalite_that_is_over(client):
    factories.intercommunalite("200067221", fin=factories.day("2022-01-01"))
    assert "n'existe plus depuis le 1er janvier 2022" in read(
        client, "/intercommunalites/200067221/?au=2022-01-01"
    )


def test_unknown_siren(client):
    assert "Page introuvable" in read(client, "/intercommunalites/999999999/", 404)


def test_growth(client, lodevois):
    # The list: the département of the site, complétude, count, rows, names, choices. The page: the
    # record and its names, members, départements, what situates its communes (15 at most), its ORT,
    # 2 milestones.
    def grow(number):
        for _ in range(number):
            town = factories.commune(epci=lodevois)
            factories.labellisation(town)
            factories.labellisation()
            factories.convention("2022-06-01", [town])

    addresses = ("/intercommunalites/", "/intercommunalites/200017341/")
    grow(2)
    few = [count_queries(client, address) for address in addresses]
    grow(5)
    assert [count_queries(client, address) for address in addresses] == few
    assert few[0] <= 6
    assert few[1] <= 21


@pytest.mark.parametrize(
    ("nom", "spelled"),
    [("CC Lodévois et Larzac", 1), ("CC Grand Orb Communauté de Communes en Languedoc", 0)],
)
def test_the_kind_is_not_said_twice(client, nom, spelled):
    epci = factories.intercommunalite("200042646", nom=nom)
    town = factories.commune("34028", epci=epci, nom="Bédarieux")
    page = read(client, f"/communes/{town.pk}/")
    assert (f"{nom} communauté de communes" in page) == bool(spelled)
    told = read(client, "/intercommunalites/200042646/").partition("Voir le fil d'Ariane")[2]
    assert (f"{nom} Communauté de communes · SIREN" in told) == bool(spelled)
    assert "SIREN 200042646" in told
