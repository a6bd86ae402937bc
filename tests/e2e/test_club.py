"""An event of the Club: noted and announced in a real browser, then read on the pages and in the file."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from projects.club.models import EvenementClub
from tests import factories
from tests.e2e.axe import faults_of
from tests.pages import read

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def communes():
    found = {code: factories.commune(code, nom=nom) for code, nom in NOMS.items()}
    for town in found.values():
        factories.labellisation(town)
    return found


NOMS = {"34142": "Lodève", "34199": "Pézenas"}


@pytest.fixture
def connected(logged_in, communes):
    factories.agent("agent34", [factories.departement("34")])
    return logged_in("agent34")


def confirm(page):
    page.get_by_role("button", name="Voir ce qui va changer").click()
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_text("C'est enregistré.")).to_be_visible()


def test_an_event_is_noted_with_who_came_and_read_on_three_days(connected, client):
    page, today = connected, timezone.localdate()
    held = today - timedelta(days=30)
    page.goto(reverse("admin:gestes", args=["noter-un-evenement"]))
    assert faults_of(page) == []
    page.fill("#id_intitule", "Construire un projet d'espace public")
    page.select_option("#id_nature", "atelier")
    page.fill("#id_date", f"{held:%d/%m/%Y}")
    page.fill("#id_lieu", "Pézenas")
    page.get_by_text("Communes venues").click()
    page.get_by_label("Lodève : venue").check()
    page.get_by_label("Lodève : élus").fill("2")
    page.get_by_label("Pézenas : équipe").fill("1")
    page.check("#id_connaissance")
    confirm(page)
    made = EvenementClub.objects.get()
    page.goto(reverse("admin:geste", args=["noter-qui-est-venu", made.pk]))
    assert page.get_by_label("Pézenas : venue").is_checked()
    page.get_by_label("Pézenas : élus").fill("1")
    page.check("#id_connaissance")
    confirm(page)
    told = {"34142": 1, "34199": 1}
    for jour, counts in ((held - timedelta(days=1), {}), (held, told), (today, told)):
        asked = f"?au={jour.isoformat()}"
        club, lines = read(client, f"/club/{asked}"), lignes(client, asked)
        assert ("Lodève" in club, len(lines)) == (bool(counts), 1 if counts else 0)
        if counts:
            line = lines[0]
            assert (line["communes"], line["nb_elus"], line["nb_equipe"]) == (
                "34142|34199",
                "3",
                "1",
            )
        for code, nom in NOMS.items():
            commune = read(client, f"/communes/{code}/{asked}")
            number = f"{nom} a participé à 1 événement du Club"
            assert (number in commune) is bool(counts)


def lignes(client, asked):
    text = client.get(f"/donnees/evenements.csv{asked}").getvalue().decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


def test_an_event_to_come_is_announced_and_leads_to_the_agenda(connected):
    page, coming = connected, timezone.localdate() + timedelta(days=30)
    page.goto(reverse("admin:gestes", args=["noter-un-evenement"]))
    page.fill("#id_intitule", "Habiter les centres")
    page.select_option("#id_nature", "visite")
    page.fill("#id_date", f"{coming:%d/%m/%Y}")
    page.check("#id_connaissance")
    confirm(page)
    page.goto(reverse("admin:index"))
    # Among what is to come, and in what has changed.
    expect(page.get_by_role("link", name="Habiter les centres", exact=True)).to_have_count(2)
    page.goto("/")
    page.get_by_role("navigation").get_by_role("link", name="Club").click()
    expect(page.get_by_role("heading", name="À venir et en cours")).to_be_visible()
    assert faults_of(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Mettre les dates à mon agenda").click()
    assert "Habiter les centres" in download.value.path().read_text()
