"""The national list of the ORT, read by its command: the diff, what is written, what is left as it is."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command

from communes.models import Labellisation
from ort.liste.colonnes import ColonneNationale
from ort.liste.liste import ListeOrt
from ort.models import Avenant, CommuneCouverte, Convention
from socle.historique import signed_by
from socle.models import Affirmation, Import, Source
from socle.sources import record_type
from tests import factories
from tests.factories import day

pytestmark = pytest.mark.deux_bases

NOM = "ort-20260527.csv"
COLONNES = {
    "code": ColonneNationale.CODE_COMMUNE,
    "nom": ColonneNationale.COMMUNE,
    "statut": ColonneNationale.STATUT_COMMUNE,
    "signee": ColonneNationale.SIGNEE,
    "jour": ColonneNationale.DATE_SIGNATURE,
    "prevue": ColonneNationale.DATE_ENVISAGEE,
    "duree": ColonneNationale.DUREE,
    "fin": ColonneNationale.DATE_FIN,
    "remarques": ColonneNationale.REMARQUES,
}
VIDE = {
    "nom": "",
    "statut": "2. Commune PVD",
    "signee": "Signée",
    "prevue": "",
    "duree": "",
    "fin": "",
    "remarques": "",
}


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture(autouse=True)
def no_floor(monkeypatch):
    """A list of a test has a few rows, and is whole."""
    monkeypatch.setattr(ListeOrt, "plancher", 1)


@pytest.fixture
def thau(db):
    return factories.intercommunalite(nom="CA Sète Agglopôle Méditerranée")


@pytest.fixture
def sete(thau):
    return factories.commune("34301", nom="Sète", epci=thau)


@pytest.fixture
def loupian(thau):
    return factories.commune("34143", nom="Loupian", epci=thau)


def ligne(commune, jour="2019-12-10", **cells):
    """Return the cells of a row as the list writes them."""
    return {**VIDE, "code": getattr(commune, "pk", commune), "jour": jour} | cells


def written(rows):
    """Return a list as its producer writes it: all its columns, quoted where they must be."""
    out = io.StringIO()
    table = csv.DictWriter(out, list(ColonneNationale), restval="")
    table.writeheader()
    table.writerows({COLONNES[name]: cell for name, cell in row.items()} for row in rows)
    return out.getvalue().encode()


@pytest.fixture
def run(tmp_path):
    """Return what runs the command on rows, or on bytes, and returns what it prints."""

    def command(*rows, nom=NOM, **options):
        path = tmp_path / nom
        path.write_bytes(rows[0] if isinstance(rows[0], bytes) else written(rows))
        out = io.StringIO()
        call_command("import_ort", path, stdout=out, stderr=io.StringIO(), **options)
        return out.getvalue()

    return command


def said_of(record, champ):
    """Return what is said of a field of a record, the retained first."""
    of_record = {"content_type": record_type(record), "object_id": str(record.pk)}
    said = Affirmation.objects.filter(**of_record, champ=champ)
    return [(a.valeur_brute, a.valeur, a.retenue) for a in said.order_by("-retenue", "pk")]


def test_nothing_is_written_until_it_is_asked_for_and_twice_is_once(run, sete, loupian):
    rows = [
        ligne(loupian, "2023-04-13"),
        ligne(sete, statut="1. Commune ACV", duree="5"),
    ]
    shown = run(*rows)
    assert (
        "ligne 2, Loupian (34143) : entre dans « ORT de Sète » par un avenant du 13 avril 2023"
        in shown
    )
    assert "2 changements avec --appliquer. Rien n'est écrit." in shown
    assert not Convention.objects.exists()
    assert not Source.objects.exists()
    assert "2 changements, écrits d'un coup." in run(*rows, appliquer=True)
    ort = Convention.objects.get()
    assert (ort.identifiant, ort.origine, ort.ville_principale) == ("ort-de-sete", "ACV", sete)
    assert (ort.date_signature, ort.duree_annees, ort.vaut_ort) == (day("2019-12-10"), 5, True)
    avenant = Avenant.objects.get()
    assert (avenant.convention, avenant.date_signature) == (ort, day("2023-04-13"))
    covered = {(row.commune, row.entree) for row in CommuneCouverte.objects.all()}
    assert covered == {(sete, None), (loupian, avenant)}
    source = Source.objects.get()
    assert (source.cle, source.date_document) == ("dgaln-ort-20260527", day("2026-05-27"))
    assert said_of(ort, "date_signature") == [("2019-12-10", "2019-12-10", True)]
    assert said_of(avenant, "date_signature") == [("2023-04-13", "2023-04-13", True)]
    assert said_of(ort, "regroupement") == [
        ("10 décembre 2019 : 1 commune ; avenant du 13 avril 2023 : 1 commune", "", True)
    ]
    assert "0 changement." in run(*rows, appliquer=True)


def test_the_whole_list_is_one_act_that_can_be_undone_and_done_again(run, sete, loupian, national):
    rows = [ligne(sete), ligne(loupian, "2023-04-13")]
    run(*rows, appliquer=True)
    fait = Import.objects.get()
    assert (fait.nouvelles, fait.titre) == (2, ListeOrt.titre)
    with signed_by(national.agent):
        fait.undo(national.agent)
    assert not Convention.objects.exists()
    assert not Affirmation.objects.exists()
    run(*rows, appliquer=True)
    assert CommuneCouverte.objects.count() == 2


def test_what_an_agent_has_removed_or_emptied_stays_so(run, sete, loupian, thau, national):
    with signed_by(national.agent):
        removed = factories.convention("2019-12-10", communes=[sete], porteur=thau)
        removed.couvertures.get().delete()
        emptied = factories.convention("2019-12-10", communes=[loupian], porteur=thau)
        emptied.date_signature = None
        emptied.save()
    shown = run(ligne(sete), ligne(loupian), appliquer=True)
    assert "un agent a retiré cette commune d'une ORT" in shown
    assert "un agent a effacé le jour de signature" in shown
    assert "0 changement." in shown


def test_our_own_day_stays_and_the_list_is_kept_beside_it_once(run, sete, loupian, thau):
    ort = factories.convention(
        "2019-12-12", communes=[sete, loupian], porteur=thau, intitule="ORT de Sète"
    )
    rows = [ligne(sete), ligne(loupian)]
    shown = run(*rows, appliquer=True)
    assert "la liste dit 10 décembre 2019, nous avons 12 décembre 2019" in shown
    assert "1 changement, écrit" in shown or "1 changement" in shown
    ort.refresh_from_db()
    assert ort.date_signature == day("2019-12-12")
    assert said_of(ort, "date_signature") == [("10 décembre 2019", "2019-12-10", False)]
    assert "0 changement." in run(*rows, appliquer=True)
    again = run(*rows, nom="ort-20260901.csv", appliquer=True)
    assert "0 changement." in again


def test_a_day_of_one_commune_alone_is_said_of_it_and_not_of_the_act(run, sete, loupian, thau):
    ort = factories.convention("2019-12-10", communes=[sete, loupian], porteur=thau)
    run(ligne(sete), ligne(loupian, "2023-04-13"), appliquer=True)
    assert said_of(ort, "date_signature") == []
    assert said_of(loupian, "date_entree_ort") == [("13 avril 2023", "2023-04-13", False)]


@pytest.mark.parametrize(
    ("jour", "impossible"),
    [
        ("2018-11-22", True),
        ("2018-11-23", False),
        ("2026-05-27", False),
        ("2026-05-28", True),
        ("31/02/2023", True),
    ],
)
def test_a_day_that_cannot_be_is_kept_raw(run, sete, jour, impossible):
    shown = run(ligne(sete, jour), appliquer=True)
    assert ("1 date impossible" in shown) is impossible
    assert Convention.objects.exists() is not impossible
    expected = [(jour, "", False)] if impossible else []
    assert said_of(sete, "date_entree_ort") == expected
    run(ligne(sete, jour), appliquer=True)
    assert said_of(sete, "date_entree_ort") == expected


def test_what_is_not_signed_is_planned_and_takes_its_day_when_a_list_says_it(run, sete):
    planned = ligne(sete, "", signee="Non signée", prevue="2026-10-01")
    assert "convention prévue le 1er octobre 2026" in run(planned, appliquer=True)
    ort = Convention.objects.get()
    assert (ort.date_signature, ort.date_signature_prevue) == (None, day("2026-10-01"))
    assert "0 changement." in run(planned, appliquer=True)
    signed = run(ligne(sete, "2026-09-30"), nom="ort-20261001.csv", appliquer=True)
    assert "signée le 30 septembre 2026" in signed
    ort.refresh_from_db()
    assert ort.date_signature == day("2026-09-30")
    assert said_of(ort, "date_signature") == [("2026-09-30", "2026-09-30", True)]


def test_what_is_to_join_an_ort_enters_it_by_an_avenant_that_is_planned(run, sete, loupian, thau):
    third = factories.commune("34150", nom="Marseillan", epci=thau)
    planned = {"jour": "", "signee": "Non signée", "prevue": "2026-10-01"}
    rows = [ligne(sete), ligne(loupian) | planned, ligne(third) | planned]
    shown = run(*rows, appliquer=True)
    told = "entrera dans « ORT de Sète et de Loupian » par un avenant prévu le 1er octobre 2026"
    assert told.replace("Sète et de Loupian", "Sète") in shown
    avenant = Avenant.objects.get()
    assert (avenant.date_signature, avenant.date_signature_prevue) == (None, day("2026-10-01"))
    assert set(avenant.entrees.values_list("commune", flat=True)) == {loupian.pk, third.pk}
    # Planned, it brings nobody in, on that day neither.
    covered = CommuneCouverte.objects.as_of(day("2026-10-01")).values_list("commune", flat=True)
    assert list(covered) == [sete.pk]
    assert said_of(avenant.convention, "regroupement") == [
        ("10 décembre 2019 : 1 commune ; avenant prévu le 1er octobre 2026 : 2 communes", "", True)
    ]
    assert "0 changement." in run(*rows, appliquer=True)
    later = factories.commune("34157", nom="Mèze", epci=thau)
    other = ligne(later) | planned | {"prevue": "2026-12-01"}
    assert "avenant prévu le 1er décembre 2026" in run(*rows, other, appliquer=True)
    assert Avenant.objects.count() == 2
    signed = run(*rows[:2], other, ligne(third, "2026-09-30"), nom="ort-20261001.csv")
    assert "enregistrez la signature de l'avenant" in signed


def test_what_is_planned_joins_an_ort_that_an_agent_wrote(run, sete, loupian, thau):
    ort = factories.convention("2019-12-12", communes=[sete], porteur=thau, duree_annees=5)
    planned = ligne(loupian, "", signee="Non signée", prevue="2024-12-11")
    over = run(planned | {"prevue": "2024-12-12"})
    assert "non signée ; l'intercommunalité porte déjà" in over
    run(planned, appliquer=True)
    assert ort.avenants.get().date_signature_prevue == day("2024-12-11")


SECRET = "Vu avec M. Dupont,\n06 12 34 56 78"


def remarks():
    return dict(CommuneCouverte.objects.values_list("commune", "remarques_enquete"))


def test_a_remark_comes_in_with_its_commune_and_is_told_by_no_command(run, sete, loupian):
    shown = run(ligne(sete, remarques=SECRET), ligne(loupian), appliquer=True)
    assert "1 remarque reprise" in shown
    assert "Dupont" not in shown
    assert remarks() == {sete.pk: SECRET, loupian.pk: ""}
    assert "0 changement." in run(ligne(sete, remarques=SECRET), ligne(loupian), appliquer=True)
    # An empty cell says nothing, and line breaks are as the software that wrote them.
    assert "0 changement." in run(ligne(sete, remarques=""), ligne(loupian), appliquer=True)
    same = ligne(sete, remarques=SECRET.replace("\n", "\r\n  "))
    assert "0 changement." in run(same, appliquer=True)


def test_a_remark_of_a_later_list_replaces_that_of_a_list_and_not_that_of_an_agent(
    run, sete, loupian, thau, national
):
    with signed_by(national.agent):
        ort = factories.convention("2019-12-10", communes=[loupian], porteur=thau)
        couverture = ort.couvertures.get()
        for words in ("Ancienne", "La nôtre"):
            couverture.remarques_enquete = words
            couverture.save()
    run(ligne(sete, remarques="Une"), appliquer=True)
    rows = ligne(sete, remarques="Une autre"), ligne(loupian, remarques="Une tierce")
    shown = run(*rows, nom="ort-20260901.csv", appliquer=True)
    assert "1 remarque reprise" in shown
    assert "1 remarque différente de la nôtre" in shown
    assert remarks() == {sete.pk: "Une autre", loupian.pk: "La nôtre"}
    row = CommuneCouverte.objects.get(commune=sete)
    assert row.history.first().history_change_reason == "Import de ort-20260901.csv"
    # The list has not heard yet what the agent says since.
    assert "différente" not in run(ligne(loupian, remarques="Ancienne"), nom="ort-20260902.csv")


def test_a_laureate_that_no_ort_covers_bears_the_remark_itself(run, sete, loupian):
    factories.labellisation(sete, debut="2021-01-22")
    factories.labellisation(loupian, debut="2026-05-28")
    nothing = {"jour": "", "signee": "Non signée"}
    rows = [ligne(sete, remarques=SECRET) | nothing, ligne(loupian, remarques="Une") | nothing]
    shown = run(*rows, appliquer=True)
    assert ("1 remarque reprise" in shown, "Dupont" in shown) == (True, False)
    told = dict(Labellisation.objects.values_list("commune", "remarques_enquete"))
    # The other is not in the programme on the day of the list.
    assert told == {sete.pk: SECRET, loupian.pk: ""}
    again = run(*rows, appliquer=True)
    assert "0 changement." in again
    assert "2 lignes écartées" in again
    # Covered since, it is its place in the ORT that bears it.
    factories.convention("2025-01-01", communes=[sete])
    assert "remarque" not in run(
        ligne(sete, remarques="Une autre") | nothing, nom="ort-20260601.csv"
    )


def test_what_is_taken_of_remarks_is_taken_back_with_the_import(run, sete, national):
    run(ligne(sete, remarques="Une"), appliquer=True)
    run(ligne(sete, remarques="Une autre"), nom="ort-20260901.csv", appliquer=True)
    with signed_by(national.agent):
        Import.objects.order_by("pk").last().undo(national.agent)
    assert remarks() == {sete.pk: "Une"}


@pytest.mark.parametrize(
    ("cells", "duree"),
    [
        ({"duree": "5"}, 5),
        ({"fin": "2024-12-10"}, 5),
        ({"fin": "2024-12-09"}, 5),
        ({"fin": "2024-12-08"}, None),
        ({"duree": "5", "fin": "2024-12-10"}, 5),
        ({"duree": "7", "fin": "2024-12-10"}, None),
        ({"duree": "longtemps"}, None),
        ({"duree": "99"}, 99),
        ({"duree": "100"}, None),
        ({"duree": "9000", "fin": "2024-12-10"}, None),
        ({}, None),
    ],
)
def test_durations_and_ends_are_used_where_they_agree(run, sete, cells, duree):
    shown = run(ligne(sete, **cells), appliquer=True)
    assert Convention.objects.get().duree_annees == duree
    assert ("1 durée non retenue" in shown) == bool(cells and duree is None)


def test_durations_that_an_ort_does_not_share_are_told_and_none_is_taken(run, sete, loupian):
    shown = run(ligne(sete, duree="5"), ligne(loupian, duree="7"), appliquer=True)
    assert "la liste dit 5 et 7 ans pour la même ORT" in shown
    assert Convention.objects.get().duree_annees is None


def test_an_ort_that_is_over_needs_its_end(run, sete):
    without = run(ligne(sete, signee="Terminée"), appliquer=True)
    assert "terminée, sans qu'une fin se déduise de la liste" in without
    assert not Convention.objects.exists()
    run(ligne(sete, signee="Terminée", duree="5"), appliquer=True)
    assert Convention.objects.get().duree_annees == 5


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"code": "34999"}, "inconnu du référentiel"),
        ({"code": "999999"}, "ligne d'essai du fichier officiel"),
        ({"code": ""}, "valeur manquante"),
        ({"nom": "34 - Marseillan"}, "est Sète"),
        ({"statut": "4. Autre"}, "attendu : 1. Commune ACV, 2. Commune PVD, 3. Autre"),
        ({"signee": "Oui"}, "attendu : Signée, Non signée, En cours, Terminée"),
        ({"jour": ""}, "signée, sans date de signature"),
        ({"signee": "En cours", "jour": ""}, "sans date envisagée"),
    ],
)
def test_a_row_set_aside_says_why_and_costs_no_other(run, sete, loupian, tmp_path, cells, told):
    gaps = tmp_path / "ecarts.csv"
    rows = [ligne(sete, nom="34 - Sète") | cells, ligne(loupian)]
    assert told in run(*rows, appliquer=True, ecarts=gaps)
    assert list(CommuneCouverte.objects.values_list("commune", flat=True)) == [loupian.pk]
    (row,) = csv.DictReader(io.StringIO(gaps.read_text(encoding="utf-8")))
    assert list(row) == ["ligne", "code_insee", "nom", "motif", "valeur"]
    assert (row["ligne"], told in row["motif"]) == ("2", True)


def test_codes_that_a_spreadsheet_shortened_and_names_in_capitals_are_read(run, thau):
    factories.commune("01053", nom="Bourg-en-Bresse", epci=thau)
    factories.commune("2A004", nom="Ajaccio", epci=thau)
    run(ligne("1053", nom="01 - BOURG-EN-BRESSE"), ligne("2a004"), appliquer=True)
    assert CommuneCouverte.objects.count() == 2


def test_a_commune_that_vanished_is_read_as_the_one_that_followed(run, sete, thau):
    factories.commune("34999", nom="Ancienne", fin="2025-01-01", successeur=sete, epci=thau)
    run(ligne("34999"), appliquer=True)
    assert CommuneCouverte.objects.get().commune == sete


def test_one_departement_reads_its_intercommunalites_whole(run, sete, loupian):
    far = factories.commune("81124", nom="Lacaune", epci=sete.rattachements.get().intercommunalite)
    factories.commune("81001", nom="Ailleurs", epci="new")
    shown = run(
        *(ligne(sete), ligne(far), ligne("81001"), ligne("81999")),
        departement=["34"],
        appliquer=True,
    )
    assert "2 lignes sont d'autres territoires" in shown
    assert set(CommuneCouverte.objects.values_list("commune", flat=True)) == {sete.pk, far.pk}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "vide"),
        (b'"insee_com","lib_com","id_pvd","date_signature"\n34301,a,b,\n', "c'est la liste"),
        (b"a,b\n1,2\n", "colonnes absentes"),
        (written([]), "pas d'autre ligne"),
    ],
)
def test_another_file_is_refused_whole(run, sete, content, told):
    with pytest.raises(CommandError) as refused:
        run(content)
    assert refused.value.returncode == 1
    assert told in str(refused.value)


def test_a_short_list_is_refused_whole(run, sete, monkeypatch):
    monkeypatch.setattr(ListeOrt, "plancher", 2)
    with pytest.raises(CommandError, match="--sans-plancher"):
        run(ligne(sete), appliquer=True)
    assert "1 changement" in run(ligne(sete), sans_plancher=True)


def test_a_list_without_a_day_is_a_bad_argument(run, sete):
    with pytest.raises(CommandError) as refused:
        run(ligne(sete), nom="liste.csv")
    assert refused.value.returncode == 2
    assert "1 changement" in run(ligne(sete), nom="liste.csv", jour="2026-05-27")


def test_as_many_queries_for_more_rows(run, thau, django_assert_max_num_queries):
    """The diff writes in copies of the tables, all at once: what it asks does not grow with the rows."""
    codes = [f"34{n:03d}" for n in range(1, 9)]
    for code in codes:
        factories.commune(code, epci="new")
    counts = []
    for some in (codes[:3], codes):
        with django_assert_max_num_queries(1000) as captured:
            run(*(ligne(code) for code in some))
        counts.append(len(captured))
    assert counts[0] == counts[1]
