"""The national list of the communes of the programme, read by its command: the diff, then the writing."""

import csv

import pytest
from django.conf import settings

from communes.models import Labellisation, Succession
from communes.programme.liste.connues import ABSENTE
from socle.historique import sans_historique, signed_by
from socle.models import Affirmation, Import, Source
from socle.sources import affirm
from tests import factories
from tests.communes.programme.conftest import NOM_2026
from tests.factories import day

pytestmark = pytest.mark.deux_bases

# The first list that the ANCT published, where whoever runs the tests has it beside the project.
PREMIERE_LISTE = "shared/data/pvd_anct_2021-01-22.csv"
NOM_2023 = "liste-pvd-com2023-20231005.csv"
URL = "https://www.data.gouv.fr/datasets/programme-petites-villes-de-demain/"


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


def test_an_older_list_proposes_no_exit_where_a_later_one_was_read(run, lodeve, gignac):
    albi = factories.commune("81004", nom="Albi", departement=factories.departement("81"))
    held = factories.labellisation(lodeve)
    farther = factories.labellisation(albi)
    run("34142,Lodève,,26/03/2021", sans_plancher=True, appliquer=True)
    assert "2 sorties proposées" in run("34114,Gignac,,", nom=NOM_2023)
    with sans_historique():
        Affirmation.objects.update(detail_interne="")
    shown = run("34114,Gignac,,", nom=NOM_2023, appliquer=True)
    assert (
        "Dans 1 département, une liste plus récente est déjà lue : aucune sortie n'y est" in shown
    )
    assert (told(held, "fin"), len(told(farther, "fin"))) == ([], 1)


def test_who_enters_by_an_older_list_is_absent_from_the_later_one_that_was_read(
    run, lodeve, gignac
):
    """It would else be in the programme today, which the latest list denies."""
    run("34114,Gignac,,", appliquer=True)
    rows = ["34114,Gignac,,", "34142,Lodève,,"]
    shown = run(*rows, nom=NOM_2023, appliquer=True)
    assert "Lodève (34142) : absente de la liste du 27 avril 2026, déjà lue" in shown
    entered = Labellisation.objects.get(commune=lodeve)
    assert entered.debut == day("2023-10-05")
    assert told(entered, "fin") == [(ABSENTE, "", False, "anct-pvd-20260427")]
    assert "0 changement." in run("34114,Gignac,,", appliquer=True)
    assert "0 changement." in run(*rows, nom=NOM_2023, appliquer=True)


def test_a_later_list_that_was_not_read_there_is_to_be_read_again(run, lodeve):
    Source.objects.create(cle="anct-2026", titre="Liste", date_document=day("2026-04-27"), url=URL)
    shown = run("34142,Lodève,,", nom=NOM_2023, appliquer=True)
    assert "Relisez ensuite la liste du 27 avril 2026" in shown
    assert told(Labellisation.objects.get(), "fin") == []


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


def test_the_lists_shipped_with_the_herault_are_the_same_sources(run, lodeve):
    shipped = Source.objects.create(
        cle="anct-2026", titre="Liste", date_document=day("2026-04-27"), url=URL
    )
    run("34142,Lodève,,", appliquer=True)
    assert told(Labellisation.objects.get()) == [("2026-04-27", "2026-04-27", True, shipped.cle)]
    assert Source.objects.get() == shipped


def test_the_first_list_of_the_anct_is_read_as_it_was_published(run, db):
    beside = (folder / PREMIERE_LISTE for folder in settings.BASE_DIR.parents)
    path = next((path for path in beside if path.exists()), None)
    if path is None:
        pytest.skip(f"{PREMIERE_LISTE} n'est dans aucun dossier au-dessus du projet.")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        names = {
            r["insee_com"]: r["lib_com"] for r in csv.DictReader(stream) if r["insee_dep"] == "34"
        }
    for code, nom in names.items():
        factories.commune(code, nom=nom)
    shown = run(path.read_bytes(), nom=path.name, departement=["34"], appliquer=True)
    assert "1 607 lignes." in shown.replace("\u202f", " ")
    assert "1 588 lignes sont d'autres départements" in shown.replace("\u202f", " ")
    assert "19 entrées.\n" in shown
    entered = Labellisation.objects.values_list("debut", "precision_debut").distinct()
    assert list(entered.order_by()) == [(day("2021-01-22"), "au_plus_tard")]
