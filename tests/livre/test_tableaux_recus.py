"""Files as services send them, brought into the true records of the Hérault: what each gives.

Nothing is confirmed: a preview tells what would be written.
"""

from pathlib import Path

import pytest

from communes.models import Departement
from tests import factories
from tests.conftest import browser_of
from tests.fichiers import changes, motives, outcome, previewed, send

# What a file gives is read by Python; that of each sort is brought into both bases by the tests of its app.
pytestmark = [pytest.mark.django_db, pytest.mark.une_base]

RECUS = Path(__file__).parents[1] / "socle/fichiers/tableaux"
PAGES = {"communes-laureates": "communes_labellisation", "ort": "ort_convention"}
COMMUNES = "communes-laureates"


@pytest.fixture
def agent(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return browser_of(factories.agent("agent34", [Departement.objects.get(pk="34")]))


def sent(start, sorte):
    """Return what is needed to send the file whose name begins so."""
    (path,) = RECUS.glob(f"{start}-*")
    return PAGES.get(sorte, "projects_poste"), sorte, path.read_bytes(), path.name


def preview(agent, start, sorte=COMMUNES):
    page, sorte, content, name = sent(start, sorte)
    return previewed(agent, page, sorte, content, name=name)


def repairs(page, numero=2):
    (ligne,) = [li for li in page.context["apercu"].lignes if li.numero == numero]
    return ligne.reparations


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        ("06", "fichier du 1er mai 2021, qui dit la situation de ce jour-là"),
        ("14", "ligne 2 : le texte est codé comme sur Mac"),
        ("16", "ligne 3 : un octet n'est pas de l'UTF-8"),
        (
            "18",
            "colonne « date_signature_adhesion », les lignes 3 et 4 : le mois y est écrit avant",
        ),
        ("27", "classeur protégé par un mot de passe ou une étiquette de confidentialité"),
    ],
)
def test_a_file_is_refused_whole_with_the_cause_and_the_way_out(agent, start, reason):
    page, sorte, content, name = sent(start, COMMUNES)
    answer = send(agent, page, sorte, content, name=name)
    (told,) = answer.context["form"].errors["fichier"]
    assert reason in told


def test_a_cell_in_error_refuses_its_row(agent):
    page = preview(agent, "01")
    assert outcome(page) == {2: "refusée", 3: "refusée"}
    assert "cellule B2 en erreur (#N/A)" in motives(page)[2]
    assert "cellule B3 en erreur (#DIV/0!)" in motives(page)[3]


def test_a_formula_without_value_refuses_its_row(agent):
    page = preview(agent, "02")
    assert "cellule B2, formule sans valeur enregistrée : ouvrez puis" in motives(page)[2]


@pytest.mark.parametrize("start", ["07", "09", "10"])
def test_what_says_nothing_new_changes_nothing(agent, start):
    """« NA », an empty cell; a hidden sheet, or a notice, before the table."""
    assert set(outcome(preview(agent, start)).values()) == {"inchangée"}


@pytest.mark.parametrize("start", ["20", "23", "24", "25", "29", "30", "48"])
def test_a_day_is_read_whatever_is_around_it(agent, start):
    """A title above, UTF-16, tabs, « sep= », an hour, two digits for a year, a hidden row."""
    page = preview(agent, start)
    assert "refusée" not in outcome(page).values()
    first = min(outcome(page))
    assert changes(page, first) == {"date_signature_adhesion": ("12/07/2021", "13/07/2021")}


def test_a_month_and_a_year_are_no_days(agent):
    page = preview(agent, "19")
    assert changes(page, 2) == {
        "date_signature_adhesion": ("12/07/2021", "01/07/2021"),
        "precision_adhesion": ("jour", "mois"),
    }
    assert changes(page, 3)["precision_adhesion"] == ("jour", "annee")


def test_percents_and_thirds_of_a_workbook(agent):
    assert changes(preview(agent, "11", "cofinancements"))["taux"] == ("", "50")
    page = preview(agent, "42", "cofinancements")
    assert changes(page)["taux"] == ("", "33.33")
    assert changes(page)["montant"] == ("", "36666.67")
    assert [told for _, _, told in repairs(page)] == ["33,33 (arrondi)", "36666,67 (arrondi)"]


def test_true_and_false_of_excel(agent):
    page = preview(agent, "28", "ort")
    assert changes(page) == {"derogation_l303_3": ("", "non")}


def test_what_a_spreadsheet_damages_is_put_right_and_told(agent):
    page = preview(agent, "32", "ort")
    assert outcome(page) == {2: "inchangée", 3: "inchangée"}
    assert repairs(page) == [("siren_epci", "243 400 819", "243400819")]
    page = preview(agent, "35", "titulaires")
    assert changes(page)["telephone"] == ("", "0400000000")
    assert repairs(page) == [("telephone", "400000000", "0400000000")]
    page = preview(agent, "39", "ort")
    assert [changes(page, n)["duree_annees"][1] for n in (2, 3, 4)] == ["5", "5", "5"]
    assert repairs(page, 4) == [("duree_annees", "5 ans", "5")]


def test_several_communes_in_a_cell_are_several(agent):
    page = preview(agent, "34", "postes")
    served = [changes(page, n)["communes_desservies"][1] for n in (2, 3, 4)]
    assert served == ["34028|34069"] * 3


def test_a_precision_in_words(agent):
    page = preview(agent, "53", "ort")
    assert outcome(page) == {2: "inchangée", 3: "inchangée"}


def test_an_identifier_in_capitals_is_no_second_ort(agent):
    page = preview(agent, "38", "ort")
    assert outcome(page) == {2: "inchangée"}
    (ligne,) = page.context["apercu"].lignes
    assert ligne.reconnus == [("ort_identifiant", "ORT-AGDE", "ort-agde")]


def test_columns_of_every_day_are_known(agent):
    assert outcome(preview(agent, "40")) == {2: "inchangée"}


def test_a_name_that_is_not_that_of_its_code_refuses_its_row(agent):
    page = preview(agent, "04")
    assert outcome(page) == {2: "refusée", 3: "refusée", 4: "refusée"}
    assert "code_insee « 34028 » est Bédarieux" in motives(page)[2]


def test_what_was_set_aside_is_said_on_the_preview(agent):
    assert "1 ligne masquée par un filtre est lue aussi." in preview(agent, "48").content.decode()
    told = preview(agent, "20").content.decode()
    assert "Communes du programme au 01/11/2026" in told
    assert "les colonnes sont nommées à la ligne 3." in told
