"""Files that go out: one ordered list of columns per table, written and sent in every format.

CSV and JSON are streamed; XLSX and ODS are written on disk, row by row, then sent. No cell can
run as a formula: texts stay texts.
"""

import csv
import datetime
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any, TypeVar
from xml.sax.saxutils import escape

from django.http import FileResponse, StreamingHttpResponse
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from socle.lignes import plain_lines

Row = Sequence[Any]
Item = TypeVar("Item")

ROWS_PER_CHUNK = 2000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Not allowed in XML 1.0, hence in no cell of a spreadsheet.
CONTROL_CHARACTERS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def chunks(rows: Iterable[Item], size: int = ROWS_PER_CHUNK) -> Iterator[list[Item]]:
    """Yield `rows` by lists: a list a yield costs four times less than a row a yield."""
    rows = iter(rows)
    while chunk := list(islice(rows, size)):
        yield chunk


def csv_cell(value: Any, decimal_comma: bool = False) -> Any:
    """Return what a cell of CSV holds; a text that would run as a formula is quoted by « ' »."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal) and decimal_comma:
        return str(value).replace(".", ",")
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def csv_stream(header: Row, rows: Iterable[Row], tableur: bool = False) -> Iterator[str]:
    """Yield a CSV as texts: comma, ISO dates, decimal point; `tableur` is that of French Excel."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";" if tableur else ",", lineterminator="\r\n")
    if tableur:
        buffer.write("\ufeff")
    for chunk in chunks(chain([header], rows)):
        writer.writerows([csv_cell(value, tableur) for value in row] for row in chunk)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def json_stream(header: Row, rows: Iterable[Row]) -> Iterator[str]:
    """Yield a JSON array of objects, one per row; an empty cell is null."""
    start = "["
    for chunk in chunks(rows):
        objects = (json_object(header, row) for row in chunk)
        yield start + ",\n".join(objects)
        start = ",\n"
    yield "]\n" if start != "[" else "[]\n"


def json_object(header: Row, row: Row) -> str:
    cells = dict(zip(header, row, strict=True))
    return json.dumps(cells, ensure_ascii=False, default=json_value)


def json_value(value: Any) -> Any:
    """Return a day as a text, and an amount as a number: fifteen digits, which a float keeps."""
    return float(value) if isinstance(value, Decimal) else value.isoformat()


# Texts stay texts: neither a formula, nor a number, nor a link. One row at a time is held in memory.
XLSX_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "default_date_format": "yyyy-mm-dd",
}
# What a cell of Excel holds: 15 digits, days from the first that it counts right, and a text whose
# characters may each count for two.
XLSX_LARGEST = 10**15
XLSX_FIRST_DAY = datetime.date(1900, 3, 1)
XLSX_LONGEST = 32_767


def xlsx_file(header: Row, rows: Iterable[Row], feuille: str = "donnees") -> IO[bytes]:
    """Return an open temporary XLSX; every text is stored as a text, never as a formula."""
    output = tempfile.TemporaryFile()
    with Workbook(output, XLSX_OPTIONS) as workbook:
        add_sheet(workbook, feuille, chain([header], rows))
    output.seek(0)
    return output


def add_sheet(workbook: Workbook, nom: str, rows: Iterable[Row]) -> None:
    """Write a sheet of a workbook, whose first row names its columns."""
    sheet = workbook.add_worksheet(nom)
    sheet.add_write_handler(str, xlsx_text)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows):
        # Not `write_row`, which stops at the first text too long for Excel, and tells nobody.
        for column, value in enumerate(row):
            sheet.write(number, column, xlsx_cell(value))


def xlsx_cell(value: Any) -> Any:
    """Return what a cell holds; as a text, a number or a day that Excel would change."""
    if isinstance(value, int) and abs(value) >= XLSX_LARGEST:
        return str(value)
    if isinstance(value, datetime.date) and value < XLSX_FIRST_DAY:
        return value.isoformat()
    return plain_lines(value).translate(CONTROL_CHARACTERS) if isinstance(value, str) else value


def xlsx_text(sheet: Worksheet, row: int, column: int, text: str, _: Any = None) -> Any:
    """Write by pieces a text that XlsxWriter would take for its own markup; leave it the others."""
    if text.startswith("<r>"):
        return sheet.write_rich_string(row, column, *text[:2], text[2 : XLSX_LONGEST // 2])
    return None


ODS_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
 manifest:version="1.2"><manifest:file-entry manifest:full-path="/"
 manifest:media-type="{ODS_MIMETYPE}"/><manifest:file-entry manifest:full-path="content.xml"
 manifest:media-type="text/xml"/></manifest:manifest>"""
ODS_START = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" office:version="1.2">
<office:automatic-styles><number:date-style style:name="iso"><number:year number:style="long"/>
<number:text>-</number:text><number:month number:style="long"/><number:text>-</number:text>
<number:day number:style="long"/></number:date-style><style:style style:name="jour"
 style:family="table-cell" style:data-style-name="iso"/></office:automatic-styles>
<office:body><office:spreadsheet><table:table table:name="donnees">"""
ODS_END = "</table:table></office:spreadsheet></office:body></office:document-content>"


def ods_file(header: Row, rows: Iterable[Row]) -> IO[bytes]:
    """Return an open temporary ODS, written row by row: no library writes one without holding it all."""
    output = tempfile.TemporaryFile()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS_MIMETYPE, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", ODS_MANIFEST)
        with archive.open("content.xml", "w") as content:
            content.write(ODS_START.encode())
            for row in chain([header], rows):
                cells = "".join(map(ods_cell, row))
                content.write(f"<table:table-row>{cells}</table:table-row>\n".encode())
            content.write(ODS_END.encode())
    output.seek(0)
    return output


def ods_cell(value: Any) -> str:
    """Return a cell with its type, so that a text is never read as a formula or a number."""
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, bool):
        value = "true" if value else "false"
    if isinstance(value, datetime.date):
        kind = f'table:style-name="jour" office:value-type="date" office:date-value="{value}"'
    elif isinstance(value, int | float | Decimal):
        kind = f'office:value-type="float" office:value="{value}"'
    else:
        kind = 'office:value-type="string"'
    # A line is a paragraph: within one, ODF makes of a new line a space, or nothing.
    lines = escape(plain_lines(str(value)).translate(CONTROL_CHARACTERS)).split("\n")
    paragraphs = "".join(f"<text:p>{line}</text:p>" for line in lines)
    return f"<table:table-cell {kind}>{paragraphs}</table:table-cell>"


def tableur_stream(header: Row, rows: Iterable[Row]) -> Iterator[str]:
    return csv_stream(header, rows, tableur=True)


@dataclass(frozen=True)
class Format:
    """A format as it is named and sent; `write` makes its content of a header and rows."""

    titre: str
    extension: str
    type: str
    write: Callable[[Row, Iterable[Row]], Any]
    texte: bool = True

    def answer(self, header: Row, rows: Iterable[Row], nom: str) -> StreamingHttpResponse:
        """Answer with the file of that name, its extension added."""
        content = self.write(header, rows)
        if self.texte:
            response = StreamingHttpResponse(content, content_type=self.content_type)
        else:
            response = FileResponse(content, content_type=self.content_type)
        filename = f"{nom}.{self.extension}"
        response["Content-Disposition"] = f'attachment; filename="{filename}"'
        return response

    @property
    def content_type(self) -> str:
        return f"{self.type}; charset=utf-8" if self.type == "text/csv" else self.type


XLSX_MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# In the order in which a list of links offers them.
FORMATS = {
    "xlsx": Format("XLSX", "xlsx", XLSX_MIMETYPE, xlsx_file, texte=False),
    "ods": Format("ODS", "ods", ODS_MIMETYPE, ods_file, texte=False),
    "csv": Format("CSV", "csv", "text/csv", csv_stream),
    "tableur": Format("CSV pour tableur", "csv", "text/csv", tableur_stream),
    "json": Format("JSON", "json", "application/json", json_stream),
}


def with_guide(guide: Sequence[Row]) -> Format:
    """Return the XLSX of a template that tells, on its second sheet, how it is filled."""

    def write(header: Row, rows: Iterable[Row]) -> IO[bytes]:
        output = tempfile.TemporaryFile()
        with Workbook(output, XLSX_OPTIONS) as workbook:
            add_sheet(workbook, "donnees", chain([header], rows))
            add_sheet(workbook, "mode d'emploi", guide)
        output.seek(0)
        return output

    return Format("XLSX", "xlsx", XLSX_MIMETYPE, write, texte=False)
