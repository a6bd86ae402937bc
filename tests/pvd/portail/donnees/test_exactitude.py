"""The CSV of reference says what JSON says, to the letter; in what a spreadsheet opens no cell runs."""

import csv
import io
import json
import re
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from pvd.portail.donnees.telechargements import TABLES
from tests import factories
from tests.pages import adresse_du_fichier

pytestmark = pytest.mark.django_db
STARTS = ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1+1", "\r=1+1"]


@pytest.fixture(scope="module", autouse=True)
def hostile(scene):
    """An ORT a start of formula, in its title: a name is on one line, a title may be stored otherwise."""
    factories.millesime(2021)
    for rank, start in enumerate(STARTS):
        town = factories.commune(f"3414{rank}", nom=start.strip() or "x")
        factories.labellisation(town, adhesion="2021-03-26")
        ort = factories.convention("2022-01-01", [town], intitule="x", identifiant=f"ort-{rank}")
        factories.rewrite(type(ort).objects.filter(pk=ort.pk), intitule=start.strip("\t\r"))


def asked(client, table, extension, **params):
    return client.get(adresse_du_fichier(table, extension, au="2023-07-06", **params))


def as_csv_writes(value):
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("nom", [table.nom for table in TABLES])
def test_the_csv_of_reference_says_what_json_says(client, nom):
    answer = asked(client, nom, "csv")
    assert answer["Content-Disposition"].startswith("attachment;")
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode(), newline="")))
    told = json.loads(asked(client, nom, "json").getvalue(), parse_float=Decimal)
    assert len(rows) == len(told)
    for row, record in zip(rows, told, strict=True):
        assert list(row) == list(record)
        for name, value in record.items():
            same = Decimal(row[name]) == value if isinstance(value, Decimal) else None
            assert same or row[name] == as_csv_writes(value), name


def test_the_texts_of_the_csv_of_reference_are_those_of_the_base(client):
    rows = csv.DictReader(io.StringIO(asked(client, "ort", "csv").getvalue().decode(), newline=""))
    assert [row["intitule"] for row in rows] == [start.strip() for start in STARTS]


def test_no_cell_runs_in_what_a_spreadsheet_opens(client):
    for nom in ("ort", "communes"):
        text = asked(client, nom, "csv", tableur="1").getvalue().decode("utf-8-sig")
        cells = [
            cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=";") for cell in row
        ]
        assert [cell for cell in cells if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}] == []
        assert "'=1+1" in cells
        workbook = openpyxl.load_workbook(io.BytesIO(asked(client, nom, "xlsx").getvalue()))
        kinds = {cell.data_type for sheet in workbook for row in sheet for cell in row}
        assert "f" not in kinds
        archive = zipfile.ZipFile(io.BytesIO(asked(client, nom, "ods").getvalue()))
        content = archive.read("content.xml").decode()
        assert "formula" not in content
        assert re.search(r'office:value-type="string"><text:p>=1\+1</text:p>', content)
