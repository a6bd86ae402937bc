"""Numbers and dates as a careful official writes them."""

import datetime
from decimal import Decimal

import pytest

from socle.francais import NO_BREAK_SPACE, UNKNOWN, datee, euros, nombre, pour_cent


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, UNKNOWN),
        ("", UNKNOWN),
        (0, "0"),
        (999, "999"),
        (7797, "7\u202f797"),
        (1250000, "1\u202f250\u202f000"),
        (Decimal("45000.00"), "45\u202f000"),
        (Decimal("37.5"), "37,50"),
        (Decimal("-1234.05"), "-1\u202f234,05"),
    ],
)
def test_a_number_has_two_decimals_if_it_has_some(value, text):
    assert nombre(value) == text


def test_the_decimals_and_the_space_may_be_asked_for():
    assert nombre(Decimal(45000), 2, NO_BREAK_SPACE) == "45\xa0000,00"
    assert nombre(1.25, 1) == "1,2"
    assert (euros(Decimal("1500.5")), pour_cent(75)) == ("1\u202f500,50\xa0€", "75\xa0%")


@pytest.mark.parametrize(
    ("jour", "precision", "told"),
    [
        ("2023-07-06", "jour", "du 6 juillet 2023"),
        ("2023-03-01", "jour", "du 1er mars 2023"),
        ("2023-12-01", "mois", "de décembre 2023"),
        ("2023-04-01", "mois", "d'avril 2023"),
        ("2023-10-01", "mois", "d'octobre 2023"),
        ("2023-01-01", "annee", "de 2023"),
        ("2021-01-22", "au_plus_tard", "du 22 janvier 2021 au plus tard"),
    ],
)
def test_a_date_follows_what_it_dates(jour, precision, told):
    assert datee(datetime.date.fromisoformat(jour), precision) == told
