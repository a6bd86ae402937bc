"""An ODS, written row by row: no library writes one without holding it all."""

import datetime
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

from socle.fichiers.classeur import (
    CONTROL_CHARACTERS,
    ORDINAIRE,
    Classeur,
    Row,
    is_title,
    measured,
    notice_width,
)
from socle.fichiers.tableau.grille import letters
from socle.lignes import plain_lines

ODS_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
OASIS = "urn:oasis:names:tc:opendocument:xmlns"
ODS_MANIFEST = f"""{XML}<manifest:manifest xmlns:manifest="{OASIS}:manifest:1.0"
 manifest:version="1.2"><manifest:file-entry manifest:full-path="/"
 manifest:media-type="{ODS_MIMETYPE}"/>{
    "".join(
        f'<manifest:file-entry manifest:full-path="{part}.xml" manifest:media-type="text/xml"/>'
        for part in ("content", "meta", "settings", "styles")
    )
}</manifest:manifest>"""


def aligned(side: str, more: str = "") -> str:
    """Return what puts a cell on a side, `end` or `start`, whatever its type."""
    return (
        '<style:table-cell-properties style:text-align-source="fix"/>'
        f'<style:paragraph-properties fo:text-align="{side}"{more}/>'
    )


# A number stands back from the next column, whose text begins where it would end.
A_GAUCHE = aligned("start")
ODS_START = f"""{XML}<office:document-content xmlns:office="{OASIS}:office:1.0"
 xmlns:table="{OASIS}:table:1.0"
 xmlns:text="{OASIS}:text:1.0"
 xmlns:style="{OASIS}:style:1.0"
 xmlns:fo="{OASIS}:xsl-fo-compatible:1.0"
 xmlns:number="{OASIS}:datastyle:1.0" office:version="1.2">
<office:automatic-styles><number:date-style style:name="iso"><number:year number:style="long"/>
<number:text>-</number:text><number:month number:style="long"/><number:text>-</number:text>
<number:day number:style="long"/></number:date-style><style:style style:name="jour"
 style:family="table-cell" style:data-style-name="iso">{A_GAUCHE}</style:style>
<number:boolean-style style:name="booleen"><number:boolean/></number:boolean-style>
<style:style style:name="vrai" style:family="table-cell"
 style:data-style-name="booleen">{A_GAUCHE}</style:style>
<style:style style:name="nombre" style:family="table-cell">{aligned("end", ' fo:margin-left="0.2cm"')}
</style:style><style:style style:name="entete" style:family="table-cell">
<style:table-cell-properties fo:border-bottom="0.05pt solid #000000"/>
<style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="donnees" style:family="table" style:master-page-name="Donnees"/>
<style:style style:name="notice" style:family="table" style:master-page-name="Notice"/>
<style:style style:name="titre" style:family="table-cell">
<style:text-properties fo:font-weight="bold" fo:font-size="13pt"/></style:style>
<style:style style:name="texte" style:family="table-cell">
<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/></style:style>
{{colonnes}}</office:automatic-styles>
<office:body><office:spreadsheet>"""
ODS_END = "</office:spreadsheet></office:body></office:document-content>"
PAYSAGE = 'fo:page-width="29.7cm" fo:page-height="21cm" fo:margin="1.5cm" style:print-orientation="landscape"'
# On paper, both sheets are lying down, and the notice is no wider than one.
ODS_STYLES = f"""{XML}<office:document-styles xmlns:office="{OASIS}:office:1.0"
 xmlns:style="{OASIS}:style:1.0"
 xmlns:fo="{OASIS}:xsl-fo-compatible:1.0" office:version="1.2"><office:automatic-styles>
<style:page-layout style:name="couchee"><style:page-layout-properties {PAYSAGE}/></style:page-layout>
<style:page-layout style:name="ajustee"><style:page-layout-properties {PAYSAGE}
 style:scale-to-X="1" style:scale-to-Y="0"/></style:page-layout></office:automatic-styles>
<office:master-styles><style:master-page style:name="Donnees" style:page-layout-name="couchee"/>
<style:master-page style:name="Notice" style:page-layout-name="ajustee"/></office:master-styles>
</office:document-styles>"""
# A character of an ordinary text, wide as those of a name are.
CM_PER_CHARACTER = 0.21


def ods_file(header: Row, rows: Iterable[Row], classeur: Classeur = ORDINAIRE) -> IO[bytes]:
    """Return an open temporary ODS; every text is stored as a text, never as a formula."""
    output = tempfile.TemporaryFile()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS_MIMETYPE, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", ODS_MANIFEST)
        archive.writestr("meta.xml", meta_of(classeur))
        archive.writestr("styles.xml", ODS_STYLES)
        archive.writestr("settings.xml", settings_of(classeur))
        with archive.open("content.xml", "w") as content:
            for piece in content_of(header, rows, classeur):
                content.write(piece.encode())
    output.seek(0)
    return output


def content_of(header: Row, rows: Iterable[Row], classeur: Classeur) -> Iterator[str]:
    """Yield the document by pieces: its styles, the rows, the notice, then what is filtered."""
    widths, rows = measured(header, rows)
    notice = range(max(map(len, classeur.notice), default=0))
    yield start_of({*widths, *map(notice_width, notice)})
    yield table_start(classeur.feuille, "donnees", widths)
    # On paper, it comes again at the head of each sheet.
    yield f"<table:table-header-rows>{row_of(header, 'entete')}</table:table-header-rows>"
    written = 1
    for row in rows:
        yield row_of(row)
        written += 1
    yield "</table:table>"
    if classeur.notice:
        yield table_start(classeur.nom_notice, "notice", map(notice_width, notice))
        yield from (row_of(row, "titre" if is_title(row) else "texte") for row in classeur.notice)
        yield "</table:table>"
    if header:
        yield filter_of(classeur.feuille, len(header), written)
    yield ODS_END


def start_of(widths: Iterable[int]) -> str:
    """Return the head of the document, with a style for each width of column."""
    return ODS_START.format(
        colonnes="\n".join(
            f'<style:style style:name="l{width}" style:family="table-column">'
            f'<style:table-column-properties style:column-width="{width * CM_PER_CHARACTER:.2f}cm"/>'
            "</style:style>"
            for width in sorted(widths)
        )
    )


def table_start(nom: str, style: str, widths: Iterable[int]) -> str:
    columns = "".join(f'<table:table-column table:style-name="l{width}"/>' for width in widths)
    return f'<table:table table:name={quoteattr(nom)} table:style-name="{style}">{columns}\n'


def row_of(row: Row, style: str = "") -> str:
    cells = "".join(ods_cell(value, style) for value in row)
    return f"<table:table-row>{cells or EMPTY}</table:table-row>\n"


EMPTY = "<table:table-cell/>"


def ods_cell(value: Any, style: str = "") -> str:
    """Return a cell with its type, so that a text is never read as a formula or a number."""
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        truth, style = str(value).lower(), style or "vrai"
        kind, value = f'"boolean" office:boolean-value="{truth}"', "VRAI" if value else "FAUX"
    elif isinstance(value, datetime.date):
        kind, style = f'"date" office:date-value="{value}"', style or "jour"
    elif isinstance(value, int | float | Decimal):
        kind, style = f'"float" office:value="{value}"', style or "nombre"
    else:
        kind = '"string"'
    styled = f'table:style-name="{style}" ' if style else ""
    # A line is a paragraph: within one, ODF makes of a new line a space, or nothing.
    lines = escape(plain_lines(str(value)).translate(CONTROL_CHARACTERS)).split("\n")
    paragraphs = "".join(f"<text:p>{line}</text:p>" for line in lines)
    return f"<table:table-cell {styled}office:value-type={kind}>{paragraphs}</table:table-cell>"


def filter_of(nom: str, columns: int, rows: int) -> str:
    """Put the buttons of a filter on the header."""
    target = f"'{nom}'.A1:'{nom}'.{letters(columns)}{rows}"
    return (
        '<table:database-ranges><table:database-range table:name="__Anonymous_Sheet_DB__0" '
        f"table:target-range-address={quoteattr(target)} "
        'table:display-filter-buttons="true"/></table:database-ranges>'
    )


def meta_of(classeur: Classeur) -> str:
    return (
        f'{XML}<office:document-meta xmlns:office="{OASIS}:office:1.0" xmlns:meta="{OASIS}:meta:1.0" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.2"><office:meta>'
        f"<dc:title>{escape(classeur.titre)}</dc:title>"
        f"<meta:initial-creator>{escape(classeur.auteur)}</meta:initial-creator>"
        f"<dc:creator>{escape(classeur.auteur)}</dc:creator>"
        "</office:meta></office:document-meta>"
    )


def settings_of(classeur: Classeur) -> str:
    """Keep the header in sight: the sheet is split below its first row."""
    split = {
        "VerticalSplitMode": 2,
        "VerticalSplitPosition": 1,
        "ActiveSplitRange": 2,
        "PositionBottom": 1,
    }
    items = "".join(
        f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
        for (name, value), kind in zip(split.items(), ("short", "int", "short", "int"), strict=True)
    )
    entry = f"<config:config-item-map-entry config:name={quoteattr(classeur.feuille)}>{items}"
    return (
        f'{XML}<office:document-settings xmlns:office="{OASIS}:office:1.0" '
        f'xmlns:config="{OASIS}:config:1.0" office:version="1.2"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        f'<config:config-item-map-named config:name="Tables">{entry}</config:config-item-map-entry>'
        "</config:config-item-map-named></config:config-item-map-entry>"
        "</config:config-item-map-indexed></config:config-item-set>"
        "</office:settings></office:document-settings>"
    )
