"""The national list of the communes of the programme, read by its command: the diff, then the writing."""

import csv
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from communes.models import Labellisation, Succession
from communes.programme.liste.connues import ABSENTE
from communes.programme.liste.ressource import ListePvdRessource
from socle.dates import ONE_DAY
from socle.historique import sans_historique, signed_by
from socle.models import Affirmation, Import, Source
from socle.sources import affirm
from tests import factories
from tests.factories import day

pytestmark = pytest.mark.deux_bases

HEADER = '"insee_com","lib_com","id_pvd","date_signature"'
# The first list that the ANCT published, where whoever runs the tests has it.
PREMIERE_LISTE = Path("/work/shared/data/pvd_anct_2021-01-22.csv")
NOM_2026 = "liste-pvd-com2025-20260427.csv"
NOM_2023 = "liste-pvd-com2023-20231005.csv"
URL = "https://www.data.gouv.fr/datasets/programme-petites-villes-de-demain/"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture(autouse=True)
def no_floor(monkeypatch):
    """A list of a test has a few rows, and is whole."""
    monkeypatch.setattr(ListePvdRessource, "plancher", 1)


@pytest.fixture
def lodeve(db):
    return factories.commune("34142", nom="Lodève")


@pytest.fixture
def gignac(db):
    return factories.commune("34114", nom="Gignac")


@pytest.fixture
def run(tmp_path):
    """Return what runs the command on rows, « code,nom,id,date », and returns what it prints."""

    def command(*rows, nom=NOM_2026, entete=HEADER, **options):
        path = tmp_path / nom
        text = rows[0] if isinstance(rows[0], bytes) else "\n".join([entete, *rows, ""]).encode()
        path.write_bytes(text)
        out = io.StringIO()
        call_command("import_pvd", path, stdout=out, stderr=io.StringIO(), **options)
        return out.getvalue()

    return command


def told(of, *fields):
    """Return what is said of a record, in the order of the fields."""
    said = Affirmation.objects.filter(object_id=str(of.pk), champ__in=fields or ("debut",))
    return [(a.valeur_brute, a.valeur, a.retenue, a.source.cle) for a in said.order_by("pk")]


def test_nothing_is_written_until_it_is_asked_for_and_twice_is_once(run, lodeve, gignac):
    rows = ['"34142","Lodève","pvd-76-34-1","26/03/2021"', '"34114","Gignac","pvd-76-34-2",""']
    shown = run(*rows)
    assert (
        "ligne 2, Lodève (34142) : entrée au plus tard le 27 avril 2026, adhésion le 26 mars 2021"
        in shown
    )
    assert "2 entrées.\n2 changements avec --appliquer. Rien n'est écrit." in shown
    assert not Labellisation.objects.exists()
    assert not Source.objects.exists()
    assert "2 changements, écrits d'un coup." in run(*rows, appliquer=True)
    entered = Labellisation.objects.get(commune=lodeve)
    assert (entered.debut, entered.precision_debut) == (day("2026-04-27"), "au_plus_tard")
    assert (entered.date_signature_adhesion, entered.id_pvd) == (day("2021-03-26"), "pvd-76-34-1")
    source = Source.objects.get()
    assert (source.cle, source.date_document) == ("anct-pvd-20260427", day("2026-04-27"))
    assert told(entered, "debut", "date_signature_adhesion") == [
        ("2026-04-27", "2026-04-27", True, "anct-pvd-20260427"),
        ("2021-03-26", "2021-03-26", True, "anct-pvd-20260427"),
    ]
    assert Labellisation.objects.get(commune=gignac).date_signature_adhesion is None
    versions = Labellisation.history.count()
    assert run(*rows, appliquer=True).endswith("\n\n0 changement.\n")
    assert Labellisation.history.count() == versions


def test_an_older_list_read_later_brings_an_entry_forward_and_a_later_one_does_not(run, lodeve):
    run('"34142","Lodève","",""', appliquer=True)
    before = run("34142,Lodève,NA,NA", nom=NOM_2023)
    assert (
        "entrée au plus tard le 5 octobre 2023 ; nous avions au plus tard le 27 avril 2026, d'après Liste"
        in before
    )
    run("34142,Lodève,NA,NA", nom=NOM_2023, appliquer=True)
    entered = Labellisation.objects.get()
    assert (entered.debut, entered.precision_debut) == (day("2023-10-05"), "au_plus_tard")
    assert told(entered) == [
        ("2026-04-27", "2026-04-27", False, "anct-pvd-20260427"),
        ("2023-10-05", "2023-10-05", True, "anct-pvd-20231005"),
    ]
    assert "0 changement." in run('"34142","Lodève","",""', appliquer=True)
    entered.refresh_from_db()
    assert entered.debut == day("2023-10-05")


@pytest.mark.parametrize(
    ("debut", "precision"),
    [("2020-12-19", "jour"), ("2023-10-05", "jour"), ("2021-01-22", "au_plus_tard")],
)
def test_an_entry_that_is_exact_or_earlier_stays(run, lodeve, debut, precision):
    held = factories.labellisation(lodeve, debut=debut, precision_debut=precision)
    assert "0 changement." in run("34142,Lodève,,", nom=NOM_2023, appliquer=True)
    held.refresh_from_db()
    assert (held.debut, told(held)) == (day(debut), [])


def test_a_list_that_has_a_commune_before_its_exact_entry_says_so_once(run, lodeve):
    held = factories.labellisation(lodeve, debut="2023-10-06")
    assert "la liste la donne déjà ; nous avons le 6 octobre 2023" in run(
        "34142,Lodève,,", nom=NOM_2023
    )
    run("34142,Lodève,,", nom=NOM_2023, appliquer=True)
    held.refresh_from_db()
    assert held.debut == day("2023-10-06")
    assert told(held) == [("dans la liste du 05/10/2023", "2023-10-05", False, "anct-pvd-20231005")]
    assert "0 changement." in run("34142,Lodève,,", nom=NOM_2023, appliquer=True)


def test_another_date_of_adhesion_is_kept_beside_ours_once_for_all_lists(run, lodeve):
    held = factories.labellisation(lodeve, adhesion="2021-07-07")
    ours = Source.objects.create(cle="mairie", titre="Page de la mairie")
    affirm(held, "date_signature_adhesion", "7 juillet 2021", ours, "jour")
    row = "34142,Lodève,,08/07/2021"
    assert (
        "adhésion : la liste dit 08/07/2021 ; nous avons le 7 juillet 2021, d'après Page de la mairie"
        in run(row)
    )
    run(row, appliquer=True)
    held.refresh_from_db()
    assert held.date_signature_adhesion == day("2021-07-07")
    assert told(held, "date_signature_adhesion") == [
        ("7 juillet 2021", "2021-07-07", True, "mairie"),
        ("08/07/2021", "2021-07-08", False, "anct-pvd-20260427"),
    ]
    for nom in (NOM_2026, NOM_2023):
        assert "0 changement." in run("34142,Lodève,,2021-07-08", nom=nom, appliquer=True)


@pytest.mark.parametrize(
    ("held", "precision", "agrees"),
    [
        ("2021-07-08", "jour", True),
        ("2021-07-01", "mois", True),
        ("2021-06-01", "mois", False),
        ("2021-01-01", "annee", True),
        ("2021-07-08", "au_plus_tard", True),
        ("2021-07-07", "au_plus_tard", False),
    ],
)
def test_a_date_that_we_know_less_exactly_may_be_the_same(run, lodeve, held, precision, agrees):
    label = factories.labellisation(lodeve, adhesion=held, precision_adhesion=precision)
    assert ("0 changement." in run("34142,Lodève,,08/07/2021", appliquer=True)) is agrees
    label.refresh_from_db()
    assert label.date_signature_adhesion == day(held)


def test_an_adhesion_that_cannot_be_is_kept_as_it_is_written(run, lodeve, gignac):
    held = factories.labellisation(lodeve)
    rows = ["34142,Lodève,,28/04/2026", "34114,Gignac,,30/09/2020"]
    shown = run(*rows, appliquer=True)
    assert "adhésion « 28/04/2026 » : après le jour de la liste, 27 avril 2026" in shown
    assert "adhésion « 30/09/2020 » : avant le lancement du programme, 1er octobre 2020" in shown
    entered = Labellisation.objects.get(commune=gignac)
    for label, raw in ((held, "28/04/2026"), (entered, "30/09/2020")):
        label.refresh_from_db()
        assert label.date_signature_adhesion is None
        assert told(label, "date_signature_adhesion") == [(raw, "", False, "anct-pvd-20260427")]
    assert "0 changement." in run(*rows, appliquer=True)


def test_an_adhesion_of_the_day_of_the_list_or_of_the_launch_is_a_date(run, lodeve, gignac):
    run("34142,Lodève,,27/04/2026", "34114,Gignac,,01/10/2020", appliquer=True)
    signed = Labellisation.objects.values_list("commune", "date_signature_adhesion")
    assert dict(signed) == {"34142": day("2026-04-27"), "34114": day("2020-10-01")}


def test_what_the_list_does_not_say_is_not_emptied(run, lodeve):
    held = factories.labellisation(
        lodeve, adhesion="2021-03-26", id_pvd="pvd-76-34-1", note_interne="vu"
    )
    assert "0 changement." in run("34142,Lodève,NA,", appliquer=True)
    held.refresh_from_db()
    assert (held.id_pvd, held.note_interne) == ("pvd-76-34-1", "vu")
    assert held.date_signature_adhesion == day("2021-03-26")


def test_what_agents_wrote_emptied_or_removed_stays(run, lodeve, gignac, agent_34):
    agent = agent_34.agent
    with signed_by(agent):
        late = factories.labellisation(lodeve, debut="2026-10-01", precision_debut="au_plus_tard")
        removed = factories.labellisation(gignac)
        removed.delete()
    emptied = factories.labellisation(
        factories.commune("34028", nom="Bédarieux"), adhesion="2021-07-12"
    )
    with signed_by(agent):
        emptied.date_signature_adhesion = None
        emptied.save()
    shown = run(
        "34142,Lodève,,", "34114,Gignac,,02/07/2021", "34028,Bédarieux,,12/07/2021", appliquer=True
    )
    assert "un agent a retiré cette commune du programme" in shown
    assert not Labellisation.objects.filter(commune=gignac).exists()
    late.refresh_from_db()
    emptied.refresh_from_db()
    assert (late.debut, emptied.date_signature_adhesion) == (day("2026-10-01"), None)
    assert told(emptied, "date_signature_adhesion") == [
        ("12/07/2021", "2021-07-12", False, "anct-pvd-20260427")
    ]


def test_an_import_that_was_taken_back_may_be_done_again(run, lodeve, national):
    run("34142,Lodève,,", appliquer=True)
    with signed_by(national.agent):
        Import.objects.get().undo(national.agent)
    assert not Labellisation.objects.exists()
    run("34142,Lodève,,", appliquer=True)
    assert Labellisation.objects.count() == 1


@pytest.mark.parametrize(("fin", "set_aside"), [("2026-04-27", True), ("2026-04-28", False)])
def test_a_commune_that_has_left_is_not_brought_back_by_a_list(run, lodeve, fin, set_aside):
    held = factories.labellisation(lodeve, fin=fin)
    shown = run("34142,Lodève,,", appliquer=True)
    assert ("la liste la donne toujours" in shown) is set_aside
    assert list(Labellisation.objects.values_list("pk", "fin")) == [(held.pk, day(fin))]


def test_a_commune_that_came_back_is_compared_by_its_present_time(run, lodeve):
    factories.labellisation(lodeve, fin="2022-01-01")
    back = factories.labellisation(lodeve, debut="2024-01-01")
    run("34142,Lodève,pvd-76-34-1,26/03/2024", appliquer=True)
    back.refresh_from_db()
    assert back.date_signature_adhesion == day("2024-03-26")
    assert Labellisation.objects.filter(date_signature_adhesion__isnull=True).count() == 1


def test_an_exit_is_proposed_by_absence_and_never_written(run, lodeve, gignac):
    gone = factories.labellisation(lodeve)
    row = "34114,Gignac,,"
    shown = run(row)
    assert (
        "1 sortie proposée\n  Lodève (34142) : absente de la liste ; entrée le 22 janvier 2021"
        in shown
    )
    run(row, appliquer=True)
    gone.refresh_from_db()
    assert gone.fin is None
    assert told(gone, "fin") == [(ABSENTE, "", False, "anct-pvd-20260427")]
    assert "0 changement." in run(row, appliquer=True)


def test_an_exit_that_a_later_list_denies_is_proposed_no_more(run, lodeve, gignac):
    gone = factories.labellisation(lodeve)
    run("34114,Gignac,,", nom=NOM_2023, appliquer=True)
    assert told(gone, "fin")
    shown = run("34114,Gignac,,", "34142,Lodève,,", appliquer=True)
    assert "absente de la liste du 5 octobre 2023, elle est dans celle-ci" in shown
    assert told(gone, "fin") == []


def test_a_list_older_than_one_that_is_known_proposes_no_exit(run, lodeve, gignac):
    factories.labellisation(lodeve)
    Source.objects.create(cle="anct-2026", titre="Liste", date_document=day("2026-04-27"), url=URL)
    shown = run("34114,Gignac,,", nom=NOM_2023, appliquer=True)
    assert "Une liste plus récente est connue : aucune sortie n'est proposée" in shown
    assert not Affirmation.objects.filter(champ="fin").exists()


@pytest.mark.parametrize(("debut", "proposed"), [("2026-04-27", True), ("2026-04-28", False)])
def test_only_who_had_entered_by_the_day_may_be_absent(run, lodeve, gignac, debut, proposed):
    factories.labellisation(lodeve, debut=debut)
    assert ("1 sortie proposée" in run("34114,Gignac,,")) is proposed


def test_an_extract_proposes_no_exit(run, lodeve, gignac):
    factories.labellisation(lodeve)
    shown = run("34114,Gignac,,", sans_plancher=True)
    assert "Extrait : aucune sortie n'est proposée." in shown
    assert "sortie proposée" not in shown


def test_a_row_that_is_set_aside_for_its_date_is_no_absence(run, lodeve):
    held = factories.labellisation(lodeve)
    shown = run("34142,Lodève,,31/02/2023", appliquer=True)
    assert "« 31/02/2023 » n'est pas un jour" in shown
    assert told(held, "fin") == []


def test_a_vanished_commune_is_read_as_its_successor_on_the_day_of_the_list(run, lodeve):
    old = factories.commune("34999", nom="Vieille-Ville", fin=day("2024-01-01"), successeur=lodeve)
    Succession.objects.rewrite()
    rows = ["34999,Vieille-Ville,,26/03/2021", "34142,Lodève,,26/03/2021"]
    shown = run(*rows, appliquer=True)
    assert "la ligne 2 parle déjà de Lodève" in shown
    assert (
        "1 code disparu est lu comme celui de la commune qui a suivi : 34999 → 34142 (Lodève)."
        in shown
    )
    assert [label.commune for label in Labellisation.objects.all()] == [lodeve]
    with sans_historique():
        Labellisation.objects.all().delete()
    run(rows[0], nom=NOM_2023, appliquer=True)
    assert [label.commune for label in Labellisation.objects.all()] == [old]
    # What is recorded of the old one is, after it has vanished, of the new one.
    shown = run(rows[1], appliquer=True)
    assert "0 changement." in shown
    assert Labellisation.objects.count() == 1


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


def test_one_departement_reads_its_own_rows_and_proposes_its_own_exits(run, lodeve, gignac):
    albi = factories.commune("81004", nom="Albi", departement=factories.departement("81"))
    factories.labellisation(gignac)
    factories.labellisation(factories.commune("81065", departement=albi.departement))
    shown = run(
        "34142,Lodève,,", "81004,Albi,,", "99999,Rien,,", departement=["34"], appliquer=True
    )
    assert "2 lignes sont d'autres départements, et ne se lisent pas ici." in shown
    assert "1 entrée et 1 sortie proposée." in shown
    assert not Labellisation.objects.filter(commune=albi).exists()


def test_the_list_of_an_older_layout_is_read(run, lodeve):
    entete = (
        "\ufeffid_pvd;insee_com;lib_com;lib_reg;insee_dep;lib_dep;nom_maire;mel_mairie;site_mairie;"
        "regroupement;pop;date_signature;siren_epci;lib_epci"
    )
    row = "NA;34142;Lodève;Occitanie;34;Hérault;X;x@y.fr;NA;NA;7500;2021-03-26;200017341;CC"
    run(row, entete=entete, jour="2021-12-13", nom="liste.csv", appliquer=True)
    entered = Labellisation.objects.get()
    assert (entered.debut, entered.id_pvd) == (day("2021-12-13"), "")


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
    assert (code, "« import_ort »" in said) == (1, True)
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


def test_the_lists_shipped_with_the_herault_are_the_same_sources(run, lodeve):
    shipped = Source.objects.create(
        cle="anct-2026", titre="Liste", date_document=day("2026-04-27"), url=URL
    )
    run("34142,Lodève,,", appliquer=True)
    assert told(Labellisation.objects.get()) == [("2026-04-27", "2026-04-27", True, shipped.cle)]
    assert Source.objects.get() == shipped
