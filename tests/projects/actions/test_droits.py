"""Who reads an action, and who writes its facts."""

import pytest

from projects.actions.models import Action, ActionCommune, FaitAction
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


@pytest.fixture
def shared():
    """An ORT of the Hérault that covers a commune of the Tarn, an action in each."""
    herault, tarn = (factories.commune(c, epci="new") for c in ("34293", "81124"))
    ort = factories.convention("2021-12-01", [herault, tarn])
    return [factories.action([place], ort) for place in (herault, tarn)]


def agent_of(code):
    return factories.agent(departements=[factories.departement(code)])


def test_both_departements_read_the_actions_of_their_convention(shared):
    for code in ("34", "81"):
        assert set(Action.objects.for_user(agent_of(code))) == set(shared)


def test_each_writes_those_of_its_communes_and_the_reference_writes_all(shared):
    assert set(Action.objects.a_ecrire(agent_of("34"))) == set(shared)
    assert list(Action.objects.a_ecrire(agent_of("81"))) == [shared[1]]


@pytest.mark.parametrize("stranger", [{"departements": []}, {"is_active": False}])
def test_a_stranger_reads_and_writes_nothing(shared, stranger):
    agent = factories.agent(**stranger)
    factories.fait(shared[0], "debut", "2023-01-01")
    for rows in (Action, ActionCommune, FaitAction):
        assert not rows.objects.for_user(agent).exists()
    assert not Action.objects.a_ecrire(agent).exists()


def test_an_agent_elsewhere_reads_nothing(shared):
    assert not Action.objects.for_user(agent_of("12")).exists()


def test_a_relevee_is_of_whoever_its_communes_are():
    lodeve = factories.commune("34142", epci="new")
    action = factories.action([lodeve])
    assert list(Action.objects.a_ecrire(agent_of("34"))) == [action]
    assert not Action.objects.for_user(agent_of("81")).exists()


def test_what_is_removed_is_told_to_whom_it_was_of(shared):
    for action in list(shared):
        action.delete()
    assert Action.objects.removed_for_user(agent_of("34")).count() == 2
    assert not Action.objects.removed_for_user(agent_of("12")).exists()
