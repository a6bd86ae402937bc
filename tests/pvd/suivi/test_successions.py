"""A commune that merges into another one: what is recorded of it is of its successor from that day."""

import csv

import pytest

from communes.models import Commune, Departement, Labellisation, Succession
from communes.territoire.du_jour import answering_for, fiches_des
from communes.territoire.faits import successions_lues
from pvd.suivi.chiffres import chiffres
from pvd.suivi.faits import Faits
from pvd.suivi.models import Chiffre
from pvd.suivi.regles import EtatPoste, Statut
from pvd.suivi.situation import communes_de_statut, lisibles, situer
from tests import factories
from tests.factories import day
from tests.pages import read

pytestmark = pytest.mark.django_db

EVE, MERGER, AFTER = day("2024-12-31"), day("2025-01-01"), day("2025-01-02")
AROUND = pytest.mark.parametrize("jour", [EVE, MERGER, AFTER], ids=["eve", "merger", "after"])


@pytest.fixture
def gignac():
    return factories.commune("34114", nom="Gignac", epci="new")


@pytest.fixture
def jonquieres(gignac):
    return factories.commune("34122", nom="Jonquières", fin=MERGER, successeur=gignac)


def situation(commune, jour):
    found = list(lisibles(type(commune).objects.filter(pk=commune.pk)))
    return situer(found, jour)[0]


def read_csv(client, address):
    lines = b"".join(client.get(address)).decode("utf-8-sig").splitlines()
    return list(csv.DictReader(lines, delimiter=lines[0].count(";") and ";" or ","))


def laureates(jour, departement=None):
    return sorted(communes_de_statut(None, departement, jour).values_list("pk", flat=True))


@AROUND
def test_a_laureate_that_merges_counts_as_its_successor(gignac, jonquieres, jour):
    factories.labellisation(jonquieres, debut="2021-01-22", adhesion="2021-03-26")
    holder, other = (jonquieres, gignac) if jour == EVE else (gignac, jonquieres)
    assert laureates(jour) == [holder.pk]
    assert situation(holder, jour).statut == Statut.ADHESION_SIGNEE
    assert situation(other, jour).statut is None
    assert situation(holder, jour).labellisation.debut == day("2021-01-22")


@pytest.mark.deux_bases
@AROUND
def test_whose_a_record_is_reads_the_same_both_ways_round_and_in_memory(gignac, jonquieres, jour):
    """Three more: one that changes its code, one ended with no successor known, one that stays."""
    renamed = factories.commune("34999", debut=MERGER)
    former = factories.commune("34001", fin=MERGER, successeur=renamed)
    lost, still = factories.commune("34002", fin=MERGER), factories.commune("34003")
    followed, memory = answering_for("pk", jour), successions_lues()
    owners = dict(Commune.objects.annotate(owner=followed).values_list("pk", "owner"))
    for commune in (gignac, jonquieres, renamed, former, lost, still):
        found = set(fiches_des([commune.pk], jour).values_list("pk", flat=True))
        assert found == {code for code, owner in owners.items() if owner == commune.pk}
        assert found == set(memory.fiches(commune.pk, jour))


@AROUND
def test_two_laureates_that_merge_count_once(gignac, jonquieres, jour):
    factories.labellisation(jonquieres, debut="2021-01-22")
    factories.labellisation(gignac, debut="2021-06-01")
    expected = [gignac.pk, jonquieres.pk] if jour == EVE else [gignac.pk]
    assert laureates(jour) == expected
    assert chiffres(gignac.departement, jour)[Chiffre.COMMUNES] == len(expected)
    entry = "2021-06-01" if jour == EVE else "2021-01-22"
    assert situation(gignac, jour).labellisation.debut == day(entry)


def test_the_adhesion_of_either_is_known_of_the_successor(gignac, jonquieres):
    factories.labellisation(jonquieres, debut="2021-01-22")
    factories.labellisation(gignac, debut="2021-06-01", adhesion="2021-07-01")
    assert situation(gignac, MERGER).statut == Statut.ADHESION_SIGNEE


@pytest.mark.parametrize(
    ("fin", "statuts"),
    [
        ("2024-12-31", [None, Statut.SORTIE, Statut.SORTIE]),
        ("2025-01-01", [None, Statut.SORTIE, Statut.SORTIE]),
        ("2025-01-02", [None, Statut.LAUREATE, Statut.SORTIE]),
    ],
)
def test_an_exit_is_of_the_commune_that_answers_on_the_day(gignac, jonquieres, fin, statuts):
    factories.labellisation(jonquieres, debut="2021-01-22", fin=fin)
    assert [situation(gignac, jour).statut for jour in (EVE, MERGER, AFTER)] == statuts
    gone = communes_de_statut(Statut.SORTIE, None, AFTER)
    assert list(gone.values_list("pk", flat=True)) == [gignac.pk]


def test_an_exit_from_the_programme_does_not_take_the_successor_out(gignac, jonquieres):
    factories.labellisation(jonquieres, debut="2021-01-22", fin="2023-01-01")
    factories.labellisation(gignac, debut="2021-06-01")
    assert situation(gignac, MERGER).statut == Statut.LAUREATE


@AROUND
def test_an_ort_covers_the_successor_since_the_first_entry(gignac, jonquieres, jour):
    for town in (gignac, jonquieres):
        factories.labellisation(town, debut="2021-01-22")
    ort = factories.convention("2022-01-01", [jonquieres], duree_annees=5)
    factories.avenant(ort, "2023-01-01", [gignac])
    found = chiffres(gignac.departement, jour)
    assert found[Chiffre.ORT] == 1
    assert found[Chiffre.COMMUNES_COUVERTES] == (2 if jour == EVE else 1)
    assert found[Chiffre.PAR_AVENANT] == (1 if jour == EVE else 0)
    entered = "2023-01-01" if jour == EVE else "2022-01-01"
    (couverture,) = situation(gignac, jour).couvertures
    assert couverture.date_entree == day(entered)
    assert situation(jonquieres, jour).statut == (Statut.ORT_SIGNEE if jour == EVE else None)


def test_the_successor_is_covered_by_its_own_ort_and_by_that_which_it_receives(gignac, jonquieres):
    factories.labellisation(jonquieres, debut="2021-01-22")
    factories.convention("2022-01-01", [jonquieres])
    factories.convention("2023-01-01", [gignac])
    assert len(situation(gignac, EVE).couvertures) == 1
    assert len(situation(gignac, MERGER).couvertures) == 2
    assert chiffres(None, EVE)[Chiffre.ORT] == 1
    assert chiffres(None, MERGER)[Chiffre.ORT] == 2


@AROUND
def test_a_post_serves_the_successor(gignac, jonquieres, jour):
    factories.occupation(factories.poste([jonquieres, gignac]), "2022-01-01")
    factories.occupation(factories.poste([jonquieres]), "2022-01-01")
    assert len(situation(gignac, jour).postes) == (1 if jour == EVE else 2)
    assert len(situation(jonquieres, jour).postes) == (2 if jour == EVE else 0)
    assert situation(gignac, jour).etat_poste == EtatPoste.POURVU
    assert all(len(p.dessertes) <= 3 for p in situation(gignac, jour).postes)


def test_a_commune_of_another_departement_receives_what_counts(gignac):
    lacaune = factories.commune("81124", nom="Lacaune", epci="new")
    gignac.fin, gignac.successeur = MERGER, lacaune
    gignac.save()
    factories.labellisation(gignac, debut="2021-01-22")
    factories.convention("2022-01-01", [gignac])
    factories.occupation(factories.poste([gignac]), "2022-01-01")
    herault, tarn = Departement.objects.get(pk="34"), Departement.objects.get(pk="81")
    counted = (Chiffre.COMMUNES, Chiffre.ORT, Chiffre.COMMUNES_COUVERTES)
    for jour, here, there in ((EVE, 1, 0), (MERGER, 0, 1)):
        assert [chiffres(herault, jour)[c] for c in counted] == [here] * 3
        assert [chiffres(tarn, jour)[c] for c in counted] == [there] * 3
        assert (chiffres(tarn, jour)[Chiffre.CHEFS_DE_PROJET] or 0) == there
        assert laureates(jour, tarn) == ([lacaune.pk] if there else [])


def test_a_chain_leads_to_the_commune_of_each_day(gignac, jonquieres):
    last = factories.commune("34100", nom="Cœur d'Hérault")
    gignac.fin, gignac.successeur = day("2026-01-01"), last
    gignac.save()
    factories.labellisation(jonquieres, debut="2021-01-22")
    assert laureates(EVE) == [jonquieres.pk]
    assert laureates(MERGER) == [gignac.pk]
    assert laureates(day("2025-12-31")) == [gignac.pk]
    assert laureates(day("2026-01-01")) == [last.pk]
    faits = Faits([last.pk])
    assert faits.statut(last.pk, day("2026-01-01")) == Statut.LAUREATE


def test_two_steps_of_one_day_lead_to_the_last(gignac, jonquieres):
    last = factories.commune("34100", nom="Cœur d'Hérault")
    gignac.fin, gignac.successeur = MERGER, last
    gignac.save()
    factories.labellisation(jonquieres, debut="2021-01-22")
    assert laureates(EVE) == [jonquieres.pk]
    assert laureates(MERGER) == [last.pk]


def test_a_commune_that_never_ended_after_all_takes_back_what_is_its_own(gignac, jonquieres):
    factories.labellisation(jonquieres, debut="2021-01-22")
    jonquieres.fin = jonquieres.successeur = None
    jonquieres.save()
    assert not Succession.objects.exists()
    assert laureates(AFTER) == [jonquieres.pk]


def test_a_commune_without_known_successor_counts_under_its_own_name(gignac):
    lost = factories.commune("34122", nom="Jonquières", fin=MERGER)
    factories.labellisation(lost, debut="2021-01-22")
    assert laureates(AFTER) == [lost.pk]


@pytest.mark.parametrize("recorded", [("12076", "12218"), ("12076",), ("12218",)])
def test_a_commune_that_only_changed_its_code_is_one_laureate_on_every_day(recorded):
    conques = factories.commune("12218", nom="Conques-en-Rouergue", debut=MERGER)
    factories.commune("12076", nom="Conques-en-Rouergue", fin=MERGER, successeur=conques)
    for code in recorded:
        Labellisation.objects.create(commune_id=code, debut=day("2021-01-22"))
    assert laureates(EVE) == ["12076"]
    assert laureates(MERGER) == ["12218"]
    aveyron = conques.departement
    assert [chiffres(aveyron, j)[Chiffre.COMMUNES] for j in (EVE, MERGER)] == [1, 1]


def test_the_page_of_the_successor_tells_both_names(client, gignac, jonquieres):
    factories.labellisation(jonquieres, debut="2021-01-22", precision_debut="jour")
    factories.labellisation(gignac, debut="2021-06-01")
    told = (
        "Depuis le 1er janvier 2025, Gignac réunit aussi Jonquières (code 34122), "
        "lauréate depuis le 22 janvier 2021."
    )
    assert told in read(client, "/communes/34114/?au=2025-01-01")
    assert "réunit" not in read(client, "/communes/34114/?au=2024-12-31")
    timeline = read(client, "/communes/34114/?au=2025-01-01")
    assert "Entrée dans le programme Petites villes de demain (Jonquières)" in timeline
    assert "Son territoire fait partie de" in read(client, "/communes/34122/?au=2025-01-01")


def test_the_lists_and_the_files_give_the_successor_once(client, gignac, jonquieres):
    for town in (gignac, jonquieres):
        factories.labellisation(town, debut="2021-01-22")
    ort = factories.convention("2022-01-01", [gignac, jonquieres], duree_annees=9)
    factories.poste([gignac, jonquieres])
    for table in ("communes", "ort-communes"):
        for jour, codes in (("2024-12-31", ["34114", "34122"]), ("2025-01-01", ["34114"])):
            lines = read_csv(client, f"/donnees/{table}.csv?au={jour}")
            assert sorted(line["code_insee"] for line in lines) == codes, (table, jour)
    (line,) = read_csv(client, "/donnees/ort.csv?au=2025-01-01")
    counted = ("nb_communes_couvertes", "nb_communes_laureates", "communes_couvertes")
    assert [line[name] for name in counted] == ["1", "1", "34114"]
    (line,) = read_csv(client, "/donnees/postes.csv?au=2025-01-01")
    assert (line["nb_communes"], line["communes_desservies"]) == ("1", "34114")
    for page in (f"/ort/{ort.identifiant}/", "/chefs-de-projet/"):
        answer = client.get(f"{page}?au=2025-01-01").content.decode()
        assert "/communes/34114/" in answer, page
        assert "/communes/34122/" not in answer, page
    listed = read(client, "/ort/?au=2025-01-01")
    assert "Gignac" in listed
    assert "Jonquières" not in listed
    assert "couvre une seule commune" in read(client, f"/ort/{ort.identifiant}/?au=2025-01-01")


def test_searched_by_its_former_name_an_ort_is_found(client, gignac, jonquieres):
    factories.labellisation(jonquieres, debut="2021-01-22")
    ort = factories.convention("2022-01-01", [jonquieres], intitule="ORT du pays")
    for name in ("Jonquières", "Gignac"):
        assert ort.intitule in read(client, f"/ort/?q={name}&au=2025-01-01"), name
    assert ort.intitule not in read(client, "/ort/?q=Gignac&au=2024-12-31")
