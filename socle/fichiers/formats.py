"""Files that go out: one ordered list of columns per table, written and sent in every format.

CSV and JSON are streamed; XLSX and ODS are written on disk, row by row, then sent. In what a spreadsheet
opens no cell can run as a formula. The CSV of reference says its texts to the letter, as JSON does.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import chain, islice
from typing import Any, TypeVar

from django.http import FileResponse, StreamingHttpResponse

from socle.fichiers.classeur import ORDINAIRE, Classeur, Row
from socle.fichiers.ods import ODS_MIMETYPE, ods_file
from socle.fichiers.tableau.valeurs import FORMULA_STARTS
from socle.fichiers.xlsx import XLSX_MIMETYPE, xlsx_file

Item = TypeVar("Item")

ROWS_PER_CHUNK = 2000


def chunks(rows: Iterable[Item], size: int = ROWS_PER_CHUNK) -> Iterator[list[Item]]:
    """Yield `rows` by lists: a list a yield costs four times less than a row a yield."""
    rows = iter(rows)
    while chunk := list(islice(rows, size)):
        yield chunk


def csv_cell(value: Any, decimal_comma: bool = False) -> Any:
    """Return what a cell of CSV holds; a text that would run as a formula is quoted by « ' »."""
    if isinstance(value, float | Decimal) and decimal_comma:
        return str(value).replace(".", ",")
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return exact_cell(value)


def exact_cell(value: Any) -> Any:
    """Return what a cell of the CSV of reference holds: a text is itself, to the letter."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def csv_stream(header: Row, rows: Iterable[Row], tableur: bool = False) -> Iterator[str]:
    """Yield a CSV that a spreadsheet may open; `tableur` is that of French Excel."""
    cell = partial(csv_cell, decimal_comma=tableur)
    return csv_pieces(header, rows, cell, ";" if tableur else ",", "\ufeff" if tableur else "")


def exact_stream(header: Row, rows: Iterable[Row]) -> Iterator[str]:
    """Yield the CSV of reference: comma, ISO dates, decimal point, and each text to the letter."""
    return csv_pieces(header, rows, exact_cell)


def csv_pieces(
    header: Row,
    rows: Iterable[Row],
    cell: Callable[[Any], Any],
    delimiter: str = ",",
    start: str = "",
) -> Iterator[str]:
    """Yield a CSV as texts, whose cells `cell` writes."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    buffer.write(start)
    for chunk in chunks(chain([header], rows)):
        writer.writerows([cell(value) for value in row] for row in chunk)
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


def tableur_stream(header: Row, rows: Iterable[Row]) -> Iterator[str]:
    return csv_stream(header, rows, tableur=True)


@dataclass(frozen=True)
class Format:
    """A format as it is named and sent; `write` makes its content of a header and rows.

    That of a workbook, which is no text, also takes a `Classeur`.
    """

    titre: str
    extension: str
    type: str
    write: Callable[..., Any]
    texte: bool = True

    def answer(
        self, header: Row, rows: Iterable[Row], nom: str, classeur: Classeur = ORDINAIRE
    ) -> StreamingHttpResponse:
        """Answer with the file of that name, its extension added."""
        if self.texte:
            content = self.write(header, rows)
            response = StreamingHttpResponse(content, content_type=self.content_type)
        else:
            content = self.write(header, rows, classeur)
            response = FileResponse(content, content_type=self.content_type)
        return self.named(response, nom)

    def tete(self, nom: str) -> StreamingHttpResponse:
        """Answer with the headers of the file of that name, and nothing of it: its size is not known."""
        return self.named(StreamingHttpResponse((), content_type=self.content_type), nom)

    def named(self, response: StreamingHttpResponse, nom: str) -> StreamingHttpResponse:
        """Say that an answer is a file to keep, and its name."""
        response["Content-Disposition"] = f'attachment; filename="{nom}.{self.extension}"'
        return response

    @property
    def content_type(self) -> str:
        return f"{self.type}; charset=utf-8" if self.type == "text/csv" else self.type


# In the order in which a list of links offers them.
FORMATS = {
    "xlsx": Format("XLSX", "xlsx", XLSX_MIMETYPE, xlsx_file, texte=False),
    "ods": Format("ODS", "ods", ODS_MIMETYPE, ods_file, texte=False),
    "csv": Format("CSV", "csv", "text/csv", exact_stream),
    # The same for the agents, who open it as they open all the rest.
    "interne": Format("CSV", "csv", "text/csv", csv_stream),
    "tableur": Format("CSV pour tableur", "csv", "text/csv", tableur_stream),
    "json": Format("JSON", "json", "application/json", json_stream),
}
