"""The last door of what is written of an action: whatever leads to it, each writes what is its own."""

from contextlib import ExitStack

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from projects.actions.models import Action, ActionCommune, FaitAction
from socle.historique import one_act, signed_by
from tests import factories


@pytest.fixture
def towns(db):
    return {code: factories.commune(code) for code in ("34293", "34142", "81124")}


@pytest.fixture
def shared(towns):
    """A convention that the Hérault keeps, over both départements."""
    return factories.convention("2022-07-28", towns.values())


@pytest.fixture
def agents(towns):
    return {
        code: factories.agent(f"agent-{code}", [factories.departement(code)])
        for code in ("34", "81", "12")
    }


def refused(told):
    """Expect a refusal, and that nothing of what is done inside is written."""
    stack = ExitStack()
    stack.enter_context(pytest.raises(ValidationError, match=told))
    stack.enter_context(transaction.atomic())
    return stack


def facts(action, nature="point"):
    return factories.fait(action, nature, "2024-01-01")


def test_an_agent_writes_of_its_communes_and_of_the_conventions_that_it_keeps(
    shared, towns, agents
):
    ours = factories.action([towns["34142"]], shared)
    theirs = factories.action([towns["81124"]], shared)
    for agent, action in (("34", ours), ("34", theirs), ("81", theirs)):
        with signed_by(agents[agent]):
            facts(action).delete()
    for agent, action in (("81", ours), ("12", ours), ("12", theirs)):
        with signed_by(agents[agent]), refused("n'est pas une action"):
            facts(action)


def test_so_it_is_of_its_money(shared, towns, agents):
    line = factories.financement(factories.action([towns["34142"]], shared))
    with signed_by(agents["81"]):
        with refused("n'est pas une action"):
            factories.fait_financement(line, "accord", "2024-01-01", 10)
        with refused("n'est pas une action"):
            line.delete()


@pytest.mark.parametrize("code", ["34", "81"])
def test_what_takes_from_another_is_for_whoever_keeps_the_convention(code, shared, towns, agents):
    """An owner, a commune, an exit, a removal."""
    both = factories.action([towns["34142"], towns["81124"]], shared)
    avenant = factories.avenant(shared, "2024-01-01")
    link = ActionCommune.objects.get(action=both, commune="34142")

    def give():
        Action.objects.get(pk=both.pk)
        both.maitre_ouvrage_commune = towns["81124"]
        both.save()

    def take_out():
        both.sortie = avenant
        both.save()

    def join():
        ActionCommune.objects.create(action=both, commune=towns["34293"])

    for write in (give, take_out, join, link.delete, both.delete):
        with signed_by(agents[code]):
            if code == "34":
                write()
                continue
            with refused("la DDT qui tient sa convention"):
                write()


def test_whose_communes_it_all_is_decides_without_keeping_the_convention(shared, towns, agents):
    theirs = factories.action([towns["81124"]], shared)
    with signed_by(agents["81"]):
        theirs.maitre_ouvrage_commune = towns["81124"]
        theirs.save()
        theirs.delete()


def test_an_action_of_a_convention_out_of_sight_is_not_made(shared, towns, agents):
    with signed_by(agents["12"]), one_act("essai"), refused("n'est pas une action"):
        factories.action([], shared)
    with signed_by(agents["81"]), one_act("essai"):
        made = factories.action([towns["34142"], towns["81124"]], shared)
        facts(made)
    assert FaitAction.objects.get().action == made


def test_what_nobody_signs_is_not_judged(shared, towns):
    facts(factories.action([towns["34142"]], shared)).delete()
