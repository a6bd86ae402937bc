"""The process that reads a foreign file: its death is that of its file, not of the page that asked."""

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
        read_apart("socle.fichiers.pdf", b"", "acte.pdf")


def test_each_kind_of_file_says_what_to_do_of_what_kills_its_reader(reader_that):
    reader_that("raise MemoryError")
    with pytest.raises(FichierRefuse, match="Copiez le tableau seul"):
        read_file(b"code_insee;motif\n34142;vu\n", "essai.csv")
    with pytest.raises(ValidationError, match="Enregistrez-le de nouveau en PDF"):
        refuse_what_is_no_pdf(ContentFile(b"%PDF-1.7", "acte.pdf"))
