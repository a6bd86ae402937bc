"""The cells of workbooks: what they show is read, what they do not hold is never made up."""

import datetime
import io
from pathlib import Path

import pytest
from openpyxl.styles import Font
from xlsxwriter import Workbook as Writer

from socle.fichiers.ods import ods_file
from socle.fichiers.tableau.valeurs import number_cell, shown_as
from tests.socle.fichiers.tableau.fabrique import (
    HEADER,
    MAIN,
    cells,
    ods_cell,
    ods_of,
    ods_row,
    read,
    replaced,
    row_of,
    xlsx,
    xlsx_of,
)

# The same workbook, saved by LibreOffice in each format: title, notice, hidden sheet, filter, formats.
SAVED = Path(__file__).parents[1] / "tableaux/tableur"


@pytest.mark.parametrize("extension", ["xls", "xlsx", "ods"])
def test_what_a_spreadsheet_shows_is_read_alike_in_its_three_formats(extension):
    fichier = read((SAVED / f"suivi.{extension}").read_bytes())
    assert fichier.feuille == "Suivi"
    assert fichier.lignes == [
        (4, ["01004", "2021-07-01", "50 %", "#DIV/0!", "é\nb", "oui"]),
        (5, ["34028", "2021-01-01", "0,333333333333333", "36666,6666666667", "", "non"]),
        (6, ["34029", "2021-07-13", "#N/A", "1234,5", "fusion", ""]),
        (7, ["34030", "2021-07-14", "", "2021-07-01", "fusion", ""]),
    ]
    assert fichier.fautes == [
        (4, 3, "cellule D4 en erreur (#DIV/0!)"),
        (6, 2, "cellule C6 en erreur (#N/A)"),
    ]
    assert fichier.precisions == [(4, 1, "mois"), (5, 1, "annee"), (7, 3, "mois")]
    assert fichier.remarques[:3] == [
        "Seule la feuille « Suivi » est lue. Laissées de côté : « Notice » ; « Vieux », masquée.",
        "La ligne 1 est passée (« Titre ») : les colonnes sont nommées à la ligne 3.",
        "Cellules fusionnées : leur valeur est donnée à 1 autre cellule couverte.",
    ]
    assert "1 ligne masquée" in fichier.remarques[3]


def test_numbers_and_dates_are_read_as_french_excel_writes_them():
    row = [1001, 200017341.0, datetime.date(2023, 7, 6), True, 2.5, None, 0.1 + 0.2, -3]
    header = ["code_insee", *"bcdefgh"]
    assert cells(xlsx(header, row)) == [
        ["1001", "200017341", "2023-07-06", "oui", "2,5", "", "0,3", "-3"]
    ]


def formatted(value, code):
    """Return the only cell of a workbook that shows a value by a number format."""

    def prepare(sheet):
        sheet["B2"] = value
        sheet["B2"].number_format = code

    fichier = read(xlsx(HEADER, ["34142", None], prepare=prepare))
    return fichier.lignes[0][1][1], [known for _, _, known in fichier.precisions]


@pytest.mark.parametrize(
    ("value", "code", "read_as"),
    [
        (0.5, "0%", ("50 %", [])),
        (0.07, "0.0%", ("7 %", [])),
        (1004, "00000", ("01004", [])),
        (datetime.date(2021, 7, 13), "dd/mm/yyyy", ("2021-07-13", [])),
        (44390.6041666667, "dd/mm/yyyy hh:mm", ("2021-07-13", [])),
        (datetime.date(2021, 7, 13), '[$-40C]d" "mmmm" "yyyy;@', ("2021-07-13", [])),
        (datetime.date(2021, 7, 1), "mmmm yyyy", ("2021-07-01", ["mois"])),
        (datetime.date(2021, 7, 1), "mmm-yy", ("2021-07-01", ["mois"])),
        (datetime.date(2021, 7, 1), "mm/yyyy", ("2021-07-01", ["mois"])),
        (datetime.date(2021, 1, 1), "yyyy", ("2021-01-01", ["annee"])),
        (27500, '#,##0.00 "€"', ("27500", [])),
        (27500, '#,##0 "jours"', ("27500", [])),
        (datetime.time(14, 30), "hh:mm", ("14:30", [])),
        (44390, "General", ("44390", [])),
    ],
)
def test_a_number_is_what_its_format_shows(value, code, read_as):
    assert formatted(value, code) == read_as


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("h:mm", "heure"),
        ("[h]:mm:ss", "heure"),
        ("mm:ss", "heure"),
        ("d/m/yy h:mm", "jour"),
        ("mmmm", "mois"),
        ("@", ""),
        ('0" mois"', ""),
        ("[Red]0.00", ""),
        ("0.00E+00", ""),
    ],
)
def test_a_format_tells_days_from_hours_and_numbers(code, kind):
    assert shown_as(code) == kind


@pytest.mark.parametrize(
    ("raw", "read_as"),
    [("4.0E8", "400000000"), ("1E-3", "0,001"), ("1e99", "1E+99"), ("x", "x"), ("-0", "0")],
)
def test_a_number_is_written_in_full(raw, read_as):
    assert number_cell(raw, "").texte == read_as


def test_a_number_that_is_none_is_no_value():
    assert number_cell("NaN", "").faute == "« NaN » n'est pas un nombre"


def test_a_chart_is_no_sheet():
    output = io.BytesIO()
    with Writer(output) as book:
        sheet = book.add_worksheet("Suivi")
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ["34142", "x"])
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=Suivi!$A$2:$A$2"})
        book.add_chartsheet("Graphique").set_chart(chart)
    fichier = read(output.getvalue())
    assert (fichier.feuille, fichier.remarques) == ("Suivi", [])


def test_the_first_days_of_excel_are_those_of_the_calendar():
    """Excel counts a 29 February 1900, and LibreOffice not."""
    assert formatted(1, "dd/mm/yyyy")[0] == "1900-01-01"
    assert formatted(61, "dd/mm/yyyy")[0] == "1900-03-01"


def test_days_counted_from_1904_are_read_as_they_are_shown():
    output = io.BytesIO()
    with Writer(output, {"date_1904": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(1, 0, ["34142"])
        sheet.write_datetime(1, 1, datetime.date(2021, 7, 13), day)
    assert cells(output.getvalue()) == [["34142", "2021-07-13"]]


def test_a_formula_is_read_by_its_stored_value_or_refused_with_its_cell():
    row = (
        '<row r="2"><c r="A2"><v>34142</v></c><c r="B2" t="str"><f>A2</f><v>vu</v></c></row>'
        '<row r="3"><c r="A3"><v>34028</v></c><c r="B3"><f>A3</f></c></row>'
        '<row r="4"><c r="A4"><v>34069</v></c><c r="B4"><f>A4</f><v/></c></row>'
        '<row r="5"><c r="A5"><v>34079</v></c><c r="B5" t="str"><f>A5</f><v></v></c></row>'
        '<row r="6"><c r="A6"><v>34111</v></c><c r="B6" t="e"><f>A6</f><v>#REF!</v></c></row>'
    )
    fichier = read(xlsx_of(row_of(1, *HEADER) + row))
    assert [text for _, (_, text) in fichier.lignes] == ["vu", "", "", "", "#REF!"]
    way_out = (
        "formule sans valeur enregistrée : ouvrez puis enregistrez le classeur dans votre tableur"
    )
    assert fichier.fautes == [
        (3, 1, f"cellule B3, {way_out}"),
        (4, 1, f"cellule B4, {way_out}"),
        (6, 1, "cellule B6 en erreur (#REF!)"),
    ]


def test_texts_come_in_the_three_ways_that_programs_write_them():
    strings = (
        f'<sst xmlns="{MAIN}" count="3" uniqueCount="4294967295"><si><t>34142</t></si>'
        "<si><r><t>en</t></r><r><t> deux</t></r><rPh><t>non</t></rPh></si></sst>"
    )
    row = '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c></row>'
    row += '<row><c t="inlineStr"><is><t>34028</t></is></c><c t="str"><v>a_x000D_b</v></c></row>'
    content = xlsx_of(row_of(1, *HEADER) + row)
    types = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="x/worksheet" Target="/xl/worksheets/sheet1.xml"/>'
        '<Relationship Id="rId2" Type="x/sharedStrings" Target="chaines.xml"/></Relationships>'
    )
    content = replaced(content, "xl/_rels/workbook.xml.rels", types)
    content = replaced(content, "xl/chaines.xml", strings)
    assert cells(content) == [["34142", "en deux"], ["34028", "a\rb"]]


def test_a_merged_cell_gives_its_value_to_all_that_it_covers():
    def prepare(sheet):
        sheet.merge_cells("A2:A4")
        sheet.merge_cells("B2:C3")

    rows = [["34142", "x", None, 1], [None, None, None, 2], [None, None, None, 3]]
    fichier = read(xlsx([*HEADER, "montant", "taux"], *rows, prepare=prepare))
    assert [row for _, row in fichier.lignes] == [
        ["34142", "x", "x", "1"],
        ["34142", "x", "x", "2"],
        ["34142", "", "", "3"],
    ]
    told = "Cellules fusionnées : leur valeur est donnée à 5 autres cellules couvertes."
    assert fichier.remarques == [told]


def test_a_font_a_colour_or_a_comment_is_no_text():
    def prepare(sheet):
        sheet["B2"].font = Font(bold=True)

    assert cells(xlsx(HEADER, ["34142", "gras"], prepare=prepare)) == [["34142", "gras"]]


def test_the_cells_of_an_ods_are_read_by_their_value():
    values = [
        ods_cell("34142"),
        ods_cell("juil. 21", 'office:value-type="date" office:date-value="2021-07-01"'),
        ods_cell("2021", 'office:value-type="date" office:date-value="2021-01-01T00:00:00"'),
        ods_cell("13/07/21", 'office:value-type="date" office:date-value="2021-07-13"'),
        ods_cell("50 %", 'office:value-type="percentage" office:value="0.5"'),
        ods_cell("1 234,50 €", 'office:value-type="currency" office:value="1234.5"'),
        ods_cell("01004", 'office:value-type="float" office:value="1004"'),
        ods_cell("VRAI", 'office:value-type="boolean" office:boolean-value="true"'),
        ods_cell('<text:span>a</text:span><text:s text:c="2"/>b<text:line-break/>c'),
    ]
    header = ods_row("code_insee", *"bcdefghi")
    fichier = read(ods_of(f"{header}<table:table-row>{''.join(values)}</table:table-row>"))
    assert fichier.lignes[0][1] == [
        *("34142", "2021-07-01", "2021-01-01", "2021-07-13"),
        *("50 %", "1234,5", "01004", "oui", "a  b\nc"),
    ]
    assert fichier.precisions == [(2, 1, "mois"), (2, 2, "annee")]


def test_an_error_or_a_formula_without_value_of_an_ods_is_refused_with_its_cell():
    error = 'table:formula="of:=1/0" office:value-type="string" calcext:value-type="error"'
    rows = (
        f"<table:table-row>{ods_cell('34142')}{ods_cell('#DIV/0!', error)}</table:table-row>"
        f"<table:table-row>{ods_cell('34028')}<table:table-cell table:formula='of:=A1'/>"
        f"</table:table-row><table:table-row>{ods_cell('34069')}"
        "<table:table-cell table:formula='of:=A1'><text:p/></table:table-cell></table:table-row>"
    )
    fichier = read(ods_of(ods_row(*HEADER) + rows))
    assert [(n, told.partition(" :")[0]) for n, _, told in fichier.fautes] == [
        (2, "cellule B2 en erreur (#DIV/0!)"),
        (3, "cellule B3, formule sans valeur enregistrée"),
    ]


def test_what_is_repeated_or_covered_in_an_ods_is_read_once():
    rows = ods_row(*HEADER) + ods_row("34142", "x", attributes='table:number-rows-repeated="2"')
    rows += '<table:table-row table:number-rows-repeated="1048560"><table:table-cell/></table:table-row>'
    twice = ods_cell("34028", "table:number-columns-repeated='2'")
    covered = "<table:covered-table-cell><text:p>caché</text:p></table:covered-table-cell>"
    rows += f"<table:table-row>{twice}{covered}</table:table-row>"
    fichier = read(ods_of(rows))
    assert fichier.lignes == [
        (2, ["34142", "x"]),
        (3, ["34142", "x"]),
        (1048564, ["34028", "34028"]),
    ]


def test_what_our_ods_writes_is_read_back():
    with ods_file(HEADER, [["34142", datetime.date(2021, 7, 13)], ["01004", "=1+1"]]) as output:
        assert cells(output.read()) == [["34142", "2021-07-13"], ["01004", "=1+1"]]
