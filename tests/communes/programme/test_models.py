"""The time of a commune in the programme, on the days where it changes."""

import datetime
from contextlib import nullcontext

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from communes.models import Labellisation
from pvd.suivi.regles import Statut
from pvd.suivi.situation import communes_de_statut
from tests import factories
from tests.factories import day


@pytest.fixture
def lodeve(db):
    return factories.commune("34142", epci="new")


def running(jour):
    return set(Labellisation.objects.as_of(day(jour)).communes(day(jour)))


def ended(jour):
    return set(communes_de_statut(Statut.SORTIE, None, day(jour)))


@pytest.mark.parametrize(
    ("jour", "is_running", "is_ended"),
    [
        ("2021-01-21", False, False),
        ("2021-01-22", True, False),
        ("2023-11-30", True, False),
        ("2023-12-01", False, True),
        ("2023-12-02", False, True),
    ],
    ids=["eve", "first day", "last day", "exit", "day after"],
)
def test_a_commune_is_in_then_out(lodeve, jour, is_running, is_ended):
    factories.labellisation(lodeve, "2021-01-22", "2023-12-01")
    assert running(jour) == ({lodeve} if is_running else set())
    assert ended(jour) == ({lodeve} if is_ended else set())


@pytest.mark.parametrize(
    ("jour", "is_running", "is_ended"),
    [
        ("2022-12-31", False, True),
        ("2023-01-01", True, False),
        ("2023-12-31", True, False),
        ("2024-01-01", False, True),
    ],
)
def test_a_commune_that_came_back_is_in_and_no_longer_out(lodeve, jour, is_running, is_ended):
    factories.labellisation(lodeve, "2021-01-22", "2022-01-01")
    factories.labellisation(lodeve, "2023-01-01", "2024-01-01")
    assert running(jour) == ({lodeve} if is_running else set())
    assert ended(jour) == ({lodeve} if is_ended else set())


def test_a_commune_that_came_back_the_day_it_left_was_never_out(lodeve):
    factories.labellisation(lodeve, "2021-01-22", "2022-01-01")
    factories.labellisation(lodeve, "2022-01-01")
    for jour in ("2021-12-31", "2022-01-01", "2022-01-02"):
        assert running(jour) == {lodeve}
        assert ended(jour) == set()


def test_a_commune_with_two_times_is_one_commune(lodeve):
    factories.labellisation(lodeve, "2021-01-22", "2022-01-01")
    factories.labellisation(lodeve, "2023-01-01", "2024-01-01")
    assert ended("2024-06-01") == {lodeve}


def test_the_communes_of_a_departement_are_those_that_it_holds(lodeve):
    lacaune = factories.commune("81124")
    factories.labellisation(lodeve)
    factories.labellisation(lacaune)
    jour = day("2023-07-06")
    labels = Labellisation.objects.as_of(jour)
    assert set(labels.of_departement(lodeve.departement).communes(jour)) == {lodeve}
    assert set(labels.of_departement(lacaune.departement).communes(jour)) == {lacaune}
    assert set(labels.of_departement(None).communes(jour)) == {lodeve, lacaune}
    assert not labels.of_departement(factories.departement("2A")).exists()


def test_the_intercommunalite_is_that_of_the_day(lodeve):
    """The commune changes its intercommunalité on 1 January 2023, as communes do."""
    factories.labellisation(lodeve)
    former = lodeve.rattachements.get()
    former.fin = day("2023-01-01")
    former.save()
    new = lodeve.rattachements.create(
        intercommunalite=factories.intercommunalite(), debut=day("2023-01-01")
    )
    labels = Labellisation.objects.as_of(day("2022-12-31"))
    assert list(labels.rattachements(day("2022-12-31"))) == [former]
    assert list(labels.rattachements(day("2023-01-01"))) == [new]


@pytest.mark.parametrize(
    ("adhesion", "echeance"),
    [
        ("2021-03-26", "2022-09-26"),
        ("2021-07-28", "2023-01-28"),
        ("2021-08-31", "2023-02-28"),
        ("2022-08-31", "2024-02-29"),
        (None, None),
    ],
)
def test_the_ort_is_due_18_months_after_the_adhesion(lodeve, adhesion, echeance):
    label = factories.labellisation(lodeve, adhesion=adhesion)
    assert label.echeance_ort == (echeance and day(echeance))


@pytest.mark.parametrize(
    ("debut", "fin", "refused"),
    [
        ("2020-01-01", "2021-01-22", False),
        ("2020-01-01", "2021-01-23", True),
        ("2022-01-01", "2022-06-01", True),
        ("2023-11-30", None, True),
        ("2023-12-01", None, False),
        ("2020-01-01", None, True),
    ],
)
def test_two_times_of_a_commune_never_share_a_day(lodeve, debut, fin, refused):
    factories.labellisation(lodeve, "2021-01-22", "2023-12-01")
    new = Labellisation(commune=lodeve, debut=day(debut), fin=fin and day(fin))
    told = pytest.raises(ValidationError, match="déjà dans le programme à ces dates")
    with told if refused else nullcontext():
        new.full_clean()


def test_a_time_does_not_overlap_itself_nor_that_of_another_commune(lodeve):
    factories.labellisation(factories.commune("34028"))
    label = factories.labellisation(lodeve)
    label.debut -= datetime.timedelta(days=1)
    label.full_clean()


def test_the_database_itself_holds_one_open_time_by_commune(lodeve):
    factories.labellisation(lodeve, "2021-01-22")
    with pytest.raises(IntegrityError):
        factories.labellisation(lodeve, "2023-01-01")


def test_the_database_itself_wants_a_day_of_entry(lodeve):
    undated = Labellisation(commune=lodeve, debut=None)
    with pytest.raises(ValidationError, match="L'entrée dans le programme a une date"):
        undated.full_clean()
    with pytest.raises(IntegrityError):
        undated.save()
