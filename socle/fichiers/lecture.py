"""The cells of a file, as texts, whatever program wrote it."""

import csv
import datetime
import io
import zipfile
from dataclasses import dataclass, field

from python_calamine import CalamineError, load_workbook

from socle.fichiers.formats import FORMULA_STARTS

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_UNZIPPED = 100 * 1024 * 1024
MOST_ROWS = 5000
MOST_COLUMNS = 200
# A cell that holds more would be no cell of ours, and a page shows each of them.
LONGEST_CELL = 5000
SPREADSHEET, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LISIBLES = "CSV, XLSX ou ODS"


@dataclass
class Fichier:
    """What was read of a file: its header, and its rows, each under its number in the file."""

    nom: str
    entetes: list[str]
    lignes: list[tuple[int, list[str]]]
    remarques: list[str] = field(default_factory=list)


def read_file(content: bytes, nom: str) -> Fichier:
    """Return the `Fichier` of `content`, bytes; its kind is told by what it holds, not by its name.

    Raises `FichierRefuse` for what is too big, empty, or none of the formats.
    """
    if len(content) > LARGEST_FILE:
        raise FichierRefuse(f"{nom} : le fichier dépasse 5 Mo. Coupez-le en plusieurs fichiers.")
    if content.startswith(OLD_EXCEL):
        raise FichierRefuse(f"{nom} : ancien format d'Excel. Enregistrez le classeur en .xlsx.")
    remarques: list[str] = []
    if content.startswith(SPREADSHEET):
        rows = spreadsheet_rows(content, nom, remarques)
    else:
        cells = csv_rows(decoded(content, nom), nom)
        rows = [[unquoted(cell.strip()) for cell in row] for row in cells]
    return shaped(rows, nom, remarques)


def shaped(rows: list[list[str]], nom: str, remarques: list[str]) -> Fichier:
    """Part the header from the rows, drop the empty rows, and refuse what has no clear columns."""
    filled = [(n, cells) for n, cells in enumerate(rows, start=1) if any(cells)]
    if not filled:
        raise FichierRefuse(f"{nom} : le fichier est vide.")
    (_, entetes), *lignes = filled
    while entetes and not entetes[-1]:
        entetes = entetes[:-1]
    width = len(entetes)
    if "" in entetes:
        position = entetes.index("") + 1
        raise FichierRefuse(f"{nom} : la colonne n° {position} n'a pas de nom.")
    if width > MOST_COLUMNS:
        raise FichierRefuse(f"{nom} : {width} colonnes, c'est trop.")
    if not lignes:
        raise FichierRefuse(f"{nom} : le fichier n'a pas d'autre ligne que celle des colonnes.")
    if len(lignes) > MOST_ROWS:
        raise FichierRefuse(
            f"{nom} : {len(lignes)} lignes, alors qu'un import en accepte {MOST_ROWS}. "
            "Coupez-le en plusieurs fichiers."
        )
    for number, cells in lignes:
        if any(cells[width:]):
            raise FichierRefuse(
                f"{nom}, ligne {number} : {len(cells)} cellules pour {width} colonnes."
            )
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise FichierRefuse(f"{nom}, ligne {number} : une cellule est trop longue.")
    padded = [(n, (cells + [""] * width)[:width]) for n, cells in lignes]
    return Fichier(nom, entetes, padded, remarques)


def decoded(content: bytes, nom: str) -> str:
    """Return the text of a CSV: UTF-8, with or without mark, or Windows-1252 as Excel writes it."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FichierRefuse(f"{nom} : ce n'est pas un fichier {LISIBLES}.")


def csv_rows(text: str, nom: str) -> list[list[str]]:
    """Return the rows of a CSV given as text, comma or semicolon, with or without BOM.

    Raises `FichierRefuse` for a quote that is never closed.
    """
    text = text.removeprefix("\ufeff")
    header = text.lstrip().split("\n", 1)[0]
    separator = ";" if header.count(";") > header.count(",") else ","
    lines = io.StringIO(text, newline=None)
    try:
        return list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error as error:
        raise FichierRefuse(f"{nom} : ce n'est pas un CSV lisible ({error}).") from None


def unquoted(cell: str) -> str:
    """Undo the quote that `csv_cell` puts before a text that would run as a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA_STARTS) else cell


def spreadsheet_rows(content: bytes, nom: str, remarques: list[str]) -> list[list[str]]:
    """Return the rows of the first sheet that holds something, and say if there are others."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > LARGEST_UNZIPPED:
                raise FichierRefuse(f"{nom} : le classeur est trop grand une fois ouvert.")
        workbook = load_workbook(io.BytesIO(content))
        sheets = [workbook.get_sheet_by_name(name) for name in workbook.sheet_names]
        filled = [sheet for sheet in sheets if sheet.height]
        if not filled:
            return []
        if len(filled) > 1:
            remarques.append(f"Seule la feuille « {filled[0].name} » est lue.")
        rows = filled[0].to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, ValueError, OSError):
        raise FichierRefuse(f"{nom} : ce n'est pas un fichier {LISIBLES}.") from None
    return [[cell_text(value) for value in row] for row in rows]


def cell_text(value: object) -> str:
    """Return a spreadsheet cell as a CSV would hold it: a whole number has no decimal point."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


class FichierRefuse(Exception):
    """A file that cannot be read at all; its message, in French, says why."""
