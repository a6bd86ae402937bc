"""A workbook as the préfet sees it: opened by those who read it, and by the real LibreOffice."""

import datetime
import io
import re
import zipfile
from decimal import Decimal
from xml.etree import ElementTree

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from socle.fichiers.classeur import NARROWEST, WIDEST, Classeur
from socle.fichiers.ods import ods_file
from socle.fichiers.tableau import grille
from socle.fichiers.xlsx import xlsx_file
from tools.bureautique import find, printed

JOUR = datetime.date(2023, 7, 6)
HEADER = ["jour", "code_insee", "nom", "montant", "vrai", "vide"]
ROWS = [
    [JOUR, "01004", "Ambérieu-en-Bugey", Decimal("1234567.89"), True, None],
    [None, "34142", "é" * 200, None, False, None],
]
NOTICE = [["Ce que c'est"], ["Une ligne", "Une commune, « = 1+1 » ou <b>"], [], ["Colonnes"]]
CLASSEUR = Classeur("Communes & ORT", "DDTM « 34 » <x>", notice=NOTICE)
SPREADSHEETS = {"xlsx": xlsx_file, "ods": ods_file}


def made(write, rows=ROWS, classeur=CLASSEUR, header=HEADER):
    with write(header, rows, classeur) as file:
        return io.BytesIO(file.read())


@pytest.mark.parametrize("write", SPREADSHEETS.values(), ids=SPREADSHEETS)
def test_the_data_come_first_and_the_notice_last(write):
    workbook = CalamineWorkbook.from_filelike(made(write))
    assert workbook.sheet_names == ["donnees", "Lisez-moi"]
    header, first, second = workbook.get_sheet_by_index(0).to_python()
    assert header == HEADER
    assert first == [JOUR, "01004", "Ambérieu-en-Bugey", 1234567.89, True, ""]
    assert second[4] is False
    assert workbook.get_sheet_by_index(1).to_python()[1] == [
        "Une ligne",
        "Une commune, « = 1+1 » ou <b>",
    ]


@pytest.mark.parametrize("write", SPREADSHEETS.values(), ids=SPREADSHEETS)
def test_a_workbook_without_a_notice_has_one_sheet(write):
    workbook = CalamineWorkbook.from_filelike(made(write, classeur=Classeur(feuille="Liste")))
    assert workbook.sheet_names == ["Liste"]


def test_an_xlsx_shows_its_columns_whole():
    workbook = openpyxl.load_workbook(made(xlsx_file))
    sheet = workbook["donnees"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:F3"
    assert all(cell.font.bold for cell in sheet[1])
    assert not any(cell.font.bold for cell in sheet[2])
    widths = [sheet.column_dimensions[letter].width for letter in "ABCDEF"]
    assert [round(width) for width in widths] == [13, 15, 49, 13, 13, 13]
    assert min(widths) >= NARROWEST
    assert max(widths) < WIDEST + 1
    assert (workbook.properties.title, workbook.properties.creator) == (
        "Communes & ORT",
        "DDTM « 34 » <x>",
    )


def test_a_long_text_of_the_notice_has_room():
    texte = "é" * 200
    classeur = Classeur(notice=[["Titre " * 40], ["Source", texte], ["Citer", "a"], []])
    sheet = openpyxl.load_workbook(made(xlsx_file, classeur=classeur))["Lisez-moi"]
    heights = [sheet.row_dimensions[number].height for number in range(1, 5)]
    assert [round(height) for height in heights[:3]] == [16, 48, 16]
    assert sheet["B2"].alignment.wrap_text


def test_every_cell_of_a_row_is_written():
    """A cell that is not there is an error to those who check a file against its schema."""
    xml = zipfile.ZipFile(made(xlsx_file)).read("xl/worksheets/sheet1.xml").decode()
    assert xml.count("<c r=") == len(HEADER) * 3
    content = ElementTree.fromstring(zipfile.ZipFile(made(ods_file)).read("content.xml"))
    table = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    data = next(content.iter(f"{table}table"))
    assert [len(row) for row in data.iter(f"{table}table-row")] == [len(HEADER)] * 3


def test_an_ods_says_its_title_its_author_its_header_and_its_filter():
    archive = zipfile.ZipFile(made(ods_file))
    for part in archive.namelist():
        if part.endswith(".xml"):
            ElementTree.fromstring(archive.read(part))
    meta, settings, content = (
        archive.read(f"{part}.xml").decode() for part in ("meta", "settings", "content")
    )
    assert "<dc:title>Communes &amp; ORT</dc:title>" in meta
    assert "<dc:creator>DDTM « 34 » &lt;x&gt;</dc:creator>" in meta
    assert "VerticalSplitPosition" in settings
    assert "'donnees'.A1:'donnees'.F3" in content
    assert 'office:value-type="boolean" office:boolean-value="false"' in content


@pytest.mark.parametrize(
    ("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (53, "BA"), (703, "AAA")]
)
def test_a_column_is_named_as_spreadsheets_do(number, letters):
    assert grille.letters(number) == letters


@pytest.mark.parametrize("write", SPREADSHEETS.values(), ids=SPREADSHEETS)
def test_libreoffice_shows_every_day_and_amount(write, tmp_path):
    """What is too narrow for a number is printed « ### »."""
    assert find(), "LibreOffice manque : « make test » dit comment l'installer."
    amounts = [[JOUR, "01004", "Nom", Decimal("123456789.12"), True, 2023] for _ in range(3)]
    path = tmp_path / f"classeur.{'xlsx' if write is xlsx_file else 'ods'}"
    path.write_bytes(made(write, amounts).getvalue())
    told = printed(path, tmp_path)
    assert "###" not in told
    # In the language of the machine: « VRAI » or « TRUE », a comma or a point.
    for text in (
        "2023-07-06",
        "01004",
        r"123456789[.,]12",
        "VRAI|TRUE",
        "Ce que c'est",
        "Une ligne",
    ):
        assert re.search(text, told), text
