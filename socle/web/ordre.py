"""Rows in an order that Python told: what is computed from dates is no column to sort by."""

from collections.abc import Callable
from dataclasses import dataclass

CHUNK = 2000


@dataclass(frozen=True)
class Calcule:
    """A column that dates tell: `valeurs(queryset, jour)` gives, by key, what Python sorts by."""

    valeurs: Callable


class EnOrdre:
    """The rows of a queryset in the order of `cles`, their keys; each slice is read when asked for.

    It is counted, cut in pages and gone through as a queryset is.
    """

    def __init__(self, queryset, cles):
        self.queryset, self.cles = queryset, cles

    def count(self):
        return len(self.cles)

    __len__ = count

    def __getitem__(self, wanted):
        return self.read(self.cles[wanted])

    def read(self, cles):
        found = {row.pk: row for row in self.queryset.order_by().filter(pk__dans=cles)}
        return [found[cle] for cle in cles if cle in found]

    def iterator(self, chunk_size=CHUNK):
        """Yield the rows, reading them by chunks."""
        for start in range(0, len(self.cles), chunk_size):
            yield from self.read(self.cles[start : start + chunk_size])

    __iter__ = iterator

    def select_related(self, *fields):
        return EnOrdre(self.queryset.select_related(*fields), self.cles)

    def prefetch_related(self, *lookups):
        return EnOrdre(self.queryset.prefetch_related(*lookups), self.cles)


def sorted_by(queryset, value_of, descending):
    """Return `queryset` sorted by the value that `value_of` gives each key; the unknown ones last.

    Of equal values, the rows keep the order of their model. `value_of` is a dictionary.
    """
    cles = list(
        queryset.order_by(*queryset.model._meta.ordering, "pk").values_list("pk", flat=True)
    )
    known = [cle for cle in cles if value_of.get(cle) is not None]
    unknown = [cle for cle in cles if value_of.get(cle) is None]
    # A sort that goes down keeps the order of equal values too.
    known.sort(key=value_of.__getitem__, reverse=descending)
    return EnOrdre(queryset, known + unknown)


def cles_de(rows):
    """Return the keys of rows, a queryset or `EnOrdre`, in their order."""
    return rows.cles if isinstance(rows, EnOrdre) else list(rows.values_list("pk", flat=True))


def parmi(rows, cles):
    """Keep, of rows, a queryset or `EnOrdre`, those of these keys; they stay in their order."""
    return EnOrdre(rows.queryset, cles) if isinstance(rows, EnOrdre) else rows.filter(pk__dans=cles)


def in_order(rows, *fields):
    """Sort a queryset by `fields`, unless a visitor has asked for a column of its own (`?tri=`)."""
    if isinstance(rows, EnOrdre) or rows.query.order_by:
        return rows
    return rows.order_by(*fields)
