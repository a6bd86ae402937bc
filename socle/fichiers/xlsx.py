"""An XLSX, written on disk row by row: texts stay texts, and no cell runs as a formula."""

import datetime
import tempfile
from collections.abc import Iterable
from decimal import Decimal
from typing import IO, Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from socle.fichiers.classeur import (
    CONTROL_CHARACTERS,
    ORDINAIRE,
    Classeur,
    Row,
    is_title,
    lines_of,
    measured,
    notice_width,
)
from socle.lignes import plain_lines

XLSX_MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ISO_DAY, A4 = "yyyy-mm-dd", 9
# Texts stay texts: neither a formula, nor a number, nor a link. One row at a time is held in memory.
XLSX_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "default_date_format": ISO_DAY,
}
# What a cell of Excel holds: 15 digits, days from the first that it counts right, and a text whose
# characters may each count for two.
XLSX_LARGEST = 10**15
XLSX_FIRST_DAY = datetime.date(1900, 3, 1)
XLSX_LONGEST = 32_767
POINTS_PER_LINE = 16
# Excel has words of its own for a truth; LibreOffice shows the 1 that it is kept by.
TRUTH = '"VRAI";"VRAI";"FAUX"'


def xlsx_file(header: Row, rows: Iterable[Row], classeur: Classeur = ORDINAIRE) -> IO[bytes]:
    """Return an open temporary XLSX; every text is stored as a text, never as a formula."""
    output = tempfile.TemporaryFile()
    with Workbook(output, XLSX_OPTIONS) as workbook:
        workbook.set_properties({"title": classeur.titre, "author": classeur.auteur})
        add_data(workbook, classeur.feuille, header, rows)
        if classeur.notice:
            add_notice(workbook, classeur.nom_notice, classeur.notice)
    output.seek(0)
    return output


def new_sheet(workbook: Workbook, nom: str) -> Worksheet:
    sheet = workbook.add_worksheet(nom)
    sheet.add_write_handler(str, xlsx_text)
    sheet.set_paper(A4)
    sheet.set_landscape()
    return sheet


def add_data(workbook: Workbook, nom: str, header: Row, rows: Iterable[Row]) -> None:
    """Write the sheet of the rows: their names stay in sight, and each column can be filtered."""
    sheet = new_sheet(workbook, nom)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    bold, empty = workbook.add_format({"bold": True, "bottom": 1}), workbook.add_format()
    truth = workbook.add_format({"num_format": TRUTH, "align": "left"})
    day = workbook.add_format({"num_format": ISO_DAY, "align": "left"})
    # Not against the next column, whose text begins where the number ends.
    number = workbook.add_format({"align": "right", "indent": 1})
    widths, rows = measured(header, rows)
    for column, name in enumerate(header):
        sheet.set_column(column, column, widths[column])
        sheet.write(0, column, xlsx_cell(name), bold)
    last = 0
    for last, row in enumerate(rows, 1):
        # Not `write_row`, which stops at the first text too long for Excel, and tells nobody.
        for column, value in enumerate(row):
            if value is None or value == "":
                # A cell that is not written is one that is missing, to those who check the file.
                sheet.write_blank(last, column, None, empty)
            elif isinstance(value, bool):
                sheet.write_boolean(last, column, value, truth)
            else:
                cell = xlsx_cell(value)
                style = number if isinstance(cell, int | float | Decimal) else None
                sheet.write(last, column, cell, day if isinstance(cell, datetime.date) else style)
    if header:
        sheet.autofilter(0, 0, last, len(header) - 1)


def add_notice(workbook: Workbook, nom: str, rows: Iterable[Row]) -> None:
    """Write the sheet that tells how the other is read, or filled: its long texts are on several lines."""
    sheet = new_sheet(workbook, nom)
    sheet.fit_to_pages(1, 0)
    titre = workbook.add_format({"bold": True, "font_size": 13})
    texte = workbook.add_format({"text_wrap": True, "valign": "top"})
    for number, row in enumerate(rows):
        # Not every program makes room for a text on several lines.
        sheet.set_row(number, POINTS_PER_LINE * lines_of(row))
        for column, value in enumerate(row):
            sheet.set_column(column, column, notice_width(column))
            sheet.write(number, column, xlsx_cell(value), titre if is_title(row) else texte)


def xlsx_cell(value: Any) -> Any:
    """Return what a cell holds; as a text, a number or a day that Excel would change."""
    if isinstance(value, int) and abs(value) >= XLSX_LARGEST:
        return str(value)
    if isinstance(value, datetime.date) and value < XLSX_FIRST_DAY:
        return value.isoformat()
    return plain_lines(value).translate(CONTROL_CHARACTERS) if isinstance(value, str) else value


def xlsx_text(sheet: Worksheet, row: int, column: int, text: str, style: Any = None) -> Any:
    """Write by pieces a text that XlsxWriter would take for its own markup; leave it the others."""
    if text.startswith("<r>"):
        pieces = [*text[:2], text[2 : XLSX_LONGEST // 2], *([style] if style else [])]
        return sheet.write_rich_string(row, column, *pieces)
    return None
