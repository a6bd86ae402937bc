"""Everyone can read every public page: axe, keyboard, narrow screens, zoom, no script, no style."""

import re
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import expect

from ort.models import Organisme
from tests import factories
from tests.e2e.axe import COLOURS, faults_of

pytestmark = pytest.mark.django_db(transaction=True)

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
PHONE = {"width": 360, "height": 780}
# 1280 pixels wide, read at 200 %.
ZOOMED = {"width": 640, "height": 450}


@pytest.fixture
def herault(settings, documents_folder):
    """A département with a commune of each status, one late, one gone, and a list that fills a page."""
    settings.PVD_DEPARTEMENT = "34"
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    lodeve = factories.commune("34142", epci=epci, nom="Lodève")
    factories.labellisation(lodeve, adhesion="2021-03-26")
    agde = factories.commune("34003", nom="Agde")
    pezenas = factories.commune("34199", epci="new", nom="Pézenas")
    factories.labellisation(pezenas, adhesion="2021-05-20")
    factories.labellisation(factories.commune("34143", nom="Loupian"), adhesion="2021-07-08")
    factories.labellisation(factories.commune("34276", nom="Saint-Mathieu"), fin="2023-12-01")
    signed = factories.convention(
        "2021-07-16", [lodeve], identifiant="ort-lodeve", intitule="ORT de Lodève", duree_annees=5
    )
    the_rest_of_its_projet(lodeve, signed, an_action(lodeve, signed))
    an_event(lodeve)
    held = {
        "comite": "Comité de projet",
        "decisions": "Continuer",
        "identifiant": "ort-lodeve-bilan",
    }
    review = factories.bilan(signed, "2024-07-10", "2024-07-16", **held)
    factories.presentation(signed, lodeve, "2024-09-01", review)
    agathoise = factories.convention(
        "2021-02-26", [agde], identifiant="ort-agde", intitule="ORT d'Agde"
    )
    factories.avenant(agathoise, "2023-01-11", [pezenas])
    factories.occupation(factories.poste([lodeve], intitule="Chef de projet"), "2022-01-01")
    factories.departement("12", tenue="aucune")
    return lodeve


def an_action(town, signed):
    """Record an action with all that its page tells: facts, a forecast, a cost, a grant, payments."""
    made = factories.action(
        [town],
        signed,
        identifiant="lod-a1",
        numero="A1",
        intitule="Réhabilitation d'un îlot : six logements",
        axe=factories.axe(signed),
        theme=factories.theme(),
        maitre_ouvrage_commune=town,
    )
    factories.cout(made, 1_240_000)
    factories.fait(made, "debut", "2024-03-01")
    factories.prevision(made, "2025-03-01", "2023-01-01", precision="mois")
    line = factories.financement(made, financeur_organisme=etat())
    factories.fait_financement(line, "accord", "2023-05-01", 248_000, reference="2023-I-12")
    factories.fait_financement(line, "versement", "2024-06-01", 74_400)
    loan = factories.financement(made, "pret", forme="pret", financeur_organisme=etat())
    factories.fait_financement(loan, "accord", "2023-05-01", 100_000)
    return made


def the_rest_of_its_projet(town, signed, made):
    """Record what a whole projet has beside its plan, and readings of two themes."""
    for nature in ("diagnostic", "strategie", "programmation"):
        study = factories.etude([town], signed, [made], nature=nature)
        factories.fait_etude(study, "rendue", "2023-01-01")
        factories.piece(etude=study, titre=f"Rapport : {study}")
    review = factories.bilan(signed, "2022-07-10", "2022-07-16", decisions="Poursuivre")
    factories.presentation(signed, town, "2022-09-01", review, deliberation="2022-09")
    factories.piece(bilan=review, titre="Compte rendu")
    other = factories.action([town], signed, theme=factories.theme("commerce"))
    for measured in (town, made, other):
        for jour, value in (("2023-01-01", 12), ("2024-01-01", 27)):
            factories.releve(measured, value, jour)


def an_event(town):
    """Record an event of the Club with all that its line tells, and one to come."""
    held = factories.evenement(
        "2024-02-28", [town.departement], [etat()], fin=factories.day("2024-02-29"), lieu="Pézenas",
        decisions="Se revoir à Lunel", theme_libre="L'espace public",
    )  # fmt: skip
    factories.participation(held, town, elus=2, equipe=1)
    factories.ressource(held)
    factories.ressource()
    factories.evenement("2099-01-01", en_ligne=True, annonce_le=factories.day("2024-01-01"))


def etat():
    return Organisme.objects.get_or_create(nom="État", defaults={"nature": "etat"})[0]


# Every kind of public page, with results and without, and what answers when there is none.
PAGES = [
    "/",
    "/?au=2020-01-01",
    "/departements/",
    "/departements/12/",
    "/communes/",
    "/communes/?q=lod&departement=34&statut=ort_signee",
    "/communes/?q=introuvable",
    "/communes/34142/",
    "/communes/34199/?au=2023-07-06",
    "/communes/34143/?au=2023-02-01",
    "/communes/34276/",
    "/communes/34003/",
    "/intercommunalites/",
    "/intercommunalites/?q=introuvable",
    "/intercommunalites/200017341/",
    "/ort/",
    "/ort/?q=introuvable",
    "/ort/ort-agde/",
    "/ort/ort-lodeve/?au=2021-01-01",
    "/actions/",
    "/actions/?q=introuvable",
    "/actions/lod-a1/",
    "/actions/lod-a1/?au=2022-01-01",
    "/actions/lod-a1/plan-de-financement/",
    "/club/",
    "/club/?q=introuvable",
    "/communes/34142/projet/",
    "/communes/34199/projet/",
    "/departements/34/projet/",
    "/ort/ort-lodeve/projet/",
    "/ort/ort-lodeve/bilans/ort-lodeve-bilan-1/",
    "/resultats/",
    "/ort/ort-lodeve/bilans/ort-lodeve-bilan/",
    "/chefs-de-projet/",
    "/chefs-de-projet/?au=2020-01-01",
    "/donnees/",
    "/comprendre-les-chiffres/",
    "/plan-du-site/",
    "/mentions-legales/",
    "/accessibilite/",
    "/signaler/?page=/communes/34142/",
    "/nulle-part/",
    "/communes/?au=demain",
]


# Of each page, one visit: axe reads it in a theme on a screen, then in the other on the other. There, what
# is shown and folded is the same for all pages of a kind: the first of each is read whole, and the others
# for their colours.
SEEN = ((WIDE, "light"), (NARROW, "dark"))
HEADINGS = "main :is(h1, h2, h3, h4, h5, h6)"


def kind_of(address, status):
    """Return what tells a kind of page from others: the view that answers, or its refusal."""
    return resolve(urlsplit(address).path).func if status == 200 else status


def too_wide(page):
    """Return by how many pixels the page is wider than the window, if it is."""
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"{wider} pixels de trop"] if wider > 0 else []


def cut_tables(page):
    """Return the tables that do not hold in the width of a large screen."""
    wider = "all => all.filter(table => table.scrollWidth > table.clientWidth).length"
    cut = page.eval_on_selector_all(".fr-table__container", wider)
    return [f"{cut} tableaux coupés"] if cut else []


def faults_of_headings(page):
    """Return what is wrong with the headings: one first level, and no level skipped."""
    levels = page.eval_on_selector_all(HEADINGS, "all => all.map(title => +title.tagName[1])")
    skipped = [pair for pair in pairwise(levels) if pair[1] - pair[0] > 1]
    return [f"titres {levels}"] if skipped or levels[:1] != [1] or levels.count(1) != 1 else []


def faults_of_tables(page):
    """Return the tables without a caption, and the headers that do not say what they head."""
    captions = "all => all.filter(table => !table.caption?.textContent.trim()).length"
    headers = page.locator("main th:not([scope])").all()
    nameless = page.eval_on_selector_all("main table", captions)
    return [header.evaluate("th => th.outerHTML") for header in headers] + [
        f"{nameless} tableaux sans légende"
    ] * bool(nameless)


# What two links of a cell lead to is told by the headers of its row and of its column.
NAMES = """() => {
    const places = {}
    for (const way of document.querySelectorAll("main :is(a[href], summary)")) {
        if (way.closest("td, svg, nav") || !way.checkVisibility()) continue
        const name = (way.getAttribute("aria-label") || way.textContent).replace(/\\s+/g, " ").trim();
        (places[name] ??= []).push(way.href || "")
    }
    return Object.entries(places)
        .filter(([, found]) => found.length > 1 && (found.includes("") || new Set(found).size > 1))
        .map(([name, found]) => `${found.length} fois « ${name} »`)
}"""


def test_every_page_can_be_read_by_everyone(page, herault):
    # Colours slide from a theme to the other: axe would read them half-way.
    page.emulate_media(reduced_motion="reduce")
    faults, kinds = [], set()
    for address in PAGES:
        kind = kind_of(address, page.goto(address).status)
        found = faults_of_headings(page) + faults_of_tables(page) + page.evaluate(NAMES)
        for screen, theme in SEEN:
            page.set_viewport_size(screen)
            page.evaluate(f"document.documentElement.setAttribute('data-fr-theme', '{theme}')")
            whole = screen is WIDE or kind not in kinds
            found += faults_of(page, None if whole else COLOURS) + too_wide(page)
            if screen is WIDE:
                found += cut_tables(page)
        kinds.add(kind)
        page.set_viewport_size(ZOOMED)
        found += too_wide(page)
        faults += [(address, fault) for fault in found]
    assert faults == []


@pytest.fixture
def plain_page(navigateur, live_server):
    """Open a blank page of a visitor whose browser runs no script."""
    context = navigateur.new_context(base_url=live_server.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_no_content_is_lost_without_a_script(page, plain_page, herault):
    for address in ("/", "/communes/", "/communes/34142/", "/ort/ort-agde/", "/chefs-de-projet/"):
        page.goto(address)
        plain_page.goto(address)
        told = set(plain_page.locator("main").inner_text().split())
        # Those that only a script answers.
        told |= set(" ".join(page.locator(".pvd-gestes button").all_inner_texts()).split())
        assert set(page.locator("main").inner_text().split()) - told == set(), address


def focused(page):
    return page.evaluate("document.activeElement.innerText.trim()")


def press_until(page, locator, most=80):
    """Press the tab key until `locator` has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if locator.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{locator} n'est pas atteint au clavier.")


def test_keyboard_alone_goes_from_home_to_a_commune(page, herault):
    page.goto("/communes/")
    page.keyboard.press("Tab")
    assert focused(page) == "Contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    press_until(page, page.get_by_label("Nom, code postal ou code INSEE"))
    page.keyboard.type("lod")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=lod"))
    press_until(page, page.get_by_role("link", name="Lodève", exact=True))
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Lodève")


@pytest.mark.parametrize("address", ["/communes/?departement=34", "/actions/"])
def test_a_list_on_a_phone_shows_who_and_where_they_stand(page, herault, address):
    """Without scrolling, the state is there; scrolled to its end, the name still is."""
    page.set_viewport_size(PHONE)
    page.goto(address)
    row = page.locator("main tbody tr").first
    container = page.locator(".fr-table__container").first
    row.locator("th").scroll_into_view_if_needed()
    expect(row.locator(".fr-badge").first).to_be_in_viewport(ratio=1)
    assert "Département" not in page.locator("thead").inner_text()
    container.evaluate("table => table.scrollTo({left: table.scrollWidth, behavior: 'instant'})")
    expect(row.locator("th a")).to_be_in_viewport(ratio=1)
    # The rounding of a width leaves out a fraction of a pixel.
    expect(row.locator("td").last).to_be_in_viewport(ratio=0.99)


def test_a_table_that_scrolls_says_so_and_another_does_not(page, herault):
    sign = page.get_by_text("La suite du tableau est à droite").first
    page.set_viewport_size(PHONE)
    page.goto("/communes/")
    expect(sign).to_be_visible()
    page.set_viewport_size(WIDE)
    expect(sign).to_be_hidden()


@pytest.mark.parametrize("screen", [WIDE, PHONE])
def test_skip_link_leads_to_the_menu(page, herault, screen):
    """To its first link, or on a phone to the button that opens it."""
    page.set_viewport_size(screen)
    page.goto("/communes/")
    for _ in range(2):
        page.keyboard.press("Tab")
    assert focused(page) == "Menu"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab" if screen is WIDE else "Enter")
    expect(page.get_by_role("link", name="Données", exact=True)).to_be_visible()
    if screen is WIDE:
        assert focused(page) == "Accueil"


def test_skip_link_leads_to_the_menu_without_a_script(plain_page, herault):
    plain_page.set_viewport_size(PHONE)
    plain_page.goto("/communes/")
    skip = plain_page.get_by_role("navigation", name="Accès rapide").get_by_text("Menu")
    assert [link.get_attribute("href") for link in skip.all() if is_shown(link)] == ["#menu"]
    expect(plain_page.locator("#menu")).to_be_visible()


def is_shown(element):
    return element.evaluate("element => element.checkVisibility()")


def test_keyboard_alone_opens_the_menu_of_a_phone(page, herault):
    page.set_viewport_size(NARROW)
    page.goto("/")
    button = page.get_by_role("button", name="Menu", exact=True)
    press_until(page, button)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Données", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Données", exact=True)).to_be_hidden()
    expect(button).to_be_focused()
