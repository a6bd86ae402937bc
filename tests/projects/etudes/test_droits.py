"""Who reads a study, and who writes it, its facts and its money."""

from contextlib import ExitStack

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from projects.actions.models import Cout
from projects.etudes.models import Etude, EtudeCommune, FaitEtude
from projects.financements.models import FaitFinancement, Financement
from socle.historique import one_act, signed_by
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


@pytest.fixture
def towns():
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


def whole(study):
    """Give a study a fact, a cost and a grant; return the models of all that hangs on it."""
    factories.fait_etude(study, "commandee", "2024-01-01")
    factories.cout(study, 100)
    line = factories.financement(study, financeur_organisme=factories.organisme())
    factories.fait_financement(line, "accord", "2024-01-01", 10)
    return (EtudeCommune, FaitEtude, Cout, Financement, FaitFinancement)


def test_both_departements_read_what_is_of_their_convention(shared, towns, agents):
    rows = whole(factories.etude([towns["34142"]], shared))
    for model in (Etude, *rows):
        assert model.objects.for_user(agents["34"]).count() == 1, model
        assert model.objects.for_user(agents["81"]).count() == 1, model
        assert not model.objects.for_user(agents["12"]).exists(), model


@pytest.mark.parametrize("stranger", [{"departements": []}, {"is_active": False}])
def test_a_stranger_reads_and_writes_nothing(towns, stranger):
    rows = whole(factories.etude([towns["34142"]]))
    agent = factories.agent(**stranger)
    assert not any(model.objects.for_user(agent).exists() for model in (Etude, *rows))
    assert not Etude.objects.a_ecrire(agent).exists()


def test_an_agent_writes_of_its_communes_and_of_the_conventions_that_it_keeps(
    shared, towns, agents
):
    ours, theirs = (factories.etude([towns[code]], shared) for code in ("34142", "81124"))
    for agent, study in (("34", ours), ("34", theirs), ("81", theirs)):
        with signed_by(agents[agent]):
            factories.fait_etude(study, "rendue", "2024-01-01").delete()
    for agent, study in (("81", ours), ("12", ours), ("12", theirs)):
        for write in (
            lambda study=study: factories.fait_etude(study, "rendue", "2024-01-01"),
            lambda study=study: factories.cout(study, 100),
            lambda study=study: factories.financement(study),
        ):
            with signed_by(agents[agent]), refused("n'est pas une étude de vos communes"):
                write()


@pytest.mark.parametrize("code", ["34", "81"])
def test_what_takes_from_another_is_for_whoever_keeps_the_convention(code, shared, towns, agents):
    """A beneficiary, a commune, a removal."""
    both = factories.etude([towns["34142"], towns["81124"]], shared)
    link = EtudeCommune.objects.get(etude=both, commune="34142")

    def give():
        both.beneficiaire_commune = towns["81124"]
        both.save()

    def join():
        EtudeCommune.objects.create(etude=both, commune=towns["34293"])

    for write in (give, join, link.delete, both.delete):
        with signed_by(agents[code]):
            if code == "34":
                write()
                continue
            with refused("la DDT qui tient sa convention"):
                write()


def test_a_study_of_a_convention_out_of_sight_is_not_made(shared, towns, agents):
    with signed_by(agents["12"]), one_act("essai"), refused("n'est pas une étude"):
        factories.etude([towns["34142"]], shared)
    with signed_by(agents["81"]), one_act("essai"):
        made = factories.etude([towns["34142"], towns["81124"]], shared)
        factories.fait_etude(made, "demandee", "2024-01-01")
    assert FaitEtude.objects.get().etude == made


def test_what_is_removed_is_told_to_whom_it_was_of(towns, agents):
    study = factories.etude([towns["34142"]])
    fact = factories.fait_etude(study, "demandee", "2024-01-01")
    fact.delete()
    assert FaitEtude.objects.none().removed_for_user(agents["34"]).count() == 1
    assert not FaitEtude.objects.none().removed_for_user(agents["12"]).exists()
    study.delete()
    assert Etude.objects.removed_for_user(agents["34"]).count() == 1
    assert not Etude.objects.removed_for_user(agents["12"]).exists()
