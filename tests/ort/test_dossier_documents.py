"""The folder of documents: not there, full, or with files that a sudden stop has left in it."""

import errno
import os
import time
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from ort.models import Document
from socle.fichiers.stockage import MARQUE
from tests import factories
from tests.formulaires import errors
from tests.ort.test_documents import PDF, deposit, document, pdf, stored
from tests.pannes import disk, fill, make_read_only

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("documents_folder")]


@pytest.fixture
def folder(documents_folder):
    return documents_folder


def unmount(folder):
    """Leave an empty folder, as a disk that is not mounted does."""
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


def test_the_first_document_marks_the_folder(agent_34, folder):
    assert not (folder / MARQUE).exists()
    assert deposit(agent_34, factories.convention(), pdf()).status_code == 302
    assert (folder / MARQUE).exists()


def test_nothing_is_written_in_the_place_of_a_folder_that_is_not_there(agent_34, folder):
    kept = document()
    unmount(folder)
    answer = deposit(agent_34, factories.convention(), pdf())
    assert "Le dossier des documents n'est pas là" in errors(answer)
    with pytest.raises(ValidationError, match="n'est pas là"):
        document(kept.convention)
    assert list(folder.iterdir()) == []
    assert Document.objects.get() == kept


def test_a_document_removed_is_due_in_the_folder_as_well(agent_34, folder):
    document().delete()
    unmount(folder)
    assert "n'est pas là" in errors(deposit(agent_34, factories.convention(), pdf()))


def test_a_folder_from_before_the_mark_is_known_by_its_oldest_file(agent_34, folder):
    document()
    (folder / MARQUE).unlink()
    assert deposit(agent_34, factories.convention(), pdf()).status_code == 302
    assert (folder / MARQUE).exists()


def test_the_storage_writes_nothing_without_its_mark(folder):
    with pytest.raises(OSError, match="marque") as refused:
        Document.folder().save("ab/acte.pdf", ContentFile(PDF))
    assert refused.value.errno == errno.ENODEV
    assert list(folder.iterdir()) == []


def test_a_full_folder_is_told_and_keeps_no_piece_of_file(agent_34, folder):
    signed = factories.convention()
    with disk(folder / "plein"):
        storage = Document.folder()
        storage.location = str(folder / "plein")
        storage.mark()
        fill(folder / "plein")
        answer = deposit(agent_34, signed, pdf(content=PDF[:9] + b"\0" * 50_000 + PDF[9:]))
        assert answer.status_code == 503
        assert "Son disque est plein" in answer.content.decode()
        assert stored(folder) == []
    assert not Document.objects.exists()


def test_a_read_only_folder_is_told(agent_34, folder):
    signed = factories.convention()
    with disk(folder / "fige"):
        storage = Document.folder()
        storage.location = str(folder / "fige")
        storage.mark()
        make_read_only(folder / "fige")
        answer = deposit(agent_34, signed, pdf())
        assert "Le dossier des documents ne s'écrit pas" in errors(answer)
    assert not Document.objects.exists()


# What a sudden stop leaves.


def orphan(folder, days):
    path = folder / "ab" / f"reste-{days}.pdf"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(PDF)
    os.utime(path, (time.time() - days * 86_400 - 60,) * 2)
    return path


def told(*options):
    out = StringIO()
    call_command("ranger_documents", *options, stdout=out)
    return out.getvalue()


def test_orphans_are_told_and_left(folder):
    document()
    left = orphan(folder, 1)
    assert told() == "ab/reste-1.pdf : orphelin\n1 fichier orphelin, 0 retiré.\n"
    assert left.exists()


def test_orphans_of_more_than_a_day_are_removed_when_asked_and_nothing_else(folder):
    kept, removed = document(), document()
    removed.delete()
    old, young = orphan(folder, 1), orphan(folder, 0)
    said = told("--appliquer")
    assert "reste-0.pdf : de moins d'un jour, laissé" in said
    assert "2 fichiers orphelins, 1 retiré." in said
    names = {kept.fichier.name, removed.fichier.name, f"ab/{young.name}"}
    assert {path.relative_to(folder).as_posix() for path in stored(folder)} == names
    assert not old.exists()
    assert (folder / MARQUE).exists()


def test_the_files_of_another_base_are_never_removed(folder):
    Document.folder().mark()
    left = orphan(folder, 30)
    with pytest.raises(CommandError, match="est-ce la sienne"):
        told("--appliquer")
    assert left.exists()


def test_a_folder_that_is_not_there_is_not_put_in_order(folder):
    document()
    unmount(folder)
    with pytest.raises(CommandError, match="n'est pas là"):
        told("--appliquer")


def test_an_empty_folder_has_no_orphan(folder):
    assert told() == "0 fichier orphelin, 0 retiré.\n"
    assert list(folder.iterdir()) == []
