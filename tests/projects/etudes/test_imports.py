"""The studies brought in by agents: what hangs on them, what cannot be, and who may."""

import pytest

from projects.etudes.models import Etude, EtudeAction, FaitEtude
from projects.financements.models import Financement
from tests import factories
from tests.fichiers import changes, imported, motives, outcome, previewed

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
PAGE = "projects_etude"
ETUDES = "etude_identifiant,intitule,nature,niveau,regime,beneficiaire_commune,communes,actions"
FAITS = "etude_identifiant,nature,jour"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def lodeve():
    return factories.commune("34142", epci="new", nom="Lodève")


@pytest.fixture
def etude(lodeve):
    return factories.etude([lodeve], identifiant="e-1")


def rows(header, *lines):
    return "\n".join([header, *lines, ""])


def test_a_study_comes_in_with_its_communes_and_its_actions(agent_34, lodeve):
    factories.action([lodeve], identifiant="a-1")
    factories.commune("34028")
    line = "e-1,Halle,Programmation,opérationnel,cofinancee,34142,34142|34028,a-1"
    imported(agent_34, PAGE, "etudes", rows(ETUDES, line))
    study = Etude.objects.get()
    assert (study.nature, study.niveau, study.beneficiaire) == (
        "programmation",
        "operationnel",
        lodeve,
    )
    assert {link.commune_id for link in study.communes_liees.all()} == {"34142", "34028"}
    assert EtudeAction.objects.get().action.identifiant == "a-1"
    assert outcome(previewed(agent_34, PAGE, "etudes", rows(ETUDES, line))) == {2: "inchangée"}
    again = line.replace("34142|34028", "34142").replace("Halle", "La halle")
    assert set(changes(previewed(agent_34, PAGE, "etudes", rows(ETUDES, again)))) == {
        "intitule",
        "communes",
    }


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("e-2,Halle,halles,operationnel,cofinancee,34142,34142,", "« halles » : attendu"),
        ("e-2,Halle,commerce,operationnel,offerte,34142,34142,", "« offerte » : attendu"),
        ("e-2,Halle,commerce,operationnel,cofinancee,,34142,", "un bénéficiaire, un seul"),
        ("e-2,,commerce,operationnel,cofinancee,34142,34142,", "intitule"),
        ("e-2,Halle,commerce,operationnel,cofinancee,34142,34142,a-9", "inconnu du référentiel"),
        ("e-2,Halle,commerce,operationnel,cofinancee,34142,,", "une nouvelle étude est d'une"),
    ],
)
def test_a_study_that_cannot_be_is_refused(agent_34, etude, line, told):
    assert told in motives(previewed(agent_34, PAGE, "etudes", rows(ETUDES, line)))[2]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["e-1,rendue,2024-01-01", "e-1,commandée,2024-01-02"], "avant d'être rendue"),
        (["e-1,validee,2024-01-01"], "enregistrez d'abord le jour du rendu"),
        (["e-1,abandonnee,2024-01-01", "e-1,rendue,2024-01-02"], "n'avance plus"),
        (["e-1,rendue,2099-01-01"], "du jour même ou d'avant"),
        (["e-9,rendue,2024-01-01"], "« e-9 » : inconnu du référentiel"),
    ],
)
def test_a_fact_that_cannot_be_is_refused_beside_those_above_it(agent_34, etude, lines, told):
    refused = motives(previewed(agent_34, PAGE, "faits-etudes", rows(FAITS, *lines)))
    assert list(refused) == [len(lines) + 1]
    assert told in refused[len(lines) + 1]


def test_a_fact_whose_day_changes_is_corrected_and_not_a_second_one(agent_34, etude):
    imported(agent_34, PAGE, "faits-etudes", rows(FAITS, "e-1,rendue,03/2024"))
    assert FaitEtude.objects.get().precision == "mois"
    page = previewed(agent_34, PAGE, "faits-etudes", rows(FAITS, "e-1,rendue,2024-03-12"))
    assert outcome(page) == {2: "modifiée"}


def test_what_is_provided_takes_no_money(agent_34, lodeve, etude):
    factories.dispositif("detr", financeur=factories.organisme())
    factories.etude([lodeve], identifiant="e-cerema", regime="mise_a_disposition")
    header = "financement_identifiant,etude_identifiant,dispositif"
    text = rows(header, "f-1,e-1,detr", "f-2,e-cerema,detr")
    page = previewed(agent_34, PAGE, "financements-etudes", text)
    assert outcome(page) == {2: "nouvelle", 3: "refusée"}
    assert "mise à disposition ne donne lieu à aucun financement" in motives(page)[3]
    imported(agent_34, PAGE, "financements-etudes", rows(header, "f-1,e-1,detr"))
    assert Financement.objects.get().etude == etude
    faits = "financement_identifiant,jour,nature,montant"
    granted = rows(faits, "f-1,2024-01-01,accord,1000")
    imported(agent_34, PAGE, "faits-financements-etudes", granted)
    paid = "financement_identifiant,date_versement,nature,montant"
    page = previewed(
        agent_34, PAGE, "versements-etudes", rows(paid, "f-1,2024-02-01,avance,1000.01")
    )
    assert "au-delà des" in motives(page)[2]


def test_each_writes_the_studies_of_its_communes(agent_34, agent_81, lodeve, etude):
    line = factories.financement(
        etude, identifiant="f-1", financeur_organisme=factories.organisme()
    )
    factories.fait_financement(line, "accord", "2023-01-01", 10)
    sent = {
        "etudes": rows(ETUDES, "e-1,Autre,commerce,operationnel,cofinancee,34142,34142,"),
        "faits-etudes": rows(FAITS, "e-1,rendue,2024-01-01"),
        "couts-etudes": rows("etude_identifiant,jour,nature,montant", "e-1,2024-01-01,estime,10"),
        "financements-etudes": rows("financement_identifiant,etude_identifiant,rang", "f-1,e-1,2"),
        "versements-etudes": rows(
            "financement_identifiant,date_versement,nature,montant", "f-1,2024-01-01,avance,1"
        ),
    }
    for sorte, text in sent.items():
        assert outcome(previewed(agent_81, PAGE, sorte, text)) == {2: "refusée"}, sorte
        assert outcome(previewed(agent_34, PAGE, sorte, text)) != {2: "refusée"}, sorte


def test_a_commune_of_another_is_not_taken_from_a_shared_study(agent_34, agent_81, lodeve):
    lacaune = factories.commune("81124", epci="new")
    ort = factories.convention(communes=[lodeve, lacaune])
    factories.etude([lodeve, lacaune], ort, identifiant="e-1")
    text = rows("etude_identifiant,communes", "e-1,81124")
    assert "proposez-le à sa DDT" in motives(previewed(agent_81, PAGE, "etudes", text))[2]
    assert outcome(previewed(agent_34, PAGE, "etudes", text)) == {2: "modifiée"}


def test_an_action_out_of_sight_is_not_named(agent_34, lodeve):
    factories.action([factories.commune("81124", epci="new")], identifiant="a-81")
    line = "e-1,Halle,commerce,operationnel,cofinancee,34142,34142,a-81"
    told = motives(previewed(agent_34, PAGE, "etudes", rows(ETUDES, line)))[2]
    assert "hors de vos départements" in told
