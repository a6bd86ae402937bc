"""The days of the communes of a convention, and what they cannot be: told once, for whoever asks.

A commune is in from the day of its act of entry and out from the day of its act of exit. An act
that is not signed brings nobody in and takes nobody out.
"""

import datetime
from itertools import combinations

from django.db.models.functions import ExtractDay, ExtractMonth, ExtractYear

from socle.dates import in_words

# An act that is not signed comes after all those that are.
NOT_YET = datetime.date.max


def as_number(jour):
    """Write a day as a number that sorts as it does: 20230706."""
    return int(f"{jour:%Y%m%d}")


def in_number(champ):
    """Return the same of a date that the base holds: neither database adds years as the other does."""
    return ExtractYear(champ) * 10_000 + ExtractMonth(champ) * 100 + ExtractDay(champ)


def days(couverture):
    """Return the first day in (`NOT_YET` if its act is not signed) and the first day out, or None."""
    entered, left = couverture.acte_entree.date_signature, couverture.sortie
    return entered or NOT_YET, left and left.date_signature


def backward(couverture):
    """Say why a commune cannot leave on the day of its exit, or None if it can: it came in before."""
    entered, left = days(couverture)
    if left is None or entered == NOT_YET or left > entered:
        return None
    act = couverture.acte_entree
    return (
        f"{couverture.commune} ne peut sortir de l'ORT qu'après le jour où elle y entre : entrée "
        f"{in_words(entered, act.precision_signature)}, sortie "
        f"{in_words(left, couverture.sortie.precision_signature)}."
    )


def overlap(one, other):
    """Tell whether two coverages of one commune by one convention share a day, known or to come."""
    (entered, left), (entered_again, left_again) = days(one), days(other)
    return (left_again is None or entered < left_again) and (left is None or entered_again < left)


def covered_twice(couvertures):
    """Return the communes that `couvertures`, all of one convention, hold twice on the same days."""
    by_commune = {}
    for couverture in couvertures:
        by_commune.setdefault(couverture.commune_id, []).append(couverture)
    return [
        rows[0].commune
        for rows in by_commune.values()
        if any(overlap(one, other) for one, other in combinations(rows, 2))
    ]


def refusals(couvertures):
    """Return, in French, all that `couvertures`, the communes of one convention, cannot be."""
    reversed_days = [sentence for row in couvertures if (sentence := backward(row))]
    return reversed_days + [
        f"{commune} serait deux fois dans cette ORT les mêmes jours."
        for commune in covered_twice(couvertures)
    ]
