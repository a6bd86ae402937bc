"""Where an action may be done: what its convention covers on the day of the act that brings it."""

import pytest

from projects.actions.communes import communes_admises, communes_du_plan
from projects.projet.plan.demande import PlanChoisi
from projects.projet.plan.referentiel import Referentiel
from tests import factories
from tests.factories import day, rewrite


@pytest.fixture
def ort(db):
    """Return an ORT of Lodève, which Ganges is in from 11 January 2024 to 26 February 2025."""
    lodeve, ganges = (factories.commune(code, epci="new") for code in ("34142", "34111"))
    signed = factories.convention("2021-07-16", [lodeve])
    factories.avenant(signed, "2024-01-11", [ganges])
    out = factories.avenant(signed, "2025-02-26")
    rewrite(signed.couvertures.filter(commune=ganges), sortie=out)
    return signed


@pytest.mark.parametrize(
    ("jour", "covered"),
    [
        ("2021-07-16", {"34142"}),
        ("2024-01-10", {"34142"}),
        ("2024-01-11", {"34142", "34111"}),
        ("2025-02-25", {"34142", "34111"}),
        ("2025-02-26", {"34142"}),
    ],
)
def test_a_plan_is_of_the_communes_covered_on_the_day_of_its_act(ort, jour, covered):
    assert communes_du_plan(ort, day(jour)) == covered


def test_a_plan_that_is_not_signed_is_of_all_the_communes_that_it_was_to_cover(ort):
    assert communes_du_plan(ort, None) == {"34142", "34111"}


@pytest.mark.parametrize("signature", ["2021-07-16", None])
@pytest.mark.parametrize(("rank", "covered"), [(0, {"34142", "34111"}), (1, {"34142"})])
def test_what_founds_a_convention_is_covered_on_the_day_of_its_avenants_whatever_its_own(
    ort, signature, rank, covered
):
    """An avenant may be dated while its convention, which came before, is not."""
    rewrite(type(ort).objects.filter(pk=ort.pk), date_signature=signature)
    ort.refresh_from_db()
    act = ort.avenants.order_by("date_signature")[rank]
    action = factories.action([], ort, entree=act)
    assert communes_admises(action) == covered
    plan = PlanChoisi(ort, act)
    assert set(Referentiel(plan, {}, {}, day("2025-06-01"), None).communes_du_plan) == covered
