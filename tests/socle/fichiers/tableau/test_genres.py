"""What a file is: a table is read by what it holds, anything else is named with what to do."""

import io
import zipfile
from pathlib import Path

import pytest

from socle.fichiers.tableau.fichier import FichierRefuse
from tests.socle.fichiers.tableau.fabrique import archive_of, ods_of, ods_row, read, replaced, xlsx

PROTECTED = Path(__file__).parents[1] / "tableaux/27-classeur-protege.xlsx"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500


def encrypted_zip():
    """Return an archive whose members say that they ask for a password."""
    content = bytearray(archive_of(**{"content.xml": "x"}))
    for start in (content.index(b"PK\x03\x04") + 6, content.index(b"PK\x01\x02") + 8):
        content[start] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (
            PROTECTED.read_bytes(),
            "mot de passe ou une étiquette de confidentialité. Enlevez la protection",
        ),
        (encrypted_zip(), "mot de passe"),
        (
            archive_of(
                **{"content.xml": "x", "META-INF/manifest.xml": "<manifest:encryption-data/>"}
            ),
            "mot de passe",
        ),
        (
            b"<html><body><table><tr><td>code_insee",
            r"page web \(HTML\), et non un classeur.*\.xlsx",
        ),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html>", "page web"),
        (b"<table border=1>", "page web"),
        (b"MIME-Version: 1.0\r\n", "page web enregistrée"),
        (b"<?xml version='1.0'?><Workbook/>", "fichier XML"),
        (archive_of(**{"Index/Document.iwa": "x"}), "Numbers d'Apple.*Exporter vers, Excel"),
        (archive_of(**{"Index.zip": "x"}), "Numbers d'Apple"),
        (b"%PDF-1.7", "document PDF. Demandez le tableau"),
        (archive_of(**{"word/document.xml": "x"}), "traitement de texte"),
        (
            archive_of(
                **{"content.xml": "x", "mimetype": "application/vnd.oasis.opendocument.text"}
            ),
            "traitement",
        ),
        (OLE + "WordDocument".encode("utf-16-le"), "traitement de texte"),
        (b"{\\rtf1", "traitement de texte"),
        (archive_of(**{"ppt/presentation.xml": "x"}), "présentation"),
        (archive_of(**{"xl/workbook.bin": "x"}), r"\(.xlsb\)"),
        (archive_of(**{"suivi.xlsx": "x"}), "archive ZIP"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"\x1f\x8b\x08", "archive"),
        (b"PK\x03\x04 rien", "abîmé"),
        (OLE, "abîmé"),
    ],
)
def test_what_is_no_table_is_named_with_what_to_do(content, named):
    with pytest.raises(FichierRefuse, match=named):
        read(content)


def test_an_archive_that_would_fill_the_memory_is_refused_before_it_is_opened():
    bomb = replaced(xlsx(["a"]), "xl/media/image.bin", b"\0" * (101 * 1024 * 1024))
    assert len(bomb) < 200_000
    with pytest.raises(FichierRefuse, match="trop grand une fois ouvert"):
        read(bomb)


def test_the_parts_of_a_workbook_are_where_it_says_they_are():
    """Some programs name theirs otherwise than Excel."""
    content = xlsx(["code_insee"], ["34142"])
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(output, "w") as archive:
        for name in source.namelist():
            moved = name.replace("workbook.xml", "classeur.xml")
            archive.writestr(moved, source.read(name).replace(b"workbook.xml", b"classeur.xml"))
    assert read(output.getvalue()).lignes == [(2, ["34142"])]


def test_an_ods_needs_no_more_than_its_content():
    content = archive_of(
        **{
            "content.xml": zipfile.ZipFile(
                io.BytesIO(ods_of(ods_row("code_insee") + ods_row("34142")))
            ).read("content.xml")
        }
    )
    assert read(content).lignes == [(2, ["34142"])]
