"""What fails for a while is told by the codes that it gives, wherever it fails."""

import errno
import html
import sqlite3

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, OperationalError, ProgrammingError
from django.db.utils import InterfaceError
from django.test import Client

from socle.web.attente import (
    ABSENTE,
    OCCUPEE,
    PLEINE,
    SANS_DOSSIER,
    TROP_LONGUE,
    panne_of,
)
from tests.pannes import disk, fill


def wrapped(cause, kind=OperationalError):
    """Return an error as Django gives it: its own, of which that of the driver is the cause."""
    error = kind(str(cause))
    error.__cause__ = cause
    return error


def of_sqlite(code):
    error = sqlite3.OperationalError("…")
    error.sqlite_errorcode = code
    return wrapped(error)


def of_postgresql(code):
    return wrapped(psycopg.errors.lookup(code)("…"))


@pytest.mark.parametrize(
    ("error", "panne"),
    [
        (of_sqlite(sqlite3.SQLITE_BUSY), OCCUPEE),
        (of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT), OCCUPEE),
        (of_sqlite(sqlite3.SQLITE_IOERR_SHMSIZE), PLEINE),
        (of_sqlite(sqlite3.SQLITE_READONLY), PLEINE),
        (of_sqlite(sqlite3.SQLITE_CANTOPEN), ABSENTE),
        (of_sqlite(sqlite3.SQLITE_ERROR), None),
        (of_postgresql("55P03"), OCCUPEE),
        (of_postgresql("40P01"), OCCUPEE),
        (of_postgresql("57014"), TROP_LONGUE),
        (of_postgresql("57P01"), ABSENTE),
        (of_postgresql("53300"), ABSENTE),
        (of_postgresql("53100"), PLEINE),
        (wrapped(psycopg.errors.lookup("25006")("…"), ProgrammingError), PLEINE),
        (wrapped(psycopg.errors.lookup("42P01")("…"), ProgrammingError), None),
        (wrapped(psycopg.errors.lookup("23505")("…"), IntegrityError), None),
        (wrapped(psycopg.OperationalError("server closed the connection")), ABSENTE),
        (wrapped(psycopg.InterfaceError("connection already closed"), InterfaceError), ABSENTE),
        (OSError(errno.ENOSPC, "…"), PLEINE),
        (OSError(errno.EROFS, "…"), PLEINE),
        (OSError(errno.ENODEV, "…"), SANS_DOSSIER),
        (OSError(errno.ENOENT, "…"), None),
        (ValueError("…"), None),
    ],
)
def test_each_failure_is_known_by_its_code(error, panne):
    assert panne_of(error) is panne


def test_a_file_that_finds_no_room_on_arrival_is_told_and_leaves_no_piece(tmp_path, settings):
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.cookies["csrftoken"] = "a" * 32
    sent = SimpleUploadedFile("tableau.csv", b"x" * 50_000)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000
    with disk(tmp_path / "recus") as folder:
        settings.FILE_UPLOAD_TEMP_DIR = folder
        fill(folder)
        answer = browser.post("/admin/login/", {"fichier": sent})
        assert [path.name for path in folder.iterdir()] == ["remplissage"]
    assert answer.status_code == 503
    assert "Son disque est plein" in html.unescape(answer.content.decode())


def test_an_error_of_ours_is_still_an_error(monkeypatch):
    browser = Client(raise_request_exception=False)
    monkeypatch.setattr("pvd.portail.donnees.page.TABLES", 1)
    answer = browser.get("/donnees/")
    assert answer.status_code == 500
    assert "Le site a rencontré une erreur" in answer.content.decode()
