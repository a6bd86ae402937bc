"""What a préfecture lists of its grants: each joins its action, and none is made of an action."""

from decimal import Decimal

import pytest

from projects.models import Action, FaitFinancement, Financement
from tests import factories
from tests.factories import day
from tests.fichiers import confirm, motives, outcome, previewed

HEADER = (
    "numero_dossier;intitule;code_insee;dotation;annee;cout_total;assiette;montant_demande;"
    "montant_accorde;taux;date_depot;date_decision;date_notification;numero_arrete;statut"
)
ROW = (
    "D-1;Requalification d'une place;34142;DETR;2024;612 000,00;612 000,00;200 000;183 600,00;30;"
    "15/01/2024;12/03/2024;20/03/2024;2024-001;accepté"
)


@pytest.fixture
def place(lodeve):
    commune = lodeve.couvertures.get(commune="34142").commune
    action = factories.action(
        [commune],
        lodeve,
        identifiant="lod-c1",
        intitule="Requalification de la place",
        maitre_ouvrage_commune=commune,
    )
    factories.cout(action, Decimal(612000))
    return action


def preview(browser, *rows, header=HEADER):
    text = "\n".join([header, *rows, ""])
    return previewed(browser, "projects_action", "subventions", text)


def told(page, numero=2):
    (ligne,) = [li for li in page.context["apercu"].lignes if li.numero == numero]
    return " | ".join(ligne.remarques)


def test_a_grant_without_its_action_is_asked_and_the_action_proposed(agent_34, place):
    page = preview(agent_34, ROW)
    assert outcome(page) == {2: "refusée"}
    assert "« lod-c1 » (Requalification de la place)" in motives(page)[2]
    assert "aucune action n'est créée" in motives(page)[2]
    assert Action.objects.count() == 1


def test_nothing_is_proposed_where_neither_the_cost_nor_the_words_are_those_of_an_action(
    agent_34, place
):
    page = preview(agent_34, ROW.replace("612 000,00", "1").replace("place", "gare"))
    assert "inscrivez d'abord l'action" in motives(page)[2]
    assert "lod-c1" not in motives(page)[2]


def test_a_grant_joins_the_action_that_is_named_then_is_known_by_its_dossier(agent_34, place):
    page = preview(agent_34, f"{ROW};lod-c1", header=f"{HEADER};action_identifiant")
    assert outcome(page) == {2: "nouvelle"}, motives(page)
    confirm(agent_34, page)
    line = Financement.objects.get()
    assert (line.identifiant, line.numero_dossier, line.annee) == ("lod-c1-detr", "D-1", 2024)
    facts = FaitFinancement.objects.order_by("jour").values_list("nature", "montant", "jour")
    assert list(facts) == [
        ("demande", Decimal(200000), day("2024-01-15")),
        ("accord", Decimal(183600), day("2024-03-12")),
    ]
    grant = FaitFinancement.objects.get(nature="accord")
    assert (grant.reference, grant.taux, grant.depense_subventionnable) == (
        "2024-001",
        Decimal(30),
        Decimal(612000),
    )
    assert grant.date_notification == day("2024-03-20")
    # The dossier is enough from now on.
    assert outcome(preview(agent_34, ROW)) == {2: "inchangée"}
    page = preview(agent_34, ROW.replace("183 600,00", "180 000"))
    assert outcome(page) == {2: "inchangée"}
    assert "enregistrez une modification" in told(page)


def test_asked_or_obtained_is_asked(agent_34, place):
    header = "dotation;Sollicité ou obtenu;action_identifiant"
    confirm(agent_34, preview(agent_34, "DSIL;50 000;lod-c1", header=header))
    assert FaitFinancement.objects.get().nature == "demande"


@pytest.mark.parametrize(
    ("statut", "natures"),
    [("refusé", {"refus"}), ("classé sans suite", {"sans_suite"}), ("en instruction", set())],
)
def test_a_status_that_is_no_grant_grants_nothing(agent_34, place, statut, natures):
    header = "dotation;montant_accorde;statut;date_decision;action_identifiant"
    page = preview(agent_34, f"DETR;50 000;{statut};12/03/2024;lod-c1", header=header)
    confirm(agent_34, page)
    assert set(FaitFinancement.objects.values_list("nature", flat=True)) == natures


@pytest.mark.parametrize(
    ("column", "text", "sentence"),
    [
        ("taux", "0,8", "écrivez 80 % ou 0,8 %"),
        ("taux", "105", "un taux va de 0 à 100 %"),
        ("siren", "2E+08", "SIREN abîmé par le tableur"),
        ("annee", "24", "année attendue"),
        ("montant_accorde", "1.234", "deux lectures possibles"),
        ("date_decision", "12/03/2999", "un fait n'est pas d'un jour à venir"),
        ("dotation", "Autre", "dotation inconnue"),
    ],
)
def test_what_may_not_be_is_refused_with_what_to_do(agent_34, place, column, text, sentence):
    row = {"dotation": "DETR", "montant_accorde": "1000", "action_identifiant": "lod-c1"}
    row[column] = text
    page = preview(agent_34, ";".join(row.values()), header=";".join(row))
    assert sentence in motives(page)[2]


def test_a_rate_that_does_not_give_the_amount_is_told(agent_34, place):
    page = preview(
        agent_34, f"{ROW.replace(';30;', ';40;')};lod-c1", header=f"{HEADER};action_identifiant"
    )
    assert "40 % de" in told(page)


def test_a_grant_of_another_departement_is_not_written(agent_81, place):
    factories.commune("81124", departement=factories.departement("81"))
    page = preview(agent_81, f"{ROW};lod-c1", header=f"{HEADER};action_identifiant")
    assert outcome(page) == {2: "refusée"}
