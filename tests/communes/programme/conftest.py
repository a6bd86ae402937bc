"""A national list of a few rows, read by its command as if it were whole."""

import io

import pytest
from django.core.management import call_command

from communes.programme.liste.ressource import ListePvdRessource
from tests import factories

HEADER = '"insee_com","lib_com","id_pvd","date_signature"'
NOM_2026 = "liste-pvd-com2025-20260427.csv"


@pytest.fixture
def lodeve(db):
    return factories.commune("34142", nom="Lodève")


@pytest.fixture
def gignac(db):
    return factories.commune("34114", nom="Gignac")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return what runs the command on rows, « code,nom,id,date », and returns what it prints."""
    monkeypatch.setattr(ListePvdRessource, "plancher", 1)

    def command(*rows, nom=NOM_2026, entete=HEADER, **options):
        path = tmp_path / nom
        text = rows[0] if isinstance(rows[0], bytes) else "\n".join([entete, *rows, ""]).encode()
        path.write_bytes(text)
        out = io.StringIO()
        call_command("import_pvd", path, stdout=out, stderr=io.StringIO(), **options)
        return out.getvalue()

    return command
