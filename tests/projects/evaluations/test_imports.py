"""The reviews and their presentations, brought in by agents: what comes, what is refused, who may."""

import pytest

from projects.evaluations.imports import DEJA_TENUE
from projects.evaluations.models import Bilan, Presentation
from tests import factories
from tests.factories import day
from tests.fichiers import changes, imported, motives, outcome, previewed

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
BILANS, PRESENTATIONS = "projects_bilan", "projects_presentation"
HEADER = "ort_identifiant,nature,tenu_le,periode"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def ort():
    """The ORT of Lacaune, kept by the Hérault: it covers a commune of each département."""
    towns = [factories.commune(code, epci="new") for code in ("34293", "81124")]
    return factories.convention("2021-07-16", towns, identifiant="ort-a", duree_annees=5)


def text(header, *lines):
    return "\n".join([header, *lines, ""])


@pytest.mark.parametrize("browser", ["agent_34", "agent_81"])
def test_a_review_comes_with_its_frozen_copy(request, browser, ort):
    line = "ort-a,évaluation des cinq ans,20/10/2026,16/07/2026"
    imported(request.getfixturevalue(browser), BILANS, "bilans", text(HEADER, line))
    review = Bilan.objects.get()
    assert (review.nature, review.tenu_le, review.periode) == (
        *("quinquennal", day("2026-10-20")),
        day("2026-07-16"),
    )
    assert review.gel["au"] == "2026-10-20"
    header = "bilan_identifiant,ort_identifiant,code_insee,jour,deliberation"
    row = f"{review.identifiant},ort-a,81124,25/10/2026,2026-12"
    imported(request.getfixturevalue(browser), PRESENTATIONS, "presentations", text(header, row))
    heard = Presentation.objects.get()
    assert (heard.bilan, heard.commune_id, heard.deliberation) == (review, "81124", "2026-12")


def test_a_preview_writes_nothing_and_says_which_due_date_is_near(agent_34, ort):
    page = previewed(agent_34, BILANS, "bilans", text(HEADER, "ort-a,annuel,20/07/2023,"))
    assert outcome(page) == {2: "nouvelle"}
    assert not Bilan.objects.exists()
    [told] = page.context["apercu"].lignes[0].remarques
    assert "Pour celle du 16/07/2023" in told


def test_the_second_review_of_a_due_date_is_told_to_be_another_point(agent_34, ort):
    factories.bilan(ort, "2023-07-10", "2023-07-16")
    lines = [f"ort-a,annuel,{jour}/2024,16/07/2024" for jour in ("20/07", "18/07")]
    page = previewed(
        agent_34, BILANS, "bilans", text(HEADER, "ort-a,annuel,09/07/2023,16/07/2023", *lines)
    )
    told = [ligne.remarques for ligne in page.context["apercu"].lignes]
    assert told == [[], [DEJA_TENUE], []]


@pytest.mark.parametrize(
    ("line", "column", "told"),
    [
        ("ort-a,annuel,,16/07/2022", "tenu_le", "valeur manquante"),
        ("ort-a,annuel,20/07/2021,16/07/2021", "periode", "n'a pas d'échéance ce jour-là"),
        ("ort-a,annuel,15/07/2021,", "tenu_le", "signée que le 16 juillet 2021"),
        ("ort-a,annuel,20/07/2099,", "tenu_le", "le jour même ou avant"),
        ("ort-a,annuel,20/12/2022,16/07/2022 | 16/07/2023", "periode", "une seule échéance"),
        ("ort-a,annuel,20/12/2022,16/07/2022 et 16/07/2023", "periode", "une seule échéance"),
        ("ort-a,semestriel,20/12/2022,", "nature", "attendu : annuel"),
        ("ort-z,annuel,20/12/2022,", "ort_identifiant", "inconnu du référentiel"),
    ],
)
def test_what_cannot_be_is_refused_with_its_cell(agent_34, ort, line, column, told):
    page = previewed(agent_34, BILANS, "bilans", text(HEADER, line))
    assert f"colonne « {column} »" in motives(page)[2]
    assert told in motives(page)[2]


def test_an_ort_of_elsewhere_is_out_of_reach(agent_34, ort):
    factories.convention(
        "2021-07-16", [factories.commune("12001", epci="new")], identifiant="ort-b",
        departement_reference=factories.departement("12"),
    )  # fmt: skip
    page = previewed(agent_34, BILANS, "bilans", text(HEADER, "ort-b,annuel,20/12/2022,"))
    assert "hors de vos départements" in motives(page)[2]


def test_two_rows_of_one_review_are_one(agent_34, ort):
    lines = ["ort-a,annuel,20/12/2022,16/07/2022", "ort-a,annuel,20/12/2022,16/07/2023"]
    page = previewed(agent_34, BILANS, "bilans", text(HEADER, *lines))
    assert outcome(page) == {2: "nouvelle", 3: "refusée"}


def test_the_key_of_a_row_lets_its_day_be_corrected(agent_34, ort):
    review = factories.bilan(ort, "2022-07-20", "2022-07-16")
    line = f"{review.identifiant},ort-a,annuel,21/07/2022,16/07/2022"
    page = previewed(agent_34, BILANS, "bilans", text(f"bilan_identifiant,{HEADER}", line))
    assert changes(page) == {"tenu_le": ("20/07/2022", "21/07/2022")}


def test_presentations_of_one_day_to_two_assemblies_are_two(agent_34, ort):
    header = "ort_identifiant,code_insee,siren_epci,jour"
    epci = factories.intercommunalite("200017341")
    lines = [
        "ort-a,34293,,25/09/2022",
        "ort-a,81124,,25/09/2022",
        f"ort-a,,{epci.pk},25/09/2022",
        "ort-a,,,25/09/2022",
    ]
    page = previewed(agent_34, PRESENTATIONS, "presentations", text(header, *lines))
    assert list(outcome(page).values()) == ["nouvelle"] * 3 + ["refusée"]
    assert "une assemblée, une seule" in motives(page)[5]
