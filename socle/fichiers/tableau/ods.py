"""The sheets of an ODS document, read from its XML; what is repeated is never counted one by one."""

import re
from collections.abc import Iterator
from typing import IO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from socle.fichiers.tableau.grille import WIDEST, Cellule, Feuille
from socle.fichiers.tableau.valeurs import (
    ERRORS,
    MONTH,
    YEAR,
    error_cell,
    number_cell,
    text_cell,
    unsaved_cell,
)

OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TABLE, TEXT = (f"{{{OASIS}{name}:1.0}}" for name in ("office", "table", "text"))
STYLE = f"{{{OASIS}style:1.0}}"
CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
# LibreOffice keeps the number of a truth, and shows its word.
BOOLEANS = {"TRUE": "oui", "VRAI": "oui", "FALSE": "non", "FAUX": "non"}
SHOWN_YEAR = re.compile(r"\d{4}")
# « juillet 2021 », « juil. 21 », « 07/2021 », « 2021-07 ».
SHOWN_MONTH = re.compile(r"[^\W\d]{3,9}\.?[ -]*(\d{4}|\d{2})|\d{1,2}[/.-]\d{4}|\d{4}[/.-]\d{2}")


def ods_sheets(archive: ZipFile, au_plus: int) -> Iterator[Feuille]:
    """Yield the sheets in their order; a hidden one is named, and not read."""
    with archive.open("content.xml") as content:
        yield from sheets_of(content, au_plus)


def sheets_of(content: IO[bytes], au_plus: int) -> Iterator[Feuille]:
    hidden: set[str] = set()
    sheet, row, column = Feuille("", au_plus), 0, 1
    for event, element in ElementTree.iterparse(content, ("start", "end")):
        if event == "start":
            if element.tag == f"{TABLE}table":
                sheet, row, column = Feuille(element.get(f"{TABLE}name", ""), au_plus), 1, 1
                sheet.cachee = element.get(f"{TABLE}style-name") in hidden
        elif element.tag == f"{STYLE}style":
            if any(e.get(f"{TABLE}display") == "false" for e in element):
                hidden.add(element.get(f"{STYLE}name", ""))
        elif element.tag == f"{TABLE}table-column":
            column = read_column(sheet, column, element)
        elif element.tag == f"{TABLE}table-row":
            row = read_row(sheet, row, element)
            element.clear()
        elif element.tag == f"{TABLE}table":
            yield sheet
            element.clear()


def read_row(sheet: Feuille, row: int, element: Element) -> int:
    """Put the cells of a row, and of those that repeat it, in its sheet; return the number of the next."""
    times = repeated(element, "rows")
    if not sheet.cachee and not sheet.trop_longue:
        filled = list(filled_cells(sheet, row, element))
        # As many as an import would refuse are enough.
        for number in range(row, row + min(times, sheet.gardees) if filled else row):
            for column, cell in filled:
                sheet.put(number, column, cell)
            if element.get(f"{TABLE}visibility", "visible") != "visible":
                sheet.lignes_masquees.add(number)
                sheet.filtree |= element.get(f"{TABLE}visibility") == "filter"
    return row + times


def read_column(sheet: Feuille, column: int, element: Element) -> int:
    """Keep that a column, and those that repeat it, are hidden; return the number of the next."""
    following = column + repeated(element, "columns")
    if element.get(f"{TABLE}visibility", "visible") != "visible":
        sheet.hide(column, following - 1)
    return following


def filled_cells(sheet: Feuille, row: int, element: Element) -> Iterator[tuple[int, Cellule]]:
    column = 1
    for c in element:
        if c.tag not in CELLS:
            continue
        times = repeated(c, "columns")
        # What a merged cell covers may hold what nobody sees any more.
        if c.tag == CELLS[0]:
            cell = cell_of(c, row, column)
            if cell.texte or cell.faute:
                yield from ((column + i, cell) for i in range(min(times, WIDEST)))
                note_span(sheet, c, row, column)
        column += times


def note_span(sheet: Feuille, c: Element, row: int, column: int) -> None:
    rows, columns = (int(c.get(f"{TABLE}number-{of}-spanned", 1)) for of in ("rows", "columns"))
    if (rows, columns) != (1, 1):
        sheet.fusions.append((row, row + rows - 1, column, column + columns - 1))


def repeated(element: Element, of: str) -> int:
    return max(1, int(element.get(f"{TABLE}number-{of}-repeated", 1)))


def cell_of(c: Element, row: int, column: int) -> Cellule:
    kind = c.get(f"{OFFICE}value-type")
    text = shown_text(c)
    formula = c.get(f"{TABLE}formula") is not None
    if c.get(f"{CALC}value-type") == "error" or (formula and ERRORS.fullmatch(text)):
        return error_cell(text or "#N/A", row, column)
    if kind is None:
        # What a formula gives may be an empty text: a paragraph is there all the same.
        kept = not formula or c.find(f"{TEXT}p") is not None
        return text_cell(text, row, column) if kept else unsaved_cell(row, column)
    if kind == "date":
        return date_cell(c.get(f"{OFFICE}date-value", ""), text)
    if kind == "boolean" or (kind == "float" and text in BOOLEANS):
        return Cellule(BOOLEANS.get(text, c.get(f"{OFFICE}boolean-value", "")))
    if kind in ("float", "currency", "percentage"):
        # A code that is shown with its zeros is a number of as many digits.
        zeros = "0" * len(text) if re.fullmatch(r"0\d+", text) else ""
        code = "0%" if kind == "percentage" else zeros
        return number_cell(c.get(f"{OFFICE}value", ""), code)
    return text_cell(text or c.get(f"{OFFICE}string-value", ""), row, column)


def date_cell(value: str, shown: str) -> Cellule:
    """Return a date with the precision of what its cell shows."""
    if SHOWN_YEAR.fullmatch(shown):
        return Cellule(value[:10], precision=YEAR)
    return Cellule(value[:10], precision=MONTH if SHOWN_MONTH.fullmatch(shown) else "")


def shown_text(c: Element) -> str:
    """Return what a cell shows, a paragraph a line; its comments are not of it."""
    return "\n".join(paragraph(p) for p in c if p.tag == f"{TEXT}p")


def paragraph(element: Element) -> str:
    pieces = [element.text or ""]
    for part in element:
        if part.tag == f"{TEXT}s":
            pieces.append(" " * min(int(part.get(f"{TEXT}c", 1)), 100))
        elif part.tag == f"{TEXT}tab":
            pieces.append("\t")
        elif part.tag == f"{TEXT}line-break":
            pieces.append("\n")
        elif part.tag != f"{OFFICE}annotation":
            pieces.append(paragraph(part))
        pieces.append(part.tail or "")
    return "".join(pieces)
