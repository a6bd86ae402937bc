"""What holds from a day to another: the one convention of dates of the whole project."""

import datetime
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from socle.dates import ONE_DAY
from socle.verrou import OneAtATime


def holds_on(periode: Any, jour: datetime.date) -> bool:
    """Tell whether `periode`, a record or its dates, holds on `jour`: from `debut`, up to `fin` excluded.

    The rule of `PeriodeQuerySet.as_of`, told in Python.
    """
    begun = periode.debut is None or periode.debut <= jour
    return bool(begun and (periode.fin is None or periode.fin > jour))


# After any day: what has no end runs up to it.
FAR = datetime.date.max


class Etape(NamedTuple):
    """A stretch of time on which a rule gives one value: from `debut`, included, to `fin`, excluded.

    `debut` is None before the first date of all, `fin` after the last one.
    """

    debut: Any
    fin: Any
    valeur: Any


def etapes(
    dates: Iterable[datetime.date | None], valeur_au: Callable[[datetime.date], Any]
) -> list[Etape]:
    """Return the `Etape` of a rule that changes at no other day than `dates`, in order, all time covered.

    `valeur_au(jour)` gives the value of a day; it is asked once for each of `dates`, and once for a
    day before them all. Neighbours of one value are one.
    """
    days = sorted({day for day in dates if day})
    if not days:
        return [Etape(None, None, valeur_au(datetime.date.max))]
    found = [Etape(None, days[0], valeur_au(days[0] - ONE_DAY))]
    for debut, fin in zip(days, [*days[1:], None], strict=True):
        valeur = valeur_au(debut)
        if valeur == found[-1].valeur:
            found[-1] = found[-1]._replace(fin=fin)
        else:
            found.append(Etape(debut, fin, valeur))
    return found


def sans_interruption(
    stretches: Iterable[tuple[datetime.date, datetime.date | None]], jour: datetime.date
) -> datetime.date | None:
    """Return the first day of the unbroken time up to `jour`, of (first day, day after the last).

    A stretch that begins on the day when another ends goes on with it. None when none had begun.
    """
    begun = sorted((start, end or FAR) for start, end in stretches if start <= jour)
    first, reached = None, datetime.date.min
    for start, end in begun:
        if first is None or reached < start:
            first = start
        reached = max(reached, end)
    return first


class PeriodeQuerySet(models.QuerySet[Any]):
    def as_of(self, jour: datetime.date) -> Self:
        """Keep the periods that hold on `jour`: begun on that day or before, not over on that day.

        The last day of a period is the day before its `fin`. A period whose `debut` is empty has
        no known beginning and holds on every day before its `fin`.
        """
        return self.filter(
            Q(debut__isnull=True) | Q(debut__lte=jour), Q(fin__isnull=True) | Q(fin__gt=jour)
        )

    def overlapping(self, periode: "Periode") -> Self:
        """Keep the other periods that share at least one day with `periode`."""
        others = self.exclude(pk=periode.pk)
        if periode.fin:
            others = others.filter(Q(debut__isnull=True) | Q(debut__lt=periode.fin))
        if periode.debut:
            others = others.filter(Q(fin__isnull=True) | Q(fin__gt=periode.debut))
        return others


def debut_connu(name: str, help_text: str, missing: str) -> Any:
    """Return the `debut` of a period that always has one, with what is said when it is `missing`."""
    messages = {"null": missing, "blank": missing}
    return models.DateField(name, help_text=help_text, error_messages=messages)


class Periode(OneAtATime, models.Model):
    """A fact that holds from `debut`, included, to `fin`, excluded; no `fin`: still running.

    A model whose rows may not overlap says by what (`siblings_by`), and in what words.
    """

    debut = models.DateField(
        "premier jour",
        null=True,
        blank=True,
        help_text="Premier jour compris. Vide : le début n'est pas connu.",
    )
    fin = models.DateField(
        "premier jour où ce n'est plus le cas",
        null=True,
        blank=True,
        help_text="Vide : toujours en cours.",
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(fin__gt=F("debut")),
                name="%(app_label)s_%(class)s_fin_apres_debut",
                violation_error_message="La fin doit être postérieure au début.",
            )
        ]

    overlap_message = "Une autre période couvre déjà ces dates."

    def holds_on(self, jour: datetime.date) -> bool:
        """Tell whether the period holds on `jour`, by the rule of `PeriodeQuerySet.as_of`."""
        return holds_on(self, jour)

    def shares_a_day_with(self, other: "Periode") -> bool:
        """Tell whether the two periods hold on a same day, by the rule of `overlapping`."""
        return all(
            one.debut is None or two.fin is None or one.debut < two.fin
            for one, two in ((self, other), (other, self))
        )

    def clean(self) -> None:
        super().clean()
        self.refuse_overlap()

    def refuse_overlap(self) -> None:
        """Refuse a period that shares a day with one of its siblings: see `OneAtATime`."""
        if self.alone or not self.siblings_by or None in self.siblings_key.values():
            return
        if self.siblings().overlapping(self).exists():
            raise ValidationError({"debut": self.overlap_message})
