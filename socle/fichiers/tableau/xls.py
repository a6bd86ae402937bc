"""The sheets of an XLS workbook, the format of Excel before 2007, as xlrd reads them."""

from collections.abc import Iterator

import xlrd
from xlrd.biffh import (
    XL_CELL_BOOLEAN,
    XL_CELL_DATE,
    XL_CELL_ERROR,
    XL_CELL_NUMBER,
    XL_CELL_TEXT,
    XLRDError,
    error_text_from_code,
)
from xlrd.book import Book
from xlrd.sheet import Cell, Sheet

from socle.fichiers.tableau.fichier import FichierRefuse
from socle.fichiers.tableau.genre import PROTEGE
from socle.fichiers.tableau.grille import Cellule, Feuille
from socle.fichiers.tableau.valeurs import EPOCH, EPOCH_1904, error_cell, number_cell, text_cell


def xls_sheets(content: bytes, au_plus: int) -> Iterator[Feuille]:
    """Yield the sheets in their order; a hidden one is named, and not read."""
    # xlrd tells what surprises it: nobody would read it.
    with open("/dev/null", "w") as nowhere:
        try:
            book = xlrd.open_workbook(
                file_contents=content, formatting_info=True, ragged_rows=True, logfile=nowhere
            )
        except XLRDError as error:
            if "encrypted" in str(error):
                raise FichierRefuse(PROTEGE) from None
            raise
    for sheet in book.sheets():
        yield read_sheet(book, sheet, au_plus)


def read_sheet(book: Book, found: Sheet, au_plus: int) -> Feuille:
    sheet = Feuille(found.name, au_plus, cachee=found.visibility != 0)
    if sheet.cachee:
        return sheet
    for row in range(found.nrows):
        for column, cell in enumerate(found.row(row)):
            sheet.put(row + 1, column + 1, cell_of(book, cell, row + 1, column + 1))
        if row + 1 in sheet.lignes and row in found.rowinfo_map and found.rowinfo_map[row].hidden:
            sheet.lignes_masquees.add(row + 1)
        if sheet.trop_longue:
            break
    for column, info in found.colinfo_map.items():
        if info.hidden:
            sheet.hide(column + 1, column + 1)
    sheet.fusions = [
        (top + 1, bottom, left + 1, right) for top, bottom, left, right in found.merged_cells
    ]
    return sheet


def cell_of(book: Book, cell: Cell, row: int, column: int) -> Cellule:
    if cell.ctype == XL_CELL_TEXT:
        return text_cell(cell.value, row, column)
    if cell.ctype == XL_CELL_ERROR:
        return error_cell(error_text_from_code.get(cell.value, "#N/A"), row, column)
    if cell.ctype == XL_CELL_BOOLEAN:
        return Cellule("oui" if cell.value else "non")
    if cell.ctype in (XL_CELL_NUMBER, XL_CELL_DATE):
        code = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
        return number_cell(repr(cell.value), code, EPOCH_1904 if book.datemode else EPOCH)
    return Cellule("")
