"""The public page of the posts."""

import pytest

from communes.models import Tenue
from pvd.socle.models import Affirmation
from tests import factories
from tests.pages import count_queries, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def gignac():
    return factories.commune("34114", epci="new", nom="Gignac")


def test_post_and_its_state_on_the_day(client, gignac):
    post = factories.poste(
        [gignac],
        intitule="Chef de projet de la vallée",
        employeur_commune=gignac,
        quotite=80,
        date_ouverture=factories.day("2021-09-01"),
    )
    factories.occupation(post, "2022-01-01", fin="2023-01-01")
    row = "Chef de projet de la vallée {} Gignac 80 % Gignac 1er septembre 2021"
    for jour, etat in (
        ("2021-12-31", "vacant"),
        ("2022-01-01", "pourvu"),
        ("2023-01-01", "vacant"),
    ):
        assert row.format(etat) in read(client, f"/chefs-de-projet/?au={jour}")


def test_what_is_not_known_is_said(client, gignac):
    factories.poste([gignac], intitule="Chef de projet")
    row = "Chef de projet non renseigné non renseigné non renseigné Gignac non renseignée"
    assert row in read(client, "/chefs-de-projet/")


def test_no_person_is_named(client, gignac):
    post = factories.poste([gignac])
    factories.occupation(
        post, "2022-01-01", titulaire="Camille Martin", courriel="c@exemple.fr", telephone="0467"
    )
    page = client.get("/chefs-de-projet/").content.decode()
    assert not any(secret in page for secret in ("Martin", "exemple.fr", "0467"))


def test_filters(client, gignac):
    factories.poste([gignac], intitule="Poste de Gignac")
    factories.poste([factories.commune("81124", nom="Lacaune")], intitule="Poste de Lacaune")
    assert "Poste de Lacaune" not in read(client, "/chefs-de-projet/?departement=34")
    assert "Poste de Gignac" not in read(client, "/chefs-de-projet/?q=lacaune")
    assert "1 poste enregistré au" in read(client, "/chefs-de-projet/?q=lacaune")


def test_empty_list_does_not_mean_nobody(client):
    page = read(client, "/chefs-de-projet/")
    assert "cela ne veut pas dire qu'aucun chef de projet n'est en poste" in page


def test_page_says_how_partial_the_data_are(client, gignac):
    departement = gignac.departement
    departement.tenue_postes = Tenue.PARTIELLE
    departement.save()
    told = "Les données des chefs de projet sont tenues en partie pour l'Hérault"
    assert told in read(client, "/chefs-de-projet/?departement=34")
    assert told in read(client, "/chefs-de-projet/")


def test_sources_are_cited(client, gignac):
    post = factories.poste([gignac])
    Affirmation.objects.create(
        fiche=post, champ="dessertes", valeur_brute="?", source=factories.source(titre="La presse")
    )
    assert "Sources La presse" in read(client, "/chefs-de-projet/")


def test_growth(client):
    # Site, portée, count, posts, their sources, employers' names (2), dessertes, names of the
    # communes, choices (3).
    def grow(number):
        for _ in range(number):
            town = factories.commune(epci="new")
            factories.poste([town], employeur_commune=town)
            factories.poste([town], employeur_intercommunalite=factories.intercommunalite())

    grow(2)
    few = count_queries(client, "/chefs-de-projet/")
    grow(5)
    assert count_queries(client, "/chefs-de-projet/") == few
    assert few <= 12
