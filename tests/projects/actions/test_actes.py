"""The acts by which an action came into its plan and left it stay in that order, whichever is corrected."""

from contextlib import nullcontext

import pytest
from django.core.exceptions import ValidationError

from ort.models import Avenant, Convention
from tests import factories
from tests.factories import day

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


def corrected(record, jour):
    """Give an act another day, as whoever corrects it reads it."""
    read = type(record).objects.get(pk=record.pk)
    read.date_signature = day(jour)
    read.full_clean()


@pytest.fixture
def ort():
    return factories.convention("2020-12-10", [factories.commune("34142", epci="new")])


@pytest.mark.parametrize(
    ("jour", "refused"), [("2022-12-31", ""), ("2023-01-01", "ne sort du plan")]
)
def test_an_action_does_not_leave_before_its_convention(ort, jour, refused):
    gone = factories.avenant(ort, "2023-01-01")
    factories.action([], ort, sortie=gone, intitule="Halle")
    told = pytest.raises(ValidationError, match=f"Halle.*{refused}|avant ce jour")
    with told if refused else nullcontext():
        corrected(ort, jour)


@pytest.mark.parametrize(
    ("act", "jour", "refused"),
    [
        ("entree", "2023-12-31", False),
        ("entree", "2024-01-01", True),
        ("sortie", "2022-01-02", False),
        ("sortie", "2022-01-01", True),
    ],
)
def test_an_action_does_not_leave_before_its_avenant(ort, act, jour, refused):
    acts = {
        "entree": factories.avenant(ort, "2022-01-01", numero=1),
        "sortie": factories.avenant(ort, "2024-01-01", numero=2),
    }
    factories.action([], ort, intitule="Halle", **acts)
    told = pytest.raises(ValidationError, match="« .*Halle.* » : Une action ne sort du plan")
    with told if refused else nullcontext():
        corrected(acts[act], jour)


def test_what_never_left_holds_nothing(ort):
    act = factories.avenant(ort, "2022-01-01")
    factories.action([], ort, entree=act)
    corrected(act, "2025-01-01")
    assert (Avenant.objects.count(), Convention.objects.count()) == (1, 1)


def test_what_was_out_of_order_before_locks_nothing_else(ort):
    gone = factories.avenant(ort, "2023-01-01")
    factories.action([], ort, sortie=gone, intitule="Halle")
    factories.rewrite(Avenant.objects.all(), date_signature=day("2020-12-10"))
    for record in (Avenant.objects.get(), Convention.objects.get()):
        record.full_clean()
    # Nor does it keep the act from the day that puts it right.
    corrected(ort, "2020-12-09")
