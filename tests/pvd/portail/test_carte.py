"""The maps: what they draw on a day, what they say in words, what they cost."""

import gzip
import re
from collections import Counter

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from communes.models import Commune, ContourCommune, ContourDepartement, FondDeCarte
from communes.territoire.contours.imports import write_fond_de_france
from pvd.portail.cartes.departement import carte, communes_montrees
from pvd.portail.cartes.france import carte_france
from pvd.suivi.situation import situations
from tests import factories
from tests.factories import day
from tests.lecture import situation
from tests.pages import count_queries, without_tags

pytestmark = pytest.mark.django_db
SOURCE = {"annee": 2026, "attribution": "IGN, Licence Ouverte 2.0"}


def square(left, top, size=100):
    right, bottom = left + size, top + size
    return [left, top, right, top, right, bottom, left, bottom, left, top]


def contour(commune, left=0, top=0):
    return ContourCommune.objects.create(
        commune=commune,
        anneaux=[square(left, top)],
        centre_x=left + 50,
        centre_y=top + 50,
        **SOURCE,
    )


def outline(code, left=0, top=0):
    departement = factories.departement(code)
    ContourDepartement.objects.create(
        departement=departement,
        anneaux=[square(left, top, 9000)],
        centre_x=left + 4500,
        centre_y=top + 4500,
        **SOURCE,
    )
    write_fond_de_france()
    return departement


@pytest.fixture
def fond():
    return FondDeCarte.objects.create(
        departement=factories.departement("34"),
        terre="M0 0l1000 0 0 1000-1000 0z",
        limites="M0 0l500 500",
        gauche=0,
        haut=0,
        droite=1000,
        bas=1000,
        empreinte="abc",
        **SOURCE,
    )


@pytest.fixture
def lodeve(fond):
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town, adhesion="2021-03-26", fin="2024-12-01")
    contour(town)
    return town


@pytest.fixture
def ort(lodeve):
    return factories.convention(
        "2021-07-16", [lodeve], identifiant="ort-lodeve", intitule="ORT de Lodève"
    )


def drawn_on(text, code="34"):
    """Return the map of a département on a day, as its page asks for it."""
    jour, departement = day(text), factories.departement(code)
    return carte(departement, list(situations(communes_montrees(departement, jour), jour)), jour)


def states(text):
    """Return the state of each commune drawn, by its code."""
    return {c.situation.commune.pk: c.statut for c in drawn_on(text).dessinees}


def map_of(client, address):
    """Return the part of a page that holds its map."""
    page = client.get(address).content.decode()
    found = re.search(r'<section class="pvd-carte.*?</section>', page, re.DOTALL)
    return found and found[0]


@pytest.mark.parametrize(
    ("jour", "expected"),
    [
        ("2021-01-21", {}),
        ("2021-01-22", {"34142": "laureate"}),
        ("2021-03-25", {"34142": "laureate"}),
        ("2021-03-26", {"34142": "adhesion_signee"}),
        ("2021-07-15", {"34142": "adhesion_signee"}),
        ("2021-07-16", {"34142": "ort_signee"}),
        ("2024-11-30", {"34142": "ort_signee"}),
        ("2024-12-01", {"34142": "sortie"}),
        ("2026-01-01", {"34142": "sortie"}),
    ],
)
def test_each_commune_is_drawn_by_its_statut_on_the_day(ort, jour, expected):
    assert states(jour) == expected


def test_without_contours_a_page_has_no_map(client):
    factories.labellisation(factories.commune("34142"))
    assert map_of(client, "/departements/34/") is None
    assert map_of(client, "/departements/") is None
    assert "Lodève" not in client.get("/communes/34142/").content.decode()


def test_the_map_and_its_words_say_the_same_and_keep_the_date(client, ort):
    section = map_of(client, "/departements/34/?au=2023-07-06")
    link = re.search(r'<a class="pvd-carte__commune[^"]*ort_signee"\s+href="([^"]+)"', section)
    assert link[1] == "/communes/34142/?au=2023-07-06"
    assert "<title>Lodève\N{NO-BREAK SPACE}: ORT signée, ORT de Lodève</title>" in section
    said = without_tags(section)
    assert "ORT signée : 1 commune" in said
    assert "ORT de Lodève : Lodève" in said
    assert "Contours : IGN, Licence Ouverte 2.0, millésime 2026" in said
    assert all("au=2023-07-06" in href or "fond.svg" in href for href in links(section))


def links(section):
    return re.findall(r'href="([^"]+)"', section)


def test_nothing_in_the_map_breaks_the_strict_policy(client, ort):
    section = map_of(client, "/departements/34/")
    assert "style=" not in section
    assert "<script" not in section
    assert "<style" not in section


def test_patterns_tell_what_colours_do(client, ort):
    for jour, state in (("2021-02-01", "laureate"), ("2021-04-01", "adhesion_signee")):
        section = map_of(client, f"/departements/34/?au={jour}")
        assert section.count(f'fill="url(#carte-{state})"') == 2  # the commune, and the legend
        assert f'id="carte-{state}"' in section


def test_partners_are_shown_beyond_the_border_and_without_programme(client, ort):
    lacaune = factories.commune("81124", nom="Lacaune")
    factories.labellisation(lacaune)
    factories.couverture(ort, lacaune)
    contour(lacaune, left=-5000)
    agde = factories.commune("34003", nom="Agde")
    factories.couverture(ort, agde)
    contour(agde, left=300)
    drawn = drawn_on("2023-07-06")
    assert states("2023-07-06") == {
        "34142": "ort_signee",
        "81124": "ort_signee",
        "34003": "hors_programme",
    }
    assert drawn.cadre.gauche < -5000
    assert {c.numeros for c in drawn.dessinees} == {"1"}
    said = without_tags(map_of(client, "/departements/34/?au=2023-07-06"))
    assert "ORT signée : 2 communes, dont 1 hors du département" in said
    assert "Lacaune (Tarn)" in said
    assert "Agde (hors programme)" in said


def test_a_line_goes_around_the_communes_of_one_ort(client, ort):
    alone = drawn_on("2023-07-06").ort[0]
    assert alone.enveloppe == ""
    assert "d'une même ORT" not in map_of(client, "/departements/34/?au=2023-07-06")
    lacaune = factories.commune("81124", nom="Lacaune")
    factories.couverture(ort, lacaune)
    contour(lacaune, left=-500, top=50)
    shared = drawn_on("2023-07-06").ort[0]
    assert shared.enveloppe == "M-500 50l500-50 100 0 0 100-500 50-100 0z"
    assert "autour des communes d'une même ORT" in without_tags(
        map_of(client, "/departements/34/?au=2023-07-06")
    )


def test_a_commune_without_contour_is_named_off_the_map(client, ort):
    murat = factories.commune("81192", nom="Murat-sur-Vèbre")
    factories.couverture(ort, murat)
    said = without_tags(map_of(client, "/departements/34/?au=2023-07-06"))
    assert "Hors de la carte, faute de contour : Murat-sur-Vèbre (Tarn)" in said


def test_ort_are_numbered_by_signature_and_an_ended_one_goes(ort, lodeve):
    town = factories.commune("34101", nom="Florensac")
    factories.labellisation(town)
    contour(town, left=200)
    factories.convention("2021-05-01", [town], identifiant="z-premiere", duree_annees=2)
    numbers = {c.situation.nom: c.numeros for c in drawn_on("2023-04-30").communes}
    assert numbers == {"Florensac": "1", "Lodève": "2"}
    numbers = {c.situation.nom: c.numeros for c in drawn_on("2023-05-01").communes}
    assert numbers == {"Florensac": "", "Lodève": "1"}


def test_growth_departement(client, ort):
    def add(n):
        for i in range(n):
            town = factories.commune(epci="new")
            partner = factories.commune(f"81{Commune.objects.count():03}", epci="new")
            factories.labellisation(town, adhesion="2021-03-26")
            factories.convention("2021-07-16", [town, partner])
            contour(town, left=100 * i)
            contour(partner, left=-100 * i)

    add(1)
    before = count_queries(client, "/departements/34/?au=2023-07-06")
    add(5)
    assert count_queries(client, "/departements/34/?au=2023-07-06") == before


def test_the_background_is_kept_for_ever_under_its_fingerprint(client, fond):
    response = client.get("/departements/34/fond.svg?v=abc")
    assert response["Content-Type"] == "image/svg+xml"
    assert "immutable" in response["Cache-Control"]
    assert "max-age=31536000" in response["Cache-Control"]
    assert fond.terre in response.content.decode()
    again = client.get("/departements/34/fond.svg?v=abc", headers={"if-none-match": '"abc"'})
    assert again.status_code == 304
    other = client.get("/departements/34/fond.svg?v=old")
    assert other["Cache-Control"] == "public, no-cache"


def test_a_background_that_is_not_loaded_is_not_found(client):
    assert client.get("/departements/34/fond.svg").status_code == 404
    assert client.get("/departements/fond.svg").status_code == 404


def test_the_page_asks_for_the_background_by_its_fingerprint(client, ort):
    assert "/departements/34/fond.svg?v=abc#terre" in links(map_of(client, "/departements/34/"))


def test_france_has_one_symbol_by_departement_of_the_programme(client, ort):
    drawn_of = [outline("34"), outline("81", left=9000), outline("974", left=50_000)]
    for _ in range(3):
        factories.labellisation(factories.commune(epci="new"))
    reunion = factories.commune("97401", departement=factories.departement("974"))
    factories.labellisation(reunion)
    drawn = carte_france(drawn_of, Counter({"34": 4, "974": 1}))
    assert {s.departement.pk: s.nombre for s in drawn.symboles} == {"34": 4, "974": 1}
    herault, reunion = drawn.symboles
    # Twice the radius for four times as many.
    assert herault.rayon / reunion.rayon == 2
    # Overseas is in its frame, below the mainland, not at the other end of the plane.
    assert [box.nom for box in drawn.cartouches] == ["Département 974"]
    assert 0 < reunion.x < 18_000
    assert reunion.y > 9000
    section = map_of(client, "/departements/?au=2023-07-06")
    assert "<title>Hérault\N{NO-BREAK SPACE}: 4 communes lauréates</title>" in section
    assert "/departements/34/?au=2023-07-06" in links(section)


@pytest.mark.parametrize(
    ("jour", "count"), [("2021-01-21", 0), ("2021-01-22", 1), ("2024-11-30", 1), ("2024-12-01", 0)]
)
def test_france_counts_the_communes_of_the_day(client, lodeve, jour, count):
    outline("34")
    section = map_of(client, f"/departements/?au={jour}")
    assert ("<title>Hérault\N{NO-BREAK SPACE}: 1 commune lauréate</title>" in section) == bool(
        count
    )


def test_growth_france(client, lodeve):
    outline("34")
    # A day when there is a commune already: where there is none, one more query asks why.
    page = "/departements/?au=2023-07-06"
    before = count_queries(client, page)
    for code in ("81", "12", "2A", "971", "30"):
        outline(code)
        factories.labellisation(
            factories.commune(f"{code}999"[:5], departement=factories.departement(code))
        )
    assert count_queries(client, page) == before


def locate(commune):
    context = {
        "situation": situation(commune.pk, day("2023-07-06")),
        "departement": commune.departement,
        "jour": day("2023-07-06"),
    }
    return render_to_string(
        "portail/cartes/carte_reperage.html", context, RequestFactory().get("/communes/34142/")
    )


def test_a_commune_is_located_in_its_departement(lodeve):
    drawn = locate(lodeve)
    assert 'aria-label="Lodève dans le département de l&#x27;Hérault"' in drawn
    assert lodeve.contour.trace in drawn
    assert "millésime 2026" in drawn


def test_a_commune_without_contour_is_not_located(fond):
    assert "<svg" not in locate(factories.commune("34003"))


def test_the_locator_is_light(lodeve):
    assert len(gzip.compress(locate(lodeve).encode(), 6)) < 2_000
