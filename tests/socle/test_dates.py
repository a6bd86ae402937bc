"""Days as the documents write them, and the days that follow from them."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from socle.admin.champs import DayField
from socle.dates import (
    Precision,
    add_months,
    add_years,
    bare,
    in_french,
    in_words,
    iso,
    parse_date,
    parse_vague,
    refuse_far_years,
)
from socle.fichiers.champs import DateWidget
from tests.factories import day


@pytest.mark.parametrize(
    "text",
    [
        *("2023-07-06", "06/07/2023", "6/7/2023", "06-07-2023", "06.07.2023", " 2023-07-06 "),
        *("06/07/2023 00:00", "2023-07-06T00:00:00", "2023-07-06 14:30:00", "06/07/23", "6.7.23"),
        *("6 juillet 2023", "6 JUILLET 2023", "06-juil-23", "6-juil.-2023", "6 juil. 23"),
    ],
)
def test_a_day_is_read_in_the_orders_of_the_official_files(text):
    assert parse_date(text) == datetime.date(2023, 7, 6)


def test_the_29th_of_february_is_read_in_leap_years_only():
    assert parse_date("29/02/2024") == datetime.date(2024, 2, 29)
    with pytest.raises(ValueError, match=r"« 29/02/2023 » n'est pas un jour du calendrier"):
        parse_date("29/02/2023")


@pytest.mark.parametrize(
    "text", ["2023-02-30", "31/04/2023", "2023-13-01", "01/13/2023", "0/1/2023"]
)
def test_a_day_that_does_not_exist_is_refused_with_what_was_written(text):
    with pytest.raises(ValueError, match=f"« {text} » n'est pas un jour du calendrier"):
        parse_date(text)


@pytest.mark.parametrize(
    "text", ["", "2023", "2023-07", "juillet 2023", "6 brumaire 2023", "20230706", "NA"]
)
def test_what_is_not_a_day_is_refused_with_what_was_due(text):
    with pytest.raises(
        ValueError, match=f"« {text} » n'est pas une date : 12/03/2024, 12 mars 2024"
    ):
        parse_date(text)


@pytest.mark.parametrize(
    ("short", "year"), [("90", 1990), ("99", 1999), ("00", 2000), ("21", 2021)]
)
def test_a_year_of_two_digits_is_the_only_one_that_it_may_be(short, year):
    assert parse_date(f"13/07/{short}") == datetime.date(year, 7, 13)
    assert parse_date(f"13 juillet {short}") == datetime.date(year, 7, 13)


def test_a_year_of_two_digits_goes_no_further_than_next_year():
    next_year = timezone.localdate().year + 1
    assert parse_date(f"13/07/{next_year % 100:02}").year == next_year
    for short in (f"{(next_year + 1) % 100:02}", "68", "89"):
        with pytest.raises(ValueError, match="l'année avec ses quatre chiffres"):
            parse_date(f"13/07/{short}")


# « 26/03/20 » may be « 26/03/2023 », cut with the end of its file or by the width of its column.
@pytest.mark.parametrize("text", ["26/03/20", "26.03.20", "26 mars 20", "26/03/19"])
def test_a_year_that_may_have_been_cut_is_asked_in_full(text):
    with pytest.raises(ValueError, match="l'année avec ses quatre chiffres"):
        parse_date(text)
    assert parse_vague(text.removeprefix("26 ")) is None


@pytest.mark.parametrize("text", ["juillet 2021", "JUIL. 2021", "juil-21", "07/2021", "2021-07"])
def test_a_month_is_known_to_the_month(text):
    assert parse_vague(text) == (datetime.date(2021, 7, 1), Precision.MOIS)


def test_a_year_is_known_to_the_year():
    assert parse_vague(" 2021 ") == (datetime.date(2021, 1, 1), Precision.ANNEE)


@pytest.mark.parametrize(
    "text", ["", "13/07/2021", "13/2021", "brumaire 2021", "mai 68", "34142", "21"]
)
def test_what_is_no_month_nor_year_is_not_taken_for_one(text):
    assert parse_vague(text) is None


@pytest.mark.parametrize("text", ["13/07/21", "13.07.2021", "13-07-2021", "13 juillet 2021"])
def test_a_form_reads_a_day_as_a_file_does(text):
    assert DayField().clean(text) == DateWidget().clean(text) == datetime.date(2021, 7, 13)


def test_a_form_refuses_in_the_words_of_a_file():
    with pytest.raises(ValidationError, match="l'année avec ses quatre chiffres"):
        DayField().clean("13/07/68")
    with pytest.raises(ValidationError, match="pas un jour du calendrier"):
        DayField().clean("31/02/2021")


@given(st.dates())
def test_a_day_is_read_back_from_both_orders(jour):
    assert parse_date(jour.isoformat()) == jour
    assert parse_date(f"{jour.day:02}/{jour.month:02}/{jour.year:04}") == jour


@pytest.mark.parametrize(
    ("jour", "months", "expected"),
    [
        ("2021-03-26", 18, "2022-09-26"),
        ("2021-07-12", 18, "2023-01-12"),
        ("2021-08-31", 18, "2023-02-28"),
        ("2022-08-31", 18, "2024-02-29"),
        ("2021-12-31", 6, "2022-06-30"),
        ("2021-11-30", 1, "2021-12-30"),
        ("2021-12-01", 12, "2022-12-01"),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(jour, months, expected):
    assert add_months(day(jour), months) == day(expected)


@given(st.dates(max_value=datetime.date(2200, 1, 1)), st.integers(0, 240))
def test_months_later_falls_in_the_month_that_is_counted_on_the_fingers(jour, months):
    later = add_months(jour, months)
    assert (later.year - jour.year) * 12 + later.month - jour.month == months
    # The same day, unless the month stops before it: then the day after is of the next month.
    next_day = later + datetime.timedelta(days=1)
    assert later.day == jour.day or (later.day < jour.day and next_day.day == 1)


@pytest.mark.parametrize(
    ("jour", "years", "expected"),
    [
        ("2023-07-06", 5, "2028-07-06"),
        ("2024-02-29", 1, "2025-03-01"),
        ("2024-02-29", 4, "2028-02-29"),
        ("2096-02-29", 4, "2100-03-01"),
        ("2024-02-28", 1, "2025-02-28"),
        ("2023-03-01", 1, "2024-03-01"),
    ],
)
def test_years_later_is_the_anniversary(jour, years, expected):
    assert add_years(day(jour), years) == day(expected)


@pytest.mark.parametrize(
    ("jour", "words"),
    [
        ("2023-07-06", "6 juillet 2023"),
        ("2024-03-01", "1er mars 2024"),
        ("2023-08-11", "11 août 2023"),
        ("2023-12-21", "21 décembre 2023"),
        ("2022-02-28", "28 février 2022"),
        ("2021-05-31", "31 mai 2021"),
    ],
)
def test_a_day_is_written_as_french_does(jour, words):
    assert in_french(day(jour)) == words


@pytest.mark.parametrize(
    ("precision", "jour", "sentence", "cell", "machine"),
    [
        (Precision.JOUR, "2023-07-06", "le 6 juillet 2023", "6 juillet 2023", "2023-07-06"),
        (Precision.JOUR, "2023-12-01", "le 1er décembre 2023", "1er décembre 2023", "2023-12-01"),
        (Precision.MOIS, "2023-12-01", "en décembre 2023", "décembre 2023", "2023-12"),
        (Precision.ANNEE, "2023-01-01", "en 2023", "2023", "2023"),
        (
            Precision.AU_PLUS_TARD,
            "2021-01-22",
            "au plus tard le 22 janvier 2021",
            "au plus tard le 22 janvier 2021",
            "2021-01-22",
        ),
    ],
)
def test_a_date_says_no_more_than_what_is_known_of_it(precision, jour, sentence, cell, machine):
    assert iso(day(jour), precision) == machine
    assert in_words(day(jour), precision) == sentence
    assert bare(day(jour), precision) == cell
    # As the database gives it back.
    assert in_words(day(jour), precision.value) == sentence


@pytest.mark.parametrize("text", ["1900-01-01", "2100-12-31"])
def test_a_year_that_may_be_true_is_written_down(text):
    refuse_far_years(day(text))
    assert DateWidget().clean(text) == day(text)


@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "2101-01-01", "9999-12-31"])
def test_a_year_that_can_only_be_a_mistake_is_written_nowhere(text):
    with pytest.raises(ValueError, match="1900 à 2100"):
        refuse_far_years(day(text))
    with pytest.raises(ValueError, match="1900 à 2100"):
        DateWidget().clean(text)
