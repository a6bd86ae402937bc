"""« /sante/ » says what the site needs and does not have, in two seconds whatever does not answer."""

import html
import os
import signal
import time
from collections import namedtuple
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings
from whitenoise.storage import CompressedManifestStaticFilesStorage

from pvd.portail.vues import sante
from tests import factories
from tests.pannes import silent_server, site_on
from tools.pg import throw_away_server

pytestmark = pytest.mark.deux_bases
# The base that does not answer is another than that of the tests; a disk and its files are beside it.
elsewhere = pytest.mark.une_base

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def site(transactional_db, tmp_path, documents_folder):
    """A site with a base and a folder of documents; its checks are asked from other connections."""


def asked():
    """Return the status of the answer, its first word, and what it says of each check."""
    answer = Client().get("/sante/")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    first, *lines = answer.content.decode().splitlines()
    return answer.status_code, first, dict(line.split(" : ", 1) for line in lines)


def test_all_is_well(site):
    names = ("base", "migrations", "statiques", "documents", "disque")
    assert asked() == (200, "ok", dict.fromkeys(names, "ok"))


@elsewhere
def test_a_frozen_database_is_told_within_two_seconds(django_db_blocker):
    with django_db_blocker.unblock(), silent_server() as url, site_on(url):
        start = time.monotonic()
        status, first, told = asked()
        assert time.monotonic() - start < 2
    assert (status, first, told["base"]) == (503, "base", "pas de réponse en 1,5 seconde")
    assert told["disque"] == "ok"


@contextmanager
def stopped(folder):
    """Stop each process of a PostgreSQL, the one that starts the others first, and let them go on."""
    first = (folder / "data/postmaster.pid").read_text().split()[0]
    stopped = [int(first)]
    try:
        os.kill(stopped[0], signal.SIGSTOP)
        for child in Path(f"/proc/{first}/task/{first}/children").read_text().split():
            # One that served our last question may just be gone.
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGSTOP)
                stopped.append(int(child))
        yield
    finally:
        for process in stopped:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_a_server_stopped_whole_is_told_within_two_seconds_and_its_return_too(django_db_blocker):
    with django_db_blocker.unblock(), throw_away_server() as url, site_on(url):
        assert asked()[2]["base"] == "ok"
        with stopped(Path(connection.settings_dict["HOST"])):
            start = time.monotonic()
            status, first, told = asked()
            assert time.monotonic() - start < 2
        assert (status, first, told["base"]) == (503, "base", "pas de réponse en 1,5 seconde")
        sante.Controle.en_cours.pop("base").join()
        assert asked()[2]["base"] == "ok"


@elsewhere
def test_a_database_that_is_away_is_told(django_db_blocker):
    with django_db_blocker.unblock(), site_on("postgres://role@127.0.0.1:9/base"):
        status, first, told = asked()
    assert (status, first, told["base"]) == (503, "base", "ne répond pas")


def test_a_migration_to_pass_is_told(site):
    MigrationRecorder(connection).record_unapplied("suivi", "0004_compteurs")
    try:
        status, first, told = asked()
    finally:
        MigrationRecorder(connection).record_applied("suivi", "0004_compteurs")
    assert (status, first, told["base"]) == (503, "migrations", "ok")
    assert told["migrations"] == "1 à passer : manage.py migrate"


@elsewhere
def test_static_files_that_were_not_collected_are_told(site, tmp_path, monkeypatch):
    monkeypatch.setattr(sante, "known_statics", lambda: {"pvd/pvd.css", "pvd/favicon.svg"})
    with override_settings(STATIC_ROOT=tmp_path / "static"):
        monkeypatch.setattr(sante, "staticfiles_storage", CompressedManifestStaticFilesStorage())
        status, first, told = asked()
        assert (status, first) == (503, "statiques")
        assert told["statiques"].startswith("2 fichiers à rassembler : manage.py collectstatic")


@elsewhere
def test_each_file_that_a_page_asks_for_is_looked_for():
    assert {"pvd/pvd.css", "pvd/paquet/dsfr.js"} <= sante.known_statics()
    assert not hasattr(staticfiles_storage, "hashed_files")


def test_a_folder_of_documents_that_is_not_there_is_told(site, documents_folder):
    kept = factories.document()
    assert asked()[0] == 200
    Path(kept.fichier.path).unlink()
    os.unlink(documents_folder / ".documents-pvd")
    status, first, told = asked()
    assert (status, first) == (503, "documents")
    assert told["documents"].startswith("Le dossier des documents n'est pas là")


@elsewhere
@pytest.mark.parametrize(
    ("total", "free", "first"),
    [
        (100_000, 5_000, "ok"),
        (100_000, 4_999, "disque"),
        (1_000, 200, "ok"),
        (1_000, 199, "disque"),
    ],
)
def test_a_disk_that_is_nearly_full_is_told(site, monkeypatch, total, free, first):
    usage = Usage(total * 1_000_000, 0, free * 1_000_000)
    monkeypatch.setattr(sante.shutil, "disk_usage", lambda path: usage)
    assert asked()[1] == first


@elsewhere
def test_what_does_not_answer_is_waited_for_by_one_thread(site, monkeypatch):
    calls = []
    slow = {"base": lambda: calls.append(1) or time.sleep(1)}
    monkeypatch.setattr(sante, "CONTROLES", slow)
    monkeypatch.setattr(sante, "SECONDS_FOR_ALL", 0.1)
    sante.Controle.en_cours.clear()
    assert [asked()[0] for _ in range(3)] == [503] * 3
    assert calls == [1]
    sante.Controle.en_cours.pop("base").join()


# The pages while the database does not answer.


@elsewhere
@pytest.mark.parametrize("address", ["/mentions-legales/", "/accessibilite/", "/robots.txt"])
def test_pages_that_need_no_database_are_shown_without(address, django_db_blocker, settings):
    settings.PVD_DEPARTEMENT = "34"
    with django_db_blocker.unblock(), site_on("postgres://role@127.0.0.1:9/base"):
        assert Client().get(address).status_code == 200


@elsewhere
def test_who_answers_for_the_site_is_told_while_the_database_is_away(django_db_blocker, settings):
    settings.PVD_EDITEUR, settings.PVD_EDITEUR_CONTACT = "DDTM de l'Hérault", "pvd@exemple.fr"
    with django_db_blocker.unblock(), site_on("postgres://role@127.0.0.1:9/base"):
        for address in ("/mentions-legales/", "/accessibilite/"):
            page = html.unescape(Client().get(address).content.decode())
            assert "DDTM de l'Hérault" in page
            assert 'href="mailto:pvd@exemple.fr"' in page


@elsewhere
@pytest.mark.parametrize("address", ["/", "/communes/34142/", "/donnees/communes.csv", "/admin/"])
def test_other_pages_say_so_in_french_and_when_to_come_back(address, django_db_blocker, settings):
    settings.PVD_DEPARTEMENT = "34"
    browser = Client()
    browser.cookies["sessionid"] = "a" * 32
    with django_db_blocker.unblock(), site_on("postgres://role@127.0.0.1:9/base"):
        answer = browser.get(address)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert "Sa base de données ne répond pas." in html.unescape(answer.content.decode())


@elsewhere
def test_a_page_does_not_wait_for_a_frozen_database(django_db_blocker, settings):
    settings.PVD_DEPARTEMENT = "34"
    with django_db_blocker.unblock(), silent_server() as url, site_on(url):
        start = time.monotonic()
        assert Client().get("/communes/34142/").status_code == 503
        assert Client().get("/mentions-legales/").status_code == 200
        assert time.monotonic() - start < 8
