"""A file that an agent began to import, and names people, is gone a day later by itself."""

import os
import subprocess
import sys
import time

import pytest
from django.conf import settings

from socle.fichiers import depot

HOUR = 3600


@pytest.fixture
def kept(tmp_path, settings):
    """Return the function that keeps a deposit aside for some hours already, and gives its token."""
    settings.VAR_DIR = tmp_path

    def keep(hours):
        jeton = depot.write_aside({"agent": 1, "nom": "postes.csv", "contenu": ""})
        past = time.time() - hours * HOUR
        os.utime(depot.path_of(jeton), (past, past))
        return jeton

    return keep


@pytest.mark.parametrize(("hours", "there"), [(23, True), (25, False)])
def test_a_deposit_of_yesterday_is_read_no_more(kept, hours, there):
    assert (depot.read_aside(kept(hours)) is not None) is there


def test_what_another_process_removes_meanwhile_is_over(kept, monkeypatch):
    jeton = kept(1)
    listed = list(depot.folder().iterdir())
    depot.forget(jeton)
    monkeypatch.setattr(type(depot.folder()), "iterdir", lambda self: iter(listed))
    assert depot.forget_expired() == 1
    assert depot.read_aside(jeton) is None


def test_what_is_written_again_is_read_whole_or_as_it_was(kept, monkeypatch):
    jeton = kept(1)
    monkeypatch.setattr(depot.json, "dumps", lambda held: '{"agent": 2, "no')
    with monkeypatch.context() as cut:
        cut.setattr(type(depot.folder()), "replace", lambda *args: None)
        depot.write_aside({"agent": 2}, jeton)
    assert depot.read_aside(jeton)["agent"] == 1


def test_what_has_expired_is_removed_when_the_site_starts(kept, tmp_path):
    old, young = (depot.path_of(kept(hours)) for hours in (25, 23))
    code = "import time, pvd.wsgi; time.sleep(1)"
    environment = os.environ | {"PVD_VAR_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=settings.BASE_DIR, check=True)
    assert not old.exists()
    assert young.exists()
