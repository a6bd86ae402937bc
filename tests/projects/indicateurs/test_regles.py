"""What readings and targets tell of a day, rule by rule, and beside a plain writing of them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.indicateurs import regles
from projects.indicateurs.faits import (
    CibleDatee,
    CleMesure,
    MesureDatee,
    ReleveDate,
    jours_des_releves,
    mesures_datees,
    mesures_de,
)
from socle.dates import ONE_DAY
from tests import factories
from tests.factories import day

CLE = CleMesure(1, 1, None, None, None)


def read(jour, valeur, serie="", publie_le=None, rupture=False, etat="connue"):
    if isinstance(valeur, str):
        etat, valeur = valeur, None
    value = None if valeur is None else Decimal(valeur)
    published = publie_le and day(publie_le)
    return ReleveDate(day(jour), "jour", published, etat, value, serie, rupture)


def aimed(valeur, fixee_le="2024-01-01", reference=None, serie="", echeance=None):
    value, jour = reference or (None, None)
    return CibleDatee(
        day(fixee_le),
        Decimal(valeur),
        echeance and day(echeance),
        None if value is None else Decimal(value),
        jour and day(jour),
        serie,
    )


def mesure(*releves, cibles=()):
    return MesureDatee(CLE, list(releves), list(cibles))


FACADES = mesure(
    read("2024-07-01", 12),
    read("2025-07-01", 27, publie_le="2025-08-01"),
    cibles=[aimed(40, reference=(0, "2024-01-01"))],
)


@pytest.mark.parametrize(
    ("jour", "last", "change", "progress"),
    [
        ("2024-06-30", None, None, None),
        ("2024-07-01", 12, 12, "30.0"),
        ("2025-07-31", 12, 12, "30.0"),
        ("2025-08-01", 27, 27, "67.5"),
    ],
)
def test_the_last_reading_its_change_and_its_progress(jour, last, change, progress):
    jour = day(jour)
    found = regles.dernier_releve(FACADES, jour)
    assert (found and found.valeur) == last
    assert regles.evolution(FACADES, jour) == change
    assert regles.avancement(FACADES, jour) == (progress and Decimal(progress))


def test_without_a_target_the_first_value_of_the_series_is_compared():
    vacant = mesure(read("2024-01-01", 120), read("2025-01-01", 90))
    assert regles.evolution(vacant, day("2025-01-01")) == -30
    assert regles.avancement(vacant, day("2025-01-01")) is None
    assert regles.evolution(mesure(read("2024-01-01", 120)), day("2025-01-01")) is None


def test_a_target_without_reference_tells_no_progress():
    target = mesure(read("2024-01-01", 12), read("2025-01-01", 27), cibles=[aimed(40)])
    assert regles.cible_au(target, day("2025-01-01")).valeur == 40
    assert regles.evolution(target, day("2025-01-01")) == 15
    assert regles.avancement(target, day("2025-01-01")) is None


@pytest.mark.parametrize(
    "other",
    [{"serie": "autre"}, {"rupture": True}],
    ids=["another series", "a break"],
)
def test_nothing_compares_with_another_series_nor_across_a_break(other):
    cut = mesure(
        read("2024-01-01", 12),
        read("2025-01-01", 27, **other),
        cibles=[aimed(40, reference=(0, "2024-01-01"))],
    )
    jour = day("2025-01-01")
    assert [r.valeur for r in regles.ligne(cut, jour)] == [27]
    assert regles.evolution(cut, jour) is None
    assert regles.avancement(cut, jour) is None
    assert regles.evolution(cut, jour - ONE_DAY) is None


def test_what_follows_a_break_compares_again():
    after = mesure(
        read("2024-01-01", 12),
        read("2025-01-01", 27, rupture=True),
        read("2025-06-01", 30),
    )
    assert regles.evolution(after, day("2025-06-01")) == 3


@pytest.mark.parametrize("unknown", ["secret", "non_disponible"])
def test_a_reading_without_a_value_is_the_last_and_changes_nothing(unknown):
    hidden = mesure(read("2024-01-01", 12), read("2025-01-01", unknown))
    jour = day("2025-01-01")
    assert regles.dernier_releve(hidden, jour).etat == unknown
    assert regles.evolution(hidden, jour) is None
    assert [point.valeur for point in regles.points(hidden, jour)] == [12]


def test_a_vintage_does_not_rewrite_the_one_before():
    """What was known of 2024 in 2025 stays what was known then."""
    vacant = mesure(
        read("2024-01-01", 120, "LOVAC 2024", "2024-06-01"),
        read("2024-01-01", 118, "LOVAC 2025", "2025-06-01"),
        read("2025-01-01", 90, "LOVAC 2025", "2025-06-01"),
    )
    assert regles.dernier_releve(vacant, day("2025-05-31")).valeur == 120
    assert regles.evolution(vacant, day("2025-06-01")) == 90 - 118


@pytest.mark.parametrize(
    ("target", "value", "expected"),
    [(40, 27, "67.5"), (10, 27, "270.0"), (-40, 10, "-25.0"), (3, 1, "33.3"), (8, 1, "12.5")],
)
def test_progress_is_to_a_tenth_and_has_no_bounds(target, value, expected):
    found = mesure(read("2025-01-01", value), cibles=[aimed(target, reference=(0, "2024-01-01"))])
    assert regles.avancement(found, day("2025-01-01")) == Decimal(expected)


def test_a_target_that_is_its_reference_tells_no_progress():
    kept = mesure(read("2025-01-01", 3), cibles=[aimed(3, reference=(3, "2024-01-01"))])
    assert regles.avancement(kept, day("2025-01-01")) is None


def test_the_last_target_set_is_the_one_and_not_before_its_day():
    two = mesure(cibles=[aimed(50, "2025-01-01"), aimed(40, "2024-01-01")])
    told = {"2023-12-31": None, "2024-12-31": 40, "2025-01-01": 50}
    for jour, value in told.items():
        found = regles.cible_au(two, day(jour))
        assert (found and found.valeur) == value


@pytest.mark.parametrize(
    ("releves", "cible", "expected"),
    [
        ([], aimed(40, "2024-03-01"), "2025-03-01"),
        ([], aimed(40, "2024-02-29"), "2025-03-01"),
        ([read("2024-05-01", 12)], aimed(40, "2024-03-01"), "2025-05-01"),
        ([read("2023-05-01", 12)], aimed(40, "2024-03-01"), "2025-03-01"),
        ([read("2024-05-01", 12)], aimed(40, "2024-03-01", echeance="2024-12-31"), "2024-12-31"),
        ([read("2024-12-31", 12)], aimed(40, "2024-03-01", echeance="2024-12-31"), None),
        ([read("2024-12-30", 12)], aimed(40, "2024-03-01", echeance="2024-12-31"), "2024-12-31"),
        ([read("2024-05-01", 12)], None, None),
    ],
)
def test_a_reading_is_expected_a_year_after_the_last_and_for_the_target(releves, cible, expected):
    found = mesure(*releves, cibles=[cible] if cible else [])
    jour = day("2025-01-01")
    assert regles.attendu_le(found, jour) == (expected and day(expected))
    for shift, late in ((0, False), (1, True)) if expected else ():
        assert regles.en_retard(found, day(expected) + shift * ONE_DAY) is late


FIRST = day("2024-02-27")
DAYS = st.integers(0, 12).map(lambda n: FIRST + n * ONE_DAY)


@st.composite
def readings(draw):
    jour = draw(DAYS)
    late = draw(st.none() | st.integers(0, 4))
    etat = draw(st.sampled_from(["connue", "connue", "secret"]))
    valeur = Decimal(draw(st.integers(0, 50))) if etat == "connue" else None
    publie_le = None if late is None else jour + late * ONE_DAY
    serie = draw(st.sampled_from(["", "a", "b"]))
    return ReleveDate(jour, "jour", publie_le, etat, valeur, serie, draw(st.booleans()))


def replayed(releves, jour):
    """Return the last value and its change by taking readings in as they are published, day by day."""
    line, series, last = {}, None, None
    known = [r for r in releves if (r.publie_le or r.jour) <= jour]
    for r in sorted(known, key=lambda r: (r.jour, r.publie_le or r.jour, r.serie)):
        if r.rupture:
            line[r.serie] = []
        line.setdefault(r.serie, []).append(r)
        series, last = r.serie, r
    values = [r for r in line.get(series, []) if r.valeur is not None]
    if last is None or last.valeur is None or not values or values[0].jour == last.jour:
        return last, None
    return last, last.valeur - values[0].valeur


@given(st.lists(readings(), max_size=8, unique_by=lambda r: (r.jour, r.serie)), st.randoms())
def test_random_readings_tell_what_a_plain_replay_tells_in_any_order(releves, shuffled):
    other = list(releves)
    shuffled.shuffle(other)
    for n in range(-1, 20):
        jour = FIRST + n * ONE_DAY
        told = [
            (regles.dernier_releve(m, jour), regles.evolution(m, jour))
            for m in (mesure(*releves), mesure(*other))
        ]
        assert told[0] == told[1] == replayed(releves, jour)


@pytest.mark.django_db
def test_measures_are_read_in_two_queries_whatever_their_number(django_assert_num_queries):
    town, measured = factories.commune("34142", epci="new"), factories.indicateur()
    action = factories.action([town])
    for year in range(2016, 2026):
        factories.releve(town, year, f"{year}-01-01")
        factories.releve(action, year, f"{year}-01-01", publie_le=f"{year}-06-01")
        factories.cible(town, 40, f"{year}-01-01")
    with django_assert_num_queries(2):
        found = mesures_datees()
    there = CleMesure(measured.pk, None, None, "34142", None)
    assert set(found) == {there, CleMesure(measured.pk, action.pk, None, None, None)}
    assert (len(found[there].releves), len(found[there].cibles)) == (10, 10)
    with django_assert_num_queries(2):
        assert set(mesures_de("commune", ["34142"])) == {there}
    factories.releve(action, 40, "2026-01-01", precision="annee")
    with django_assert_num_queries(1):
        known = sorted(jours_des_releves([action.pk])[action.pk])
    assert len(known) == 11
    assert known[-2:] == [(day("2025-06-01"), "jour"), (day("2026-01-01"), "annee")]
