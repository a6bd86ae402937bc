"""The actions and what hangs on them, brought in by agents: what comes, what is refused, who may."""

import pytest

from projects.actions.models import Action, ActionCommune, Axe, Cout, FaitAction, Prevision
from tests import factories
from tests.factories import day
from tests.fichiers import changes, confirm, imported, motives, outcome, previewed, send

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
PAGE = "projects_action"
ACTIONS = "action_identifiant,ort_identifiant,numero,intitule,entree_par,communes"
FAITS = "action_identifiant,jour,nature,phase"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def ort():
    """The ORT of Lacaune, kept by the Hérault: it covers a commune of each département."""
    towns = [factories.commune(code, epci="new") for code in ("34293", "81124")]
    return factories.convention("2022-07-28", towns, identifiant="ort-a")


def rows(header, *lines):
    return "\n".join([header, *lines, ""])


def test_a_new_action_comes_with_all_that_hangs_on_it(agent_34, ort):
    factories.axe(ort, "1.10")
    factories.theme("habitat")
    factories.theme("commerce")
    ort.secteurs.create(commune_id="34293", nom="Centre")
    header = f"{ACTIONS},axe_code,theme,themes_secondaires,secteurs,maitre_ouvrage_commune"
    line = "a-1,ort-a,1.10,Halle,convention,34293|81124,1.10,habitat,commerce,Centre,34293"
    imported(agent_34, PAGE, "actions", rows(header, line))
    action = Action.objects.get()
    assert (action.numero, action.axe.code, action.theme.cle) == ("1.10", "1.10", "habitat")
    assert {row.commune_id for row in action.communes_liees.all()} == {"34293", "81124"}
    assert [row.theme.cle for row in action.themes_lies.all()] == ["commerce"]
    assert [row.secteur.nom for row in action.secteurs_lies.all()] == ["Centre"]
    assert action.communes_liees.first().history.get().history_change_reason == "Relecture"


def test_a_preview_writes_nothing(agent_34, ort):
    page = previewed(agent_34, PAGE, "actions", rows(ACTIONS, "a-1,ort-a,1,Halle,convention,34293"))
    assert outcome(page) == {2: "nouvelle"}
    assert not Action.objects.exists()
    assert not ActionCommune.history.exists()


def test_lists_are_rewritten_and_an_empty_cell_says_nothing(agent_34, ort):
    action = factories.action([factories.commune("34293")], ort, identifiant="a-1")
    header = "action_identifiant,communes"
    page = previewed(agent_34, PAGE, "actions", rows(header, "a-1,81124"))
    assert changes(page) == {"communes": ("34293", "81124")}
    assert [row.commune_id for row in action.communes_liees.all()] == ["34293"]
    confirm(agent_34, page)
    assert [row.commune_id for row in action.communes_liees.all()] == ["81124"]
    assert ActionCommune.history.removed().get().commune_id == "34293"
    for cell, left in (("", ["81124"]), ("(vide)", [])):
        imported(agent_34, PAGE, "actions", rows(header, f"a-1,{cell}"))
        assert [row.commune_id for row in action.communes_liees.all()] == left


@pytest.mark.parametrize(
    ("line", "column", "value", "told"),
    [
        ("a-1,ort-a,1,Halle,convention,34142", "communes", "34142", "ne la concerne pas"),
        ("a-1,ort-a,1,Halle,convention,34293|99999", "communes", "99999", "inconnu du référentiel"),
        (
            "a-1,ort-z,1,Halle,convention,34293",
            "ort_identifiant",
            "ort-z",
            "inconnu du référentiel",
        ),
        ("a-1,ort-a,1,Halle,plan,34293", "entree_par", "plan", "attendu : adhesion, convention"),
        ("a-1,ort-a,1,Halle,avenant,34293", "entree_par", "avenant", "nomme cet avenant"),
        ("a-1,,1,Halle,convention,34293", "entree_par", "convention", "Choisissez la convention"),
        ("a-1,,,Relevée,,81124", "communes", "81124", "hors de vos départements"),
    ],
)
def test_what_cannot_be_is_refused_with_its_cell(agent_34, ort, line, column, value, told):
    factories.commune("34142", epci="new")
    page = previewed(agent_34, PAGE, "actions", rows(ACTIONS, line))
    reason = motives(page)[2]
    assert f"colonne « {column} », valeur « {value} »" in reason
    assert told in reason


def test_a_commune_that_comes_by_an_avenant_is_of_the_actions_that_come_with_it(agent_34, ort):
    late = factories.commune("34142", epci="new")
    factories.avenant(ort, "2024-01-11", [late])
    header = f"{ACTIONS},avenant_entree"
    before = "a-1,ort-a,1,Avant,convention,34142,"
    along = "a-2,ort-a,2,Avec,avenant,34142,2024-01-11"
    page = previewed(agent_34, PAGE, "actions", rows(header, before, along))
    assert outcome(page) == {2: "refusée", 3: "nouvelle"}


def test_an_adhesion_signed_another_day_is_refused(agent_34):
    for code, jour in (("34293", "2021-04-29"), ("34142", "2021-03-26")):
        factories.labellisation(factories.commune(code, epci="new"), adhesion=jour)
    header = "action_identifiant,intitule,entree_par,adhesions,communes"
    text = rows(
        header,
        "a-1,Une,adhesion,34293,34293",
        "a-2,Deux,adhesion,34293|34142,34293",
        "a-3,Trois,adhesion,34293,34142",
    )
    page = previewed(agent_34, PAGE, "actions", text)
    assert outcome(page) == {2: "nouvelle", 3: "refusée", 4: "refusée"}
    assert "pas été signée le même jour" in motives(page)[3]
    assert "ne la concerne pas" in motives(page)[4]


def test_an_axe_of_another_plan_is_refused(agent_34, ort):
    """A commune that left the programme and came back has two adhésions, and one code."""
    town = factories.commune("34293")
    before = factories.labellisation(town, "2021-01-22", "2022-01-01", adhesion="2021-03-26")
    now = factories.labellisation(town, "2023-01-01", adhesion="2023-03-26")
    Axe.objects.create(labellisation=before, code="Z", intitule="Axe d'avant")
    for one in (before, now):
        Axe.objects.create(labellisation=one, code="Y", intitule="Axe gardé")
    for name in ("a-1", "a-3"):
        factories.action([town], adhesions=[now], identifiant=name)
    once = factories.labellisation(factories.commune("34142"), adhesion="2021-03-26")
    Axe.objects.create(labellisation=once, code="Z", intitule="Axe d'adhésion")
    factories.action([town], ort, identifiant="a-2")
    header = "action_identifiant,intitule,adhesions,axe_code"
    text = rows(header, "a-1,Une,34293,Z", "a-2,Deux,34142,Z", "a-3,Trois,34293,Y")
    page = previewed(agent_34, PAGE, "actions", text)
    assert outcome(page) == {2: "refusée", 3: "refusée", 4: "modifiée"}
    assert "ce plan n'a pas d'axe de ce code" in motives(page)[2]
    assert "celui d'un autre plan" in motives(page)[3]


def test_axes_of_conventions_and_of_adhesions_come_once(agent_34, ort):
    factories.labellisation(factories.commune("34293"), adhesion="2021-04-29")
    text = rows("ort_identifiant,adhesion,code,intitule", "ort-a,,A,Habiter", ",34293,A,Vivre")
    imported(agent_34, PAGE, "axes", text)
    page = previewed(agent_34, PAGE, "axes", text.replace("Vivre", "Vivre ici"))
    assert outcome(page) == {2: "inchangée", 3: "modifiée"}
    assert Axe.objects.count() == 2


def test_facts_forecasts_and_costs_come_and_come_again_unchanged(agent_34, ort):
    action = factories.action([factories.commune("34293")], ort, identifiant="a-1")
    files = {
        "faits": rows(FAITS, "a-1,03/2023,debut,opération", "a-1,2023-05-02,blocage,"),
        "previsions": rows(
            "action_identifiant,objet,date_prevue,etablie_le", "a-1,fin,2025-06-30,2023-03-04"
        ),
        "couts": rows(
            "action_identifiant,jour,nature,montant,base", 'a-1,2023-01-02,estimé,"1 234,56 €",ht'
        ),
    }
    for sorte, text in files.items():
        imported(agent_34, PAGE, sorte, text)
        assert set(outcome(previewed(agent_34, PAGE, sorte, text)).values()) == {"inchangée"}
    begun = action.faits.get(nature="debut")
    assert (begun.jour, begun.precision) == (day("2023-03-01"), "mois")
    assert begun.affirmations.get().source.genre == "service"
    assert str(Cout.objects.get().montant) == "1234.56"
    assert Prevision.objects.get().date_prevue == day("2025-06-30")


def test_rows_are_judged_beside_those_above_them(agent_34, ort):
    factories.action([factories.commune("34293")], ort, identifiant="a-1")
    lines = ("a-1,2023-03-01,debut,operation", "a-1,2024-03-01,fin,operation")
    assert set(outcome(previewed(agent_34, PAGE, "faits", rows(FAITS, *lines))).values()) == {
        "nouvelle"
    }
    page = previewed(agent_34, PAGE, "faits", rows(FAITS, lines[1], "a-1,2999-01-01,abandon,"))
    told = motives(page)
    assert "valeur « 2024-03-01 » : Une fin suit le début de sa phase" in told[2]
    assert "Un fait est du jour même ou d'avant" in told[3] or "année" in told[3]


def test_facts_in_an_impossible_order_are_refused(agent_34, ort):
    action = factories.action([factories.commune("34293")], ort, identifiant="a-1")
    factories.fait(action, "debut", "2024-05-10")
    facts = ("a-1,2023-01-01,fin,operation,au plus tard", "a-1,2023-01-01,abandon,,")
    told = motives(previewed(agent_34, PAGE, "faits", rows(f"{FAITS},precision", *facts)))
    assert "L'opération ne finit pas avant son début, le 10 mai 2024." in told[2]
    assert "abandonnée depuis le 1er janvier 2023 : enregistrez d'abord la relance." in told[3]


def test_a_date_needs_someone_to_say_it(agent_34, ort):
    factories.action([factories.commune("34293")], ort, identifiant="a-1")
    text = rows(FAITS, "a-1,2023-03-01,debut,operation")
    page = previewed(agent_34, PAGE, "faits", text, connaissance="")
    assert "date sans source" in motives(page)[2]


# Who may: the facts of an action are of whoever keeps its convention, and of its communes.


@pytest.fixture
def shared(ort):
    return [
        factories.action([factories.commune(code)], ort, identifiant=f"a-{code}", numero=code)
        for code in ("34293", "81124")
    ]


def test_an_agent_writes_the_facts_of_its_actions_only(agent_81, agent_34, shared):
    lines = [f"a-{code},2023-03-01,debut,operation" for code in ("34293", "81124")]
    page = previewed(agent_81, PAGE, "faits", rows(FAITS, *lines))
    assert outcome(page) == {2: "refusée", 3: "nouvelle"}
    assert "hors de vos départements" in motives(page)[2]
    assert set(outcome(previewed(agent_34, PAGE, "faits", rows(FAITS, *lines))).values()) == {
        "nouvelle"
    }


def test_a_known_fact_of_another_is_not_changed(agent_81, shared):
    factories.fait(shared[0], "blocage", "2023-03-01", texte="Une parcelle")
    text = rows(f"{FAITS},texte", "a-34293,2023-03-01,blocage,,Autre chose")
    page = previewed(agent_81, PAGE, "faits", text)
    assert "hors de vos départements" in motives(page)[2]
    assert "parcelle" not in page.content.decode()


def test_what_takes_an_action_from_another_is_its_to_decide(agent_81, agent_34, ort):
    towns = [factories.commune(code) for code in ("34293", "81124")]
    factories.action(towns, ort, identifiant="a-1", numero="1")
    text = rows("action_identifiant,communes", "a-1,81124")
    page = previewed(agent_81, PAGE, "actions", text)
    assert "proposez-le à sa DDT" in motives(page)[2]
    assert outcome(previewed(agent_34, PAGE, "actions", text)) == {2: "modifiée"}
    renamed = rows("action_identifiant,intitule", "a-1,Autre titre")
    assert outcome(previewed(agent_81, PAGE, "actions", renamed)) == {2: "modifiée"}


def test_a_new_action_is_of_a_commune_of_the_agent_or_of_an_ort_that_it_keeps(
    agent_81, agent_34, ort
):
    line = rows(ACTIONS, "a-1,ort-a,1,Halle,convention,34293")
    assert "une de vos communes" in motives(previewed(agent_81, PAGE, "actions", line))[2]
    other = line.replace("34293", "81124")
    assert outcome(previewed(agent_34, PAGE, "actions", other)) == {2: "nouvelle"}


def test_whoever_reads_imports_nothing(lecteur_34, shared):
    text = rows(FAITS, "a-34293,2023-03-01,debut,operation")
    assert send(lecteur_34, PAGE, "faits", text).status_code == 403


def test_the_national_level_writes_everywhere(national, shared):
    text = rows(FAITS, "a-81124,2023-03-01,debut,operation")
    imported(national, PAGE, "faits", text)
    assert FaitAction.objects.get().action.identifiant == "a-81124"
