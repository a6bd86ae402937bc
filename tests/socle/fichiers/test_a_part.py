"""The process that reads a foreign file: its death is that of its file, not of the page that asked."""

from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from socle.fichiers import a_part
from socle.fichiers.a_part import LectureArretee, read_apart
from socle.fichiers.documents import refuse_what_is_no_pdf
from socle.fichiers.lecture import read_file
from socle.fichiers.tableau.fichier import FichierRefuse


@pytest.fixture
def reader_that(tmp_path, monkeypatch):
    """Have the process apart run a code of ours under its limits."""

    def replaced(code):
        root = str(a_part.READER.parents[2])
        start = (
            f"import sys; sys.path.insert(0, {root!r})\nfrom socle.fichiers.enfant import limit\n"
        )
        script = tmp_path / "enfant.py"
        script.write_text(f"{start}limit()\n{code}\n")
        monkeypatch.setattr(a_part, "READER", script)
        monkeypatch.setattr(a_part, "MOST_SECONDS", 2)

    return replaced


@pytest.mark.parametrize(
    "code",
    ["import os; os.abort()", "import time; time.sleep(60)", "bytearray(4 * 1024**3)"],
)
def test_a_reader_that_dies_is_told_apart(code, reader_that):
    reader_that(code)
    with pytest.raises(LectureArretee):
        read_apart("socle.fichiers.pdf", b"")


def test_each_kind_of_file_says_what_to_do_of_what_kills_its_reader(reader_that):
    reader_that("raise MemoryError")
    with pytest.raises(FichierRefuse, match="Copiez le tableau seul"):
        read_file(b"code_insee;motif\n34142;vu\n", "essai.csv")
    with pytest.raises(ValidationError, match="Enregistrez-le de nouveau en PDF"):
        refuse_what_is_no_pdf(ContentFile(b"%PDF-1.7", "acte.pdf"))


@pytest.mark.parametrize("end", ["print('{}')", "raise SystemExit(1)"])
def test_the_journal_tells_where_a_reader_stopped_and_no_word_of_its_file(end, reader_that, caplog):
    reader_that(
        "from socle.fichiers.enfant import tell_where\n"
        "try:\n    int(sys.stdin.buffer.read())\nexcept ValueError as error:\n    tell_where(error)\n"
        + end
    )
    with suppress(LectureArretee):
        read_apart("socle.fichiers.pdf", b"Durand")
    assert "socle.fichiers.pdf, 6 octets" in caplog.text
    assert "ValueError" in caplog.text
    assert "Durand" not in caplog.text


def test_a_reader_that_nothing_catches_says_no_word_of_its_file(tmp_path, monkeypatch, caplog):
    """The module asked for breaks outside of its own net: its process dies, and tells where."""
    (tmp_path / "qui_casse.py").write_text("def answer(asked):\n    int(asked.read())\n")
    script = tmp_path / "enfant.py"
    script.write_text(
        f"import sys; sys.path[:0] = [{str(a_part.READER.parents[2])!r}, {str(tmp_path)!r}]\n"
        "from socle.fichiers.enfant import main\nmain()\n"
    )
    monkeypatch.setattr(a_part, "READER", script)
    with pytest.raises(LectureArretee):
        read_apart("qui_casse", b"Mme Durand")
    assert "ValueError" in caplog.text
    assert "Durand" not in caplog.text
