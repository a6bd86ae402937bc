"""Which commune answers on a day for what is recorded of a code, through mergers and changes of code.

A record stays that of the commune that it names: it is what was signed. From the day when that
commune is no more, its successor answers for it, in every list and count; the day before, nothing
has changed. Where a commune only changed its code, what is recorded of the new one is, before that
day, of the former.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, NamedTuple

from socle.periodes import etapes, holds_on


class Suivie(NamedTuple):
    """From `debut` to `fin`, what is recorded of `commune` is of `devient`: the dates of a `Succession`."""

    commune: str
    devient: str
    debut: datetime.date | None
    fin: datetime.date | None


class Bornes(NamedTuple):
    """What a commune says of its own days; `successeur` is a code, or None."""

    code_insee: str
    debut: datetime.date | None
    fin: datetime.date | None
    successeur: str | None


class Disparition(NamedTuple):
    """From `debut` up to `fin`, or for good, a commune is no more; `successeur` is a code, or None."""

    commune: str
    successeur: str | None
    debut: datetime.date
    fin: datetime.date | None = None


def suivies(
    rows: Iterable[tuple[Any, ...]], interruptions: Iterable[tuple[Any, ...]] = ()
) -> list[Suivie]:
    """Return what communes, as rows of `Bornes`, say of those that follow each of them.

    `interruptions` are the `Disparition` of those that came back, as rows.
    """
    communes = [Bornes._make(row) for row in rows]
    naissances = {commune.code_insee: commune.debut for commune in communes}
    theirs = defaultdict(list)
    for row in interruptions:
        theirs[row[0]].append(Disparition(*row))
    for code, _, fin, successeur in communes:
        if fin:
            theirs[code].append(Disparition(code, successeur, fin))
    former = former_codes(naissances, theirs)
    found = []
    for code in naissances:
        found += followed(code, theirs)
        found += preceded(code, naissances, former)
    return found


def followed(code: str, theirs: Mapping[str, list[Disparition]]) -> list[Suivie]:
    """Return the communes that answer for one that is no more, each from a day to another.

    One whose successors lead back to it, or are not known, goes on under its own name.
    """

    def answering(jour: datetime.date) -> str:
        met, here = {code}, code
        while (gone := gone_on(theirs.get(here, ()), jour)) and gone.successeur:
            if gone.successeur in met:
                return code
            here = gone.successeur
            met.add(here)
        return here

    if code not in theirs:
        return []
    days = {day for gone in chained(code, theirs) for day in (gone.debut, gone.fin)}
    return [
        Suivie(code, etape.valeur, etape.debut, etape.fin)
        for etape in etapes(days, answering)
        if etape.valeur != code
    ]


def gone_on(disparitions: Iterable[Disparition], jour: datetime.date) -> Disparition | None:
    return next((gone for gone in disparitions if holds_on(gone, jour)), None)


def chained(code: str, theirs: Mapping[str, list[Disparition]]) -> list[Disparition]:
    """Return when a commune was no more, and when those that followed it, one after another, were no more."""
    found, met, asked = [], {code}, [code]
    while asked:
        rows = theirs.get(asked.pop(), [])
        found += rows
        next_ones = {gone.successeur for gone in rows if gone.successeur} - met
        met |= next_ones
        asked += next_ones
    return found


def former_codes(
    naissances: Mapping[str, datetime.date | None], theirs: Mapping[str, list[Disparition]]
) -> dict[str, str]:
    """Return, by its new code, each commune that only changed its code.

    It is the only one that ended on the day when the other began, and that became it.
    """
    ended = defaultdict(list)
    for disparition in chain.from_iterable(theirs.values()):
        if disparition.successeur and disparition.debut == naissances.get(disparition.successeur):
            ended[disparition.successeur].append(disparition.commune)
    return {code: found[0] for code, found in ended.items() if len(found) == 1}


def preceded(
    code: str, naissances: Mapping[str, datetime.date | None], former: Mapping[str, str]
) -> list[Suivie]:
    """Return the communes that a change of code made of one, each up to the day of the change."""
    found, here = [], code
    while before := former.get(here):
        start = naissances[before] if before in former else None
        found.append(Suivie(code, before, start, naissances[here]))
        here = before
    return found


class Successions:
    """The successions of all days, held in memory: see `communes.territoire.faits`."""

    def __init__(self, rows: Iterable[Suivie]) -> None:
        self.of_commune: dict[str, list[Suivie]] = defaultdict(list)
        self.of_devient: dict[str, list[Suivie]] = defaultdict(list)
        for row in rows:
            self.of_commune[row.commune].append(row)
            self.of_devient[row.devient].append(row)

    def of(self, code: str) -> Iterable[Suivie]:
        """Return who answers for what is recorded of `code`, and when."""
        return self.of_commune.get(code, ())

    def commune_du_jour(self, code: str, jour: datetime.date) -> str:
        """Return the code of the commune that answers on `jour` for what is recorded of `code`."""
        if code not in self.of_commune:
            return code
        return next((row.devient for row in self.of_commune[code] if holds_on(row, jour)), code)

    def fiches(self, code: str, jour: datetime.date) -> list[str]:
        """Return the codes whose records are, on `jour`, those of the commune `code`: its own first.

        Of a commune that is no more, and whose successor is known: none.
        """
        own = [code] if self.commune_du_jour(code, jour) == code else []
        return own + [s.commune for s in self.of_devient.get(code, ()) if holds_on(s, jour)]

    def avec_liees(self, codes: Iterable[str]) -> set[str]:
        """Return `codes` and those whose records are, or will be, those of one of them."""
        asked = set(codes)
        return asked | {s.commune for code in asked for s in self.of_devient.get(code, ())}

    def morceaux(self, periode: Any) -> list[Any]:
        """Return a period of a commune, a tuple, cut where another commune answers for it."""
        rows = self.of(periode.commune)
        if not rows:
            return [periode]
        days = sorted({day for row in rows for day in (row.debut, row.fin) if day})
        days = [day for day in days if holds_on(periode, day) and day != periode.debut]
        found = []
        for debut, fin in zip([periode.debut, *days], [*days, periode.fin], strict=True):
            # Before any day, the one that answers is that of the day before the first change.
            asked = debut or (fin or datetime.date.max) - datetime.timedelta(days=1)
            commune = self.commune_du_jour(periode.commune, asked)
            found.append(periode._replace(commune=commune, debut=debut, fin=fin))
        return found
