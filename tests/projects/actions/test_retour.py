"""Actions that go out and come back: what one code may name of several stays what it was."""

import pytest

from projects.actions.models import Action, Axe
from tests import factories
from tests.fichiers import changes, confirm, exported, motives, outcome, previewed, written

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
PAGE = "projects_action"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def town():
    return factories.commune("34142", epci="new", nom="Lodève")


@pytest.fixture
def came_back(town):
    """The two times of a commune in the programme, each with its adhésion and its axes."""
    times = (
        factories.labellisation(town, "2021-01-22", "2022-01-01", adhesion="2021-03-26"),
        factories.labellisation(town, "2023-01-01", adhesion="2023-03-26"),
    )
    for time in times:
        for code in ("A", "B"):
            Axe.objects.create(labellisation=time, code=code, intitule=f"Axe {code}")
    return times


def sent_back(browser, sorte, **cells):
    """Send back the table of a sort of file, `cells` of its first row corrected; return the preview."""
    rows = exported(browser, PAGE, sorte)
    rows[0] |= cells
    return previewed(browser, PAGE, sorte, written(rows))


def actions_and_axes(browser):
    return [*outcome(sent_back(browser, "actions")).values()] + [
        *outcome(sent_back(browser, "axes")).values()
    ]


@pytest.mark.parametrize("which", [0, 1])
def test_what_each_adhesion_of_a_commune_brought_stays_of_it(agent_34, town, came_back, which):
    time = came_back[which]
    action = factories.action([town], adhesions=[time], axe=time.axes.get(code="A"))
    assert set(actions_and_axes(agent_34)) == {"inchangée"}
    page = sent_back(agent_34, "actions", axe_code="B")
    assert changes(page) == {"axe_code": ("A", "B")}
    confirm(agent_34, page)
    action.refresh_from_db()
    assert action.axe == time.axes.get(code="B")
    assert action.adhesions.get().labellisation == time


def test_a_new_action_does_not_say_which_adhesion_brings_it(agent_34, town, came_back):
    header = "action_identifiant,intitule,entree_par,adhesions,communes"
    text = f"{header}\na-1,Halle,adhesion,34142,34142\n"
    told = motives(previewed(agent_34, PAGE, "actions", text))[2]
    assert (
        "colonne « adhesions », valeur « 34142 » : cette commune est entrée plusieurs fois" in told
    )
    assert "(22 janvier 2021 et 1er janvier 2023)" in told
    text = "ort_identifiant,adhesion,code,intitule\n,34142,C,Vivre\n"
    told = motives(previewed(agent_34, PAGE, "axes", text))[2]
    assert (
        "colonne « adhesion », valeur « 34142 » : cette commune est entrée plusieurs fois" in told
    )


@pytest.fixture
def taken_up(town):
    """An action that an adhésion brought, in an axe of it, and that the ORT has taken up."""
    signed = factories.labellisation(town, adhesion="2021-03-26")
    axe = Axe.objects.create(labellisation=signed, code="A", intitule="Vivre")
    ort = factories.convention("2022-07-28", [town], identifiant="ort-a")
    factories.axe(ort, "B")
    return factories.action([town], ort, [signed], axe=axe, identifiant="a-1")


def test_an_action_taken_up_by_its_ort_keeps_the_axe_of_its_adhesion(agent_34, taken_up):
    assert set(actions_and_axes(agent_34)) == {"inchangée"}
    # The ORT has another axe of that code: no cell has changed.
    other = factories.axe(taken_up.convention, "A")
    assert set(actions_and_axes(agent_34)) == {"inchangée"}
    confirm(agent_34, sent_back(agent_34, "actions", axe_code="B"))
    confirm(agent_34, sent_back(agent_34, "actions", axe_code="A"))
    assert Action.objects.get().axe == other


def test_a_cell_alone_tells_the_axe_of_a_known_action(agent_34, taken_up):
    page = previewed(agent_34, PAGE, "actions", "action_identifiant,axe_code\na-1,B\n")
    assert changes(page) == {"axe_code": ("A", "B")}


@pytest.fixture
def signed_together(town):
    """Two adhésions signed together, whose axes one of the two communes has."""
    twins = [
        factories.labellisation(c, adhesion="2021-03-26")
        for c in (town, factories.commune("34028"))
    ]
    for code in ("A", "B"):
        Axe.objects.create(labellisation=twins[0], code=code, intitule="Vivre")
    return twins


def test_an_axe_of_an_adhesion_signed_together_stays(agent_34, signed_together):
    first, twin = signed_together
    factories.action([twin.commune], adhesions=[twin], axe=first.axes.get(code="A"))
    assert set(outcome(sent_back(agent_34, "actions")).values()) == {"inchangée"}
    Axe.objects.create(labellisation=twin, code="A", intitule="Le sien")
    assert set(outcome(sent_back(agent_34, "actions")).values()) == {"inchangée"}


def test_an_axe_that_two_adhesions_have_is_asked(agent_34, town, signed_together):
    Axe.objects.create(labellisation=signed_together[1], code="A", intitule="Le sien")
    header = "action_identifiant,intitule,entree_par,adhesions,communes,axe_code"
    text = f"{header}\na-1,Halle,adhesion,34142|34028,34142,A\na-2,Gare,adhesion,34142,34142,A\n"
    page = previewed(agent_34, PAGE, "actions", text)
    assert outcome(page) == {2: "refusée", 3: "nouvelle"}
    assert "colonne « axe_code », valeur « A » : plusieurs adhésions" in motives(page)[2]


def test_two_sectors_of_one_name_in_an_ort_are_not_mistaken(agent_34, town):
    other = factories.commune("34028", epci="new", nom="Bédarieux")
    ort = factories.convention("2022-07-28", [town, other], identifiant="ort-a")
    here, there = (ort.secteurs.create(commune=c, nom="Centre") for c in (town, other))
    actions = [factories.action([town], ort, identifiant=name) for name in ("a-1", "a-2", "a-3")]
    for action, secteurs in zip(actions, ([here], [there], [here, there]), strict=True):
        for secteur in secteurs:
            action.secteurs_lies.create(secteur=secteur)
    assert set(outcome(sent_back(agent_34, "actions")).values()) == {"inchangée"}
    header = "action_identifiant,ort_identifiant,intitule,entree_par,communes,secteurs"
    text = f"{header}\na-4,ort-a,Halle,convention,34142,Centre\n"
    told = motives(previewed(agent_34, PAGE, "actions", text))[2]
    assert "colonne « secteurs », valeur « Centre » : plusieurs secteurs de cette ORT" in told
    assert "Lodève" in told


def test_a_name_may_have_the_sign_that_parts_a_list(agent_34, town):
    ort = factories.convention("2022-07-28", [town], identifiant="ort-a")
    action = factories.action([town], ort, identifiant="a-1")
    for name in ("Centre | gare", "Faubourg"):
        action.secteurs_lies.create(secteur=ort.secteurs.create(commune=town, nom=name))
    assert set(outcome(sent_back(agent_34, "actions")).values()) == {"inchangée"}
