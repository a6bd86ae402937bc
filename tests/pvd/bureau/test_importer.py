"""`manage.py importer`: the reading of the back office from a terminal, and what it answers."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from communes.models import Labellisation
from pvd.bureau.management.commands import importer
from socle.models import ColonneRetenue, Import
from tests import factories
from tests.factories import day

pytestmark = pytest.mark.django_db


@pytest.fixture
def lodeve():
    return factories.labellisation(factories.commune("34142", nom="Lodève"), adhesion="2021-03-26")


@pytest.fixture
def agent(lodeve):
    return factories.agent("agent34", [factories.departement("34")])


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "suivi.csv"
    path.write_text("INSEE;Commune;Date d'adhésion\n34142;Lodève;27/03/2021\n34142;Agde;x\n")
    return path


def run(path, *options, sorte="communes-laureates", agent="agent34"):
    out = StringIO()
    call_command("importer", path, "--sorte", sorte, "--agent", agent, *options, stdout=out)
    return out.getvalue()


def refusal(path, *options, **named):
    """Return the code and the message of a command that does nothing."""
    with pytest.raises(CommandError) as refused:
        run(path, *options, **named)
    return refused.value.returncode, str(refused.value)


def test_what_each_row_would_do_is_told_and_nothing_is_written(agent, lodeve, sheet):
    told = run(sheet, "--connaissance")
    assert (
        "ligne 2, modifiée : Lodève dans le programme, date_signature_adhesion : 26/03/2021" in told
    )
    assert "ligne 3, refusée : colonne « date_signature_adhesion », valeur « x »" in told
    assert "Rien n'est écrit." in told
    lodeve.refresh_from_db()
    assert lodeve.date_signature_adhesion == day("2021-03-26")


def test_what_an_agent_saves_meanwhile_is_not_written_over(agent, lodeve, sheet, monkeypatch):
    def save_meanwhile(*args):
        lodeve.date_signature_adhesion = day("2021-03-30")
        lodeve.save()

    monkeypatch.setattr(importer.Command, "tell", save_meanwhile)
    code, told = refusal(sheet, "--connaissance", "--appliquer")
    assert (code, told) == (1, importer.MEANWHILE)
    lodeve.refresh_from_db()
    assert lodeve.date_signature_adhesion == day("2021-03-30")
    assert not Import.objects.exists()


def test_the_good_rows_are_written_and_signed_by_the_agent(agent, lodeve, sheet):
    assert "1 ligne écrite." in run(sheet, "--connaissance", "--appliquer", "--raison", "relu")
    lodeve.refresh_from_db()
    assert lodeve.date_signature_adhesion == day("2021-03-27")
    version = lodeve.history.latest()
    assert (version.history_user, version.history_change_reason) == (agent, "relu")
    assert Import.objects.get().auteur == agent


def test_refused_cells_are_a_table(agent, sheet, tmp_path):
    run(sheet, "--connaissance", "--ecarts", tmp_path / "ecarts.csv")
    written = (tmp_path / "ecarts.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(StringIO(written)))
    assert [(row["ligne"], row["colonne"], row["valeur"]) for row in rows] == [
        ("3", "date_signature_adhesion", "x")
    ]
    assert list(rows[0]) == ["ligne", "colonne", "valeur", "motif"]


def test_a_file_that_cannot_be_read_is_refused_whole(agent, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("couleur\nbleu\n")
    ecarts = tmp_path / "ecarts.csv"
    code, told = refusal(path, "--ecarts", ecarts)
    assert (code, "colonne « couleur » inconnue" in told) == (1, True)
    assert "couleur" in ecarts.read_text()


def test_what_agents_have_said_of_their_columns_is_known(agent, tmp_path):
    ColonneRetenue.objects.create(
        portee="34", sorte="communes-laureates", entete="ville", colonne="code_insee"
    )
    path = tmp_path / "x.csv"
    path.write_text("ville;motif de sortie\nLodève;essai\n")
    assert "ligne 2, modifiée" in run(path)


@pytest.mark.parametrize(
    ("named", "options", "told"),
    [
        ({"sorte": "villes"}, [], "--sorte « villes » : attendu"),
        ({"agent": "inconnu"}, [], "--agent « inconnu »"),
        ({}, ["--source", "inconnue"], "--source « inconnue »"),
        ({}, ["--source", "x", "--connaissance"], "pas les deux"),
    ],
)
def test_a_wrong_argument_is_told(agent, sheet, named, options, told):
    code, message = refusal(sheet, *options, **named)
    assert (code, told in message) == (2, True)


def test_a_file_that_is_not_there_is_told(agent, tmp_path):
    assert refusal(tmp_path / "rien.csv")[0] == 2


def test_an_agent_writes_what_its_rights_let_it(lodeve, sheet):
    factories.agent("lecteur", [factories.departement("34")], role="lecteur")
    assert refusal(sheet, agent="lecteur")[0] == 2
    factories.agent("agent81", [factories.departement("81")])
    told = run(sheet, "--connaissance", "--appliquer", agent="agent81")
    assert "hors de vos départements" in told
    assert Labellisation.objects.get().date_signature_adhesion == day("2021-03-26")
