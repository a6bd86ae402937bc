"""What of the national list of the communes is set aside, and what refuses it whole."""

import csv

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from communes.models import Labellisation
from communes.programme.liste.ressource import ListePvdRessource
from socle.dates import ONE_DAY
from socle.models import Source
from tests import factories
from tests.communes.programme.conftest import HEADER

pytestmark = pytest.mark.deux_bases


def test_what_cannot_be_read_costs_no_other_row(run, lodeve, tmp_path):
    factories.departement("2A")
    corse = factories.commune("2A004", nom="Ajaccio", departement=factories.departement("2A"))
    ain = factories.commune("01053", nom="Bourg-en-Bresse", departement=factories.departement("01"))
    ecarts = tmp_path / "ecarts.csv"
    shown = run(
        "999999,Trifouilly-les-Oies,,",
        "99999,Nulle part,,",
        "34142,Lodève,pvd-76-34-1,31/02/2023",
        "34142,Gignac,,",
        "34142,Lodève,,26/03/2021",
        "34142,LODEVE,,26/03/2021",
        "1053,Bourg-en-Bresse,,",
        "2a004,Ajaccio,,",
        "=1+1,Formule,,",
        ",Sans code,,",
        ecarts=ecarts,
        appliquer=True,
    )
    assert "3 entrées et 7 lignes écartées." in shown
    entered = Labellisation.objects.values_list("commune", flat=True)
    assert set(entered) == {lodeve.pk, corse.pk, ain.pk}
    with ecarts.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["ligne"], row["code_insee"], row["nom"]) for row in rows] == [
        ("2", "999999", "Trifouilly-les-Oies"),
        ("3", "99999", "Nulle part"),
        ("4", "34142", "Lodève"),
        ("5", "34142", "Gignac"),
        ("7", "34142", "LODEVE"),
        ("10", "'=1+1", "Formule"),
        ("11", "", "Sans code"),
    ]
    assert rows[2]["valeur"] == "31/02/2023"
    assert "n'est pas un jour" in rows[2]["motif"]


def refusal(run, *args, **options):
    with pytest.raises(CommandError) as refused:
        run(*args, **options)
    assert not Labellisation.objects.exists()
    assert not Source.objects.exists()
    return refused.value.returncode, str(refused.value)


def test_what_is_no_such_list_is_refused_whole(run, lodeve):
    good = "34142,Lodève,,26/03/2021"
    ort = "Commune,EPCI,Code commune,Statut de la commune,Signée ?"
    code, said = refusal(run, "34 - Lodève,CC,34142,2. Commune PVD,Signée", entete=ort)
    assert (code, "couvertes par une ORT (DGALN), et non" in said) == (1, True)
    acv = "insee_com,lib_com,id_acv,lib_acv,date_signature"
    assert "« id_pvd »" in refusal(run, "34032,Béziers,acv-1,Béziers,", entete=acv)[1]
    twice = f"{HEADER},date_signature"
    assert "écrite deux fois" in refusal(run, f"{good},26/03/2021", entete=twice, appliquer=True)[1]
    for content in (
        b"",
        HEADER.encode(),
        b"\x00" * 2000,
        b"x" * 10_000_000,
        f'{HEADER}\n"34142","Lod\u00e8ve","pvd-76'.encode(),
        f"{HEADER}\n34142,Lod\u00e8ve,\x00,\n".encode(),
    ):
        code, said = refusal(run, content, appliquer=True)
        assert (code, said.endswith("Rien n'est écrit.")) == (1, True), content[:60]


@pytest.mark.parametrize(
    ("tail", "refused"),
    [
        ("34114", True),
        ("34114,Gignac", True),
        ("34114,Gignac,,", False),
        ("34114,Gignac\n", False),
        ('"34114","Gig', True),
    ],
)
def test_a_list_cut_in_the_middle_of_a_row_is_refused_whole(run, lodeve, gignac, tail, refused):
    content = f"insee_com,lib_com,id_pvd,date_signature\n34142,Lodève,,\n{tail}".encode()
    if not refused:
        assert "2 entrées" in run(content)
        return
    code, said = refusal(run, content, appliquer=True)
    assert (code, "ligne 3" in said, "coupé" in said or "fermé" in said) == (1, True, True)


def test_a_list_in_windows_1252_is_read(run, lodeve):
    run(f"{HEADER}\n34142,Lodève,,26/03/2021\n".encode("cp1252"), appliquer=True)
    assert Labellisation.objects.get().commune == lodeve


def test_a_list_under_its_floor_is_refused_unless_it_is_told_to_be_an_extract(
    run, lodeve, monkeypatch
):
    monkeypatch.setattr(ListePvdRessource, "plancher", 2)
    code, said = refusal(run, "34142,Lodève,,", appliquer=True)
    assert code == 1
    assert "1 ligne, alors que" in said
    assert "--sans-plancher" in said
    run("34142,Lodève,,", sans_plancher=True, appliquer=True)
    assert Labellisation.objects.count() == 1


def test_what_is_asked_wrongly_is_a_bad_argument(run, lodeve, tmp_path):
    tomorrow = (timezone.localdate() + ONE_DAY).isoformat()
    row = "34142,Lodève,,"
    for options, said in (
        ({"nom": "liste.csv"}, "--jour AAAA-MM-JJ"),
        ({"jour": "2026-04-26"}, "l'un des deux se trompe"),
        ({"nom": "liste.csv", "jour": "31/02/2023"}, "n'est pas un jour"),
        ({"nom": "liste.csv", "jour": tomorrow}, "à venir"),
        ({"nom": "liste.csv", "jour": "2020-09-30"}, "avant le 1er octobre 2020"),
        ({"departement": ["34", "99"]}, "« 99 »"),
        ({"ecarts": tmp_path / "absent" / "e.csv"}, "impossible d'y écrire"),
    ):
        code, message = refusal(run, row, appliquer=True, **options)
        assert (code, said in message) == (2, True), message
    with pytest.raises(CommandError) as refused:
        call_command("import_pvd", tmp_path / "absent-20260427.csv")
    assert refused.value.returncode == 2


def test_a_column_that_the_list_gains_is_not_read(run, lodeve):
    run("34142,Lodève,,,x", entete=f'{HEADER},"nouvelle"', appliquer=True)
    assert Labellisation.objects.count() == 1
