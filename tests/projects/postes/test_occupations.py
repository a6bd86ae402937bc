"""The contracts of those who hold a post: when they end, and what is not possible."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from projects.postes.models import Occupation
from tests import factories
from tests.factories import day

pytestmark = pytest.mark.django_db


def ending(jour):
    """Tell whether a contract ends from `jour` to the end of the six months that follow January 10."""
    return Occupation.objects.ending_between(day(jour), day("2023-07-10")).exists()


@pytest.mark.parametrize(
    ("fin_contrat", "found"),
    [
        ("2023-01-10", False),
        ("2023-01-11", True),
        ("2023-07-11", True),
        ("2023-07-12", False),
        (None, False),
    ],
)
def test_a_contract_ends_between_two_days_by_its_last_day(fin_contrat, found):
    """What is stored is the day after: January 11 is that of a contract until the 10th."""
    poste = factories.poste()
    factories.occupation(poste, "2022-01-01", fin_contrat_prevue=fin_contrat and day(fin_contrat))
    assert ending("2023-01-10") == found


def test_a_departure_that_is_known_counts_more_than_the_contract():
    poste = factories.poste()
    leaving = factories.occupation(
        poste, "2022-01-01", "2024-01-01", fin_contrat_prevue=day("2023-03-01")
    )
    assert not ending("2023-01-10")
    leaving.fin = day("2023-02-01")
    leaving.save()
    assert ending("2023-01-10")
    assert ending("2023-01-31")
    assert not ending("2023-02-01")


def test_the_contracts_of_a_closed_post_end_no_more():
    poste = factories.poste(date_fermeture=day("2023-01-11"))
    factories.occupation(poste, "2022-01-01", fin_contrat_prevue=day("2023-03-01"))
    assert ending("2023-01-10")
    assert not ending("2023-01-11")


def test_a_contract_over_while_its_holder_is_still_there():
    poste = factories.poste()
    factories.occupation(poste, "2022-01-01", "2023-06-01", fin_contrat_prevue=day("2023-03-01"))
    days = ["2023-02-28", "2023-03-01", "2023-05-31", "2023-06-01"]
    found = [Occupation.objects.contrat_echu(day(jour)).exists() for jour in days]
    assert found == [False, True, True, False]


@pytest.mark.parametrize(
    "fields",
    [
        {"quotite": 0},
        {"quotite": 101},
        {"fin_contrat_prevue": "2022-01-01"},
        {"motif_depart": "demission"},
    ],
)
def test_what_cannot_be_is_refused(fields):
    with pytest.raises(IntegrityError):
        factories.occupation(factories.poste(), "2022-01-01", **fields)


@pytest.mark.parametrize(
    ("name", "debut", "fin", "refused"),
    [
        ("Lou Personnage", "2022-12-31", None, True),
        ("lou  PERSONNAGÉ", "2022-12-31", None, True),
        ("Lou Personnage", "2023-01-01", None, False),
        ("Lou Personnage", "2021-01-01", "2022-01-01", False),
        ("Lou Personnage", "2021-01-01", "2022-01-02", True),
        ("Alix Personnage", "2022-06-01", None, False),
        ("", "2022-06-01", None, False),
    ],
)
def test_one_person_does_not_hold_a_post_twice_on_a_day(name, debut, fin, refused):
    """The last day in post is the day before `fin`."""
    poste = factories.poste()
    factories.occupation(poste, "2022-01-01", "2023-01-01", titulaire="Lou Personnage")
    factories.occupation(poste, "2022-01-01", "2023-01-01")
    twice = Occupation(poste=poste, titulaire=name, debut=day(debut), fin=fin and day(fin))
    if not refused:
        twice.full_clean()
        return
    with pytest.raises(ValidationError, match="occupe déjà ce poste ces jours-là"):
        twice.full_clean()
    twice.poste = factories.poste()
    twice.full_clean()
