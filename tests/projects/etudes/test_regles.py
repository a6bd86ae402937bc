"""What a study is on a day, its boundaries, and a plain replay of random facts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.actions.faits import CoutDate
from projects.etudes import regles
from projects.etudes.faits import EtudeDatee, FaitEtudeDate
from projects.etudes.models import NatureFaitEtude
from socle.dates import ONE_DAY
from tests.factories import day
from tests.projects.etudes.test_coherence import fait

ETUDE = EtudeDatee(1, "etude-1", "cofinancee", ("34142", None, None), ("34142",), [], [])
LIFE = ETUDE._replace(
    faits=[
        fait("demandee", "2023-01-10"),
        fait("commandee", "2023-03-15"),
        fait("rendue", "2024-02-29"),
        fait("validee", "2024-05-01", "mois"),
    ]
)


@pytest.mark.parametrize(
    ("jour", "state"),
    [
        ("2023-01-09", "non_renseignee"),
        ("2023-01-10", "demandee"),
        ("2023-03-14", "demandee"),
        ("2023-03-15", "en_cours"),
        ("2024-02-28", "en_cours"),
        ("2024-02-29", "rendue"),
        ("2024-04-30", "rendue"),
        # Known to the month: from its first day on.
        ("2024-05-01", "validee"),
    ],
)
def test_a_state_begins_on_the_day_of_its_fact(jour, state):
    assert regles.etat(LIFE, day(jour)) == state


def test_an_abandoned_study_is_so_from_that_day_whatever_it_had_come_to():
    dropped = LIFE._replace(faits=[*LIFE.faits[:3], fait("abandonnee", "2024-06-01")])
    assert regles.etat(dropped, day("2024-05-31")) == "rendue"
    assert regles.etat(dropped, day("2024-06-01")) == "abandonnee"
    assert regles.etat_depuis(dropped, day("2025-01-01")) == (day("2024-06-01"), "jour")


def test_since_when_is_the_day_of_the_fact_as_it_is_known():
    assert regles.etat_depuis(LIFE, day("2024-06-01")) == (day("2024-05-01"), "mois")
    assert regles.etat_depuis(LIFE, day("2022-01-01")) is None


def test_a_fact_is_told_from_its_day_on():
    assert regles.jour_du_fait(LIFE, "rendue", day("2024-02-28")) is None
    assert regles.jour_du_fait(LIFE, "rendue", day("2024-02-29")).jour == day("2024-02-29")


def test_the_cost_is_the_definitive_one_once_it_is_known():
    told = [
        CoutDate(day("2023-01-01"), "jour", "definitif", Decimal(90), "HT"),
        CoutDate(day("2023-02-01"), "jour", "estime", Decimal(100), "HT"),
    ]
    study = ETUDE._replace(couts=told)
    assert regles.cout(study, day("2022-12-31")) is None
    assert regles.cout(study, day("2023-02-01")).montant == 90


@pytest.mark.parametrize(("jour", "known"), [("2023-01-09", False), ("2023-01-10", True)])
def test_a_study_is_from_the_first_day_that_anything_is_known_of_it(jour, known):
    assert regles.connue(LIFE, day(jour)) == known
    of_its_cost = ETUDE._replace(
        couts=[CoutDate(day("2023-01-10"), "jour", "estime", Decimal(1), "")]
    )
    assert regles.connue(of_its_cost, day(jour)) == known
    assert regles.connue(ETUDE, day(jour), [day("2023-01-10")]) == known
    assert regles.etat(of_its_cost, day("2024-01-01")) == "non_renseignee"


FIRST = day("2024-02-25")
DAYS = st.integers(0, 12).map(lambda n: FIRST + n * ONE_DAY)
FACTS = st.lists(
    st.builds(FaitEtudeDate, DAYS, st.just("jour"), st.sampled_from(NatureFaitEtude.values)),
    max_size=5,
    unique_by=lambda f: f.nature,
)


def replayed(faits, jour):
    """Return the state of a study by going through its facts, day after day."""
    told = ["non_renseignee", "demandee", "en_cours", "rendue", "validee", "abandonnee"]
    ranks = {"demandee": 1, "commandee": 2, "rendue": 3, "validee": 4, "abandonnee": 5}
    come = 0
    for n in range((jour - FIRST).days + 1):
        for fact in faits:
            if fact.jour == FIRST + n * ONE_DAY:
                come = max(come, ranks[fact.nature])
    return told[come]


@given(FACTS, st.randoms(use_true_random=False))
def test_states_are_those_of_a_plain_replay_whatever_the_order_of_entry(faits, chance):
    study = ETUDE._replace(faits=faits)
    shuffled = ETUDE._replace(faits=chance.sample(faits, len(faits)))
    for n in range(-1, 14):
        jour = FIRST + n * ONE_DAY
        assert regles.etat(study, jour) == regles.etat(shuffled, jour) == replayed(faits, jour)
