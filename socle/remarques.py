"""What a record may hold and that looks wrong: told to whoever writes it, never refused.

A model lists its `remarques_possibles`. Each is told once, and asked at three doors: of a record
that is written, on a form or in a file, and of all those that are kept, to be checked.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import F, Q

from socle.dates import FIRST_DAY, Precision, first_day, last_day, precisions

EXACT = [Precision.JOUR.value, Precision.AU_PLUS_TARD.value]


class Remarque:
    """A warning: `texte` says what looks wrong, `explication` what to do about it."""

    explication = "Vérifiez la date."


@dataclass(frozen=True)
class Avant(Remarque):
    """A date that is before a day, whatever is known of it: 2018 is not before 2018-11-23.

    `limite` gives that day, or None where a record says it and none does: nothing is then told.
    """

    champ: str
    limite: Callable[[], datetime.date | None]
    texte: str
    # What the record, or one that it names, has to be besides: {path: value}.
    seulement: dict = field(default_factory=dict)

    def concerns(self, record):
        """Tell whether `record` is so."""
        jour = getattr(record, self.champ)
        if jour is None or any(read(record, path) != v for path, v in self.seulement.items()):
            return False
        precision = getattr(record, precisions(type(record))[self.champ])
        limite = self.limite()
        return limite is not None and jour < first_day(limite, precision)

    def condition(self, model):
        """Return the same, to choose rows of `model`."""
        precision, limite = precisions(model)[self.champ], self.limite()
        if limite is None:
            return Q(pk__in=[])
        before = Q(**{f"{self.champ}__lt": limite, f"{precision}__in": EXACT})
        for vague in FIRST_DAY:
            limit = first_day(limite, vague)
            before |= Q(**{f"{self.champ}__lt": limit, precision: vague.value})
        return before & Q(**self.seulement)


@dataclass(frozen=True)
class DepuisLaFin(Remarque):
    """A date that is not before the end of its period; of an end known vaguely, in a later year."""

    champ: str
    texte: str

    def concerns(self, record):
        """Tell whether `record` is so."""
        jour, end = getattr(record, self.champ), record.fin
        if jour is None or end is None:
            return False
        if getattr(record, precisions(type(record))["fin"]) in EXACT:
            return jour >= end
        return jour.year > end.year

    def condition(self, model):
        """Return the same, to choose rows of `model`."""
        exact = Q(**{f"{precisions(model)['fin']}__in": EXACT})
        since = Q(**{f"{self.champ}__gte": F("fin")})
        return (exact & since) | (~exact & Q(**{f"{self.champ}__year__gt": F("fin__year")}))


@dataclass(frozen=True)
class AvantLeDebut(Remarque):
    """A date that is before the beginning of its period, whatever is known of both."""

    champ: str
    texte: str

    def concerns(self, record):
        """Tell whether `record` is so; what began « au plus tard » on a day may have begun before."""
        jour, begun = getattr(record, self.champ), record.debut
        vague = getattr(record, precisions(type(record))["debut"]) == Precision.AU_PLUS_TARD
        if jour is None or begun is None or vague:
            return False
        return last_day(jour, getattr(record, precisions(type(record))[self.champ])) < begun

    def condition(self, model):
        """Return the same, to choose rows of `model`."""
        precision = precisions(model)[self.champ]
        earlier_year = Q(**{f"{self.champ}__year__lt": F("debut__year")})
        same_year = Q(**{f"{self.champ}__year": F("debut__year")})
        earlier_month = same_year & Q(**{f"{self.champ}__month__lt": F("debut__month")})
        before = Q(**{f"{self.champ}__lt": F("debut"), f"{precision}__in": EXACT})
        before |= (earlier_year | earlier_month) & Q(**{precision: Precision.MOIS.value})
        before |= earlier_year & Q(**{precision: Precision.ANNEE.value})
        return before & ~Q(**{precisions(model)["debut"]: Precision.AU_PLUS_TARD.value})


def read(record, path):
    """Return the value at the end of a path of fields, as a filter would name it."""
    for name in path.split("__"):
        record = getattr(record, name)
    return record
