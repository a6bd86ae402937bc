"""The story of a post: what is told of it, in order, and the days with nobody in it."""

import pytest

from projects.postes.histoire import histoire, vacances
from projects.postes.models import Poste
from tests import factories
from tests.factories import day

JOUR = day("2024-01-10")


def told(poste, jour=JOUR):
    """Return the times with nobody, as (first day, first day held again, days)."""
    rows = vacances(poste, poste.occupations.all(), jour)
    return [(str(v.premier), v.fin and str(v.fin), v.jours) for v in rows]


def story(poste, jour=JOUR):
    return histoire(Poste.objects.get(pk=poste.pk), jour)


@pytest.fixture
def poste(db):
    return factories.poste([factories.commune("34142")], date_ouverture=day("2023-01-01"))


def test_the_days_with_nobody_run_from_the_day_after_the_last_one_to_the_day_before_the_first(
    poste,
):
    factories.occupation(poste, "2023-02-01", "2023-06-01")
    factories.occupation(poste, "2023-06-02", "2023-09-01")
    factories.occupation(poste, "2023-09-01", "2024-01-01")
    assert told(poste) == [
        ("2023-01-01", "2023-02-01", 31),
        ("2023-06-01", "2023-06-02", 1),
        ("2024-01-01", None, 9),
    ]
    assert told(poste, day("2024-01-01"))[-1] == ("2024-01-01", None, 0)
    assert told(poste, day("2023-12-31")) == told(poste)[:2]


def test_nobody_is_missing_while_one_of_two_stays(poste):
    factories.occupation(poste, "2023-01-01", "2024-01-05")
    factories.occupation(poste, "2023-03-01", "2023-06-01")
    assert told(poste) == [("2024-01-05", None, 5)]
    factories.occupation(poste, "2023-12-01")
    assert told(poste) == []


def test_a_closed_post_misses_nobody(poste):
    factories.occupation(poste, "2023-01-01", "2023-06-01")
    poste.date_fermeture = day("2023-07-01")
    assert told(poste) == [("2023-06-01", "2023-07-01", 30)]
    poste.date_fermeture = day("2023-06-01")
    assert told(poste) == []


def test_days_that_are_not_known_are_not_told(poste):
    poste.precision_ouverture = "mois"
    assert told(poste) == [("2023-01-01", None, None)]
    poste.date_ouverture = None
    assert told(poste) == []


def test_an_arrival_to_come_is_told_as_such(poste):
    factories.occupation(poste, "2024-01-11", titulaire="Camille")
    assert told(poste) == [("2023-01-01", None, 374)]
    to_come = [event.texte for event in story(poste).faits if event.a_venir]
    assert to_come == ["Arrivée : Camille"]
    assert [e for e in story(poste, day("2024-01-11")).faits if e.a_venir] == []


def test_who_holds_the_post_today_and_nobody_else(poste):
    factories.occupation(poste, "2023-01-01", "2024-01-10", titulaire="Camille")
    factories.occupation(poste, "2024-01-10", titulaire="Dominique", quotite=50)
    assert story(poste).titulaires == ["Dominique, 50 % d'un temps plein"]
    assert story(poste, day("2024-01-09")).titulaires == ["Camille"]


def test_the_fundings_of_a_year_are_summed(poste):
    for funder, amount in (("anah", 40000), ("etat", 10000), ("region", None)):
        factories.cofinancement(poste, financeur=funder, annee=2023, montant=amount)
    factories.cofinancement(poste, financeur="etat", annee=2024, montant=10000)
    rows = [(r.cellules[0], r.cellules[3], r.total) for r in story(poste).tableau]
    assert rows == [
        (2023, "40\u202f000\xa0€", False),
        (2023, "10\u202f000\xa0€", False),
        (2023, "non renseigné", False),
        (2023, "50\u202f000\xa0€ (sans 1 montant)", True),
        (2024, "10\u202f000\xa0€", False),
    ]
