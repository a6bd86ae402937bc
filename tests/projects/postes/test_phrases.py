"""Since when, told once: two beginnings of one state would contradict each other."""

import pytest

from projects.postes.du_jour import situer
from projects.postes.phrases import tell_etat
from tests import factories
from tests.factories import day

pytestmark = pytest.mark.django_db


def told(poste, jour):
    (poste,) = situer([poste], day(jour))
    return tell_etat(poste.du_jour)


@pytest.fixture
def left():
    """A post held until 22 February 2025, that an offer of September did not fill."""
    poste = factories.poste(date_ouverture=day("2021-09-01"))
    factories.occupation(poste, "2022-01-01", fin="2025-02-23")
    factories.recrutement(poste, "2025-09-01", issue="infructueux", date_issue="2025-11-19")
    return poste


@pytest.mark.parametrize(
    ("jour", "phrase"),
    [
        ("2025-02-22", "pourvu depuis le 1er janvier 2022"),
        ("2025-02-23", "vacant depuis le 23 février 2025"),
        ("2025-02-24", "vacant depuis le 23 février 2025, soit 1 jour"),
        ("2025-08-31", "vacant depuis le 23 février 2025, soit 189 jours"),
        (
            "2025-09-01",
            "en recrutement, engagé le 1er septembre 2025 ; "
            "sans personne depuis le 23 février 2025, soit 190 jours",
        ),
        (
            "2025-11-19",
            "vacant : recrutement clos sans suite le 19 novembre 2025 ; "
            "sans personne depuis le 23 février 2025, soit 269 jours",
        ),
    ],
)
def test_a_post_is_told_with_one_since(left, jour, phrase):
    assert told(left, jour) == phrase
    assert phrase.count("depuis") == 1


@pytest.mark.parametrize(
    ("issue", "outcome"),
    [("infructueux", "clos sans suite"), ("abandonne", "clos sans suite"), ("recrute", "abouti")],
)
def test_the_outcome_of_the_last_recruitment_is_named(left, issue, outcome):
    factories.recrutement(left, "2025-12-01", issue=issue, date_issue="2026-01-15")
    assert told(left, "2026-01-15").startswith(
        f"vacant : recrutement {outcome} le 15 janvier 2026 ; sans personne depuis le 23 février"
    )


def test_of_two_recruitments_closed_on_one_day_the_success_tells(left):
    for issue in ("recrute", "abandonne"):
        factories.recrutement(left, "2025-12-01", issue=issue, date_issue="2026-01-15")
    assert "recrutement abouti le 15 janvier 2026" in told(left, "2026-01-15")


def test_a_day_known_vaguely_is_told_as_it_is():
    poste = factories.poste(date_ouverture=day("2021-09-01"), precision_ouverture="mois")
    factories.recrutement(poste, "2021-10-01")
    assert told(poste, "2021-09-30") == "vacant depuis septembre 2021"
    assert (
        told(poste, "2021-10-01")
        == "en recrutement, engagé le 1er octobre 2021 ; sans personne depuis septembre 2021"
    )


def test_what_no_date_tells_has_no_since():
    assert told(factories.poste(), "2023-01-01") == "non renseigné"
