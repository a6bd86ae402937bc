"""Dates as the documents give them: with a precision, and read in the orders they are written."""

import datetime
import re
from collections.abc import Iterator
from typing import Any, TypeGuard

from django.core import checks
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.dates import MONTHS

from socle.recherche import plain

HOUR = r"(?:[T ]+\d{1,2}[:h]\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?"
ISO = re.compile(rf"(\d{{4}})-(\d{{2}})-(\d{{2}}){HOUR}")
FRENCH = re.compile(rf"(\d{{1,2}})[/.-](\d{{1,2}})[/.-](\d{{4}}|\d{{2}}){HOUR}")
IN_WORDS = re.compile(r"(\d{1,2})(?:er)?[ -]+([a-z]{3,9})\.?[ -]+(\d{4}|\d{2})")
A_YEAR = re.compile(r"(?:19|20)\d{2}")
MONTH_IN_WORDS = re.compile(r"([a-z]{3,9})\.?[ -]+((?:19|20)\d{2}|\d{2})")
MONTH_THEN_YEAR = re.compile(r"(\d{1,2})[/.-]((?:19|20)\d{2})")
YEAR_THEN_MONTH = re.compile(r"((?:19|20)\d{2})-(\d{2})")
# « janv. », « févr. », « juil. »: a month as French shortens it, without its accents.
SHORT_MONTHS = {"janv": 1, "jan": 1, "fevr": 2, "fev": 2, "avr": 4, "juil": 7, "jul": 7}
SHORT_MONTHS |= {"sept": 9, "sep": 9, "oct": 10, "nov": 11, "dec": 12}
# « 26/03/20 » may be of 2020, or what is left of « 26/03/2023 » in a cell that was cut.
CUT_YEARS = {"19", "20"}
# The programme is of 2020, and what its records tell is no older than this.
FIRST_SHORT_YEAR = 1990
ONE_DAY = datetime.timedelta(days=1)
# A year typed short (« 0024 ») or long (« 9999 ») is a mistake, and months cannot be added to it.
FIRST_YEAR, LAST_YEAR = 1900, 2100


class Precision(models.TextChoices):
    JOUR = "jour", "au jour près"
    MOIS = "mois", "au mois près"
    ANNEE = "annee", "à l'année près"
    AU_PLUS_TARD = "au_plus_tard", "au plus tard ce jour"


# Known to the month or to the year, a date is stored on the first day that it may be.
FIRST_DAY: dict[str, Any] = {Precision.MOIS: {"day": 1}, Precision.ANNEE: {"day": 1, "month": 1}}
FIRST_DAY_MESSAGE = "Une date connue au mois ou à l'année près s'enregistre à son premier jour."


# Django's fields take no type in brackets when they run.
class PrecisionField(models.CharField):  # type: ignore[type-arg]
    """How exactly the date beside it is known: a date known to the month is stored on its first day.

    `date` names that date, which `keep_first_days` puts on its day whatever was typed, and which
    the model has the database check, by `stored_on_first_day`: Django's checks say when it is
    forgotten. `date` is empty where what is known is not a date field.
    """

    def __init__(self, *args: Any, date: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 12)
        kwargs.setdefault("choices", Precision)
        kwargs.setdefault("default", Precision.JOUR)
        super().__init__(*args, **kwargs)
        self.date = date

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return [*super().check(**kwargs), *self.check_its_date()]

    def check_its_date(self) -> Iterator[checks.CheckMessage]:
        """Refuse to start on a model that would store a month elsewhere than on its first day."""
        # Versions keep what was written, when it was written.
        if not self.date or hasattr(self.model, "instance_type"):
            return
        names = {constraint.name for constraint in self.model._meta.constraints}
        expected = stored_on_first_day(self.date, self.name).name % {
            "app_label": self.model._meta.app_label,
            "class": self.model._meta.model_name,
        }
        if expected not in names:
            yield checks.Error(
                f"La date « {self.date} » peut n'être pas au premier jour du mois ou de l'année.",
                hint="Ajoutez stored_on_first_day(…) aux contraintes du modèle.",
                obj=self,
                id="socle.E001",
            )


class PartOfDate(models.Func):
    """A part of a date, as the databases alone read it: a check may call no function of Django's."""

    output_field = models.IntegerField()
    part, first, length = "", 0, 0

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        # A value that is checked may be NULL, of which the server does not know that it is a date.
        template = f"EXTRACT({self.part} FROM CAST(%(expressions)s AS date))"
        return super().as_sql(compiler, connection, template=template, **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = f"CAST(substr(%(expressions)s, {self.first}, {self.length}) AS integer)"
        return super().as_sql(compiler, connection, template=template, **extra)


class DayOfMonth(PartOfDate):
    part, first, length = "DAY", 9, 2


class MonthOfYear(PartOfDate):
    part, first, length = "MONTH", 6, 2


class Year(PartOfDate):
    part, first, length = "YEAR", 1, 4


def stored_on_first_day(date: str, precision: str) -> models.CheckConstraint:
    """Return the constraint by which `date` is on the first day of what `precision` says is known."""
    vague = Q(**{f"{precision}__in": [Precision.MOIS.value, Precision.ANNEE.value]})
    of_year = Q(**{precision: Precision.ANNEE.value})
    return models.CheckConstraint(
        condition=(~vague | Q(Exact(DayOfMonth(F(date)), 1)))
        & (~of_year | Q(Exact(MonthOfYear(F(date)), 1))),
        name=f"%(app_label)s_%(class)s_{date}_premier_jour",
        violation_error_message=FIRST_DAY_MESSAGE,
    )


def first_day(jour: datetime.date, precision: str) -> datetime.date:
    """Return the day on which a date is stored, by what is known of it: 1 July for « juillet 2021 »."""
    return jour.replace(**FIRST_DAY.get(precision, {}))


def precisions(model: type[models.Model]) -> dict[str, str]:
    """Return, by the name of a date of `model`, that of the field that says how exactly it is known."""
    fields = model._meta.concrete_fields
    return {f.date: f.name for f in fields if isinstance(f, PrecisionField) and f.date}


def keep_first_days(record: models.Model) -> None:
    """Put each date of `record` on the first day that its precision leaves open; the others stay."""
    for date, precision in precisions(type(record)).items():
        jour = getattr(record, date)
        if isinstance(jour, datetime.date):
            setattr(record, date, first_day(jour, getattr(record, precision)))


def parse_date(text: str) -> datetime.date:
    """Read a day as people write it: 2023-07-06, 06/07/2023, 06.07.23, 6 juillet 2023; an hour is left.

    Raises `ValueError`, with a French message, for anything else and for a day that does not exist.
    """
    text = " ".join(text.split())
    if match := ISO.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := FRENCH.fullmatch(text):
        day, month, year = int(match[1]), int(match[2]), whole_year(match[3], text)
    elif (match := IN_WORDS.fullmatch(plain(text))) and (named := month_named(match[2])):
        day, month, year = int(match[1]), named, whole_year(match[3], text)
    else:
        raise ValueError(
            f"« {text} » n'est pas une date : 12/03/2024, 12 mars 2024 ou 2024-03-12 attendu."
        )
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise ValueError(f"« {text} » n'est pas un jour du calendrier.") from None


def parse_vague(text: str) -> tuple[datetime.date, str] | None:
    """Read what is known to the month or to the year: « juillet 2021 », « juil-21 », « 07/2021 », « 2021 ».

    Return its first day and its precision; None for anything else.
    """
    words = plain(" ".join(text.split()))
    if A_YEAR.fullmatch(words):
        return datetime.date(int(words), 1, 1), Precision.ANNEE.value
    if match := MONTH_IN_WORDS.fullmatch(words):
        month, digits = month_named(match[1]), match[2]
    elif match := MONTH_THEN_YEAR.fullmatch(words):
        month, digits = int(match[1]), match[2]
    elif match := YEAR_THEN_MONTH.fullmatch(words):
        month, digits = int(match[2]), match[1]
    else:
        return None
    try:
        return datetime.date(whole_year(digits, text), month or 0, 1), Precision.MOIS.value
    except ValueError:
        return None


def month_before_day(text: str) -> bool:
    """Tell whether a date can only be read with its month first, as 07/28/2021."""
    match = FRENCH.fullmatch(" ".join(text.split()))
    return match is not None and int(match[1]) <= 12 < int(match[2]) <= 31


def whole_year(digits: str, text: str) -> int:
    """Return the year written with four digits, or with two when one year only may be meant.

    « 21 » is 2021: a short year goes from 1990 to the year after this one. Raises `ValueError`
    for another, which may be of two centuries, and for what a whole year begins with.
    """
    if len(digits) == 4:
        return int(digits)
    for year in (1900 + int(digits), 2000 + int(digits)) if digits not in CUT_YEARS else ():
        if FIRST_SHORT_YEAR <= year <= timezone.localdate().year + 1:
            return year
    raise ValueError(f"« {text} » : écrivez l'année avec ses quatre chiffres.")


def month_named(word: str) -> int | None:
    """Return the number of the month that a French word names, whole or shortened; None for no month."""
    whole = {plain(str(name)): number for number, name in MONTHS.items()}
    return whole.get(plain(word)) or SHORT_MONTHS.get(plain(word).rstrip("."))


def refuse_far_years(jour: datetime.date) -> None:
    """Refuse a date written down whose year is not from 1900 to 2100; raises `ValueError`, in French."""
    if not FIRST_YEAR <= jour.year <= LAST_YEAR:
        raise ValueError(f"Vérifiez l'année : elle va de {FIRST_YEAR} à {LAST_YEAR}.")


def add_months(jour: datetime.date, months: int) -> datetime.date:
    """Return the same day of the month `months` later, or the last day of that month if shorter."""
    index = jour.year * 12 + jour.month - 1 + months
    first_of_next = datetime.date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    last_day = (first_of_next - ONE_DAY).day
    return datetime.date(index // 12, index % 12 + 1, min(jour.day, last_day))


def add_years(jour: datetime.date, years: int) -> datetime.date:
    """Return the same day `years` later; the 29th of February falls on 1 March of a common year."""
    try:
        return jour.replace(year=jour.year + years)
    except ValueError:
        return datetime.date(jour.year + years, 3, 1)


def known_by(date: datetime.date | None, jour: datetime.date) -> TypeGuard[datetime.date]:
    """Tell whether `date` is known and had come on `jour`."""
    return date is not None and date <= jour


def last_day(jour: datetime.date, precision: str) -> datetime.date:
    """Return the last day that a date may be, by what is known of it: 31 July for « juillet 2021 »."""
    if precision == Precision.MOIS:
        return add_months(jour.replace(day=1), 1) - ONE_DAY
    if precision == Precision.ANNEE:
        return datetime.date(jour.year, 12, 31)
    return jour


def in_french(jour: datetime.date) -> str:
    """Write a day as French does: « 6 juillet 2023 », « 1er mars 2024 »."""
    day = "1er" if jour.day == 1 else str(jour.day)
    return f"{day} {MONTHS[jour.month]} {jour.year}"


def in_words(jour: datetime.date, precision: str = Precision.JOUR) -> str:
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


def iso(jour: datetime.date, precision: str = Precision.JOUR) -> str:
    """Write a date for a machine, as far as it is known: « 2023-12-01 », « 2023-12 », « 2023 »."""
    known: dict[str, str] = {Precision.MOIS: "%Y-%m", Precision.ANNEE: "%Y"}
    return jour.strftime(known.get(precision, "%Y-%m-%d"))


def bare(jour: datetime.date, precision: str = Precision.JOUR) -> str:
    """Write a date by what is known of it, without preposition, for a table cell: « décembre 2023 »."""
    return in_words(jour, precision).removeprefix("en ").removeprefix("le ")
