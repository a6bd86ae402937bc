"""The rows of a file of text: its separator is the one that gives columns."""

import csv
import io
import re
from collections import Counter
from collections.abc import Container, Iterator

from socle.fichiers.tableau.encodage import decoded
from socle.fichiers.tableau.fichier import LONGEST_CELL, FichierRefuse
from socle.fichiers.tableau.grille import WIDEST, Feuille
from socle.fichiers.tableau.noms import bare_name
from socle.fichiers.tableau.valeurs import text_cell

# « sep=; »: how Excel is told the separator, on the first line.
TOLD = re.compile(r"\ufeff?\"?sep=(.)\"?\r?\n", re.IGNORECASE)
SEPARATORS = ";,\t|"
# What the separator is told by.
FIRST_ROWS, FIRST_SIGNS = 60, 100_000


def text_sheets(
    content: bytes, known: Container[str], remarques: list[str], au_plus: int
) -> list[Feuille]:
    """Return the only sheet of a text."""
    text = decoded(content, remarques)
    told = TOLD.match(text)
    separator = told[1] if told else separator_of(text[:FIRST_SIGNS], known)
    sheet = Feuille("", au_plus, inachevee=not text.endswith(("\n", "\r")))
    for number, row in enumerate(csv_rows(text, separator), start=1):
        if number == 1 and told:
            continue
        if len(row) > WIDEST:
            raise FichierRefuse(f"ligne {number} : {len(row)} cellules, c'est trop.")
        sheet.largeurs[number] = len(row)
        for column, written in enumerate(row, start=1):
            sheet.put(number, column, text_cell(written, number, column))
        if sheet.trop_longue:
            break
    return [sheet]


def separator_of(text: str, known: Container[str]) -> str:
    """Return the separator by which a row names the most known columns, else by which rows have cells."""

    def score(separator: str) -> tuple[int, int, int]:
        rows = [row for row in first_rows(text, separator) if row]
        named = max((sum(bare_name(c) in known for c in row) for row in rows), default=0)
        widths = Counter(map(len, rows))
        return named, widths.most_common(1)[0][0] if rows else 0, max(widths, default=0)

    return max(SEPARATORS, key=score)


def first_rows(text: str, separator: str) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=separator)
    try:
        for row in reader:
            rows.append(row)
            if len(rows) == FIRST_ROWS:
                break
    except csv.Error:
        pass
    return rows


def csv_rows(text: str, separator: str) -> Iterator[list[str]]:
    """Yield the rows of a CSV; raises `FichierRefuse`, with the line, for a quote that is never closed."""
    csv.field_size_limit(LONGEST_CELL * 10)
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=separator, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        line = max(1, reader.line_num)
        if "limit" in str(error):
            raise FichierRefuse(f"ligne {line} : une cellule est trop longue.") from None
        raise FichierRefuse(
            f"ligne {line} : ce n'est pas un CSV lisible, un guillemet n'y est pas fermé."
        ) from None
