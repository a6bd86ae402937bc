"""The map in a real browser: reached and opened from the keyboard, drawn under the strict policy."""

import re

import pytest
from playwright.sync_api import expect

from communes.models import ContourCommune, FondDeCarte
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
SOURCE = {"annee": 2026, "attribution": "IGN, Licence Ouverte 2.0"}


@pytest.fixture
def lodeve(settings):
    settings.PVD_DEPARTEMENT = "34"
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town, adhesion="2021-03-26")
    factories.convention("2021-07-16", [town], identifiant="ort-lodeve", intitule="ORT de Lodève")
    ring = [400, 400, 600, 400, 600, 600, 400, 600, 400, 400]
    ContourCommune.objects.create(
        commune=town, anneaux=[ring], centre_x=500, centre_y=500, **SOURCE
    )
    FondDeCarte.objects.create(
        departement=town.departement,
        terre="M0 0l1000 0 0 1000-1000 0z",
        limites="M0 0l400 400",
        gauche=0,
        haut=0,
        droite=1000,
        bas=1000,
        empreinte="abc",
        **SOURCE,
    )
    return town


def test_tab_reaches_a_commune_and_enter_opens_it_on_the_same_day(page, lodeve, tmp_path):
    page.goto("/?au=2023-07-06")
    drawing = page.get_by_role("group", name=re.compile("Carte des communes du programme"))
    town = drawing.get_by_role("link", name="Lodève : ORT signée, ORT de Lodève")
    for _ in range(80):
        page.keyboard.press("Tab")
        if town.evaluate("link => link === document.activeElement"):
            break
    expect(town).to_be_focused()
    assert town.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
    drawing.screenshot(path=tmp_path / "carte.png")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/communes/34142/\?au=2023-07-06$"))
    expect(page.locator("h1")).to_have_text("Lodève")


def test_the_background_is_fetched_once_and_drawn(page, lodeve):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response(re.compile(r"/departements/34/fond\.svg\?v=abc")) as answer:
        page.goto("/")
    assert answer.value.status == 200
    land = page.locator("use.pvd-carte__terre").first
    expect(land).to_be_visible()
    page.wait_for_function(
        "() => document.querySelector('use.pvd-carte__terre').getBBox().width === 1000"
    )
    assert land.bounding_box()["width"] > 200
    assert len([url for url in asked if "fond.svg" in url]) == 1


@pytest.mark.parametrize("width", [320, 360])
def test_a_finger_finds_a_commune_of_the_map_of_a_phone(page, lodeve, width):
    """Within twelve pixels of its centre, however small its contour; by keyboard it is there once."""
    ContourCommune.objects.update(anneaux=[[495, 495, 505, 495, 505, 505, 495, 505, 495, 495]])
    page.set_viewport_size({"width": width, "height": 780})
    page.goto("/?au=2023-07-06")
    town = page.locator("a.pvd-carte__commune")
    town.scroll_into_view_if_needed()
    box = town.bounding_box()
    assert box["width"] < 24
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for dx, dy in ((0, 0), (11.5, 0), (-11.5, 0), (0, 11.5), (0, -11.5)):
        page.goto("/?au=2023-07-06")
        town.scroll_into_view_if_needed()
        page.mouse.click(x + dx, y + dy)
        expect(page).to_have_url(re.compile(r"/communes/34142/\?au=2023-07-06$"))
    page.goto("/?au=2023-07-06")
    ways = "links => links.filter(link => link.tabIndex >= 0 && link.closest('svg')).length"
    assert page.eval_on_selector_all("main a[href]", ways) == 1


def test_a_mouse_meets_the_contours_alone(page, lodeve):
    page.goto("/")
    expect(page.locator(".pvd-carte__cibles")).to_be_hidden()
