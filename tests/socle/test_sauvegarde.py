"""The site saved in one file, and made again elsewhere from it: each public file says the same."""

import io
import os
import resource
import sqlite3
import stat
import subprocess
import sys
import tarfile
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings as of_the_site
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, override_settings

from communes.models import Commune
from ort.models import Document, Partie, Secteur
from pvd.portail.donnees.telechargements import TELECHARGEMENTS
from socle.sources import affirm
from tests import factories
from tests.bases import connected_to
from tests.conftest import documents_kept_in
from tests.pages import adresse_du_fichier

JOURS = ("2022-01-01", "2026-11-01")


@pytest.fixture
def settings_here(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    return settings


@contextmanager
def site_in(folder, gabarits, name, migrated):
    """Be another site: a base of its own, migrated or empty, and its documents, in `folder`."""
    database, documents = gabarits.empty(name), folder / f"documents-{name}"
    with override_settings(PVD_DOCUMENTS_DIR=documents), documents_kept_in(documents):
        if not migrated:
            with connected_to(database):
                yield
        else:
            with gabarits.copied("vide", str(database)), connected_to(database):
                yield


@pytest.fixture
def other_site(db, gabarits, settings_here, tmp_path):
    """Return the context of another site, which is gone with the test."""
    return partial(site_in, tmp_path, gabarits)


def fill():
    """Enter a small site that shows something in each public file."""
    lodeve = factories.commune("34142", "new", nom="Lodève", populations={2021: 7000})
    factories.labellisation(lodeve, "2021-01-22")
    ort = factories.convention("2021-07-16", [lodeve], identifiant="ort-lodeve")
    act = factories.avenant(ort, "2022-06-01")
    Secteur.objects.create(convention=ort, commune=lodeve, nom="Centre ancien", avenant=act)
    Partie.objects.create(convention=ort, commune=lodeve)
    affirm(ort, "date_signature", "16/07/2021", factories.source("convention-lodeve"), "jour")
    poste = factories.poste([lodeve], identifiant="poste-lodeve")
    factories.occupation(poste, "2021-07-01", "2023-09-01")
    factories.recrutement(poste, "2023-10-01")
    detr = factories.financement(factories.action([lodeve], ort), annee=2022)
    factories.fait_financement(detr, "accord", "2022-03-01", 1000)
    factories.fait_financement(detr, "versement", "2022-09-01", 300)
    factories.fait_etude(factories.etude([lodeve], ort), "commandee", "2022-01-01")
    factories.participation(factories.evenement("2022-02-01"), lodeve)
    factories.releve(lodeve, 12, "2022-01-01")
    factories.bilan(ort, "2022-07-20", "2022-07-16")
    return factories.document(ort)


def public_files():
    client = Client()
    files = {
        (nom, jour): client.get(adresse_du_fichier(nom, au=jour)).getvalue().decode()
        for nom in TELECHARGEMENTS
        for jour in JOURS
    }
    shown = Document.objects.get()
    return files | {"document": client.get(shown.get_absolute_url()).getvalue()}


def save(folder, **options):
    """Save the site; return the path of its archive, and what was told beside it."""
    out, told = io.StringIO(), io.StringIO()
    call_command("sauvegarder", folder, stdout=out, stderr=told, **options)
    return Path(out.getvalue().removesuffix("\n")), told.getvalue()


def restore(archive, **options):
    out = io.StringIO()
    call_command("restaurer", archive, stdout=out, **options)
    return out.getvalue()


@pytest.fixture(scope="module")
def saved(django_db_setup, django_db_blocker, gabarits, tmp_path_factory):
    """Return the archive of a small site, and its public files: made once, and only read."""
    folder = tmp_path_factory.mktemp("sauvegarde")
    with (
        django_db_blocker.unblock(),
        override_settings(VAR_DIR=folder),
        site_in(folder, gabarits, "pleine", migrated=True),
    ):
        fill()
        archive, _ = save(folder)
        return archive, public_files()


def test_a_site_restored_elsewhere_says_the_same(saved, other_site):
    archive, expected = saved
    assert all(text.count("\n") > 1 for (_, text) in list(expected.items())[1:-1:2])
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with other_site("refaite", migrated=False):
        told = restore(archive)
        assert public_files() == expected
        (file,) = of_the_site.PVD_DOCUMENTS_DIR.rglob("*.pdf")
        assert Document.folder_fault() == ""
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert told.splitlines()[0] == "Restaurés : la base et 1 document."
    assert "l'archive n'en a pas" in told


def test_it_can_be_written_in_once_restored(saved, other_site):
    """Numbers go on after those of the records that came back."""
    archive, _ = saved
    with other_site("refaite", migrated=False):
        restore(archive)
        assert factories.convention("2024-01-01").pk > Document.objects.get().convention_id
        call_command("migrate", verbosity=0)


def test_what_is_there_is_not_replaced_unless_asked(saved, other_site):
    archive, expected = saved
    with other_site("occupee", migrated=True):
        factories.commune("34172", nom="Montpellier")
        with pytest.raises(CommandError, match="La base n'est pas vide"):
            restore(archive)
        assert Commune.objects.get().nom == "Montpellier"
        restore(archive, force=True)
        assert Commune.objects.get().nom == "Lodève"
        assert public_files() == expected


def test_nor_are_documents_that_are_there(saved, other_site):
    archive, expected = saved
    with other_site("refaite", migrated=False):
        kept = of_the_site.PVD_DOCUMENTS_DIR / "ab" / "autre.pdf"
        kept.parent.mkdir(parents=True)
        kept.write_bytes(b"autre")
        with pytest.raises(CommandError, match="n'est pas vide"):
            restore(archive)
        assert connection.introspection.table_names() == []
        told = restore(archive, force=True)
        assert "Gardés à côté, que l'archive n'a pas : 1 document." in told
        assert kept.read_bytes() == b"autre"
        assert public_files() == expected


def test_the_key_is_inside_only_if_asked(other_site, settings_here, tmp_path):
    (tmp_path / "sans").mkdir()
    (tmp_path / "avec").mkdir()
    with other_site("pleine", migrated=True):
        without, told_without = save(tmp_path / "sans")
        with_key, told_with = save(tmp_path / "avec", cle=True)
    key = of_the_site.SECRET_KEY.encode()
    with tarfile.open(without) as tar:
        assert [m.name for m in tar if not m.name.startswith("base.")] == []
    assert "La clé secrète n'y est pas" in told_without
    assert "La clé secrète est dans l'archive" in told_with
    with other_site("refaite", migrated=False):
        restore(with_key)
    place = settings_here.VAR_DIR / "cle_secrete"
    assert place.read_bytes() == key
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_a_disk_of_documents_that_is_away_stops_the_backup(other_site, tmp_path):
    first, second = tmp_path / "un", tmp_path / "deux"
    first.mkdir()
    second.mkdir()
    with other_site("pleine", migrated=True):
        lost = fill()
        other = factories.document(lost.convention)
        Path(lost.fichier.path).unlink()
        assert "n'a plus 1 document que la base nomme" in save(first)[1]
        Path(other.fichier.path).unlink()
        with pytest.raises(CommandError, match="son disque n'est sans doute pas monté"):
            save(second)
    assert len(list(first.iterdir())) == 1
    assert list(second.iterdir()) == []


@pytest.mark.une_base
def test_a_site_that_writes_is_to_be_stopped_first(saved, other_site):
    archive, _ = saved
    with other_site("occupee", migrated=True):
        connection.ensure_connection()
        connection.connection.execute("PRAGMA busy_timeout=0")
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as writer:
            writer.execute("BEGIN IMMEDIATE")
            with pytest.raises(CommandError, match="occupée par le site : arrêtez-le"):
                restore(archive, force=True)


# What is no archive of ours.


def hostile(path, *members):
    with tarfile.open(path, "w:gz") as tar:
        for name, kind, link in members:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, link
            tar.addfile(member)
    return path


HOSTILE = [
    ("../dehors", tarfile.REGTYPE, ""),
    ("documents/../../dehors", tarfile.REGTYPE, ""),
    ("/tmp/dehors", tarfile.REGTYPE, ""),
    ("documents/lien.pdf", tarfile.SYMTYPE, "/etc/passwd"),
    ("documents/lien.pdf", tarfile.LNKTYPE, "base.sqlite3"),
    ("documents/tuyau", tarfile.FIFOTYPE, ""),
    ("documents", tarfile.REGTYPE, ""),
    ("documents/.documents-pvd", tarfile.REGTYPE, ""),
    ("autre.txt", tarfile.REGTYPE, ""),
]


def test_an_archive_that_would_write_elsewhere_is_refused(other_site, tmp_path):
    with other_site("refaite", migrated=False):
        for rank, member in enumerate(HOSTILE):
            archive = hostile(tmp_path / f"piege-{rank}.tar.gz", member)
            with pytest.raises(CommandError) as refused:
                restore(archive, force=True)
            assert "que le site n'y met pas" in str(refused.value), member
            assert not of_the_site.PVD_DOCUMENTS_DIR.exists(), member


def test_an_archive_of_another_sort_of_base_is_refused(other_site, tmp_path):
    other = {"sqlite": "base.pgdump", "postgresql": "base.sqlite3"}[connection.vendor]
    archive = hostile(tmp_path / "autre.tar.gz", (other, tarfile.REGTYPE, ""))
    with other_site("refaite", migrated=False), pytest.raises(CommandError, match="sorte de base"):
        restore(archive)


def test_an_archive_cut_short_is_refused_and_replaces_nothing(saved, other_site, tmp_path):
    content = saved[0].read_bytes()
    cut = tmp_path / saved[0].name
    with other_site("occupee", migrated=True):
        factories.commune("34172", nom="Montpellier")
        for kept in (0.0, 0.5, 0.999):
            cut.write_bytes(content[: int(len(content) * kept)])
            with pytest.raises(CommandError) as refused:
                restore(cut, force=True)
            assert "il en manque un morceau" in str(refused.value), kept
            assert Commune.objects.get().nom == "Montpellier", kept


def test_a_base_that_is_none_is_refused_before_anything_is_replaced(other_site, tmp_path):
    name = {"sqlite": "base.sqlite3", "postgresql": "base.pgdump"}[connection.vendor]
    with tarfile.open(tmp_path / "fausse.tar.gz", "w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.size = 5000
        tar.addfile(member, io.BytesIO(b"n'importe quoi" * 400))
    with other_site("occupee", migrated=True):
        factories.commune("34172", nom="Montpellier")
        with pytest.raises(CommandError):
            restore(tmp_path / "fausse.tar.gz", force=True)
        assert Commune.objects.get().nom == "Montpellier"


def test_what_is_not_there_is_told_in_one_line(other_site, tmp_path):
    with other_site("pleine", migrated=True):
        with pytest.raises(CommandError, match="^Le dossier « .*/absent » n'existe pas"):
            save(tmp_path / "absent")
        with pytest.raises(CommandError, match="est un dossier du site"):
            save(Path(of_the_site.STATICFILES_DIRS[0]))
        with pytest.raises(CommandError, match="^« .*/absente.tar.gz » : il n'existe pas.$"):
            restore(tmp_path / "absente.tar.gz")
    with (
        other_site("vide", migrated=False),
        pytest.raises(CommandError, match="^La base est vide : il n'y a rien à sauvegarder.$"),
    ):
        save(tmp_path)


# On a site of its own, from a terminal.


@pytest.fixture
def manage(tmp_path):
    """Return the function that runs a command on the site of a folder which does not exist yet."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PVD_", "DATABASE_URL"))}
    env = kept | {"PVD_VAR_DIR": str(tmp_path / "pas" / "encore"), "PVD_SECRET_KEY": "k" * 60}

    def run(*arguments, **options):
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=of_the_site.BASE_DIR,
            env=env,
            capture_output=True,
            text=True,
            **options,
        )

    return run


def test_a_disk_that_fills_up_is_one_sentence_and_leaves_no_piece(
    manage, gabarits, django_db_setup, tmp_path
):
    """The first `migrate` makes the folder; then the machine refuses more than 100 kB in a file."""
    done = manage("migrate", "contenttypes", "-v0")
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE((tmp_path / "pas" / "encore").stat().st_mode) == 0o700
    # All the migrations, which take half a minute, are not what is tried here.
    (base,) = (tmp_path / "pas" / "encore").glob("*.sqlite3")
    gabarits.write("vide", base).close()
    (tmp_path / "sauvegardes").mkdir()

    def small_files_only():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    folder = str(tmp_path / "sauvegardes")
    done = manage("sauvegarder", folder, preexec_fn=small_files_only)
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("CommandError: La base ne se lit pas ou ne s'écrit pas")
    assert list((tmp_path / "sauvegardes").iterdir()) == []
    done = manage("sauvegarder", folder)
    assert [str(path) for path in (tmp_path / "sauvegardes").iterdir()] == [done.stdout.strip()]
