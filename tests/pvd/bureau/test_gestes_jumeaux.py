"""To what action a geste is offered is chosen in SQL: as the rules, in Python, tell its state."""

import datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects.actions.faits import actions_datees
from projects.actions.models import Action, FaitAction
from projects.actions.regles import TERMINEES, EtatAction, etat
from pvd.bureau.gestes.projet.commun import DROPPED, FINISHED, vivantes, with_etats
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]

FIRST = datetime.date(2024, 2, 28)
ASKED = [FIRST + datetime.timedelta(days=n) for n in range(-1, 6)]
DAYS = st.integers(0, 4).map(lambda n: FIRST + datetime.timedelta(days=n))
OF_A_PHASE = st.tuples(st.sampled_from(["debut", "fin"]), st.sampled_from(["etude", "operation"]))
OTHERS = st.sampled_from(["abandon", "relance", "pause", "reprise", "blocage", "levee"])
FACTS = st.lists(
    st.tuples(DAYS, OF_A_PHASE | OTHERS.map(lambda nature: (nature, ""))), unique=True, max_size=7
)


def chosen(records):
    return records.order_by().exists()


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(FACTS, st.sampled_from(["etude", "operation"]))
def test_sql_and_python_say_the_same_of_an_action_on_each_day(facts, aboutissement):
    with transaction.atomic():
        action = factories.action([], aboutissement=aboutissement)
        for jour, (nature, phase) in facts:
            FaitAction.objects.create(action=action, jour=jour, nature=nature, phase=phase)
        dated, records = actions_datees([action.pk])[action.pk], Action.objects.filter(pk=action.pk)
        for jour in ASKED:
            told, alive = etat(dated, jour), vivantes(records, jour)
            assert chosen(alive) == (told not in TERMINEES)
            assert chosen(with_etats(records, jour).filter(DROPPED | FINISHED)) == (
                told in TERMINEES
            )
            blocked = chosen(alive.filter(obstacle="blocage"))
            assert blocked == (told == EtatAction.BLOQUEE)
            # One that is blocked too may be paused: the page tells the gravest.
            assert blocked or chosen(alive.filter(rythme="pause")) == (told == EtatAction.EN_PAUSE)
        transaction.set_rollback(True)
