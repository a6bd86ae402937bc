"""The sheets of an XLSX workbook, read from its XML: values, errors, formats, merged and hidden cells."""

import posixpath
import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from socle.fichiers.tableau.grille import WIDEST, Cellule, Feuille, Plage
from socle.fichiers.tableau.valeurs import (
    BUILT_IN,
    EPOCH,
    EPOCH_1904,
    error_cell,
    number_cell,
    text_cell,
    unsaved_cell,
)

RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# « _x000D_ »: how the format writes a sign that XML would not keep.
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def local(element: Element) -> str:
    """Return the name of an element without its namespace, which has two forms (ECMA, strict ISO)."""
    return element.tag.rpartition("}")[2]


def related(archive: ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Return the parts that `part` names: by identifier, the kind and the path of each."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in archive.namelist():
        return {}
    tree = ElementTree.fromstring(archive.read(path))
    return {
        link.get("Id", ""): (
            link.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join(folder, link.get("Target", ""))).lstrip("/"),
        )
        for link in tree.iter(RELATIONSHIPS)
    }


def part_of_kind(links: dict[str, tuple[str, str]], kind: str) -> str | None:
    return next((path for found, path in links.values() if found == kind), None)


class Xlsx:
    """An open XLSX workbook: what its sheets share."""

    def __init__(self, archive: ZipFile) -> None:
        self.archive = archive
        self.part = part_of_kind(related(archive, ""), "officeDocument") or "xl/workbook.xml"
        self.links = related(archive, self.part)
        self.tree = ElementTree.fromstring(archive.read(self.part))
        self.epoch = EPOCH_1904 if self.counts_from_1904() else EPOCH
        self.strings = list(self.shared_strings())
        self.formats = self.number_formats()

    def counts_from_1904(self) -> bool:
        properties = (e for e in self.tree.iter() if local(e) == "workbookPr")
        return any(e.get("date1904") in ("1", "true") for e in properties)

    def shared_strings(self) -> Iterator[str]:
        path = part_of_kind(self.links, "sharedStrings")
        if path in self.archive.namelist():
            with self.archive.open(path or "") as content:
                for _, element in ElementTree.iterparse(content):
                    if local(element) == "si":
                        yield rich_text(element)
                        element.clear()

    def number_formats(self) -> list[str]:
        """Return the number format of each style of a cell, by its rank."""
        path = part_of_kind(self.links, "styles")
        if path not in self.archive.namelist():
            return []
        tree = ElementTree.fromstring(self.archive.read(path or ""))
        codes = dict(BUILT_IN)
        for element in tree.iter():
            if local(element) == "numFmt":
                codes[int(element.get("numFmtId", 0))] = element.get("formatCode", "")
        styles = (e for e in tree.iter() if local(e) == "cellXfs")
        return [codes.get(int(xf.get("numFmtId", 0)), "") for xfs in styles for xf in xfs]

    def sheets(self, au_plus: int) -> Iterator[Feuille]:
        """Yield the sheets in their order; a hidden one is named, and not read."""
        for element in self.tree.iter():
            if local(element) != "sheet":
                continue
            identifier = next((v for k, v in element.items() if k.endswith("}id")), "")
            kind, path = self.links.get(identifier, ("", ""))
            if kind != "worksheet":
                continue
            sheet = Feuille(element.get("name", ""), au_plus)
            sheet.cachee = element.get("state", "visible") != "visible"
            if not sheet.cachee:
                self.read(sheet, path)
            yield sheet

    def read(self, sheet: Feuille, path: str) -> None:
        """Fill a sheet, row by row, whatever its file says of its own size."""
        row = 0
        with self.archive.open(path) as content:
            for _, element in ElementTree.iterparse(content):
                name = local(element)
                if name == "row":
                    row = int(element.get("r", row + 1))
                    self.read_row(sheet, row, element)
                    element.clear()
                elif name == "col" and element.get("hidden") in ("1", "true"):
                    sheet.hide(int(element.get("min", 1)), int(element.get("max", 1)))
                elif name == "mergeCell":
                    if plage := plage_of(element.get("ref", "")):
                        sheet.fusions.append(plage)
                elif name == "autoFilter":
                    sheet.filtree = True
                if sheet.trop_longue:
                    return

    def read_row(self, sheet: Feuille, row: int, element: Element) -> None:
        column = 0
        for c in element:
            reference = REFERENCE.fullmatch(c.get("r", ""))
            column = column_number(reference[1]) if reference else column + 1
            sheet.put(row, column, self.cell(c, row, column))
        if element.get("hidden") in ("1", "true") and row in sheet.lignes:
            sheet.lignes_masquees.add(row)

    def cell(self, c: Element, row: int, column: int) -> Cellule:
        kind = c.get("t", "n")
        parts = {local(part): part for part in c}
        if kind == "inlineStr":
            return text_cell(rich_text(parts["is"]), row, column) if "is" in parts else Cellule("")
        value = parts["v"].text or "" if "v" in parts else ""
        if kind == "e":
            return error_cell(value or "#N/A", row, column)
        if not value:
            kept = "f" not in parts or (kind == "str" and "v" in parts)
            return Cellule("") if kept else unsaved_cell(row, column)
        if kind == "s":
            return text_cell(self.strings[int(value)], row, column)
        if kind == "b":
            return Cellule("oui" if value in ("1", "true") else "non")
        if kind in ("str", "d"):
            return text_cell(unescaped(value), row, column)
        style = int(c.get("s", 0))
        return number_cell(
            value, self.formats[style] if style < len(self.formats) else "", self.epoch
        )


def rich_text(element: Element) -> str:
    """Return the text of a string, whose pieces may each have their face; not how it is pronounced."""
    pieces = []
    for part in element:
        if local(part) == "t":
            pieces.append(part.text or "")
        elif local(part) == "r":
            pieces += [t.text or "" for t in part if local(t) == "t"]
    return unescaped("".join(pieces))


def unescaped(text: str) -> str:
    return ESCAPED.sub(lambda code: chr(int(code[1], 16)), text) if "_x" in text else text


def column_number(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


def plage_of(reference: str) -> Plage | None:
    """Return the range that « B2:D3 » names; None for one that no table of ours would have."""
    corners = [REFERENCE.fullmatch(corner) for corner in reference.split(":")]
    if len(corners) != 2 or not corners[0] or not corners[1]:
        return None
    (left, first), (right, last) = corners[0].groups(), corners[1].groups()
    columns = column_number(left), column_number(right)
    return None if columns[0] > WIDEST else (int(first), int(last), *columns)
