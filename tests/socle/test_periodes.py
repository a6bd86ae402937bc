"""What holds from a day to another, on the days where it changes."""

import datetime
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from communes.models import AncienNomCommune
from tests import factories
from tests.factories import day


@pytest.fixture
def lodeve(db):
    return factories.commune("34142")


def periode(commune, debut, fin):
    """Return any record with a period: here a name that the commune bore."""
    return AncienNomCommune(commune=commune, nom="Luteva", debut=debut, fin=fin)


def days_held(periode, days):
    """Tell by the definition itself: from the first day, included, to the end, excluded."""
    return {
        jour
        for jour in days
        if jour >= (periode.debut or datetime.date.min) and jour < (periode.fin or jour.max)
    }


@pytest.mark.parametrize(
    ("jour", "holds"),
    [
        ("2021-01-21", False),
        ("2021-01-22", True),
        ("2022-06-30", True),
        ("2023-11-30", True),
        ("2023-12-01", False),
        ("2023-12-02", False),
    ],
    ids=["eve", "first day", "between", "last day", "end", "day after the end"],
)
def test_a_period_holds_from_its_first_day_to_the_eve_of_its_end(lodeve, jour, holds):
    held = periode(lodeve, day("2021-01-22"), day("2023-12-01"))
    held.save()
    assert AncienNomCommune.objects.as_of(day(jour)).exists() == holds
    assert held.holds_on(day(jour)) == holds


def test_without_end_it_still_holds(lodeve):
    held = periode(lodeve, day("2021-01-22"), None)
    held.save()
    for jour, holds in [("2021-01-21", False), ("2021-01-22", True), ("2999-12-31", True)]:
        assert AncienNomCommune.objects.as_of(day(jour)).exists() == holds
        assert held.holds_on(day(jour)) == holds


def test_without_beginning_it_has_always_held(lodeve):
    held = periode(lodeve, None, day("2023-12-01"))
    held.save()
    for jour, holds in [("0001-01-01", True), ("2023-11-30", True), ("2023-12-01", False)]:
        assert AncienNomCommune.objects.as_of(day(jour)).exists() == holds
        assert held.holds_on(day(jour)) == holds


def test_two_periods_overlap_when_they_share_a_day(lodeve):
    days = [day(f"2023-01-{number:02}") for number in range(1, 6)]
    # One more day on each side stands for all those before and after.
    around = [day("2022-12-31"), *days, day("2023-01-06")]
    bounds = product([None, *days], [None, *days])
    periodes = [periode(lodeve, debut, fin) for debut, fin in bounds]
    periodes = [p for p in periodes if not (p.debut and p.fin and p.fin <= p.debut)]
    AncienNomCommune.objects.bulk_create(periodes)
    for one in periodes:
        sharing = {p.pk for p in periodes if days_held(p, around) & days_held(one, around)}
        found = AncienNomCommune.objects.overlapping(one).values_list("pk", flat=True)
        assert set(found) == sharing - {one.pk}, (one.debut, one.fin)


def test_one_that_is_not_saved_is_compared_with_all(lodeve):
    periode(lodeve, day("2021-01-01"), None).save()
    new = periode(lodeve, day("2020-01-01"), day("2021-01-01"))
    assert not AncienNomCommune.objects.overlapping(new).exists()
    new.fin = day("2021-01-02")
    assert AncienNomCommune.objects.overlapping(new).exists()


@pytest.mark.parametrize("fin", ["2021-01-22", "2021-01-21"])
def test_an_end_that_is_not_after_the_beginning_is_refused(lodeve, fin):
    wrong = periode(lodeve, day("2021-01-22"), day(fin))
    with pytest.raises(ValidationError, match="La fin doit être postérieure au début"):
        wrong.full_clean()
    with pytest.raises(IntegrityError):
        wrong.save()
