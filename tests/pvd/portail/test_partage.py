"""How a page is found and shared: its title, its address, its image, the sitemap, the feed."""

import datetime
import html
import json
import re
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.contrib.staticfiles import finders
from django.urls import resolve
from PIL import Image

from communes.models import Commune, ContourCommune, ContourDepartement, Departement, Tenue
from pvd.portail.partage.vignettes import BADGES
from pvd.suivi.regles import Statut
from socle.historique import signed_by
from tests import factories
from tests.factories import rewrite
from tests.pages import count_queries, read

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/departements/34/",
    "/communes/",
    "/communes/34142/",
    "/communes/34003/",
    "/intercommunalites/",
    "/intercommunalites/200017341/",
    "/ort/",
    "/ort/ort-lodeve/",
    "/actions/",
    "/actions/lod-a1/",
    "/communes/34142/projet/",
    "/departements/34/projet/",
    "/ort/ort-lodeve/projet/",
    "/chefs-de-projet/",
    "/donnees/",
    "/comprendre-les-chiffres/",
    "/mentions-legales/",
    "/accessibilite/",
    "/plan-du-site/",
]
ATOM = {"a": "http://www.w3.org/2005/Atom"}
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
FEED = "/departements/34/nouveautes.atom"


@pytest.fixture(scope="module", autouse=True)
def recorded(scene):
    """Lodève and its ORT, whose name is hard to write in XML, and Agde."""
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    town = factories.commune("34142", epci=epci, nom="Lodève")
    factories.labellisation(town, adhesion="2021-03-26")
    signed = factories.convention(
        "2021-07-16", [town], identifiant="ort-lodeve", intitule="ORT de Lodève, dite « A & B »"
    )
    factories.action([town], signed, identifiant="lod-a1", intitule="Un îlot de six logements")
    factories.commune("34003", nom="Agde")


@pytest.fixture
def lodeve(db):
    return Commune.objects.get(pk="34142")


def head_of(client, address):
    """Return what the head of a page says: its title, and its meta and link elements by name."""
    page = client.get(address).content.decode()
    said = {"title": re.search(r"<title>(.*?)</title>", page, re.DOTALL).group(1)}
    for name, content in re.findall(r'<meta (?:name|property)="([^"]+)"\s+content="([^"]*)"', page):
        said[name] = html.unescape(content)
    if found := re.search(r'<link rel="canonical" href="([^"]+)"', page):
        said["canonical"] = html.unescape(found.group(1))
    return said


def blocks_of(client, address):
    """Return the blocks of data that a page carries for machines, by their type."""
    page = client.get(address).content.decode()
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return {block["@type"]: block for block in map(json.loads, found)}


def test_titles_and_descriptions_are_those_of_one_page(client):
    heads = [head_of(client, address) for address in PAGES]
    assert len({head["title"] for head in heads}) == len(PAGES)
    descriptions = [head["description"] for head in heads]
    assert len(set(descriptions)) == len(PAGES)
    for description in descriptions:
        assert 50 < len(description) < 250, description
        assert description.endswith("."), description


def test_description_of_a_commune_is_its_sentence(client):
    head = head_of(client, "/communes/34142/?au=2021-03-26")
    assert head["description"].startswith("Au 26 mars 2021, Lodève est dans le programme")
    assert head["og:description"] == head["og:image:alt"] == head["description"]
    assert head["og:title"] == "Lodève au 26 mars 2021"


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("/communes/34142/?au=2021-03-26", "/communes/34142/"),
        ("/communes/?q=lod&departement=34&page=1", "/communes/"),
        ("/departements/34/", "/departements/34/"),
        ("/departements/", "/"),
        ("/", "/"),
    ],
)
def test_search_engines_are_told_one_address(client, address, canonical):
    assert head_of(client, address)["canonical"] == f"http://testserver{canonical}"


def test_letters_of_a_code_have_one_address(client):
    factories.commune("2A004", nom="Ajaccio")
    for written in ("2a004", "2A004"):
        said = head_of(client, f"/communes/{written}/")
        assert said["canonical"] == "http://testserver/communes/2A004/"


def test_departement_of_the_site_is_its_home_page(client, settings):
    settings.PVD_DEPARTEMENT = "34"
    assert head_of(client, "/departements/34/")["canonical"] == "http://testserver/"
    assert head_of(client, "/")["og:image"] == "http://testserver/departements/34/apercu.png"
    assert "WebSite" in blocks_of(client, "/")


def test_what_is_shared_keeps_its_day(client):
    head = head_of(client, "/communes/34142/?au=2021-03-26&inconnu=1")
    assert head["og:url"] == "http://testserver/communes/34142/?au=2021-03-26"
    assert head["og:image"] == "http://testserver/communes/34142/apercu.png?au=2021-03-26"
    assert head["og:locale"] == "fr_FR"


@pytest.mark.parametrize("address", ["/nulle-part/", "/communes/?au=demain"])
def test_error_is_not_to_be_found(client, address):
    head = head_of(client, address)
    assert head["robots"] == "noindex"
    assert not {"canonical", "og:url"} & set(head)


@pytest.mark.parametrize(
    "address",
    [
        "/apercu.png",
        "/communes/34142/apercu.png?au=2023-07-06",
        "/communes/34003/apercu.png",
        "/departements/34/apercu.png",
    ],
)
def test_image_is_of_the_size_that_the_page_says(client, address):
    response = client.get(address)
    assert response["Content-Type"] == "image/png"
    assert not response.cookies
    image = Image.open(BytesIO(response.content))
    assert image.size == (1200, 630)
    assert len(response.content) < 60_000
    assert image.convert("L").getextrema() < (100, 256), "nothing is written on it"


def test_image_follows_the_day(client):
    adherente, couverte, later = (
        client.get(f"/communes/34142/apercu.png?au={jour}")
        for jour in ("2021-07-15", "2021-07-16", "2021-07-16")
    )
    assert adherente.content != couverte.content
    assert couverte["ETag"] == later["ETag"] != adherente["ETag"]
    again = client.get(
        "/communes/34142/apercu.png?au=2021-07-16", headers={"if-none-match": couverte["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_image_shows_where_the_commune_is_once_contours_are_loaded(client, lodeve):
    bare = client.get("/communes/34142/apercu.png").content
    vintage = {"annee": 2024, "attribution": "IGN", "centre_x": 5, "centre_y": 5}
    land = [[0, 0, 100, 0, 100, 80, 0, 80, 0, 0]]
    ContourDepartement.objects.create(departement=lodeve.departement, anneaux=land, **vintage)
    assert client.get("/communes/34142/apercu.png").content == bare
    town = [[20, 20, 40, 20, 40, 40, 20, 40, 20, 20]]
    ContourCommune.objects.create(commune=lodeve, anneaux=town, **vintage)
    drawn = Image.open(BytesIO(client.get("/communes/34142/apercu.png").content)).convert("RGB")
    # The blue of France, within the corner of the locator.
    assert (0, 0, 145) in {colour for _, colour in drawn.crop((848, 112, 1128, 316)).getcolors()}


def test_longest_names_and_least_known_places_are_drawn(client):
    factories.departement("12", tenue=Tenue.AUCUNE)
    factories.commune("12202", nom="Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson")
    factories.commune("34093", nom="Dio", fin=factories.day("2025-01-01"))
    for address in ("/communes/12202/", "/departements/12/", "/communes/34093/"):
        assert client.get(f"{address}apercu.png").status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/communes/34142/apercu.png", "/departements/34/apercu.png", FEED],
)
def test_day_that_cannot_be_read_is_refused_in_plain_text(client, address):
    response = client.get(f"{address}?au=demain")
    assert response.status_code == 400
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "La date « au=demain » n'existe pas." in response.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/communes/99999/apercu.png",
        "/departements/99/apercu.png",
        "/departements/99/nouveautes.atom",
    ],
)
def test_unknown_place_has_no_image_and_no_feed(client, address):
    assert client.get(address).status_code == 404


def test_place_of_a_commune_is_told_to_machines(client):
    blocks = blocks_of(client, "/communes/34142/")
    commune = blocks["City"]
    assert (commune["name"], commune["identifier"]["value"]) == ("Lodève", "34142")
    assert commune["containedInPlace"]["name"] == "Hérault"
    assert commune["containedInPlace"]["containedInPlace"]["name"] == "Occitanie"
    way = [step["name"] for step in blocks["BreadcrumbList"]["itemListElement"]]
    assert way == ["Accueil", "Communes", "Lodève"]


def test_data_for_machines_cannot_close_its_element(client, lodeve):
    convention = lodeve.couvertures.get().convention
    convention.intitule = "</script><b>ORT & Cie"
    convention.save()
    way = blocks_of(client, "/ort/ort-lodeve/")["BreadcrumbList"]["itemListElement"]
    assert way[-1]["name"] == "</script><b>ORT & Cie"


def test_downloads_are_told_to_machines(client):
    tables = blocks_of(client, "/donnees/?au=2023-07-06")["DataCatalog"]["dataset"]
    addresses = [file["contentUrl"] for table in tables for file in table["distribution"]]
    # The file that is told of is that of the day that it is told to cover.
    assert "http://testserver/donnees/communes.csv?au=2023-07-06" in addresses
    for address in addresses:
        resolve(address.removeprefix("http://testserver").partition("?")[0])
    [today, *_] = blocks_of(client, "/donnees/")["DataCatalog"]["dataset"]
    assert today["distribution"][0]["contentUrl"] == "http://testserver/donnees/communes.csv"


def test_what_the_downloads_cover_is_told_to_machines(client, settings, lodeve):
    """The départements where the data are kept, from the first fact to the day; the last document."""
    factories.departement("12", tenue="aucune")
    for day, url in (("2022-05-01", "a"), ("2023-01-01", ""), ("2024-05-01", "b")):
        link = url and f"https://exemple.fr/{url}"
        factories.source(date_document=factories.day(day), url=link)
    [table, *_] = blocks_of(client, "/donnees/?au=2023-07-06")["DataCatalog"]["dataset"]
    assert [place["name"] for place in table["spatialCoverage"]] == ["Hérault"]
    first = min(label.debut for label in lodeve.labellisations.all())
    assert table["temporalCoverage"] == f"{first.isoformat()}/2023-07-06"
    assert table["dateModified"] == "2022-05-01"
    assert "publisher" not in table
    settings.PVD_EDITEUR = "Préfecture de l'Hérault"
    named = blocks_of(client, "/donnees/")["DataCatalog"]
    publishers = {named["publisher"]["name"], named["dataset"][0]["publisher"]["name"]}
    assert publishers == {"Préfecture de l'Hérault"}
    assert blocks_of(client, "/")["WebSite"]["publisher"]["name"] == "Préfecture de l'Hérault"


@pytest.mark.parametrize(
    ("champ", "told_of"),
    [
        ("tenue_postes", {"postes", "recrutements", "historique-postes"}),
        ("tenue_bilans", {"bilans"}),
        (
            "tenue_plans",
            {"actions", "financements", "versements", "etudes", "indicateurs"}
            | {"operations-subventionnees"},
        ),
    ],
)
def test_a_table_covers_the_places_where_it_is_kept_and_no_other(client, lodeve, champ, told_of):
    """Kept nowhere, it covers nothing; in part somewhere, it covers that place."""
    kept_nowhere = dict.fromkeys(("tenue_postes", "tenue_plans", "tenue_bilans"), "aucune")
    rewrite(Departement.objects.all(), **kept_nowhere)
    factories.departement("81", **kept_nowhere | {"tenue": "aucune", champ: "partielle"})
    covered = {}
    for table in blocks_of(client, "/donnees/?au=2023-07-06")["DataCatalog"]["dataset"]:
        places = [place["name"] for place in table.get("spatialCoverage", ())]
        assert ("temporalCoverage" in table) == bool(places)
        covered[table["url"].partition("#table-")[2]] = places
    assert {nom for nom, places in covered.items() if places == ["Tarn"]} == told_of
    assert covered["communes"] == covered["ort"] == ["Hérault"]


def test_the_icon_is_where_browsers_look_for_it(client, settings):
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    kept = finders.find(answer["Location"].removeprefix(settings.STATIC_URL))
    assert Path(kept).read_bytes()[:4] == b"\x00\x00\x01\x00"


def addresses_of(client):
    sitemap = ElementTree.fromstring(client.get("/sitemap.xml").content)
    return {
        row.find("s:loc", SITEMAP).text.removeprefix("http://testserver"): row.findtext(
            "s:lastmod", "", SITEMAP
        )
        for row in sitemap
    }


def test_sitemap_lists_the_pages_of_the_programme_and_no_other(client, lodeve):
    gone = factories.commune("34276", nom="Saint-Mathieu-de-Tréviers")
    factories.labellisation(gone, fin="2023-12-01")
    found = addresses_of(client)
    assert set(PAGES) - set(found) == {"/communes/34003/"}
    assert "/communes/34276/" in found
    assert not [address for address in found if address.startswith(("/admin", "/donnees/c"))]
    assert all(client.get(address).status_code == 200 for address in found)
    # No document says anything of it, and the day of its loading is no news.
    assert found["/communes/34142/"] == ""


def test_sitemap_says_each_page_once(client, settings):
    assert "/departements/" not in addresses_of(client)
    settings.PVD_DEPARTEMENT = "34"
    found = addresses_of(client)
    assert "/departements/34/" not in found
    assert "/departements/" in found


def test_robots_are_told_of_the_sitemap(client):
    assert "Sitemap: http://testserver/sitemap.xml" in read(client, "/robots.txt")


def entries_of(client, address=FEED):
    """Return the entries of a feed, as (title, day, identifier, moment)."""
    feed = ElementTree.fromstring(client.get(address).content)
    return [
        tuple(
            entry.findtext(f"a:{name}", "", ATOM)
            for name in ("title", "published", "id", "updated")
        )
        for entry in feed.findall("a:entry", ATOM)
    ]


@pytest.mark.parametrize(
    ("jour", "number"),
    [("2021-01-21", 0), ("2021-01-22", 1), ("2021-03-25", 1), ("2021-03-26", 2), ("2021-07-16", 3)],
)
def test_feed_tells_what_was_known_on_the_day(client, jour, number):
    assert len(entries_of(client, f"{FEED}?au={jour}")) == number


def test_feed_dates_are_exact_and_identifiers_unique(client, lodeve):
    entries = entries_of(client)
    assert [title for title, *_ in entries] == [
        "Lodève – entrée dans l'ORT par la convention elle-même",
        "Lodève – signature de la convention d'adhésion",
        "Lodève – entrée dans le programme Petites villes de demain",
    ]
    assert [day for _, day, *_ in entries][0] == "2021-07-16T00:00:00+02:00"
    keys = {key for *_, key, _ in entries}
    assert len(keys) == 3
    assert all(key.startswith("tag:testserver,2026-11-23:") for key in keys)
    for *_, moment in entries:
        assert datetime.datetime.fromisoformat(moment).tzinfo


def test_correction_keeps_the_identifier_and_comes_first(client, lodeve):
    before = {title: key for title, _, key, _ in entries_of(client)}
    label = lodeve.labellisations.get()
    label.history.update(history_date=datetime.datetime(2022, 1, 1, tzinfo=datetime.UTC))
    label.date_signature_adhesion = factories.day("2021-03-29")
    with signed_by(factories.agent("auteur", [lodeve.departement])):
        label.save()
    convention = lodeve.couvertures.get().convention
    for versions in (convention.history, lodeve.couvertures.get().history):
        versions.update(history_date=datetime.datetime(2022, 1, 1, tzinfo=datetime.UTC))
    title, day, key, _ = entries_of(client)[0]
    assert (title, day[:10]) == ("Lodève – signature de la convention d'adhésion", "2021-03-29")
    assert before[title] == key


def test_note_of_an_agent_does_not_make_an_old_fact_new(client, lodeve):
    label = lodeve.labellisations.get()
    agent = factories.agent("auteur", [lodeve.departement])
    then = datetime.datetime(2022, 1, 1, tzinfo=datetime.UTC)
    label.history.update(history_date=then, history_user=agent)
    label.note_interne = "Secret"
    with signed_by(agent):
        label.save()
    moments = {title: moment for title, *_, moment in entries_of(client)}
    assert moments["Lodève – signature de la convention d'adhésion"].startswith("2022-01-01")
    assert "Secret" not in client.get(FEED).content.decode()


def test_fact_shared_by_communes_is_told_once(client, lodeve):
    convention = lodeve.couvertures.get().convention
    towns = [
        factories.commune(code, nom=nom)
        for code, nom in (("34101", "Florensac"), ("34199", "Pézenas"))
    ]
    for town in towns:
        factories.labellisation(town)
    factories.avenant(convention, "2023-01-11", towns)
    titles = [title for title, *_ in entries_of(client)]
    assert titles.count("Florensac et Pézenas – entrée dans l'ORT par avenant") == 1
    assert "Lodève – avenant : entrée de Florensac et de Pézenas" in " ".join(titles).replace(
        "\xa0", " "
    )


def test_feed_is_announced_and_keeps_the_day(client):
    page = client.get("/departements/34/?au=2023-07-06").content.decode()
    assert page.count(f'href="{FEED}?au=2023-07-06"') == 2
    assert "Suivre les nouveautés (flux Atom)" in page
    feed = client.get(f"{FEED}?au=2023-07-06").content.decode()
    assert "http://testserver/ort/ort-lodeve/?au=2023-07-06" in feed


def test_text_that_xml_cannot_hold_does_not_break_the_feed(client, lodeve):
    label = lodeve.labellisations.get()
    label.fin, label.motif_sortie = factories.day("2024-01-01"), "retrait\x08 décidé"
    label.save()
    assert "Lodève – sortie du programme (retrait décidé)" in [t for t, *_ in entries_of(client)]


def test_growth(client, lodeve):
    convention = lodeve.couvertures.get().convention

    def grow(number):
        for _ in range(number):
            town = factories.commune(epci="new")
            factories.labellisation(town, adhesion="2021-03-26")
            factories.avenant(convention, "2023-06-01", [town])

    grow(2)
    few = {address: count_queries(client, address) for address in (FEED, "/sitemap.xml")}
    grow(5)
    assert {address: count_queries(client, address) for address in few} == few


@pytest.mark.parametrize("statut", Statut)
def test_the_image_knows_the_colour_of_each_badge_of_the_pages(statut):
    assert statut.couleur in BADGES
