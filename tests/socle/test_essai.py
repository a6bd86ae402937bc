"""A trial leaves nothing behind: no row, no mail, no file, nothing put off to the commit."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from ort.models import Document
from socle.courriels import mail_admins, send_mail
from socle.essai import en_essai, essai
from socle.models import Source

ROOT = Path(__file__).parents[2]
OPENS_A_DOOR = re.compile(
    r"^\s*(from|import) django\.core(\.mail| import .*\bmail\b)", re.MULTILINE
)
ROOMS = ("communes", "ort", "projects", "pvd", "socle")


@pytest.fixture(params=["seul", "dans une transaction"])
def around(request, transactional_db):
    """Stand on the bare base, then inside a longer transaction."""
    if request.param == "seul":
        yield
        return
    with transaction.atomic():
        yield


@pytest.fixture
def administrators(settings):
    settings.ADMINS = [("Astreinte", "admin@exemple.fr")]


def source(cle):
    return Source.objects.create(cle=cle, titre=cle)


def keys():
    return sorted(Source.objects.values_list("cle", flat=True))


def test_what_is_written_is_seen_then_undone_with_its_history(around):
    source("avant")
    with essai():
        source("pendant")
        Source.objects.get(cle="avant").delete()
        assert keys() == ["pendant"]
    assert keys() == ["avant"]
    assert list(Source.history.values_list("cle", flat=True)) == ["avant"]
    source("apres")
    assert keys() == ["apres", "avant"]


@pytest.mark.parametrize("error", [ValidationError, IntegrityError])
def test_a_trial_that_fails_is_undone_too_and_its_error_is_told(around, error):
    with pytest.raises(error), essai():  # noqa: PT012 (what comes before the error is the test)
        source("pendant")
        if error is ValidationError:
            raise ValidationError("refusé")
        source("pendant")
    assert (keys(), en_essai()) == ([], False)


def test_a_trial_in_a_trial_leaves_the_first_one_as_it_was(around):
    with essai():
        source("un")
        with essai():
            source("deux")
            assert keys() == ["deux", "un"]
        assert (keys(), en_essai()) == (["un"], True)
    assert (keys(), en_essai()) == ([], False)


def test_nothing_put_off_to_the_commit_runs(transactional_db):
    done = []
    with transaction.atomic():
        transaction.on_commit(lambda: done.append("avant"))
        with essai():
            transaction.on_commit(lambda: done.append("pendant"))
        transaction.on_commit(lambda: done.append("après"))
    with essai():
        transaction.on_commit(lambda: done.append("seul"))
    assert done == ["avant", "après"]


def test_nobody_is_written_to(db, administrators, mailoutbox):
    with essai():
        send_mail("Essai", "Texte", ["qui@exemple.fr"])
        mail_admins("Essai", "Texte")
    assert mailoutbox == []
    send_mail("Pour de bon", "Texte", ["qui@exemple.fr"])
    mail_admins("Pour de bon", "Texte")
    assert [mail.to for mail in mailoutbox] == [["qui@exemple.fr"], ["admin@exemple.fr"]]


def test_no_file_is_written_nor_deleted(db, documents_folder):
    storage = Document._meta.get_field("fichier").storage
    storage.mark()
    kept = storage.save("aa/garde.pdf", ContentFile(b"garde"))
    with essai():
        storage.save("bb/essai.pdf", ContentFile(b"essai"))
        storage.delete(kept)
    files = storage.files().values()
    assert [(path.name, path.read_bytes()) for path in files] == [("garde.pdf", b"garde")]
    storage.delete(kept)
    assert not storage.exists(kept)


def test_every_mail_leaves_by_the_door_that_a_trial_closes():
    """A module that would call Django's own functions would write to people during a trial."""
    by_itself = [
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if OPENS_A_DOOR.search(path.read_text())
    ]
    assert by_itself == ["socle/courriels.py"]
