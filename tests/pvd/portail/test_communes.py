"""The list of communes."""

import csv
import re

import pytest

from communes.models import Commune, Population, Tenue
from pvd.suivi.regles import Statut
from tests import factories
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


@pytest.fixture(scope="module", autouse=True)
def recorded(scene):
    """Three communes lauréates: Lodève and its ORT, Loupian without, Lacaune in the Tarn."""
    lodevois = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    lodeve = factories.commune("34142", epci=lodevois, nom="Lodève")
    loupian = factories.commune("34143", epci="new", nom="Loupian")
    lacaune = factories.commune("81124", epci="new", nom="Lacaune")
    for town in (lodeve, loupian, lacaune):
        factories.labellisation(town, adhesion="2021-07-08")
    factories.convention("2021-07-16", [lodeve], identifiant="ort-lodeve", intitule="ORT de Lodève")


@pytest.fixture
def towns(db):
    return [Commune.objects.get(pk=code) for code in ("34142", "34143", "81124")]


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


@pytest.mark.une_base
def test_filters_in_use_are_links_that_remove_them(client, towns):
    response = client.get("/communes/?departement=34&statut=ort_signee&au=2023-07-06&page=1")
    page = response.content.decode()
    assert "Statut : ORT signée" in page
    assert 'href="?departement=34&amp;au=2023-07-06"' in page


@pytest.mark.une_base
def test_links_keep_the_day(client, towns):
    page = client.get("/communes/?au=2023-07-06").content.decode()
    assert "/communes/34142/?au=2023-07-06" in page
    assert "/ort/ort-lodeve/?au=2023-07-06" in page


@pytest.mark.une_base
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


def choices(client, address, name):
    return list(client.get(address).context["filtres"].form.fields[name].widget.choices)


def test_intercommunalites_and_ort_are_offered_once_a_departement_is_chosen(client, towns):
    factories.intercommunalite("200000001")
    for name in ("epci", "ort"):
        [(value, label)] = choices(client, "/communes/", name)
        assert (value, label) == ("", "D'abord un département")
    assert len(choices(client, "/communes/?departement=34", "epci")) == 1 + 2
    assert choices(client, "/communes/?departement=34", "ort")[1] == (
        "ort-lodeve",
        "ORT de Lodève",
    )
    # One that is chosen without its département stays in its list.
    assert ("200017341", "CC Lodévois et Larzac") in choices(
        client, "/communes/?epci=200017341", "epci"
    )


def test_where_there_is_one_departement_there_is_none_to_choose_first(client, towns):
    *_, lacaune = towns
    lacaune.labellisations.get().delete()
    assert len(choices(client, "/communes/", "epci")) == 1 + 2


def test_the_departement_of_the_site_is_chosen_already(client, towns, settings):
    settings.PVD_DEPARTEMENT = "81"
    assert len(choices(client, "/communes/", "epci")) == 1 + 1
    assert len(choices(client, "/communes/?departement=34", "epci")) == 1 + 2


def test_empty_list_leads_to_the_communes_of_that_name(client, towns):
    for code in range(34001, 34018):
        factories.commune(str(code), nom=f"Saint-Agde-{code}" if code != 34003 else "Agde")
    page = read(client, "/communes/?q=agde")
    assert "Aucune commune du programme ne répond à ces critères" in page
    reserve = "Les ORT sans commune lauréate ne sont pas suivies ici."
    assert "Vouliez-vous dire Agde Hérault (34) Saint-Agde-34001" in page
    assert f"ajoutez le code postal. {reserve}" in page
    assert page.count("Saint-Agde") == 9
    assert "D'autres communes ont un nom proche" in page


def test_the_communes_that_may_be_meant_are_named_beside_those_of_the_list(client, towns):
    lodeve, *_ = towns
    lodeve.codes_postaux.create(code="34150")
    factories.commune("34150", nom="Marseillan")
    page = client.get("/communes/?q=34150&au=2023-07-06").content.decode()
    named = page[page.index("Vouliez-vous dire") : page.index("1 commune")]
    assert re.findall(r'href="([^"]*)"', named) == [
        "/communes/34142/?au=2023-07-06",
        "/communes/34150/?au=2023-07-06",
    ]
    told = read(client, "/communes/?q=34150&au=2023-07-06")
    assert "Lodève Hérault (34), code postal 34150, dans le programme" in told
    assert "Marseillan Hérault (34), code INSEE 34150 Les ORT sans commune" in told
    # Nothing to choose: the list says it all.
    assert "Vouliez-vous dire" not in read(client, "/communes/?q=lodeve")


def test_search_of_signs_is_refused(client, towns):
    assert (
        "Le filtre « q=!! » n'a ni lettre ni chiffre : écrivez un bout du nom que vous cherchez."
        in read(client, "/communes/?q=!!", 400)
    )


def codes_of_download(client, query):
    """Return the codes of the rows of the download twin of the list."""
    answer = client.get(f"/donnees/communes.csv?{query}")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    return [row["code_insee"] for row in csv.DictReader(lines)]


@pytest.mark.parametrize(
    "query",
    [
        *("", "departement=34", "q=lo", "statut=ort_signee", "statut=sortie", "poste=inconnu"),
        *("epci=200017341", "ort=ort-lodeve", "departement=34&statut=adhesion_signee"),
        *("au=2021-07-15", "au=2021-01-21", "departement=81&q=lodeve", "tri=-population"),
    ],
)
def test_the_count_the_rows_and_the_download_are_one(client, towns, query):
    factories.labellisation(factories.commune("34276"), fin="2023-12-01")
    response = client.get(f"/communes/?{query}")
    shown = [situation.commune.pk for situation in response.context["situations"]]
    assert response.context["page"].paginator.count == len(shown)
    assert sorted(codes_of_download(client, query)) == sorted(shown)


@pytest.fixture
def sortable(towns):
    """The three towns, each with its population, its ORT and its post, or none of them."""
    lodeve, loupian, lacaune = towns
    factories.millesime(2021)
    factories.millesime(2023)
    Population.objects.all().delete()
    for town, figures in ((lodeve, {2021: 10_000, 2023: 7000}), (loupian, {2021: 900, 2023: 2000})):
        for millesime, valeur in figures.items():
            factories.population(town, millesime, valeur)
    factories.convention("2023-01-12", [loupian], intitule="ORT de Loupian")
    factories.occupation(factories.poste([loupian]), "2022-01-01")
    lacaune.departement.tenue_postes = Tenue.COMPLETE
    lacaune.departement.save()


@pytest.mark.parametrize(
    ("tri", "names"),
    [
        ("nom", ["Lacaune", "Lodève", "Loupian"]),
        ("-nom", ["Loupian", "Lodève", "Lacaune"]),
        # Ties follow the names, whichever way.
        ("departement", ["Lodève", "Loupian", "Lacaune"]),
        ("-departement", ["Lacaune", "Lodève", "Loupian"]),
        # What is not known is last, whichever way.
        ("population", ["Loupian", "Lodève", "Lacaune"]),
        ("-population", ["Lodève", "Loupian", "Lacaune"]),
        ("entree", ["Lodève", "Loupian", "Lacaune"]),
        ("-entree", ["Loupian", "Lodève", "Lacaune"]),
        ("statut", ["Lacaune", "Lodève", "Loupian"]),
        ("-statut", ["Lodève", "Loupian", "Lacaune"]),
        ("poste", ["Loupian", "Lacaune", "Lodève"]),
        ("-poste", ["Lodève", "Lacaune", "Loupian"]),
    ],
)
def test_columns_sort_the_list_and_its_download(client, sortable, tri, names):
    response = client.get(f"/communes/?tri={tri}")
    assert [situation.nom for situation in response.context["situations"]] == names
    codes = [situation.commune.pk for situation in response.context["situations"]]
    assert codes_of_download(client, f"tri={tri}") == codes


def test_the_population_that_sorts_is_that_of_the_day(client, sortable):
    def first(query):
        return client.get(f"/communes/?{query}").context["situations"][0].nom

    assert first("tri=population&au=2022-12-31&departement=34") == "Loupian"
    assert first("tri=-population&au=2022-12-31&departement=34") == "Lodève"


@pytest.mark.une_base
def test_the_header_says_when_all_the_populations_were_counted(client, towns):
    Population.objects.all().delete()
    for town in towns[:2]:
        factories.population(town, 2024, 5100, annee=2022)
        factories.population(town, 2025, 5200, annee=2023)
    assert "Habitants en 2022" in read(client, "/communes/?au=2024-12-31")
    page = read(client, "/communes/?au=2025-01-01")
    assert "Habitants en 2023" in page
    assert page.count("en 2023") == 1
    assert "5 200" in page
    Population.objects.update(annee=None)
    assert "Habitants millésime 2025" in read(client, "/communes/")


@pytest.mark.une_base
def test_each_row_says_when_its_population_was_counted_where_they_differ(client, towns):
    Population.objects.all().delete()
    factories.population(towns[0], 2025, 5200, annee=2023)
    factories.population(towns[1], 2025, 2100)
    page = read(client, "/communes/")
    assert "5 200 en 2023" in page
    assert "2 100 millésime 2025" in page
    assert "Habitants en" not in page


def test_sorting_by_intercommunalite_follows_its_name_and_none_is_last(client, towns):
    factories.labellisation(factories.commune("85113", nom="L'Île-d'Yeu"))
    for tri, last in (("intercommunalite", "L'Île-d'Yeu"), ("-intercommunalite", "L'Île-d'Yeu")):
        response = client.get(f"/communes/?tri={tri}")
        assert response.context["situations"][-1].nom == last


@pytest.mark.parametrize(
    "tri", ["taille", "--nom", "nom,pk", "-", "nom_recherche", "\x00", "é" * 500]
)
def test_an_unknown_column_is_refused_with_those_that_sort(client, towns, tri):
    for address in ("/communes/", "/donnees/communes.csv"):
        answer = client.get(address, {"tri": tri})
        assert answer.status_code == 400
        told = answer.content.decode()
        assert "n&#x27;existe pas" in told or "n'existe pas" in told
        assert "nom, departement, intercommunalite, population" in told


@pytest.mark.une_base
def test_a_header_says_how_the_list_is_sorted_and_turns_it_round(client, towns):
    page = client.get("/communes/?departement=34&au=2023-07-06&tri=nom&page=1").content.decode()
    assert page.count('aria-sort="ascending"') == 1
    assert 'href="?departement=34&amp;au=2023-07-06&amp;tri=-nom"' in page
    assert 'href="?departement=34&amp;au=2023-07-06&amp;tri=-population"' not in page
    assert 'href="?departement=34&amp;au=2023-07-06&amp;tri=population"' in page
    turned = client.get("/communes/?tri=-nom").content.decode()
    assert turned.count('aria-sort="descending"') == 1
    assert 'href="?tri=nom"' in turned


@pytest.mark.une_base
def test_all_criteria_go_at_once_when_there_are_several(client, towns):
    two = client.get("/communes/?departement=34&q=lo&au=2023-07-06&tri=nom").content.decode()
    assert '<a class="fr-tag fr-tag--sm" href="?au=2023-07-06&amp;tri=nom">Tout retirer</a>' in two
    assert "Tout retirer" not in client.get("/communes/?departement=34").content.decode()


def test_an_empty_list_says_which_criterion_empties_it(client, towns):
    query = "departement=34&statut=ort_signee&q=loupian"
    response = client.get(f"/communes/?{query}")
    page = read(client, f"/communes/?{query}")
    assert "sans le critère « Nom, code postal ou code INSEE : loupian » (1 ligne)" in page
    assert "sans le critère « Statut : ORT signée » (1 ligne)" in page
    assert "sans le critère « Département" not in page, "it would still be empty"
    for sortie in response.context["filtres"].sorties_possibles:
        found = client.get(f"/communes/{sortie.adresse}").context["page"].paginator.count
        assert found == sortie.nombre == 1


def test_an_empty_list_leads_to_the_days_that_have_rows(client, towns):
    page = client.get("/communes/?au=2021-01-21&departement=34")
    told = read(client, "/communes/?au=2021-01-21&departement=34")
    assert "au 22 janvier 2021, le premier jour enregistré (2 lignes)" in told
    assert "aujourd'hui (2 lignes)" in told
    assert 'href="?departement=34&amp;au=2021-01-22"' in page.content.decode()


def test_when_no_single_change_helps_all_criteria_may_go(client, towns):
    told = read(client, "/communes/?departement=81&q=lodeve&statut=sortie")
    assert "sans aucun critère (3 lignes)" in told
    assert "sans le critère" not in told


@pytest.mark.une_base
def test_late_commune_has_a_badge(client, towns):
    page = read(client, f"/communes/?statut={Statut.ADHESION_SIGNEE}&departement=34")
    assert "Loupian convention d'adhésion signée délai dépassé" in page


@pytest.mark.parametrize(
    ("typed", "leads_to"),
    [
        ("Lodève", "/communes/34142/"),
        (" lodeve ", "/communes/34142/"),
        ("34143", "/communes/34143/"),
        ("Montpellier", "/communes/34172/"),
        ("lod", "/communes/?q=lod"),
        ("Lodève-sur-Mer", "/communes/?q=Lod%C3%A8ve-sur-Mer"),
        ("", "/communes/?q="),
    ],
)
def test_whole_name_of_a_commune_leads_to_its_page(client, towns, typed, leads_to):
    factories.commune("34172", nom="Montpellier")
    assert client.get("/communes/trouver/", {"q": typed}).url == leads_to


def test_homonym_of_the_departement_is_meant(client, towns):
    factories.commune("34114", nom="Gignac")
    factories.commune("46118", nom="Gignac")
    found = client.get("/communes/trouver/?q=gignac&departement=34&au=2023-07-06")
    assert found.url == "/communes/34114/?au=2023-07-06"
    # No reason to choose: the list, over all départements, then names them.
    assert client.get("/communes/trouver/?q=gignac").url == "/communes/?q=gignac"
    elsewhere = client.get("/communes/trouver/?q=gignac&departement=81&au=2023-07-06")
    assert elsewhere.url == "/communes/?q=gignac&au=2023-07-06"


def test_the_departement_of_the_page_comes_before_that_of_the_site(client, towns, settings):
    settings.PVD_DEPARTEMENT = "34"
    for code in ("34276", "81276"):
        factories.commune(code, nom=f"Saint-Mathieu-du-{code[:2]}")
    factories.commune("87168", nom="Saint-Mathieu")
    for asked, leads_to, first in (
        ("q=st+mathieu", "/communes/?q=st+mathieu", "34276"),
        ("q=st+mathieu&departement=34", "/communes/?q=st+mathieu", "34276"),
        ("q=st+mathieu&departement=81", "/communes/?q=st+mathieu&departement=81", "81276"),
    ):
        answer = client.get(f"/communes/trouver/?{asked}")
        assert (answer.status_code, answer.url) == (302, leads_to)
        assert client.get(leads_to).context["proches"][0].commune.pk == first


def test_commune_is_found_by_its_name_of_the_day(client, towns):
    town = factories.commune("62588", nom="Montreuil-sur-Mer")
    town.anciens_noms.create(nom="Montreuil", fin="2023-01-01")
    town.save()
    assert client.get("/communes/trouver/?q=montreuil&au=2022-12-31").url == (
        "/communes/62588/?au=2022-12-31"
    )
    assert client.get("/communes/trouver/?q=montreuil").url == "/communes/62588/"
    assert "Montreuil, son nom à une autre date" in read(client, "/communes/62588/")


def test_what_cannot_be_read_is_left_for_the_list_to_refuse(client, towns):
    long, emoji = "q=" + "a" * 5000, "q=%F0%9F%98%80"
    for query in ("q=%3F", "q=a%00b", emoji, long, "q=lod&departement=99", "q=lod&au=demain"):
        answer = client.get(f"/communes/trouver/?{query}")
        assert (answer.status_code, answer.url) == (302, f"/communes/?{query}")
        assert client.get(answer.url).status_code == 400


@pytest.mark.une_base
def test_delay_passed_is_told_without_alarm(client, towns):
    page = client.get("/communes/?departement=34").content.decode()
    assert "délai dépassé" in page
    assert "fr-badge--warning" not in page
