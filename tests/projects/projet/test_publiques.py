"""Where the actions that anybody reads are done, on a day."""

import pytest

from communes.models import Succession
from projects.actions.models import Action, Etendue
from projects.projet.publiques import (
    communes_des_actions,
    communes_des_publiques,
    departements_des_publiques,
)
from tests import factories
from tests.factories import day
from tests.projects.projet.scenes import lodeve

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]

SIGNED = day("2022-07-16")
THE_DAY_BEFORE = day("2022-07-15")


@pytest.fixture
def ort():
    return lodeve()


def told(jour):
    """Return the départements, checked against those of the communes, told by the other way."""
    found = departements_des_publiques(jour)
    assert found == set(communes_des_publiques(jour).values())
    return found


def test_a_departement_has_actions_from_the_day_of_their_act(ort):
    factories.departement("30")
    assert told(THE_DAY_BEFORE) == set()
    assert told(SIGNED) == {"34"}


def test_an_action_of_the_whole_ort_is_of_the_departements_that_it_covers_that_day(ort):
    murat = factories.commune("81192", departement=factories.departement("81"))
    factories.avenant(ort, "2024-03-01", [murat])
    action = Action.objects.get()
    action.communes_liees.get().delete()
    action.etendue = Etendue.ORT
    action.save()
    assert told(day("2024-02-29")) == {"34"}
    assert told(day("2024-03-01")) == {"34", "81"}


def test_a_commune_that_joins_one_of_another_departement_takes_its_actions_there(ort):
    successor = factories.commune("12145", departement=factories.departement("12"))
    town = Action.objects.get().communes_liees.get().commune
    town.fin, town.successeur = day("2025-01-01"), successor
    town.save()
    Succession.objects.rewrite()
    assert told(day("2024-12-31")) == {"34"}
    assert told(day("2025-01-01")) == {"12"}
    cles = list(Action.objects.values_list("pk", flat=True))
    assert communes_des_actions(cles, day("2024-12-31")) == {"34142": "34"}
    assert communes_des_actions(cles, day("2025-01-01")) == {"12145": "12"}
