"""Dates as the documents give them: with a precision, and read in the orders they are written."""

import datetime
import re

from django.db import models
from django.utils.dates import MONTHS

ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
FRENCH = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
ONE_DAY = datetime.timedelta(days=1)
# A year typed short (« 0024 ») or long (« 9999 ») is a mistake, and months cannot be added to it.
FIRST_YEAR, LAST_YEAR = 1900, 2100


class Precision(models.TextChoices):
    JOUR = "jour", "au jour près"
    MOIS = "mois", "au mois près"
    ANNEE = "annee", "à l'année près"
    AU_PLUS_TARD = "au_plus_tard", "au plus tard ce jour"


class PrecisionField(models.CharField):
    """How exactly the date beside it is known: a date known to the month is stored on its first day."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 12)
        kwargs.setdefault("choices", Precision)
        kwargs.setdefault("default", Precision.JOUR)
        super().__init__(*args, **kwargs)


def parse_date(text):
    """Read a date written 2023-07-06, 06/07/2023 or 06-07-2023, the orders of the official files.

    Raises `ValueError`, with a French message, for anything else and for a day that does not exist.
    """
    text = text.strip()
    if match := ISO.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := FRENCH.fullmatch(text):
        day, month, year = map(int, match.groups())
    else:
        raise ValueError(f"« {text} » n'est pas une date : AAAA-MM-JJ ou JJ/MM/AAAA attendu.")
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise ValueError(f"« {text} » n'est pas un jour du calendrier.") from None


def refuse_far_years(jour):
    """Refuse a date written down whose year is not from 1900 to 2100; raises `ValueError`, in French."""
    if not FIRST_YEAR <= jour.year <= LAST_YEAR:
        raise ValueError(f"Vérifiez l'année : elle va de {FIRST_YEAR} à {LAST_YEAR}.")


def add_months(jour, months):
    """Return the same day of the month `months` later, or the last day of that month if shorter."""
    index = jour.year * 12 + jour.month - 1 + months
    first_of_next = datetime.date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    last_day = (first_of_next - ONE_DAY).day
    return datetime.date(index // 12, index % 12 + 1, min(jour.day, last_day))


def add_years(jour, years):
    """Return the same day `years` later; the 29th of February falls on 1 March of a common year."""
    try:
        return jour.replace(year=jour.year + years)
    except ValueError:
        return datetime.date(jour.year + years, 3, 1)


def last_day(jour, precision):
    """Return the last day that a date may be, by what is known of it: 31 July for « juillet 2021 »."""
    if precision == Precision.MOIS:
        return add_months(jour.replace(day=1), 1) - ONE_DAY
    if precision == Precision.ANNEE:
        return datetime.date(jour.year, 12, 31)
    return jour


def in_french(jour):
    """Write a day as French does: « 6 juillet 2023 », « 1er mars 2024 »."""
    day = "1er" if jour.day == 1 else jour.day
    return f"{day} {MONTHS[jour.month]} {jour.year}"


def in_words(jour, precision=Precision.JOUR):
    """Write a date by what is known of it, after « le », « en » or « au plus tard le ».

    « le 6 juillet 2023 », « en décembre 2023 », « en 2023 », « au plus tard le 22 janvier 2021 ».
    """
    if precision == Precision.MOIS:
        return f"en {MONTHS[jour.month]} {jour.year}"
    if precision == Precision.ANNEE:
        return f"en {jour.year}"
    if precision == Precision.AU_PLUS_TARD:
        return f"au plus tard le {in_french(jour)}"
    return f"le {in_french(jour)}"


def iso(jour, precision=Precision.JOUR):
    """Write a date for a machine, as far as it is known: « 2023-12-01 », « 2023-12 », « 2023 »."""
    known = {Precision.MOIS: "%Y-%m", Precision.ANNEE: "%Y"}.get(precision, "%Y-%m-%d")
    return jour.strftime(known)


def bare(jour, precision=Precision.JOUR):
    """Write a date by what is known of it, without preposition, for a table cell: « décembre 2023 »."""
    return in_words(jour, precision).removeprefix("en ").removeprefix("le ")
