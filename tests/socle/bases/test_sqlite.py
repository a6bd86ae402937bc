"""An SQLite whose disk is full or read-only: readers read, and writers are told."""

import html
import shutil

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from communes.models import Region
from pvd.signalements.pages import PageSignalee
from tests import factories
from tests.pannes import disk, fill, make_read_only, site_on

JOUR = factories.day("2023-07-06")


@pytest.fixture(scope="module")
def filled_base(tmp_path_factory, gabarits, django_db_setup, django_db_blocker):
    """The file of a base with its tables, closed by all."""
    path = tmp_path_factory.mktemp("sqlite") / "base.sqlite3"
    gabarits.write("vide", path).close()
    with django_db_blocker.unblock(), site_on(f"sqlite:///{path}"):
        factories.commune("34142", nom="Lodève")
    return path


@pytest.fixture
def base(filled_base, tmp_path, django_db_blocker):
    """The address of a copy of the base, alone on its disk."""
    with django_db_blocker.unblock(), disk(tmp_path / "disque", "20m") as folder:
        shutil.copy(filled_base, folder / "base.sqlite3")
        yield folder / "base.sqlite3"


def report():
    """Send a report as a page of ours does."""
    jeton = PageSignalee("/communes/34142/", JOUR).jeton(timezone.localdate())
    return Client().post("/signaler/", {"jeton": jeton, "message": "Faux."})


@pytest.mark.parametrize("spoil", [fill, make_read_only])
def test_readers_read_and_writers_are_told(base, spoil):
    with site_on(f"sqlite:///{base}"):
        spoil(base.parent)
        assert "Lodève" in Client().get("/communes/34142/").content.decode()
        answer = report()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "300"
    told = html.unescape(answer.content.decode())
    assert "Le site ne peut rien enregistrer en ce moment" in told
    assert "votre navigateur enverra de nouveau ce que vous avez saisi" in told


def test_a_base_that_is_used_when_its_disk_fills_up_is_still_read(base):
    with site_on(f"sqlite:///{base}"):
        assert Region.objects.exists()
        fill(base.parent)
        assert Client().get("/communes/34142/").status_code == 200


def test_what_waits_in_a_journal_is_not_passed_over(base):
    base.with_name("base.sqlite3-wal").write_bytes(b"x" * 4096)
    make_read_only(base.parent)
    with site_on(f"sqlite:///{base}"):
        answer = Client().get("/communes/34142/")
    assert answer.status_code == 503
    assert "Sa base de données ne répond pas" in html.unescape(answer.content.decode())


def test_readers_never_wait_and_what_is_told_is_kept(base):
    with site_on(f"sqlite:///{base}"), connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)
