"""The columns that an address asks for, in every format, in their schema and in their notice."""

import csv
import io
import json

import pytest
from python_calamine import CalamineWorkbook

from tests import factories

pytestmark = pytest.mark.django_db
ASKED = {"au": "2023-07-06", "colonnes": "nom_commune,code_insee,population"}
CHOSEN = ["nom_commune", "code_insee", "population"]


@pytest.fixture(autouse=True)
def commune():
    factories.millesime(2021)
    factories.labellisation(factories.commune("01033", nom="Valserhône", siren=""))


def body(client, extension, **asked):
    return client.get(f"/donnees/communes.{extension}", ASKED | asked).getvalue()


def test_a_file_has_the_columns_asked_for_in_their_order(client):
    rows = list(csv.reader(io.StringIO(body(client, "csv").decode(), newline="")))
    assert rows == [CHOSEN, ["Valserhône", "01033", "5000"]]
    [told] = json.loads(body(client, "json"))
    assert told == {"nom_commune": "Valserhône", "code_insee": "01033", "population": 5000}
    for extension in ("xlsx", "ods"):
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(body(client, extension)))
        assert workbook.get_sheet_by_index(0).to_python() == [CHOSEN, ["Valserhône", "01033", 5000]]
    assert body(client, "csv", tableur="1").decode("utf-8-sig").splitlines()[0] == ";".join(CHOSEN)


def test_the_schema_and_the_notice_are_those_of_the_columns(client):
    answer = client.get("/donnees/communes.csv", ASKED)
    answer.getvalue()
    schema_at = answer["Link"].split("<")[1].split(">")[0]
    schema = client.get(schema_at).json()
    assert [field["name"] for field in schema["fields"]] == CHOSEN
    assert schema["primaryKey"] == ["code_insee"]
    without_key = client.get("/donnees/schemas/communes.json", {"colonnes": "population"}).json()
    assert "primaryKey" not in without_key
    told = client.get("/donnees/communes.lisez-moi.txt", ASKED).content.decode()
    assert "\npopulation : " in told
    assert "\nstatut : " not in told


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("code_insee,mairie", "pas de colonne « mairie »"),
        ("code_insee,", "a une virgule de trop"),
        ("code_insee,code_insee", "demande deux fois « code_insee »"),
        ("x" * 3000, "pas de colonne « xxx"),
        ("code_insee\x00", "pas de colonne"),
    ],
)
def test_a_column_that_is_not_there_is_refused(client, asked, why):
    for extension in ("csv", "xlsx", "lisez-moi.txt"):
        answer = client.get(f"/donnees/communes.{extension}", {"colonnes": asked})
        assert answer.status_code == 400
        assert why in answer.content.decode()
    answer = client.get("/donnees/communes.json", {"colonnes": asked})
    assert answer.status_code == 400
    assert why in answer.json()["erreur"]


def test_no_column_asked_for_is_all_of_them(client):
    assert (
        body(client, "csv", colonnes="")
        == client.get("/donnees/communes.csv", {"au": "2023-07-06"}).getvalue()
    )
