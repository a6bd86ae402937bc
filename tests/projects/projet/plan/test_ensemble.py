"""One plan, imported by two agents at the same moment: written once, and the other is shown what is."""

import pytest

from projects.models import Action, Financement
from socle.fichiers.deroulement import Depasse, preview, write
from tests import factories
from tests.projects.projet.plan.test_echelle import ready, said
from tests.test_concurrence import at_once, two_writers

__all__ = ["two_writers"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_agents_who_import_one_plan_at_once_the_second_reads_what_the_first_wrote(lodeve):
    agents = [factories.agent(f"agent{n}", is_superuser=True) for n in (1, 2)]
    ressource, table, _ = ready(lodeve, 3, agents[0])
    mark = preview(ressource, table, agents[0], said()).empreinte

    def confirming(agent):
        def confirm():
            ressource, table, depot = ready(lodeve, 3, agent)
            try:
                write(ressource, table, agent, said(), depot, mark)
            except Depasse as passed:
                return [str(ligne.sort) for ligne in passed.apercu.lignes]
            return "écrit"

        return confirm

    outcomes = at_once(*map(confirming, agents))
    assert sorted(outcomes, key=str) == [["inchangée"] * 3, "écrit"]
    assert (Action.objects.count(), Financement.objects.count()) == (3, 9)
