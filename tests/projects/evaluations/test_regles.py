"""When an ORT is to be reviewed, and where each due date stands: on every day that changes it."""

import random
from datetime import date, timedelta

import pytest

from ort.faits import ConventionDatee, Prolongation
from projects.evaluations import regles
from projects.evaluations.regles import BilanDate, NatureBilan
from tests.factories import day

ANNUEL, QUINQUENNAL = NatureBilan.ANNUEL, NatureBilan.QUINQUENNAL


def an_ort(signature, duree=None, prolongations=(), precision="jour", vaut_ort=True):
    return ConventionDatee(
        pk=1,
        identifiant="ort-a",
        intitule="ORT",
        vaut_ort=vaut_ort,
        date_signature=signature and day(signature),
        precision_signature=precision,
        duree_annees=duree,
        prolongations=tuple(Prolongation(day(signed), years) for signed, years in prolongations),
    )


def held(tenu_le, periode=None, nature=ANNUEL, precision="jour", pk=1):
    return BilanDate(pk, nature, periode and day(periode), day(tenu_le), precision)


def due(convention, nature, jour="2040-01-01", horizon=None):
    days = regles.echeances(convention, nature, day(jour), day(horizon or jour))
    return [str(one) for one in days]


def stand(convention, jour, *bilans, complete=True, nature=ANNUEL, horizon=None):
    """Return the state, and the delay, of the last due date of a nature on a day."""
    found = regles.situation(convention, bilans, day(jour), complete, horizon and day(horizon))
    last = [one for one in found if one.nature == nature][-1]
    return last.etat.value, last.retard


def test_yearly_reviews_are_due_on_each_anniversary_and_the_others_each_fifth():
    lodeve = an_ort("2021-07-16", 10)
    assert due(lodeve, ANNUEL)[:2] == ["2022-07-16", "2023-07-16"]
    assert due(lodeve, QUINQUENNAL) == ["2026-07-16", "2031-07-16"]


@pytest.mark.parametrize(
    ("signature", "expected"),
    [("2019-12-10", "2024-12-10"), ("2021-02-26", "2026-02-26"), ("2021-07-16", "2026-07-16")],
)
def test_the_three_signatures_of_the_herault_make_their_evaluation_due(signature, expected):
    assert due(an_ort(signature), QUINQUENNAL)[0] == expected


def test_an_ort_signed_on_29_february_is_reviewed_on_the_28_and_ends_on_1_march():
    leap = an_ort("2020-02-29", 5)
    assert due(leap, ANNUEL) == [
        *("2021-02-28", "2022-02-28", "2023-02-28", "2024-02-29", "2025-02-28"),
    ]
    assert due(leap, QUINQUENNAL) == ["2025-02-28"]


def test_a_day_at_the_end_of_a_month_is_kept():
    assert due(an_ort("2021-08-31", 2), ANNUEL) == ["2022-08-31", "2023-08-31"]


def test_the_first_day_out_of_force_is_due_and_none_later():
    assert due(an_ort("2021-07-16", 5), ANNUEL)[-1] == "2026-07-16"
    assert due(an_ort("2021-07-16", 5), QUINQUENNAL) == ["2026-07-16"]
    assert due(an_ort("2021-07-16", 4), QUINQUENNAL) == []


def test_an_avenant_moves_nothing_and_adds_what_comes_after_the_former_end():
    longer = an_ort("2021-07-16", 5, [("2026-03-01", 8)])
    assert due(longer, ANNUEL, "2026-02-28", "2040-01-01")[-1] == "2026-07-16"
    assert due(longer, ANNUEL, "2026-03-01", "2040-01-01")[-1] == "2029-07-16"
    assert due(longer, QUINQUENNAL, "2026-03-01", "2040-01-01") == ["2026-07-16"]


@pytest.mark.parametrize(
    "convention",
    [an_ort(None), an_ort("2021-07-16", vaut_ort=False), an_ort("2026-12-01")],
    ids=["unknown", "no ORT", "not signed yet"],
)
def test_nothing_is_due_of_what_is_no_signed_ort(convention):
    assert due(convention, ANNUEL, "2026-11-26", "2040-01-01") == []


def test_a_due_date_is_to_come_then_near_then_over():
    ort = an_ort("2021-07-16")
    assert stand(ort, "2026-01-15", horizon="2026-07-16") == ("a_venir", None)
    assert stand(ort, "2026-01-16", horizon="2026-07-16") == ("dans_six_mois", None)
    assert stand(ort, "2026-07-16", horizon="2026-07-16") == ("dans_six_mois", None)
    assert stand(ort, "2026-07-17", horizon="2026-07-17") == ("depassee", 1)


def test_silence_is_no_delay_where_reviews_are_not_kept_in_full():
    ort = an_ort("2021-07-16")
    assert stand(ort, "2026-07-17", complete=False, horizon="2026-07-17") == ("inconnue", None)
    assert stand(ort, "2026-07-16", complete=False, horizon="2026-07-16")[0] == "dans_six_mois"
    review = held("2026-07-18", "2026-07-16")
    told = stand(ort, "2026-07-18", review, complete=False, horizon="2026-07-18")
    assert told == ("tenue_en_retard", 2)


def test_only_what_is_near_is_told():
    ort = an_ort("2021-07-16")
    days = [str(one.jour) for one in regles.situation(ort, [], day("2022-01-15"), True)]
    assert days == []
    assert len(regles.situation(ort, [], day("2022-01-16"), True)) == 1


@pytest.mark.parametrize(
    ("tenu_le", "expected"),
    [
        ("2026-01-20", ("tenue", 0)),
        ("2026-02-26", ("tenue", 0)),
        ("2026-02-27", ("tenue_en_retard", 1)),
        ("2026-04-07", ("tenue_en_retard", 40)),
    ],
)
def test_a_review_is_held_on_its_day_or_before_else_late(tenu_le, expected):
    agde = an_ort("2021-02-26")
    review = held(tenu_le, "2026-02-26", QUINQUENNAL)
    assert stand(agde, "2026-05-01", review, nature=QUINQUENNAL) == expected


def test_a_review_counts_from_the_day_it_is_held():
    agde = an_ort("2021-02-26")
    review = held("2026-04-07", "2026-02-26", QUINQUENNAL)
    assert stand(agde, "2026-04-06", review, nature=QUINQUENNAL) == ("depassee", 39)
    assert stand(agde, "2026-04-07", review, nature=QUINQUENNAL) == ("tenue_en_retard", 40)


@pytest.mark.parametrize(
    ("tenu_le", "precision", "expected"),
    [
        ("2026-02-01", "mois", ("tenue", 0)),
        ("2026-03-01", "mois", ("tenue_en_retard", None)),
        ("2026-01-01", "annee", ("tenue", 0)),
        ("2026-04-07", "au_plus_tard", ("tenue", 0)),
    ],
)
def test_a_review_of_which_the_day_is_not_known_is_late_only_if_it_must_be(
    tenu_le, precision, expected
):
    agde = an_ort("2021-02-26")
    review = held(tenu_le, "2026-02-26", precision=precision)
    assert stand(agde, "2026-05-01", review) == expected


def test_a_signature_known_to_the_month_is_over_from_the_next_month():
    ort = an_ort("2021-07-01", precision="mois")
    assert stand(ort, "2026-07-31", horizon="2026-07-31") == ("dans_six_mois", None)
    assert stand(ort, "2026-08-01", horizon="2026-08-01") == ("depassee", None)


def test_of_two_reviews_of_one_date_the_first_holds_it_in_whatever_order_they_come():
    ort = an_ort("2021-07-16")
    first, second = (
        held("2026-07-20", "2026-07-16", pk=2),
        held("2026-07-25", "2026-07-16", pk=1),
    )
    for bilans in ([first, second], [second, first]):
        assert stand(ort, "2026-08-01", *bilans) == ("tenue_en_retard", 4)
        assert not regles.autre_point(first, bilans, day("2026-08-01"))
        assert regles.autre_point(second, bilans, day("2026-08-01"))
    assert regles.autre_point(held("2026-07-20"), [], day("2026-08-01"))


def proposed(tenu_le, *bilans, signature="2021-07-16", jour="2026-11-26"):
    found = regles.proposee(an_ort(signature), ANNUEL, day(tenu_le), bilans, day(jour))
    return found and str(found)


def test_the_nearest_due_date_not_yet_answered_is_proposed():
    assert proposed("2026-07-20") == "2026-07-16"
    assert proposed("2026-07-10", held("2026-07-08", "2026-07-16")) == "2025-07-16"
    assert proposed("2026-07-20", held("2026-07-18", "2026-07-16")) is None
    assert proposed("2022-01-15") is None, "more than six months before the first"
    assert proposed("2022-01-16") == "2022-07-16"
    other = held("2026-07-18", "2026-07-16", QUINQUENNAL)
    assert proposed("2026-07-20", other) == "2026-07-16", "of another nature"


def test_no_due_date_is_proposed_more_than_twelve_months_after_it():
    ended = an_ort("2021-07-16", 1)
    for tenu_le, expected in (("2023-07-16", day("2022-07-16")), ("2023-07-17", None)):
        found = regles.proposee(ended, ANNUEL, day(tenu_le), [], day("2026-01-01"))
        assert found == expected


def on_day(year, month, number):
    """Return a day of a month, or the last one of a month that is too short."""
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


def months_after(jour, months):
    year, rank = divmod(jour.year * 12 + jour.month - 1 + months, 12)
    return on_day(year, rank + 1, jour.day)


def replayed(signature, duree, bilans, jour, complete):
    """Tell the due dates of an ORT the long way: month by month, from its signature to its end."""
    leap_lost = (signature.month, signature.day) == (2, 29) and (signature.year + duree) % 4
    end = date(signature.year + duree, 3, 1) if leap_lost else months_after(signature, 12 * duree)
    rows = []
    for month in range(1, 12 * duree + 1):
        echeance = months_after(signature, month)
        if echeance > end or echeance > months_after(jour, 6):
            break
        for nature, step in (("annuel", 12), ("quinquennal", 60)):
            if month % step == 0:
                rows.append((echeance, nature, told(nature, echeance, bilans, jour, complete)))
    return rows


def told(nature, echeance, bilans, jour, complete):
    days = [
        b.tenu_le
        for b in bilans
        if b.nature == nature and b.periode == echeance and b.tenu_le <= jour
    ]
    if days:
        late = (min(days) - echeance).days
        return ("tenue_en_retard", late) if late > 0 else ("tenue", 0)
    if echeance >= jour:
        return ("dans_six_mois", None)
    return ("depassee", (jour - echeance).days) if complete else ("inconnue", None)


@pytest.mark.une_base
@pytest.mark.parametrize("seed", range(60))
def test_random_reviews_are_told_as_a_plain_replay_tells_them(seed):
    drawn = random.Random(seed)
    signature = (
        date(2020, 2, 29)
        if seed % 5 == 0
        else date(2019, 1, 1) + timedelta(days=drawn.randrange(900))
    )
    duree = drawn.randrange(1, 12)
    ort = an_ort(str(signature), duree)
    all_days = {
        nature: regles.echeances(ort, nature, date(2040, 1, 1), date(2040, 1, 1))
        for nature in NatureBilan
    }
    bilans = []
    for rank in range(drawn.randrange(8)):
        nature = drawn.choice(list(NatureBilan))
        periode = drawn.choice(all_days[nature] or [None])
        near = (periode or signature) + timedelta(days=drawn.randrange(-100, 400))
        bilans.append(BilanDate(rank, nature, periode, near, "jour"))
    jours = {one + timedelta(days=n) for days in all_days.values() for one in days for n in (0, 1)}
    jours |= {b.tenu_le for b in bilans} | {signature}
    for jour in sorted(jours):
        if jour < signature:
            continue
        complete = drawn.random() < 0.5
        found = regles.situation(ort, drawn.sample(bilans, len(bilans)), jour, complete)
        got = [(one.jour, one.nature.value, (one.etat.value, one.retard)) for one in found]
        assert sorted(got) == sorted(replayed(signature, duree, bilans, jour, complete)), jour


def test_no_review_is_due_while_an_ort_had_ended_and_was_not_prolonged_yet():
    """It ends on 16 July 2023, and an avenant of 2 August 2025 has it last until 2027."""
    again = an_ort("2021-07-16", 2, [("2025-08-02", 6)])
    assert due(again, ANNUEL) == ["2022-07-16", "2023-07-16", "2026-07-16", "2027-07-16"]
    assert due(again, ANNUEL, "2025-08-01", "2040-01-01") == ["2022-07-16", "2023-07-16"]
    assert due(again, QUINQUENNAL) == ["2026-07-16"]
    on_a_due_day = an_ort("2021-07-16", 2, [("2025-07-16", 6)])
    assert due(on_a_due_day, ANNUEL)[2:4] == ["2025-07-16", "2026-07-16"]
    in_time = an_ort("2021-07-16", 2, [("2023-07-16", 6)])
    assert due(in_time, ANNUEL)[:4] == ["2022-07-16", "2023-07-16", "2024-07-16", "2025-07-16"]
