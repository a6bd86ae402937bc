"""Files that go out, read again by the programs that people open them with."""

import csv
import datetime
import io
import json
import re
import zipfile
from decimal import Decimal
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from socle.fichiers.colonnes import Colonne, Table
from socle.fichiers.formats import csv_stream, exact_stream, json_stream
from socle.fichiers.ods import ods_file
from socle.fichiers.tableau.valeurs import FORMULA_STARTS
from socle.fichiers.xlsx import xlsx_file

HEADER = ["code", "nombre", "part", "jour", "vrai", "vide"]
ROW = ["01004", 7797, 0.5, datetime.date(2023, 7, 6), True, None]
SPREADSHEETS = {"xlsx": xlsx_file, "ods": ods_file}
# All that a database may hold: any text but the halves of a pair, which are no text.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
# What an XML file can hold, and what every reader of XML gives back as it was.
XML_TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1
)


def as_csv(rows, tableur=False, header=HEADER):
    return "".join(csv_stream(header, rows, tableur))


def read_csv(text, delimiter=","):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def in_memory(write, rows, header=HEADER):
    with write(header, rows) as file:
        return io.BytesIO(file.read())


def read_sheet(write, rows, header=HEADER):
    """Return the cells of a spreadsheet as a program that is not ours reads them."""
    workbook = CalamineWorkbook.from_filelike(in_memory(write, rows, header))
    return workbook.get_sheet_by_name("donnees").to_python(skip_empty_area=False)


def test_csv_is_that_of_the_open_data():
    assert as_csv([ROW]).splitlines() == [
        "code,nombre,part,jour,vrai,vide",
        "01004,7797,0.5,2023-07-06,true,",
    ]


def test_csv_for_french_excel_has_its_mark_its_separator_and_its_comma():
    text = as_csv([ROW, ["a;b", -3, -1.25, None, False, ""]], tableur=True)
    assert text.startswith("\ufeffcode;nombre")
    assert text.count("\ufeff") == 1
    assert read_csv(text, ";")[1:] == [
        ["01004", "7797", "0,5", "2023-07-06", "true", ""],
        ["a;b", "-3", "-1,25", "", "false", ""],
    ]


def test_json_keeps_numbers_truths_and_emptiness():
    text = "".join(json_stream(HEADER, [ROW, ROW]))
    expected = ["01004", 7797, 0.5, "2023-07-06", True, None]
    assert json.loads(text) == [dict(zip(HEADER, expected, strict=True))] * 2
    assert json.loads("".join(json_stream(HEADER, []))) == []


@pytest.mark.parametrize("write", SPREADSHEETS.values(), ids=SPREADSHEETS)
def test_a_spreadsheet_keeps_the_nature_of_each_cell(write):
    header, row = read_sheet(write, [ROW])
    assert header == HEADER
    code, number, share, jour, truth, empty = row
    assert code == "01004"
    assert number == 7797
    assert not isinstance(number, str)
    assert share == 0.5
    assert jour == datetime.date(2023, 7, 6)
    assert truth in (True, "true")
    # Nothing, rather than a zero that would be counted.
    assert empty == ""
    assert not isinstance(empty, int | float)


@pytest.mark.parametrize("write", SPREADSHEETS.values(), ids=SPREADSHEETS)
def test_a_spreadsheet_without_rows_has_its_header(write):
    assert read_sheet(write, []) == [HEADER]


DANGEROUS = ["=1+1", "+33467", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", '=cmd|"/c calc"!A1']


@pytest.mark.parametrize("text", DANGEROUS)
@pytest.mark.parametrize("tableur", [False, True])
def test_no_text_of_a_csv_runs_as_a_formula(text, tableur):
    [cell] = read_csv(as_csv([[text]], tableur, ["nom"]), ";" if tableur else ",")[1]
    assert cell == f"'{text}"


@given(TEXTS)
@example("=1+1")
@example("\r")
def test_the_csv_of_reference_says_each_text_to_the_letter(text):
    written = "".join(exact_stream(["a", "b"], [[text, "voisin"]]))
    assert read_csv(written)[1] == [text, "voisin"]
    [told] = json.loads("".join(json_stream(["a", "b"], [[text, "voisin"]])))
    assert told == {"a": text, "b": "voisin"}


def test_numbers_below_zero_are_no_formula():
    assert read_csv(as_csv([[-5, -0.5]], header=["a", "b"]))[1] == ["-5", "-0.5"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_of_a_spreadsheet_is_a_formula(text):
    workbook = openpyxl.load_workbook(in_memory(xlsx_file, [[text]], ["nom"]))
    cell = workbook["donnees"]["A2"]
    assert cell.data_type in {"s", "inlineStr"}
    assert cell.value.endswith(text.strip())
    content = zipfile.ZipFile(in_memory(ods_file, [[text]], ["nom"])).read("content.xml").decode()
    assert "table:formula" not in content
    assert re.findall(r'office:value-type="(\w+)"', content) == ["string", "string"]


@given(TEXTS)
@example("\r")
@example('"')
def test_a_csv_gives_back_any_text_and_lets_none_run(text):
    _, [cell, neighbour] = read_csv(as_csv([[text, "voisin"]], header=["a", "b"]))
    assert cell.removeprefix("'") == text.removeprefix("'")
    assert not cell.startswith(FORMULA_STARTS)
    assert neighbour == "voisin"


@pytest.mark.parametrize("write", SPREADSHEETS.values(), ids=SPREADSHEETS)
@given(text=XML_TEXTS)
@example(text=" ")
@example(text=" a  b ")
@example(text="</text:p><a>&amp;]]>")
# The markup of XlsxWriter, and that of Excel.
@example(text="<r>a</r>")
@example(text="<r><b></r>")
@example(text="_x0041_")
@example(text="http://exemple.fr")
@example(text="007")
@example(text="2023-07-06")
def test_a_spreadsheet_gives_back_any_text(write, text):
    assert read_sheet(write, [[text, "voisin"]], ["a", "b"])[1] == [text, "voisin"]


@pytest.mark.parametrize("write", SPREADSHEETS.values(), ids=SPREADSHEETS)
def test_a_text_too_long_for_excel_takes_nothing_else_away(write):
    for text in ("long" * 10_000, f"<r>{'long' * 10_000}</r>"):
        _, [cell, neighbour] = read_sheet(write, [[text, "voisin"]], ["a", "b"])
        assert cell[:16_000] == text[:16_000]
        assert neighbour == "voisin"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (10**15 - 1, 10**15 - 1),
        (10**15, "1000000000000000"),
        (-(10**15), "-1000000000000000"),
        (datetime.date(1900, 3, 1), datetime.date(1900, 3, 1)),
        (datetime.date(1900, 2, 28), "1900-02-28"),
        (datetime.date(1, 1, 1), "0001-01-01"),
        (Decimal("1250.50"), 1250.5),
    ],
)
def test_a_number_or_a_day_that_excel_would_change_is_a_text(value, cell):
    assert read_sheet(xlsx_file, [[value]], ["a"])[1] == [cell]


@pytest.mark.parametrize("write", SPREADSHEETS.values(), ids=SPREADSHEETS)
def test_a_control_character_does_not_break_a_spreadsheet(write):
    for code in [*range(32), 127, 0xFFFE, 0xFFFF]:
        rows = [[f"a{chr(code)}b", "voisin"]]
        _, [cell, neighbour] = read_sheet(write, rows, ["a", "b"])
        assert (cell[0], cell[-1], neighbour) == ("a", "b", "voisin"), code
        archive = zipfile.ZipFile(in_memory(write, rows, ["a", "b"]))
        for part in archive.namelist():
            if part.endswith(".xml"):
                # Stricter than the readers that forgive: it raises for what is not XML.
                ElementTree.fromstring(archive.read(part))


@pytest.mark.parametrize("stream", [csv_stream, exact_stream, json_stream])
def test_a_long_file_is_sent_before_its_end_is_read(stream):
    read = []

    def rows():
        for number in range(10_000):
            read.append(number)
            yield [number]

    pieces = stream(["nombre"], rows())
    assert next(pieces)
    assert len(read) < 5_000
    whole = "".join(pieces)
    assert len(read) == 10_000
    assert "9999" in whole


def test_the_columns_of_a_table_follow_the_day_and_the_vintage():
    table = Table(
        "essai",
        "Essai",
        "Une ligne par nombre.",
        (Colonne("carre", lambda n: n * n, "Son carré.", "integer", {"minimum": 0}),),
    )
    jour = datetime.date(2023, 7, 6)
    assert table.entete == ["date_situation", "annee_cog", "carre"]
    assert list(table.lignes([2, 3], jour, 2023)) == [[jour, 2023, 4], [jour, 2023, 9]]


def test_the_lines_of_a_text_are_paragraphs_in_ods():
    """Within a paragraph, a spreadsheet that saves the file again loses them."""
    archive = zipfile.ZipFile(in_memory(ods_file, [["à relire\nsuite"]], ["note"]))
    content = archive.read("content.xml").decode()
    assert "<text:p>à relire</text:p><text:p>suite</text:p>" in content
