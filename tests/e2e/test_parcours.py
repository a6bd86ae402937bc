"""A visitor's journey, in a real browser: the département, a commune, its ORT, its data."""

import re

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.e2e.axe import faults_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lodeve(settings):
    settings.PVD_DEPARTEMENT = "34"
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town, adhesion="2021-03-26")
    factories.convention("2021-07-16", [town], identifiant="ort-lodeve", intitule="ORT de Lodève")
    return town


def test_from_the_home_page_to_the_data(page, lodeve):
    page.goto("/")
    expect(page.locator("h1")).to_have_text(re.compile("département de l'Hérault"))
    page.get_by_label("Situation au").fill("2023-07-06")
    page.get_by_role("button", name="Afficher").click()
    expect(page.get_by_text("Situation au 6 juillet 2023.")).to_be_visible()

    page.get_by_role("row").get_by_role("link", name="Lodève", exact=True).click()
    expect(page).to_have_url(re.compile(r"/communes/34142/\?au=2023-07-06$"))
    expect(page.locator(".pvd-phrase")).to_contain_text("depuis le 16 juillet 2021.")

    page.get_by_role("link", name="ORT de Lodève").first.click()
    expect(page).to_have_url(re.compile(r"/ort/ort-lodeve/\?au=2023-07-06$"))

    page.get_by_role("navigation", name="Menu principal").get_by_text("Communes").click()
    expect(page).to_have_url(re.compile(r"\?au=2023-07-06&departement=34$"))
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert download.value.suggested_filename == "pvd-communes-34-20230706.csv"
    assert "Lodève" in download.value.path().read_text(encoding="utf-8")


def test_filters_and_the_way_out_of_an_empty_list(page, lodeve):
    factories.commune("34003", nom="Agde")
    page.goto("/communes/")
    page.get_by_label("Nom, code postal ou code INSEE").fill("agde")
    page.get_by_role("button", name="Rechercher").click()
    page.get_by_role("link", name="Agde", exact=True).click()
    expect(page.locator(".pvd-phrase")).to_contain_text("Agde n'est pas dans le programme")
    page.go_back()
    page.get_by_role("link", name="Nom, code postal ou code INSEE : agde", exact=True).click()
    expect(page.get_by_role("link", name="Lodève", exact=True)).to_be_visible()


def test_menu_opens_on_a_phone(page, lodeve):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/communes/34142/")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 320
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Données", exact=True).click()
    expect(page.locator("h1")).to_have_text("Les données, à la date de votre choix")


def test_theme_can_be_chosen(page, lodeve):
    page.goto("/")
    page.get_by_role("button", name="Paramètres d'affichage").click()
    page.get_by_text("Thème sombre").click()
    expect(page.locator("html")).to_have_attribute("data-fr-theme", "dark")
    expect(page.locator("body")).to_have_css("background-color", "rgb(22, 22, 22)")


@pytest.mark.parametrize("screen", [(1280, 768), (360, 768)])
def test_what_a_mayor_asks_first_is_on_the_first_screen(page, lodeve, screen):
    """Where we stand, what next and by when, whom to call, what it opens in money."""
    factories.programme("2021-01-01", fin_prevue="2026-12-31", fin_aide="2026-03-31")
    factories.interlocuteur(lodeve.departement, service="DDTM", telephone="04 00 00 00 00")
    page.set_viewport_size({"width": screen[0], "height": screen[1]})
    page.goto("/communes/34142/?au=2026-11-27")
    answers = [
        "est couverte par une opération",
        "31 décembre 2026",
        "04 00 00 00 00",
        "75 %",
        "55 000 €",
    ]
    for answer in [*answers, "Réduction d'impôt Denormandie"]:
        spaces = re.escape(answer).replace("\\ ", r"\s")
        told = (
            page.locator(".pvd-heros").get_by_text(re.compile(spaces)).locator("visible=true").first
        )
        expect(told).to_be_in_viewport(ratio=0.99)


def test_the_page_of_a_commune_prints_and_is_shared(navigateur, live_server, lodeve):
    context = navigateur.new_context(
        base_url=live_server.url, permissions=["clipboard-read", "clipboard-write"]
    )
    page = context.new_page()
    page.add_init_script(
        "window.print = () => { window.imprimee = true; }; delete Navigator.prototype.share;"
    )
    page.goto("/communes/34142/?au=2023-07-06")
    page.get_by_role("button", name="Imprimer cette fiche").click()
    assert page.evaluate("window.imprimee")
    page.get_by_role("button", name="Partager").click()
    expect(page.get_by_role("status")).to_contain_text("Adresse copiée")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith("/communes/34142/?au=2023-07-06")
    context.close()


def test_site_works_without_a_script(navigateur, live_server, lodeve):
    context = navigateur.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 360, "height": 640}
    )
    page = context.new_page()
    page.goto("/communes/34142/")
    expect(page.get_by_role("button", name="Imprimer cette fiche")).to_be_hidden()
    page.goto("/")
    page.get_by_role("navigation", name="Menu principal").get_by_text("Communes").click()
    page.get_by_role("link", name="Lodève", exact=True).click()
    expect(page.locator("h1")).to_have_text("Lodève")
    assert context.cookies() == []
    context.close()


def test_pages_have_no_fault_of_accessibility_in_the_theme_of_the_system(page, lodeve):
    page.emulate_media(color_scheme="dark")
    for address in ("/", "/departements/", "/communes/?statut=ort_signee", "/communes/34142/"):
        page.goto(address)
        assert faults_of(page) == [], address
