"""Workbooks as programs write them, made for a test in a few lines."""

import io
import zipfile

from openpyxl import Workbook

from socle.fichiers.ods import ODS_END, ODS_MANIFEST, ODS_MIMETYPE, start_of
from socle.fichiers.tableau.lecteur import table

CONNUES = {"codeinsee", "datesignatureadhesion", "motifsortie", "taux", "montant"}
HEADER = ["code_insee", "motif_sortie"]


def read(content, wanted=""):
    """Read a file as the process apart does, without leaving this one."""
    return table(content, "essai", CONNUES, wanted)


def cells(content, wanted=""):
    """Return the rows of a file, without their numbers."""
    return [row for _, row in read(content, wanted).lignes]


def saved(workbook):
    output = io.BytesIO()
    workbook.save(output)
    return output.getvalue()


def xlsx(*rows, prepare=None):
    """Return an XLSX of one sheet; `prepare` has it, filled, before it is saved."""
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    if prepare:
        prepare(workbook.active)
    return saved(workbook)


def several_sheets(**sheets):
    """Return an XLSX of several sheets, each of the rows that its name is given."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return workbook


def replaced(content, part, text):
    """Return a workbook whose `part` says `text`, which no program would write."""
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    return archive_of(**parts | {part: text})


SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def xlsx_of(data, after=""):
    """Return an XLSX whose sheet holds the XML of its rows, and what comes after them."""
    text = f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData>{after}</worksheet>'
    return replaced(xlsx(HEADER), SHEET, text)


def row_of(number, *texts):
    """Return the XML of a row of texts."""
    inline = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f'<row r="{number}">{inline}</row>'


def archive_of(**parts):
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return output.getvalue()


CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"


def ods_of(data, styles="", name="Suivi", style=""):
    """Return an ODS whose sheet holds the XML of its rows."""
    start = start_of(()).replace("office:version", f'xmlns:calcext="{CALC}" office:version')
    start = start.replace("</office:automatic-styles>", f"{styles}</office:automatic-styles>")
    table = f'<table:table table:name="{name}" table:style-name="{style}">{data}</table:table>'
    return archive_of(
        **{
            "mimetype": ODS_MIMETYPE,
            "META-INF/manifest.xml": ODS_MANIFEST,
            "content.xml": start + table + ODS_END,
        }
    )


def ods_cell(text, attributes='office:value-type="string"'):
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def ods_row(*texts, attributes=""):
    inside = "".join(map(ods_cell, texts))
    return f"<table:table-row {attributes}>{inside}</table:table-row>"
