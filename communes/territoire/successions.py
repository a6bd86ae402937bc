"""Which commune answers on a day for what is recorded of a code, through mergers and changes of code.

A record stays that of the commune that it names: it is what was signed. From the day when that
commune is no more, its successor answers for it, in every list and count; the day before, nothing
has changed. Where a commune only changed its code, what is recorded of the new one is, before that
day, of the former.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from socle.periodes import holds_on


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


def suivies(rows: Iterable[tuple[Any, ...]]) -> list[Suivie]:
    """Return what communes, as rows of `Bornes`, say of those that follow each of them."""
    communes = {row[0]: Bornes(*row) for row in rows}
    former = former_codes(communes.values())
    found = []
    for commune in communes.values():
        found += followed(commune, communes)
        found += preceded(commune, former)
    return found


def followed(commune: Bornes, communes: dict[str, Bornes]) -> list[Suivie]:
    """Return the communes that follow one, each from the end of the one before to its own."""
    found, met, here, start = [], {commune.code_insee}, commune, commune.fin
    while (after := successor(here, communes)) and after.code_insee not in met:
        met.add(after.code_insee)
        end = after.fin if successor(after, communes) else None
        if end is None or end > start:
            found.append(Suivie(commune.code_insee, after.code_insee, start, end))
            start = end
        here = after
    return found


def successor(commune: Bornes, communes: dict[str, Bornes]) -> Bornes | None:
    """Return the commune that a vanished one says to have followed it, or None."""
    return communes.get(commune.successeur or "") if commune.fin else None


def former_codes(communes: Iterable[Bornes]) -> dict[Any, Bornes]:
    """Return, by its new code and the day of the change, each commune that only changed its code.

    It is the only one that ended on the day when the other began, and that became it.
    """
    ended = defaultdict(list)
    for commune in communes:
        if commune.fin and commune.successeur:
            ended[commune.successeur, commune.fin].append(commune)
    return {change: found[0] for change, found in ended.items() if len(found) == 1}


def preceded(commune: Bornes, former: dict[Any, Bornes]) -> list[Suivie]:
    """Return the communes that a change of code made of one, each up to the day of the change."""
    found, here = [], commune
    while before := former.get((here.code_insee, here.debut)):
        start = before.debut if (before.code_insee, before.debut) in former else None
        found.append(Suivie(commune.code_insee, before.code_insee, start, here.debut))
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

    def commune_du_jour(self, code: str, jour: datetime.date) -> str:
        """Return the code of the commune that answers on `jour` for what is recorded of `code`."""
        rows = self.of_commune.get(code, ())
        return next((row.devient for row in rows if holds_on(row, jour)), code)

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
        rows = self.of_commune.get(periode.commune, ())
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
