"""The process that reads a foreign file: whatever becomes of it, the page that asked lives on."""

import io
import logging
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socle.fichiers.lecture import read_file
from socle.fichiers.tableau import reponse
from socle.fichiers.tableau.fichier import LARGEST_FILE, Fichier, FichierRefuse
from tests.socle.fichiers.tableau.fabrique import (
    CONNUES,
    HEADER,
    SHEET,
    archive_of,
    ods_of,
    ods_row,
    replaced,
    row_of,
    xlsx,
    xlsx_of,
)

CSV = b"code_insee;motif_sortie\n34142;vu\n"


def refusal(content):
    with pytest.raises(FichierRefuse) as refused:
        read_file(content, "essai", CONNUES)
    return str(refused.value)


def test_a_file_is_read_as_plain_data():
    fichier = read_file(CSV, "essai.csv", CONNUES)
    assert fichier == Fichier("essai.csv", HEADER, [(2, ["34142", "vu"])])


def test_a_file_is_read_from_any_thread():
    read = []
    threads = [
        threading.Thread(target=lambda: read.append(read_file(CSV, "x", CONNUES))) for _ in "ab"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [fichier.entetes for fichier in read] == [HEADER, HEADER]


def test_a_refusal_says_the_file_and_the_sheets_to_choose_from():
    assert refusal(b"") == "essai : le fichier est vide."
    assert "dépasse 5 Mo" in refusal(b"x" * (LARGEST_FILE + 1))


def test_the_process_apart_imports_nothing_of_the_records():
    """Neither Django nor openpyxl, whatever the file: it starts in a few hundredths of a second."""
    code = (
        "import sys, io; sys.path.insert(0, '.');"
        "from socle.fichiers.tableau.lecteur import table;"
        "table(sys.stdin.buffer.read(), 'x', {'codeinsee'});"
        "print(sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    for content in (
        CSV,
        xlsx(HEADER, ["34142", "x"]),
        ods_of(ods_row(*HEADER) + ods_row("1", "2")),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code], input=content, capture_output=True, check=True
        )
        assert not {"django", "openpyxl", "import_export", "tablib"} & set(eval(done.stdout))


def test_a_file_whose_only_cells_are_the_first_and_the_last_is_read():
    """Other readers ask for 549 GB, and take the process with them."""
    data = f'{row_of(1, "code_insee")}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert "pas d'autre ligne" in refusal(xlsx_of(data))
    filled = data.replace('<row r="1048576">', f'{row_of(2, "34142")}<row r="1048576">')
    fichier = read_file(xlsx_of(filled), "essai", CONNUES)
    assert fichier.lignes == [(2, ["34142"])]


def test_an_ods_that_goes_down_to_the_last_row_is_read():
    empty = '<table:table-row table:number-rows-repeated="1048569"><table:table-cell/></table:table-row>'
    rows = ods_row("code_insee") + ods_row("34142") + empty + ods_row("34028")
    assert read_file(ods_of(rows), "x", CONNUES).lignes == [(2, ["34142"]), (1048572, ["34028"])]
    repeated = ods_row("34142", attributes='table:number-rows-repeated="1048570"')
    assert "plus de 5000 lignes" in refusal(ods_of(ods_row("code_insee") + repeated))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (xlsx_of("".join(row_of(i, "34142") for i in range(1, 9000))), "plus de 5000 lignes"),
        (replaced(xlsx(HEADER), SHEET, "<a>" * 100_000), "abîmé"),
        (replaced(xlsx(HEADER), SHEET, b"\xff\xfe"), "abîmé"),
        (
            xlsx_of(
                "".join(row_of(i, "34142") for i in range(1, 4000)),
                "<mergeCells>" + '<mergeCell ref="A2:XFD1048576"/>' * 1000 + "</mergeCells>",
            ),
            "trop de cellules fusionnées",
        ),
        (
            replaced(
                xlsx(HEADER),
                SHEET,
                '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">'
                + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 20}">' for i in range(1, 12)).replace(
                    "&a0;", "&a;"
                )
                + "]><x>&a11;</x>",
            ),
            "abîmé",
        ),
        (archive_of(**{"content.xml": "<a/>"}), "le fichier est vide"),
        (archive_of(**{"[Content_Types].xml": "<a/>"}), "abîmé"),
    ],
)
def test_a_file_made_to_harm_is_refused(content, told):
    assert told in refusal(content)


def answered(content):
    """Return the answer of the process apart, without leaving this one."""
    asked = b'{"nom": "x", "connues": ["codeinsee"], "feuille": ""}\n' + content
    return reponse.answer(io.BytesIO(asked))


STARTS = [
    b"",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\xff\xfe",
    b"code_insee;",
    b"<",
]


@given(st.sampled_from(STARTS), st.binary(max_size=300))
def test_any_bytes_are_rows_or_a_refusal(start, content):
    answer = answered(start + content)
    assert answer.get("fichier") or answer["refus"]


WORKBOOKS = [
    xlsx(HEADER, ["34142", "x"], ["34028", 2.5]),
    ods_of(ods_row(*HEADER) + ods_row("34142", "x")),
]


@given(st.sampled_from(WORKBOOKS), st.data())
def test_a_workbook_with_a_wrong_byte_is_rows_or_a_refusal(content, data):
    place = data.draw(st.integers(0, len(content) - 1))
    broken = content[:place] + bytes([data.draw(st.integers(0, 255))]) + content[place + 1 :]
    answer = answered(broken)
    assert answer.get("fichier") or answer["refus"]


@given(
    st.lists(st.lists(st.text(st.characters(codec="utf-8"), max_size=8), max_size=5), max_size=6)
)
def test_any_table_of_texts_is_rows_or_a_refusal(rows):
    answer = answered("\n".join(";".join(row) for row in rows).encode())
    assert answer.get("fichier") or answer["refus"]


def test_what_breaks_the_reader_is_told_to_whoever_keeps_the_site(caplog):
    with caplog.at_level(logging.WARNING):
        assert "abîmé" in refusal(replaced(xlsx(HEADER), SHEET, "<a>"))
    assert "ParseError" in caplog.text
