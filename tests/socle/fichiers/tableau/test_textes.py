"""Files of text: their code is recognised or refused, and their separator found."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from socle.fichiers.formats import csv_cell
from socle.fichiers.tableau.encodage import TWICE
from socle.fichiers.tableau.fichier import FichierRefuse
from socle.fichiers.tableau.valeurs import ERRORS
from tests.socle.fichiers.tableau.fabrique import cells, read

TEXT = "code_insee;motif_sortie\r\n34142;éloignée, à l’été\r\n"


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.replace(";", "\t"),
        TEXT.replace(";", "|"),
        TEXT.replace("\r\n", "\n"),
        f"sep=;\r\n{TEXT}",
        f'"sep=;"\n{TEXT}',
        f"\ufeff{TEXT}",
        f"{TEXT};;\r\n\r\n\x1a",
        'code_insee,motif_sortie\n34142,"éloignée, à l’été"\n',
        "Communes, au 1er mai, du programme\n\n" + TEXT,
        '"code_insee";"motif_sortie"\n"34142";"éloignée, à l’été"\n',
        '="code_insee";motif_sortie\n="34142";éloignée, à l’été\n',
    ],
)
def test_a_table_is_read_whatever_separates_its_columns(text):
    assert cells(text.encode()) == [["34142", "éloignée, à l’été"]]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("utf-8", []),
        ("utf-8-sig", []),
        ("cp1252", ["Le texte est lu en Windows-1252, le code habituel d'Excel."]),
        ("utf-16", ["Le texte est lu en UTF-16 (« Texte Unicode » d'Excel)."]),
        ("utf-16-le", ["Le texte est lu en UTF-16 (« Texte Unicode » d'Excel)."]),
    ],
)
def test_the_code_of_a_text_is_recognised_and_named(code, told):
    fichier = read(TEXT.encode(code))
    assert [row for _, row in fichier.lignes] == [["34142", "éloignée, à l’été"]]
    assert fichier.remarques == told


@pytest.mark.parametrize(
    "words", ["prévu à 5 €", "L’été", "n° 3, « œuvre »", "Peña", "À CÔTÉ", "25 °C"]
)
def test_french_as_excel_writes_it_is_windows_1252(words):
    assert cells(f"code_insee;motif_sortie\n34142;{words}\n".encode("cp1252"))[0][1] == words


@pytest.mark.parametrize("words", ["Retirée à la demande", "délibération", "œuvre dès l'été"])
@pytest.mark.parametrize(("code", "name"), [("mac_roman", "Mac"), ("cp850", "MS-DOS")])
def test_the_code_of_another_machine_is_refused_by_its_name(words, code, name):
    content = f"code_insee;motif_sortie\n34028;\n34142;{words}\n".encode(code, "replace")
    with pytest.raises(
        FichierRefuse, match=rf"ligne 3 : le texte est codé comme sur {name}.*UTF-8"
    ):
        read(content)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("a;b\né;à\n".encode() + b"d\xe9lib\n", "ligne 3 : un octet n'est pas de l'UTF-8"),
        ("a;b\n34;été\n".encode().decode("cp1252").encode(), "ligne 2 : « Ã© » .* deux fois"),
        ("a;b\n34;l’île\n".encode().decode("cp1252").encode(), "ligne 2 : .* deux fois"),
        ("a;b\nc;d\n34;\ufffdt\ufffd\n".encode(), "ligne 3 : « � » est à la place d'une lettre"),
        ("a;b\n34;x\n".encode("utf-16-le")[:-1], "texte UTF-16 abîmé"),
        (b"a;b\n\xb3\xb3;c\n\xd0;\xde\n", "ligne 3 : code de texte non reconnu « Ð »"),
        (b"a;b\n34\0;c\n", "ligne 2 : ce n'est pas un texte"),
        (b'a;b\n34;"c\n', "un guillemet n'y est pas fermé"),
        (b"a;b\n34;" + b"x" * 60_000, "ligne 2 : une cellule est trop longue"),
        (b"a;b\n34;" + b"x" * 6_000, "ligne 2 : une cellule est trop longue"),
        (b"a" + b",a" * 1000, "ligne 1 : 1001 cellules, c'est trop"),
    ],
)
def test_a_doubt_on_a_text_is_refused_with_its_line(content, reason):
    with pytest.raises(FichierRefuse, match=reason):
        read(content)


@given(st.text(st.sampled_from("aeéèêàçùôîŒœ’«»°€ \xa0;,\n"), max_size=40))
def test_windows_1252_never_changes_a_letter(words):
    """What is read is what was written."""
    text = f'code_insee;motif_sortie\n34142;"é{words}"\n'
    assert cells(text.encode("cp1252"))[0][1] == f"é{words}".strip()


def test_a_row_keeps_its_number_in_the_file():
    assert read(b"code_insee\n\n34142\n\n34028\n").lignes == [(3, ["34142"]), (5, ["34028"])]


def test_a_row_cut_in_the_wrong_places_is_refused():
    """A decimal comma without quotes shifts all that follows it: 27.5 would be read 27."""
    fichier = read(b"code_insee,montant\n34142,27,5\n34028,3\n")
    ((number, place, told),) = fichier.fautes
    assert (number, place) == (2, -1)
    assert told.startswith("3 cellules pour 2 colonnes")


def test_an_error_that_a_spreadsheet_saved_as_text_is_one():
    fichier = read(b"code_insee;montant\n34142;#N/A\n34028;#DIV/0!\n34069;#NOM?\n34079;Err:502\n")
    assert [(n, told) for n, _, told in fichier.fautes] == [
        (2, "cellule B2 en erreur (#N/A)"),
        (3, "cellule B3 en erreur (#DIV/0!)"),
        (4, "cellule B4 en erreur (#NOM?)"),
        (5, "cellule B5 en erreur (Err:502)"),
    ]


def test_signs_that_nobody_sees_are_taken_out_and_told():
    fichier = read('code_insee;motif_sortie\n34\u200b142;\xa0vu\xa0\n="01004";x\n'.encode())
    assert [row for _, row in fichier.lignes] == [["34142", "vu"], ["01004", "x"]]
    assert fichier.reparations == [(2, 0, "34\u200b142", "34142"), (3, 0, '="01004"', "01004")]


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
def test_what_our_csv_writes_is_read_back(text):
    cell = csv_cell(text).replace('"', '""')
    content = f'code_insee;motif_sortie\r\n"{cell}";x\r\n'.encode("utf-8-sig")
    assume(not TWICE.search(text) and "\ufffd" not in text and not ERRORS.fullmatch(text))
    expected = text[1:] if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@"} else text
    assert read(content).lignes[-1][1][0] == expected
