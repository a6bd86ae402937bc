"""A call from Lodève in a real browser: its page, a note with its reminder, a sheet to print."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories
from tests.e2e.axe import COLOURS, faults_of

pytestmark = pytest.mark.django_db(transaction=True)

A_PAGE = re.compile(rb"/Type\s*/Page\b")
SOON = timezone.localdate() + datetime.timedelta(days=12)


@pytest.fixture
def bureau(logged_in, settings):
    """Return the page of an agent of the Hérault, where Lodève has all that a town may have."""
    settings.PVD_DEPARTEMENT = "34"
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    town = factories.commune("34142", epci=epci, nom="Lodève")
    factories.labellisation(town, adhesion="2021-03-26")
    signed = factories.convention("2021-07-16", [town], intitule="ORT de Lodève", porteur=epci)
    factories.avenant(signed, "2023-09-01", duree_annees=12)
    poste = factories.poste([town], employeur_intercommunalite=epci)
    factories.occupation(
        poste, "2023-01-09", titulaire="Lou Personnage", telephone="06 00 00 00 03"
    )
    for fonction in ("maire", "elu_referent", "dgs", "ddt"):
        factories.contact(town, fonction, telephone="04 00 00 00 01", courriel="mairie@exemple.fr")
    factories.contact(epci, "dgs", nom="Sacha Fictif")
    for _ in range(3):
        factories.note(town, "Comité de pilotage : les études avancent, l'avenant attend sa date.")
    factories.agent("herault", [town.departement])
    return logged_in("herault")


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_call_is_noted_with_its_reminder_and_the_reminder_is_done(bureau):
    bureau.goto(reverse("admin:communes_commune_changelist"))
    bureau.locator("#searchbar").fill("lodeve")
    bureau.keyboard.press("Enter")
    bureau.locator("#result_list").get_by_role("link", name="Lodève").click()
    expect(bureau.locator("h1")).to_have_text("Lodève")
    bureau.get_by_role("link", name="Ajouter une note").click()
    bureau.locator("[name=texte]").fill("Relancer la directrice")
    bureau.locator("[name=rappel]").fill(f"{SOON:%d/%m/%Y}")
    bureau.get_by_role("button", name="Enregistrer", exact=True).first.click()
    expect(bureau.locator("h1")).to_have_text("Lodève")
    due = bureau.locator(".fiche-echeances")
    expect(due).to_contain_text("Relancer la directrice")
    bureau.get_by_role("button", name="Fait : Relancer la directrice").click()
    expect(bureau.locator(".messagelist")).to_contain_text("Le rappel est fait.")
    expect(due).not_to_contain_text("Relancer la directrice")
    expect(bureau.locator(".fiche-notes")).to_contain_text("fait")


def test_the_gestes_open_at_the_keyboard_and_lead_back_to_the_page(bureau):
    bureau.goto(reverse("admin:communes_commune_page", args=["34142"]))
    bureau.locator(".fiche-gestes summary").focus()
    bureau.keyboard.press("Enter")
    amend = bureau.get_by_role("link", name="Avenant", exact=True)
    expect(amend).to_be_visible()
    bureau.keyboard.press("Tab")
    assert bureau.evaluate("document.activeElement.closest('.fiche-gestes__choix') !== null")
    bureau.keyboard.press("Escape")
    expect(amend).to_be_hidden()
    expect(bureau.locator(".fiche-gestes summary")).to_be_focused()
    bureau.keyboard.press("Enter")
    bureau.locator("h1").click()
    expect(amend).to_be_hidden()


SCREENS = ((1366, 768), (400, 768))


def faults_on_both_screens(page):
    """Return what axe finds in the light theme, and what goes over the edge; then of colours in the dark."""
    found = []
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        found += faults_of(page) + [f"déborde à {width} pixels"] * (not fits(page))
    page.emulate_media(color_scheme="dark")
    # Colours slide from a theme to the other: axe would read them half-way.
    page.evaluate("document.getAnimations().forEach(slide => slide.finish())")
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    found += faults_of(page, COLOURS) if dark else ["pas de thème sombre"]
    page.emulate_media(color_scheme="light")
    return found


def test_the_pages_have_no_fault_and_fit(bureau):
    addresses = [
        "/admin/communes/commune/34142/",
        "/admin/communes/commune/34142/fiche/",
        "/admin/communes/intercommunalite/200017341/",
    ]
    for address in addresses:
        bureau.goto(address)
        assert faults_on_both_screens(bureau) == [], address
    bureau.get_by_role("link", name="ORT de Lodève").first.click()
    expect(bureau.locator("h1")).to_have_text("ORT de Lodève")
    assert faults_on_both_screens(bureau) == []
    bureau.get_by_role("link", name="Ajouter un contact").click()
    expect(bureau.locator("h1")).to_have_text("Ajouter un contact")
    for width, height in SCREENS:
        bureau.set_viewport_size({"width": width, "height": height})
        assert fits(bureau), width


def test_the_sheet_for_a_meeting_holds_on_one_page(bureau):
    for address in ("communes/commune/34142", "communes/intercommunalite/200017341"):
        bureau.goto(f"/admin/{address}/fiche/")
        sheet = bureau.pdf(prefer_css_page_size=True)
        assert len(A_PAGE.findall(sheet)) == 1


def test_a_name_leads_from_the_home_to_the_page_of_the_town(bureau):
    bureau.set_viewport_size({"width": 400, "height": 768})
    bureau.goto(reverse("admin:index"))
    assert faults_of(bureau) == []
    assert fits(bureau)
    bureau.get_by_label("Aller à").fill("lod")
    bureau.keyboard.press("Enter")
    expect(bureau.get_by_role("link", name="ORT de Lodève")).to_be_visible()
    assert faults_of(bureau) == []
    assert fits(bureau)
    bureau.get_by_label("Aller à").fill("lodeve")
    bureau.keyboard.press("Enter")
    expect(bureau.locator("h1")).to_have_text("Lodève")
