"""The list of communes."""

import pytest

from pvd.suivi.situation import Statut
from tests import factories
from tests.pages import count_queries, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def towns():
    """Three communes lauréates: Lodève and its ORT, Loupian without, Lacaune in the Tarn."""
    lodevois = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    lodeve = factories.commune("34142", epci=lodevois, nom="Lodève")
    loupian = factories.commune("34143", epci="new", nom="Loupian")
    lacaune = factories.commune("81124", epci="new", nom="Lacaune")
    for town in (lodeve, loupian, lacaune):
        factories.labellisation(town, adhesion="2021-07-08")
    factories.convention("2021-07-16", [lodeve], identifiant="ort-lodeve", intitule="ORT de Lodève")
    return lodeve, loupian, lacaune


def test_count_matches_the_rows(client, towns):
    response = client.get("/communes/?departement=34")
    assert len(response.context["situations"]) == response.context["page"].paginator.count == 2
    assert "2 communes au" in read(client, "/communes/?departement=34")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=lodeve", ["Lodève"]),
        ("q=34143", ["Loupian"]),
        ("departement=81", ["Lacaune"]),
        ("epci=200017341", ["Lodève"]),
        ("statut=ort_signee", ["Lodève"]),
        ("statut=adhesion_signee&departement=34", ["Loupian"]),
        ("ort=ort-lodeve", ["Lodève"]),
        ("poste=inconnu&departement=34", ["Lodève", "Loupian"]),
        ("au=2021-01-21", []),
    ],
)
def test_filters(client, towns, query, names):
    response = client.get(f"/communes/?{query}")
    assert [situation.nom for situation in response.context["situations"]] == names


def test_filters_in_use_are_links_that_remove_them(client, towns):
    response = client.get("/communes/?departement=34&statut=ort_signee&au=2023-07-06&page=1")
    page = response.content.decode()
    assert "Statut : ORT signée" in page
    assert 'href="?departement=34&amp;au=2023-07-06"' in page


def test_links_keep_the_day(client, towns):
    page = client.get("/communes/?au=2023-07-06").content.decode()
    assert "/communes/34142/?au=2023-07-06" in page
    assert "/ort/ort-lodeve/?au=2023-07-06" in page


def test_downloads_carry_the_same_query(client, towns):
    page = client.get("/communes/?departement=34&au=2023-07-06").content.decode()
    for extension in ("csv", "xlsx", "ods", "json"):
        assert f'href="/donnees/communes.{extension}?departement=34&amp;au=2023-07-06"' in page
    assert "communes.csv?departement=34&amp;au=2023-07-06&amp;tableur=1" in page


def test_lists_offer_only_what_has_a_commune_laureate(client, towns):
    factories.departement("12")
    factories.intercommunalite("200000001", nom="CC d'ailleurs")
    page = client.get("/communes/?departement=34").content.decode()
    assert "CC Lodévois et Larzac" in page
    assert "CC d&#x27;ailleurs" not in page
    assert "Aveyron" not in page


def test_a_valid_choice_that_is_not_offered_is_accepted_and_shown(client, towns):
    factories.intercommunalite("200000001", nom="CC d'ailleurs")
    page = client.get("/communes/?epci=200000001").content.decode()
    assert '<option value="200000001" selected>' in page


def test_no_option_list_depends_on_all_of_france(client, towns):
    factories.intercommunalite("200000001")
    offered = client.get("/communes/").context["filtres"].form.fields["epci"].widget.choices
    assert len(list(offered)) == 1 + 3


def test_empty_list_leads_to_the_communes_of_that_name(client, towns):
    for code in range(34001, 34008):
        factories.commune(str(code), nom=f"Saint-Agde-{code}")
    factories.commune("34003", nom="Agde")
    page = read(client, "/communes/?q=agde")
    assert "Aucune commune du programme ne répond à ces critères" in page
    assert page.count("Saint-Agde") == 5


def test_search_of_signs_is_refused(client, towns):
    assert "Le filtre « q=!! » ne correspond à rien de connu." in read(
        client, "/communes/?q=!!", 400
    )


def test_pages_of_fifty(client):
    for _ in range(51):
        factories.labellisation(factories.commune(epci="new"))
    first = client.get("/communes/?au=2023-07-06")
    assert len(first.context["situations"]) == 50
    assert 'href="?au=2023-07-06&amp;page=2"' in first.content.decode()
    assert len(client.get("/communes/?page=2").context["situations"]) == 1
    assert "va de la page 1 à la page 2" in read(client, "/communes/?page=3", 400)


def test_late_commune_has_a_badge(client, towns):
    page = read(client, f"/communes/?statut={Statut.ADHESION_SIGNEE}&departement=34")
    assert "Loupian Hérault (34)" in page
    assert "ORT en retard" in page


def test_growth(client):
    # 1 département of the site, 1 count, 9 of `with_situation` (the communes, their names,
    # labellisations, memberships, intercommunalités' names, coverages, avenants, dessertes, posts),
    # 4 lists of choices (départements, intercommunalités and their names, ORT), 1 portée.
    def grow(number):
        for _ in range(number):
            town = factories.commune(epci="new")
            factories.labellisation(town, adhesion="2021-06-01")
            signed = factories.convention("2022-06-01", [town])
            factories.avenant(signed, "2022-09-01", [factories.commune()])
            factories.poste([town])

    grow(2)
    few = count_queries(client, "/communes/")
    grow(5)
    assert count_queries(client, "/communes/") == few
    assert few <= 16
