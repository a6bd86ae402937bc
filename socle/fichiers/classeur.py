"""What a workbook shows beside its rows, in any format: who made it, how wide, what it says of itself."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice
from typing import Any

Row = Sequence[Any]

# Not allowed in XML 1.0, hence in no cell of a spreadsheet.
CONTROL_CHARACTERS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])
LISEZ_MOI = "Lisez-moi"
# Of a file that may be long, the first rows tell how wide its columns are.
SAMPLE = 200
# In characters: a day, an amount and a truth always fit, and a long text does not push the others away.
NARROWEST, WIDEST = 12, 48
# The button of the filter, which hides the end of a bold name.
FOR_THE_BUTTON = 4
NOTICE_WIDTHS = (28, 90, 12, 60)


@dataclass(frozen=True)
class Classeur:
    """The properties of a workbook, the name of its sheet of data, and its last sheet, `notice`.

    A row of one cell is a title of the notice, which `nom_notice` names.
    """

    titre: str = ""
    auteur: str = ""
    feuille: str = "donnees"
    notice: Sequence[Row] = ()
    nom_notice: str = LISEZ_MOI


ORDINAIRE = Classeur()


def measured(header: Row, rows: Iterable[Row]) -> tuple[list[int], Iterator[Row]]:
    """Return how wide each column is, by its name and its first cells, and all the rows."""
    rows = iter(rows)
    first = list(islice(rows, SAMPLE))
    longest = [len(str(name)) + FOR_THE_BUTTON for name in header]
    for row in first:
        longest[: len(row)] = [max(pair) for pair in zip(longest, map(width, row), strict=False)]
    widths = [min(max(size, NARROWEST), WIDEST) for size in longest]
    return widths, chain(first, rows)


def width(value: Any) -> int:
    """Return how many characters a cell shows: a text of several lines is as wide as the longest."""
    if isinstance(value, str):
        return max(map(len, value.split("\n"))) + 1
    return len(str(value)) + 2 if isinstance(value, int | float | Decimal) else NARROWEST


def notice_width(column: int) -> int:
    return NOTICE_WIDTHS[min(column, len(NOTICE_WIDTHS) - 1)]


def is_title(row: Row) -> bool:
    return len(row) == 1


def lines_of(row: Row) -> int:
    """Return how many lines the longest text of a row of a notice takes; a title goes on beside it."""
    if is_title(row):
        return 1
    taken = (-(-len(str(text)) // notice_width(column)) for column, text in enumerate(row))
    return max(taken, default=1) or 1
