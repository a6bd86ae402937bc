"""The form of a record in a browser: rows that read as a table and open one at a time, sections that fold."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from communes.models import Role
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def convention(settings):
    """An ORT of two communes, one of them come by an avenant."""
    settings.PVD_DEPARTEMENT = "34"
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    lodeve = factories.commune("34142", epci=epci, nom="Lodève")
    factories.agent("herault", [factories.departement("34")], role=Role.AGENT)
    ort = factories.convention("2021-07-16", [lodeve], intitule="ORT de Lodève")
    factories.avenant(ort, "2023-01-11", [factories.commune("34114", epci=epci, nom="Gignac")])
    return ort


@pytest.fixture
def form(logged_in, convention):
    """Open the form of the convention, as an agent of its département."""
    page = logged_in("herault")
    page.goto(reverse("admin:ort_convention_change", args=[convention.pk]))
    return page


def button(form, name):
    return form.get_by_role("button", name=name, exact=True)


def save(form):
    button(form, "Enregistrer").first.click()


def test_rows_read_as_a_table_and_open_one_at_a_time(form):
    communes = form.get_by_role("table", name="Communes couvertes")
    row = communes.get_by_role("row", name=re.compile("Gignac"))
    expect(row.get_by_role("rowheader")).to_have_text("Gignac")
    expect(row).to_contain_text("(11 janvier 2023)")
    change = button(form, "Modifier : Gignac")
    field = form.locator("[name=couvertures-0-sortie]")
    expect(field).to_be_hidden()
    change.focus()
    form.keyboard.press("Enter")
    expect(change).to_have_attribute("aria-expanded", "true")
    expect(change).to_be_focused()
    expect(field).to_be_visible()
    assert form.locator(f"#{change.get_attribute('aria-controls')}").is_visible()
    button(form, "Modifier : Lodève").click()
    expect(change).to_have_attribute("aria-expanded", "false")
    expect(field).to_be_hidden()


def test_a_row_is_added_told_then_saved_and_another_taken_away(form, convention):
    # What a signed act brings is for a geste to say.
    factories.rewrite(type(convention).objects.all(), date_signature=None)
    factories.rewrite(convention.avenants.all(), date_signature=None)
    form.reload()
    form.get_by_role("button", name="Ajouter un secteur d'intervention").click()
    sectors = form.get_by_role("table", name="Secteurs d'intervention")
    expect(form.locator("[name=secteurs-0-nom]")).to_be_focused()
    form.keyboard.type("Centre ancien")
    form.locator(".rangees-champs .field-commune .select2-selection:visible").click()
    form.keyboard.type("Lod")
    expect(form.locator(".select2-results__option--highlighted")).to_have_text("Lodève")
    form.keyboard.press("Enter")
    expect(sectors.get_by_role("rowheader")).to_have_text("Centre ancien")
    expect(sectors).to_contain_text("à enregistrer")
    form.get_by_role("button", name="Ajouter un secteur d'intervention").click()
    expect(form.locator("[name=secteurs-1-nom]")).to_be_focused()
    button(form, "Retirer : nouvelle ligne").click()
    expect(form.locator("[name=secteurs-1-nom]")).to_have_count(0)
    expect(sectors.get_by_role("rowheader")).to_have_text("Centre ancien")
    save(form)
    expect(form.locator(".messagelist .success")).to_be_visible()
    assert convention.secteurs.get().nom == "Centre ancien"

    form.goto(reverse("admin:ort_convention_change", args=[convention.pk]))
    button(form, "Supprimer : Centre ancien").click()
    expect(form.get_by_role("table", name="Secteurs d'intervention")).to_contain_text("à supprimer")
    form.get_by_label("Motif de la correction").fill("Saisi par erreur.")
    save(form)
    expect(form.locator(".messagelist .success")).to_be_visible()
    assert not convention.secteurs.exists()


def test_a_row_in_error_is_open_and_has_the_focus(form, convention):
    button(form, "Modifier : 11/01/2023").click()
    form.locator("[name=avenants-0-date_signature]").fill("31/02/2023")
    button(form, "Modifier : Lodève").click()
    save(form)
    expect(form.locator(".errornote")).to_be_visible()
    expect(form.locator("[name=avenants-0-date_signature]")).to_be_focused()
    expect(form.locator("[name=couvertures-0-sortie]")).to_be_hidden()


def test_a_section_that_was_folded_stays_folded(form):
    note = form.locator("[name=note_interne]")
    expect(note).to_be_visible()
    form.locator("summary", has_text="Interne").click()
    expect(note).to_be_hidden()
    form.reload()
    expect(note).to_be_hidden()
    form.locator("summary", has_text="Interne").click()
    form.reload()
    expect(note).to_be_visible()


def test_all_is_there_without_a_script(form, navigateur, live_server):
    context = navigateur.new_context(
        base_url=live_server.url,
        java_script_enabled=False,
        storage_state=form.context.storage_state(),
    )
    plain = context.new_page()
    plain.goto(form.url)
    for name in ("couvertures-1-sortie", "avenants-0-date_signature", "note_interne"):
        expect(plain.locator(f"[name={name}]")).to_be_visible()
    context.close()
