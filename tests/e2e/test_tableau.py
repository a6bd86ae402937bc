"""The table that a service keeps of its posts, from the office of an agent to its records and back."""

import io

import pytest
import xlsxwriter
from playwright.sync_api import expect

from projects.models import Desserte, Occupation, Poste
from tests import factories
from tests.e2e.test_bureau import press

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = [
    *("Commune", "EPCI employeur", "Chef de projet", "Date de prise de poste", "ETP", "Mail"),
    "Pilote DDT",
]
ROWS = [
    ["Lodève", "CC Lodévois et Larzac", "Titulaire 1", 44440, 0.8, "t1@exemple.fr", "Nord"],
    [],
    ["Ganges", "CC Cévennes gangeoises", "vacant", None, 1, "", "Nord"],
    ["Bédarieux", "CC Grand Orb", "Titulaire 2", 44562, 1, "t2@exemple.fr", "Ouest"],
]


@pytest.fixture
def workbook():
    """Return a workbook as an office keeps it: two titles, a merged band, empty lines, a total."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    sheet = book.add_worksheet("Suivi 2026")
    jour = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write(0, 0, "DDTM de l'Hérault")
    sheet.write(1, 0, "Suivi des chefs de projet PVD")
    sheet.merge_range(3, 0, 3, 1, "Territoire")
    sheet.merge_range(3, 2, 3, 5, "Chef de projet")
    sheet.write_row(4, 0, HEADER)
    for number, row in enumerate(ROWS, start=5):
        sheet.write_row(number, 0, row)
        if row:
            sheet.write(number, 3, row[3], jour)
    sheet.write(10, 0, "TOTAL")
    sheet.write(10, 4, 2.8)
    book.close()
    return {
        "name": "suivi-pvd.xlsx",
        "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "buffer": content.getvalue(),
    }


@pytest.fixture
def herault(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.PVD_DEPARTEMENT = "34"
    epcis = {
        "Lodève": "CC Lodévois et Larzac",
        "Ganges": "CC des Cévennes gangeoises et suménoises",
    }
    epcis["Bédarieux"] = "CC Grand Orb"
    for number, (code, nom) in enumerate(
        [("34142", "Lodève"), ("34111", "Ganges"), ("34028", "Bédarieux")]
    ):
        epci = factories.intercommunalite(f"20001734{number}", nom=epcis[nom])
        factories.labellisation(factories.commune(code, epci, nom=nom))
    factories.agent("herault", [factories.departement("34")])


def send(page, workbook):
    page.goto("/admin/projects/poste/importer/")
    page.get_by_label("Un tableau de suivi").check()
    page.locator("[name=fichier]").set_input_files(workbook)
    page.locator("[name=raison]").fill("Tableau du service")
    page.get_by_label("Le service le sait par lui-même").check()
    press(page, "Voir l'aperçu")


def recorded():
    return [model.objects.count() for model in (Poste, Desserte, Occupation)]


def test_a_table_of_posts_comes_in_is_known_the_next_time_and_is_taken_back(
    logged_in, herault, workbook
):
    page = logged_in("herault")
    send(page, workbook)
    expect(page.locator("h1")).to_have_text("Vos colonnes")
    expect(page.get_by_label("Commune", exact=True)).to_have_value("communes_desservies")
    expect(page.get_by_label("Date de prise de poste")).to_have_value("titulaire_arrivee")
    page.get_by_label("Pilote DDT").select_option("ignorer cette colonne")
    press(page, "Voir l'aperçu")
    expect(page.locator("h1")).to_contain_text("Aperçu de l'import")
    expect(page.get_by_text("Postes : 3 nouvelles.")).to_be_visible()
    expect(page.get_by_text("Titulaires : 2 nouvelles.")).to_be_visible()
    press(page, "Importer 3 lignes")
    expect(page.locator(".messagelist")).to_contain_text("3 lignes importées")
    assert recorded() == [3, 3, 2]
    held = Occupation.objects.get(titulaire="Titulaire 1")
    assert (f"{held.debut}", held.courriel, held.poste.quotite) == (
        "2021-09-01",
        "t1@exemple.fr",
        80,
    )

    send(page, workbook)
    expect(page.locator("h1")).to_contain_text("Aperçu de l'import")
    expect(page.get_by_text("Aucune ligne à écrire")).to_be_visible()
    press(page, "Fermer")

    page.goto("/admin/socle/import/")
    page.get_by_role("row", name="suivi-pvd.xlsx").get_by_role("link").first.click()
    page.get_by_role("link", name="Annuler cet import").click()
    press(page, "Annuler cet import")
    expect(page.locator(".messagelist")).to_contain_text("« suivi-pvd.xlsx » : import annulé.")
    assert recorded() == [0, 0, 0]
