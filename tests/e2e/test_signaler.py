"""A visitor reports an error, an agent answers: in a real browser, with and without scripts."""

import re
import sqlite3
from unittest.mock import Mock

import pytest
from django.core.cache import caches
from django.db import OperationalError
from django.urls import reverse
from playwright.sync_api import expect

from pvd.signalements.models import Signalement
from tests import factories
from tests.e2e.axe import faults_of

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/communes/34142/"


@pytest.fixture(autouse=True)
def lodeve(settings):
    settings.PVD_DEPARTEMENT = "34"
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town, adhesion="2021-03-26")
    factories.agent("herault", [town.departement])
    caches["compteurs"].clear()
    return town


def fill(page):
    page.goto(f"{PAGE}?au=2023-07-06")
    expect(page.get_by_label("Ce qui est faux")).to_be_hidden()
    page.get_by_text("Signaler une erreur sur cette page").click()
    page.get_by_label("Ce qui est faux").fill("L'adhésion date du 20 mars.\nPas du 26.")
    page.get_by_label("Votre adresse électronique").fill("elu@commune.example")
    page.get_by_role("button", name="Envoyer le signalement").click()


def test_without_a_script_a_visitor_reports_and_comes_back(navigateur, live_server):
    context = navigateur.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 320, "height": 640}
    )
    page = context.new_page()
    fill(page)
    expect(page.locator("h1")).to_have_text("Merci, votre signalement est enregistré")
    page.get_by_role("link", name="Revenir à la page").click()
    expect(page).to_have_url(re.compile(r"/communes/34142/\?au=2023-07-06$"))
    assert context.cookies() == []
    context.close()
    kept = Signalement.objects.get()
    assert kept.message == "L'adhésion date du 20 mars.\nPas du 26."
    assert (kept.page, kept.jour) == (PAGE, factories.day("2023-07-06"))


def test_reloading_the_page_of_a_full_disk_sends_the_form_again(page, monkeypatch):
    """A disk is not filled here: the table says what a full one says, once."""
    full = OperationalError("database or disk is full")
    full.__cause__ = sqlite3.OperationalError("database or disk is full")
    full.__cause__.sqlite_errorcode = sqlite3.SQLITE_FULL
    with monkeypatch.context() as patch:
        patch.setattr(Signalement, "save", Mock(side_effect=full))
        fill(page)
        expect(page.locator("h1")).to_have_text("Le site ne peut rien enregistrer en ce moment")
        expect(page.locator("main")).to_contain_text("votre navigateur enverra de nouveau")
    page.reload()
    expect(page.locator("h1")).to_have_text("Merci, votre signalement est enregistré")
    assert Signalement.objects.get().message == "L'adhésion date du 20 mars.\nPas du 26."


def test_what_is_missing_is_told_beside_its_field_and_nothing_is_lost(page):
    page.goto(f"/signaler/?page={PAGE}")
    page.locator(".pvd-signaler__champs").evaluate("form => form.noValidate = true")
    page.get_by_label("Ce qui serait juste").fill("Le 20 mars.")
    page.get_by_role("button", name="Envoyer le signalement").click()
    expect(page.get_by_role("alert")).to_contain_text("Votre signalement n'est pas envoyé")
    page.get_by_role("link", name="Ce qui est faux").click()
    expect(page.get_by_label("Ce qui est faux")).to_be_focused()
    expect(page.get_by_label("Ce qui est faux")).to_have_accessible_description(
        "Dites ce qui est faux."
    )
    expect(page.get_by_label("Ce qui serait juste")).to_have_value("Le 20 mars.")
    page.keyboard.type("La date.")
    page.get_by_role("button", name="Envoyer le signalement").click()
    expect(page.locator("h1")).to_have_text("Merci, votre signalement est enregistré")


def test_the_trap_is_not_met_at_the_keyboard(page):
    page.goto(f"/signaler/?page={PAGE}")
    names = []
    page.get_by_label("Ce qui est faux").focus()
    for _ in range(5):
        names.append(page.evaluate("document.activeElement.name || document.activeElement.tagName"))
        page.keyboard.press("Tab")
    assert names == ["message", "correction", "courriel", "A", "BUTTON"]


def test_the_agent_answers_and_closes(page):
    fill(page)
    page.goto(reverse("admin:login"))
    page.locator("[name=username]").fill("herault")
    page.locator("[name=password]").fill("secret")
    page.keyboard.press("Enter")
    waiting = page.get_by_role("region", name="Signalements à traiter")
    expect(waiting).to_contain_text("depuis aujourd'hui")
    waiting.get_by_role("link", name="Lodève").click()
    expect(page.locator("#content")).to_contain_text("elu@commune.example")
    page.get_by_label("Statut").select_option(label="corrigé")
    page.get_by_label("Réponse au visiteur").fill("Merci, c'est corrigé.")
    page.get_by_role("button", name="Enregistrer", exact=True).first.click()
    expect(page.locator(".messagelist")).to_contain_text("l'adresse du visiteur est effacée")
    assert Signalement.objects.get().courriel == ""


def test_paper_does_not_bear_the_form(page):
    page.goto(PAGE)
    page.get_by_text("Signaler une erreur sur cette page").click()
    page.emulate_media(media="print")
    expect(page.locator(".pvd-signaler")).to_be_hidden()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_the_form_has_no_fault_of_accessibility(page, width, scheme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.goto(PAGE)
    page.get_by_text("Signaler une erreur sur cette page").click()
    assert faults_of(page) == []
    page.goto(f"/signaler/?page={PAGE}")
    page.locator(".pvd-signaler__champs").evaluate("form => form.noValidate = true")
    page.get_by_label("Votre adresse électronique").fill("a@b")
    page.get_by_role("button", name="Envoyer le signalement").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert faults_of(page) == []
    page.goto("/signaler/merci/")
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
