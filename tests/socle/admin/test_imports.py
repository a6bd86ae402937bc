"""Files brought into the back office: what is read of them, and the cells that are put right."""

import datetime
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from communes.programme.imports import LabellisationRessource
from ort.imports import AvenantRessource, ConventionRessource, CouvertureRessource
from projects.postes.imports import DesserteRessource, PosteRessource
from socle.fichiers.depot import Depot, find, forget, keep
from socle.fichiers.entetes import bare_name, read_table, whole_code
from socle.fichiers.formats import csv_cell, ods_file
from socle.fichiers.lecture import LARGEST_FILE, MOST_ROWS, Fichier, FichierRefuse, read_file
from tests import factories

HEADER = ["code_insee", "motif_sortie"]
ROWS = [["34142", "éloignée"]]


def xlsx(rows):
    workbook, output = Workbook(), io.BytesIO()
    for row in rows:
        workbook.active.append(row)
    workbook.save(output)
    return output.getvalue()


def ods(header, rows):
    with ods_file(header, rows) as output:
        return output.read()


def refusal(content):
    with pytest.raises(FichierRefuse) as refused:
        read_file(content, "essai")
    return str(refused.value)


@pytest.mark.parametrize(
    "content",
    [
        "code_insee,motif_sortie\n34142,éloignée\n".encode(),
        "code_insee;motif_sortie\r\n34142;éloignée\r\n".encode("utf-8-sig"),
        "code_insee;motif_sortie\r\n34142;éloignée\r\n".encode("cp1252"),
        b"code_insee;motif_sortie\n;\n34142;\xe9loign\xe9e\n;;\n",
        xlsx([HEADER, *ROWS]),
        ods(HEADER, ROWS),
    ],
)
def test_a_file_is_read_whatever_wrote_it(content):
    fichier = read_file(content, "essai")
    assert fichier.entetes == HEADER
    assert [cells for _, cells in fichier.lignes] == ROWS


def test_a_row_keeps_its_number_in_the_file():
    fichier = read_file(b"code_insee\n\n34142\n\n34028\n", "essai")
    assert fichier.lignes == [(3, ["34142"]), (5, ["34028"])]


def test_numbers_and_dates_of_a_spreadsheet_are_read_as_a_csv_writes_them():
    row = [1001, 200017341.0, datetime.date(2023, 7, 6), True, 2.5, None]
    fichier = read_file(xlsx([list("abcdef"), row]), "essai.xlsx")
    assert fichier.lignes == [(2, ["1001", "200017341", "2023-07-06", "oui", "2.5", ""])]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "est vide"),
        (b"code_insee\n", "pas d'autre ligne"),
        (b"code_insee,,motif\n34142,x,y\n", "la colonne n° 2 n'a pas de nom"),
        (b"code_insee\n34142,x\n", "ligne 2 : 2 cellules pour 1 colonnes"),
        (b'code_insee\n"34142\n', "pas un CSV lisible"),
        (b"\x89PNG\r\n\x1a\n\0\0", "ce n'est pas un fichier CSV, XLSX ou ODS"),
        (b"PK\x03\x04 rien", "ce n'est pas un fichier CSV, XLSX ou ODS"),
        (b"\xd0\xcf\x11\xe0", "ancien format d'Excel"),
        (b"x" * (LARGEST_FILE + 1), "dépasse 5 Mo"),
        (b"code_insee\n" + b"34142\n" * (MOST_ROWS + 1), "un import en accepte 5000"),
    ],
)
def test_what_cannot_be_read_is_refused_and_said(content, reason):
    assert reason in refusal(content)


def test_only_the_first_sheet_is_read_and_it_is_said():
    workbook, output = Workbook(), io.BytesIO()
    workbook.active.title = "Communes"
    for row in (HEADER, *ROWS):
        workbook.active.append(row)
    workbook.create_sheet("Notes").append(["à relire"])
    workbook.save(output)
    assert read_file(output.getvalue(), "x").remarques == ["Seule la feuille « Communes » est lue."]


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
def test_what_our_csv_writes_is_read_back(text):
    cell = csv_cell(text).replace('"', '""')
    fichier = read_file(f'a;b\r\n"{cell}";x\r\n'.encode("utf-8-sig"), "essai")
    expected = text[1:] if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@"} else text
    assert fichier.lignes[0][1][0] == expected


@pytest.mark.parametrize("name", ["Code INSEE", "code_insee", " CODE-insée ", "codeInsee"])
def test_a_column_is_known_whatever_its_case_accents_and_signs(name):
    assert bare_name(name) == "codeinsee"


@pytest.mark.parametrize(
    ("written", "width", "read"),
    [
        ("1001", 5, "01001"),
        ("1001.0", 5, "01001"),
        ("34142", 5, "34142"),
        ("2a004", 5, "2A004"),
        ("97105", 5, "97105"),
        ("101", 5, "101"),
        ("1", 2, "01"),
        ("971", 2, "971"),
        ("", 5, ""),
    ],
)
def test_a_code_gets_back_the_zero_that_it_lost(written, width, read):
    assert whole_code(written, width) == read


def table(header, *rows, ressource=LabellisationRessource):
    lines = [(n, row.split(",")) for n, row in enumerate(rows, start=2)]
    return read_table(Fichier("essai.csv", header.split(","), lines), ressource())


def test_the_official_list_is_read_under_our_names():
    read = table("insee_com,lib_com,id_pvd,date_signature", "1004,Ambérieu,NA,26/03/2021")
    assert read.ignorees == ["lib_com"]
    (ligne,) = read.lignes
    assert ligne.cellules == {
        "code_insee": "01004",
        "id_pvd": "",
        "date_signature_adhesion": "26/03/2021",
    }
    assert ligne.reparations == [("code_insee", "1004", "01004")]


def test_beside_an_ort_a_bare_date_of_signature_is_not_that_of_the_adhesion():
    read = table("code_insee,ort_identifiant,date_signature", "34142,ort-lodeve,2021-07-16")
    assert read.ignorees == ["ort_identifiant", "date_signature"]
    assert read.lignes[0].cellules == {"code_insee": "34142"}


def test_the_duration_of_the_public_file_is_not_that_of_the_convention():
    header = "ort_identifiant,duree_annees,nb_avenants"
    read = table(header, "ort-agde,7,1", ressource=ConventionRessource)
    assert read.ignorees == ["duree_annees", "nb_avenants"]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("code_insee,couleur", "« couleur » inconnue. Colonnes possibles : code_insee, id_pvd"),
        ("id_pvd", "« code_insee » absente"),
        ("code_insee,code_insee", "« code_insee » écrite deux fois"),
        ("code_insee,INSEE_COM", "« code_insee » et « INSEE_COM » disent toutes deux"),
    ],
)
def test_a_column_that_cannot_be_understood_is_refused(header, reason):
    with pytest.raises(FichierRefuse, match=reason):
        table(header, "a,b")


@pytest.mark.parametrize(
    "ressource",
    [
        LabellisationRessource,
        ConventionRessource,
        CouvertureRessource,
        AvenantRessource,
        PosteRessource,
        DesserteRessource,
    ],
)
def test_every_name_that_a_resource_gives_is_that_of_a_column(ressource):
    resource = ressource()
    told = {*resource.autres_noms.values(), *resource.codes, *resource.exemple}
    assert told <= set(resource.columns)
    assert set(resource.required_columns) <= set(resource.exemple)


@pytest.fixture
def agent(db, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return factories.agent()


def test_a_file_kept_aside_is_that_of_its_agent_and_of_its_sort(agent, tmp_path):
    depot = Depot(agent.pk, "ort", "relecture", None, Fichier("a.csv", ["a"], [(2, ["b"])]))
    jeton = keep(depot)
    assert find(jeton, agent, "ort").fichier.entetes == ["a"]
    assert find(jeton, agent, "avenants") is None
    assert find(jeton, factories.agent(), "ort") is None
    assert [oct(path.stat().st_mode)[-3:] for path in (tmp_path / "imports").iterdir()] == ["600"]
    forget(jeton)
    assert find(jeton, agent, "ort") is None


@pytest.mark.parametrize("jeton", ["../../secret", "a/b", "..", "a.b", "\0"])
def test_a_token_is_never_a_path(agent, jeton):
    assert find(jeton, agent, "ort") is None
