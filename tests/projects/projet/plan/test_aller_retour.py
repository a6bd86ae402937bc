"""A plan that comes back: what the file says is compared with what the rules read of the day."""

from decimal import Decimal

import pytest

from communes.models import Commune
from projects.models import Action, Axe, Cout, FaitFinancement
from tests import factories
from tests.fichiers import changes, confirm, exported, written
from tests.projects.projet.plan.conftest import bare, export_of, told_of
from tests.projects.projet.scenes import SOLDE, accorde, verse


@pytest.fixture
def ilot(lodeve):
    """Return the action A1 « Îlot » of the plan of Lodève."""
    town = lodeve.couvertures.get(commune="34142").commune
    return factories.action([town], lodeve, identifiant="lod-a1", numero="A1", intitule="Îlot")


def test_the_cost_exported_is_the_definitive_one_and_comes_back_unchanged(agent_34, sent, ilot):
    factories.cout(ilot, 100, "2024-01-01", nature="definitif")
    factories.cout(ilot, 300, "2025-01-01")
    (row,) = exported(agent_34, "projects_action", "plan")
    assert (row["cout"], row["base_cout"]) == ("100.00", "HT")
    assert told_of(sent(export_of(agent_34))) == ("inchangée", "")


@pytest.mark.parametrize(
    ("jour", "said", "sort", "before"),
    [
        ("2025-05-31", 300, "inchangée", []),
        ("2025-05-31", 200, "modifiée", ["300 € HT"]),
        ("2025-06-01", 100, "inchangée", []),
        ("2025-06-02", 100, "inchangée", []),
    ],
)
def test_a_file_is_compared_with_the_cost_known_on_its_day(ilot, sent, jour, said, sort, before):
    factories.cout(ilot, 300, "2024-01-01")
    factories.cout(ilot, 100, "2025-06-01", nature="definitif")
    page = sent(f"N°;Action;Commune;Coût HT\nA1;Îlot;Lodève;{said}\n", jour=jour)
    assert told_of(page) == (sort, "")
    assert [bare(avant) for avant, _ in changes(page).values()] == before


@pytest.mark.parametrize("jour", ["2025-06-01", "2025-06-02"])
def test_a_definitive_cost_is_never_written_over(agent_34, ilot, sent, jour):
    factories.cout(ilot, 100, "2025-06-01", nature="definitif")
    for _ in range(2):
        page = sent("N°;Action;Commune;Coût HT\nA1;Îlot;Lodève;300\n", jour=jour)
        sort, told = told_of(page)
        assert sort == "inchangée"
        assert "coût de 300 € HT dans le fichier, définitif de 100 € HT sur la fiche" in told
        confirm(agent_34, page)
    assert list(Cout.objects.values_list("montant", "nature")) == [(Decimal(100), "definitif")]


def test_once_the_balance_is_paid_what_is_granted_is_what_was_paid(agent_34, sent, ilot):
    line = accorde(ilot, 100, "2024-03-12")
    verse(line, 30, "2024-06-01")
    row = exported(agent_34, "projects_action", "plan")[0]
    assert (row["DETR accordé"], row["DETR versé"]) == ("100.00", "30.00")
    factories.fait_financement(line, "versement", "2025-06-01", 50, **SOLDE)
    row = exported(agent_34, "projects_action", "plan")[0]
    assert (row["DETR accordé"], row["DETR versé"]) == ("80.00", "80.00")
    assert told_of(sent(export_of(agent_34))) == ("inchangée", "")


@pytest.mark.parametrize(
    ("jour", "said", "remark"),
    [
        ("2025-05-31", 100, ""),
        ("2025-05-31", 80, "80 € dans le fichier, 100 € sur la fiche"),
        ("2025-06-01", 100, ""),
        ("2025-06-01", 80, ""),
        ("2025-06-01", 90, "90 € dans le fichier, 80 € sur la fiche"),
    ],
)
def test_a_file_may_tell_what_was_decided_or_what_was_paid(ilot, sent, jour, said, remark):
    factories.fait_financement(
        accorde(ilot, 100, "2024-03-12"), "versement", "2025-06-01", 80, **SOLDE
    )
    header = "N°;Action;Commune;DETR accordé;DETR décision"
    page = sent(f"{header}\nA1;Îlot;Lodève;{said};12/03/2024\n", jour=jour)
    sort, told = told_of(page)
    assert sort == "inchangée"
    assert (remark in told) if remark else not told


def test_a_grant_that_a_payment_supposes_is_no_decision_of_the_file(agent_34, sent, ilot):
    line = factories.financement(ilot, "detr")
    paid = factories.fait_financement(line, "versement", "2025-06-01", 80, **SOLDE)
    paid.accord_suppose().save()
    row = exported(agent_34, "projects_action", "plan")[0]
    assert ("DETR accordé" in row, row["DETR versé"]) == (False, "80.00")
    page = sent(export_of(agent_34))
    assert told_of(page) == ("inchangée", "")
    confirm(agent_34, page)
    assert not FaitFinancement.objects.filter(nature="prevision").exists()


@pytest.fixture
def uneven(lodeve):
    """Actions of the plan that say little, or what no spreadsheet of a bureau d'études would."""
    town = Commune.objects.get(pk="34142")
    signed = factories.labellisation(town, adhesion="2021-03-26")
    axe = Axe.objects.create(labellisation=signed, code="A", intitule="Vivre")
    body = factories.organisme("PETR, Cœur d'Hérault ; Larzac")
    actions = [
        factories.action([town], lodeve, axe=factories.axe(lodeve, "B"), identifiant="a-1"),
        factories.action([town], lodeve, identifiant="a-2"),
        factories.action([town], lodeve, [signed], axe=axe, identifiant="a-3"),
        factories.action([town], lodeve, numero="1,5", identifiant="a-4"),
    ]
    actions[0].partenaires_lies.create(organisme=body)
    factories.prevision(actions[1], "2020-01-01", "2019-03-04")
    factories.prevision(actions[1], "2024-01-01", "2019-03-04", objet="debut")
    return actions


def rows_told(page):
    return [
        (str(li.sort), [c.colonne for c in li.changements], list(map(str, li.refus)))
        for li in page.context["apercu"].lignes
    ]


def corrected(browser, identifiant, **cells):
    """Return the exported plan, cells of one action corrected."""
    rows = exported(browser, "projects_action", "plan")
    next(row for row in rows if row["identifiant"] == identifiant).update(cells)
    return written(rows)


def test_an_uneven_plan_comes_back_unchanged(agent_34, sent, uneven):
    assert rows_told(sent(export_of(agent_34))) == [("inchangée", [], [])] * 4
    page = sent(corrected(agent_34, "a-2", intitule="Halle"))
    confirm(agent_34, page)
    assert [action.axe_id for action in Action.objects.order_by("identifiant")] == [
        action.axe_id for action in uneven
    ]


def test_days_in_the_wrong_order_are_refused_when_they_are_said_anew(agent_34, sent, uneven):
    page = sent(corrected(agent_34, "a-2", fin_prevue="2023-12-31"))
    assert "la fin est prévue avant le début" in rows_told(page)[1][2][0]
    page = sent(corrected(agent_34, "a-2", fin_prevue="2024-12-31"))
    assert rows_told(page)[1][:2] == ("modifiée", ["fin_prevue"])


def test_the_actions_of_another_in_a_shared_plan_come_back_unchanged(
    agent_81, agent_34, sent, lodeve
):
    """The plan is kept by the Hérault; the Tarn, which has a commune in it, exports it whole."""
    lacaune = factories.commune("81124")
    factories.couverture(lodeve, lacaune)
    for name, town in (("a-1", "34142"), ("a-2", "81124")):
        factories.action([Commune.objects.get(pk=town)], lodeve, identifiant=name)
    page = sent(corrected(agent_81, "a-2", intitule="Halle"), browser=agent_81)
    assert [sort for sort, *_ in rows_told(page)] == ["inchangée", "modifiée"]
    for cells in ({"intitule": "Halle"}, {"cout": "100", "base_cout": "HT"}):
        page = sent(corrected(agent_81, "a-1", **cells), browser=agent_81)
        assert "cette action n'est d'aucune commune de vos départements" in rows_told(page)[0][2][0]
