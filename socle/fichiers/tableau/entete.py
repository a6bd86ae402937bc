"""Where a table begins: the row, or the two rows, that name its columns."""

from collections import Counter
from collections.abc import Container
from dataclasses import dataclass
from itertools import pairwise

from socle.fichiers.tableau.grille import WIDEST, Feuille
from socle.fichiers.tableau.noms import bare_name

# A header lies no lower under titles, logos and notes.
FIRST_ROWS = 60


@dataclass(frozen=True)
class Entete:
    """The names of the columns, by column, and the rows where they are; `connus`, how many are known."""

    premiere: int
    derniere: int
    noms: dict[int, str]
    connus: int


def find_header(sheet: Feuille, known: Container[str]) -> Entete:
    """Return the header of a sheet that holds something: the row that names the most known columns.

    Two rows are taken together when they name more than either alone. Where nothing is known, the
    header is told by its shape.
    """
    numbers = sorted(sheet.lignes)[:FIRST_ROWS]
    single = {n: one_row(sheet, n, known) for n in numbers}
    best = max(
        single.values(), key=lambda header: (header.connus, len(header.noms), -header.premiere)
    )
    for above, below in pairwise(numbers):
        both = two_rows(sheet, above, below, known) if below == above + 1 else best
        if both.connus > best.connus:
            best = both
    return best if best.connus else single[by_shape(sheet, numbers)]


def one_row(sheet: Feuille, number: int, known: Container[str]) -> Entete:
    return header_of(number, number, names_of(sheet, number), known)


def header_of(first: int, last: int, names: dict[int, str], known: Container[str]) -> Entete:
    named = {bare_name(name) for name in names.values()}
    return Entete(first, last, names, sum(name in known for name in named))


def names_of(sheet: Feuille, number: int) -> dict[int, str]:
    """Return the names that a row gives to its columns, each on one line."""
    cells = sorted(sheet.lignes[number].items())
    return {column: " ".join(cell.texte.split()) for column, cell in cells if cell.texte}


def two_rows(sheet: Feuille, above: int, below: int, known: Container[str]) -> Entete:
    """Return the header that two rows make: a band above, merged or not, and what is under it.

    A known name that would hide what is under it shows that the second row is one of values.
    """
    upper, lower = names_of(sheet, above), names_of(sheet, below)
    for first, last, left, right in sheet.fusions:
        if first == last == above and left in upper:
            upper |= dict.fromkeys(range(left, min(right, WIDEST) + 1), upper[left])
    names = {}
    for column in sorted({*upper, *lower}):
        top, under = upper.get(column, ""), lower.get(column, "")
        written = (f"{top} {under}".strip(), under, top)
        names[column] = next((name for name in written if bare_name(name) in known), written[0])
        if under and names[column] == top:
            return header_of(above, below, {}, known)
    return header_of(above, below, names, known)


def by_shape(sheet: Feuille, numbers: list[int]) -> int:
    """Return the first row that is as wide as the table, and made of words; else the first row."""
    widths = Counter(len(sheet.lignes[n]) for n in numbers)
    usual = max(widths, key=lambda width: (widths[width], width))
    for number in numbers:
        texts = [cell.texte for cell in sheet.lignes[number].values()]
        if len(texts) >= usual and all(any(map(str.isalpha, text)) for text in texts):
            return number
    return numbers[0]
