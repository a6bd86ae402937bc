"""What is true of a commune on a day, and nothing of what came after."""

import datetime
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import Commune, Labellisation, Population, Tenue
from ort.regles import date_fin_au
from projects.postes.regles import etat
from pvd.suivi.regles import Statut
from pvd.suivi.situation import communes_de_statut, situations
from tests import factories
from tests.factories import day, rewrite

pytestmark = pytest.mark.django_db


def situation(commune, jour):
    [found] = situations(Commune.objects.filter(pk=commune.pk), day(jour))
    return found


@pytest.fixture
def lodeve():
    """Chosen on 22 January 2021, adhésion in March, ORT in July for five years, out in 2027."""
    commune = factories.commune("34142", "new", nom="Lodève", populations={2021: 7400})
    factories.labellisation(commune, "2021-01-22", "2027-01-01", adhesion="2021-03-26")
    factories.convention("2021-07-16", [commune], identifiant="ort-lodeve", duree_annees=5)
    return commune


@pytest.mark.parametrize(
    ("jour", "statut"),
    [
        ("2021-01-21", None),
        ("2021-01-22", "laureate"),
        ("2021-03-25", "laureate"),
        ("2021-03-26", "adhesion_signee"),
        ("2021-07-15", "adhesion_signee"),
        ("2021-07-16", "ort_signee"),
        ("2026-07-15", "ort_signee"),
        ("2026-07-16", "adhesion_signee"),
        ("2026-12-31", "adhesion_signee"),
        ("2027-01-01", "sortie"),
        ("2027-01-02", "sortie"),
    ],
)
def test_a_status_changes_on_the_days_of_the_acts(lodeve, jour, statut):
    assert situation(lodeve, jour).statut == statut
    for any_statut in Statut:
        found = communes_de_statut(any_statut, None, day(jour))
        assert found.exists() == (any_statut == statut)


def test_nothing_that_came_after_the_day_shows(lodeve):
    before = situation(lodeve, "2021-03-25")
    assert before.laureate
    assert before.date_adhesion is None
    assert before.echeance_ort is None
    assert before.convention is None
    assert before.date_sortie is None
    assert situation(lodeve, "2021-01-21").labellisation is None
    assert situation(lodeve, "2020-12-31").population is None


def test_each_fact_shows_from_its_day(lodeve):
    after = situation(lodeve, "2021-07-16")
    assert after.date_adhesion == day("2021-03-26")
    assert after.convention.identifiant == "ort-lodeve"
    assert after.couverture.date_entree == day("2021-07-16")
    assert after.population.valeur == 7400
    assert situation(lodeve, "2027-01-01").date_sortie == day("2027-01-01")


def test_more_than_a_thousand_communes_have_each_its_population(db):
    herault = factories.departement("34")
    towns = [
        Commune(code_insee=f"34{rank:03}" if rank < 1000 else f"35{rank - 1000:03}", nom="Ville",
                nom_recherche="ville", departement=herault)
        for rank in range(1100)
    ]  # fmt: skip
    Commune.objects.bulk_create(towns)
    Population.objects.bulk_create(
        Population(commune=town, millesime=millesime, valeur=rank + millesime)
        for rank, town in enumerate(towns)
        for millesime in (2021, 2024, 2027)
    )
    with CaptureQueriesContext(connection) as queries:
        found = list(situations(Commune.objects.order_by("pk"), day("2026-12-31")))
    assert [s.population.valeur for s in found] == [rank + 2024 for rank in range(1100)]
    assert len([q for q in queries if "communes_population" in q["sql"]]) == 1


def test_names_and_intercommunalite_are_those_of_the_day(lodeve):
    lodeve.anciens_noms.create(nom="Luteva", fin=day("2022-01-01"))
    former = lodeve.rattachements.get()
    former.intercommunalite.anciens_noms.create(nom="Lodévois", fin=day("2022-01-01"))
    former.fin = day("2023-01-01")
    former.save()
    before, after = situation(lodeve, "2021-12-31"), situation(lodeve, "2022-01-01")
    assert (before.nom, before.nom_intercommunalite) == ("Luteva", "Lodévois")
    assert (after.nom, after.nom_intercommunalite) == ("Lodève", former.intercommunalite.nom)
    alone = situation(lodeve, "2023-01-01")
    assert (alone.intercommunalite, alone.nom_intercommunalite) == (None, "")


def test_the_ort_is_late_from_the_day_after_the_18_months():
    commune = factories.commune("34245")
    factories.labellisation(commune, adhesion="2021-07-06")
    factories.convention("2023-01-11", [commune])
    days = ["2021-07-05", "2021-07-06", "2023-01-06", "2023-01-07", "2023-01-10", "2023-01-11"]
    due = day("2023-01-06")
    told = [(s.echeance_ort, s.en_retard) for s in (situation(commune, jour) for jour in days)]
    assert told == [
        (None, False),
        (due, False),
        (due, False),
        (due, True),
        (due, True),
        (None, False),
    ]


def test_a_commune_whose_ort_is_over_is_not_late(lodeve, client):
    """It signed within the 18 months: what has ended since is no delay."""
    after = situation(lodeve, "2026-07-16")
    assert after.statut == "adhesion_signee"
    assert (after.echeance_ort, after.en_retard) == (None, False)
    page = client.get("/communes/34142/", {"au": "2026-07-16"}).content.decode()
    assert "n&#x27;est plus couverte par une" in page
    assert "en retard" not in page


def test_of_two_ort_the_latest_entry_counts(lodeve):
    other = factories.convention("2019-12-10", identifiant="ort-sete")
    factories.avenant(other, "2023-04-13", [lodeve])
    assert situation(lodeve, "2023-04-12").convention.identifiant == "ort-lodeve"
    after = situation(lodeve, "2023-04-13")
    assert after.convention.pk == other.pk
    assert len(after.couvertures) == 2


def test_a_commune_that_came_back_is_told_by_its_present_time():
    commune = factories.commune("34142")
    factories.labellisation(commune, "2021-01-22", "2022-01-01", adhesion="2021-03-26")
    back = factories.labellisation(commune, "2023-01-01")
    days = ["2021-12-31", "2022-01-01", "2022-12-31", "2023-01-01"]
    statuts = [situation(commune, jour).statut for jour in days]
    assert statuts == ["adhesion_signee", "sortie", "sortie", "laureate"]
    now = situation(commune, "2023-01-01")
    assert (now.labellisation.debut, now.date_sortie, now.date_adhesion) == (
        back.debut,
        None,
        None,
    )


DAYS = ["2021-06-01", "2022-01-01", "2022-06-01", "2023-01-01", "2023-06-01"]
TIMES = [
    [("2021-06-01", None)],
    [("2021-06-01", "2022-06-01")],
    [("2021-06-01", "2022-01-01"), ("2022-06-01", None)],
    [("2021-06-01", "2022-01-01"), ("2022-06-01", "2023-06-01")],
    [],
]
ADHESIONS = [None, "2021-03-01", "2022-06-01"]
ORT = [
    {},
    {"signature": "2021-01-01"},
    {"signature": "2022-01-01", "duree_annees": 1},
    {"signature": "2022-01-01", "vaut_ort": False},
    {"signature": None},
    {"signature": "2021-01-01", "entree": "2022-06-01"},
    {"signature": "2021-01-01", "entree": None},
    {"signature": "2021-01-01", "sortie": "2022-06-01"},
]


def generated(times, adhesion, ort):
    commune = factories.commune(f"34{Commune.objects.count():03}")
    for debut, fin in times:
        factories.labellisation(commune, debut, fin, adhesion)
    if ort:
        fields = {k: v for k, v in ort.items() if k not in ("entree", "sortie")}
        convention = factories.convention(**fields)
        if "entree" in ort:
            factories.avenant(convention, ort["entree"], [commune])
        else:
            factories.couverture(convention, commune)
        if "sortie" in ort:
            rewrite(convention.couvertures, sortie=factories.avenant(convention, ort["sortie"]))


def test_the_lists_and_the_pages_say_the_same_of_every_commune():
    """One rule written twice, once in SQL for lists and once for a page: they never part."""
    for case in product(TIMES, ADHESIONS, ORT):
        generated(*case)
    if connection.vendor == "postgresql":
        # What the tests before have rolled back makes it believe that the tables are empty.
        connection.cursor().execute("ANALYZE")
    around = {day(text) + datetime.timedelta(days=n) for text in DAYS for n in (-1, 0, 1)}
    seen = set()
    for jour in around:
        by_page = {s.commune.pk: s.statut for s in situations(Commune.objects.all(), jour)}
        for statut in Statut:
            by_list = set(communes_de_statut(statut, None, jour).values_list("pk", flat=True))
            assert by_list == {pk for pk, told in by_page.items() if told == statut}, (jour, statut)
        without = set(communes_de_statut(None, None, jour).values_list("pk", flat=True))
        assert without == {pk for pk, told in by_page.items() if told not in (None, Statut.SORTIE)}
        running = Labellisation.objects.as_of(jour).communes(jour)
        assert without == set(running.values_list("pk", flat=True))
        seen |= set(by_page.values())
    assert seen == {None, *Statut}, "the cases do not reach every status"


def test_a_status_is_asked_for_in_one_departement():
    for code in ("34142", "81124"):
        factories.labellisation(factories.commune(code))
    found = communes_de_statut("laureate", factories.departement("81"), day("2023-07-06"))
    assert [commune.pk for commune in found] == ["81124"]


def etat_poste(commune, jour="2023-07-06"):
    return situation(commune, jour).etat_poste


@pytest.mark.parametrize(
    ("tenue", "expected"),
    [(Tenue.COMPLETE, "aucun"), (Tenue.PARTIELLE, "inconnu"), (Tenue.AUCUNE, "inconnu")],
)
def test_no_post_is_none_only_where_the_posts_are_kept_in_full(tenue, expected):
    factories.departement("34", tenue_postes=tenue)
    commune = factories.commune("34142")
    assert etat_poste(commune) == expected
    factories.poste([commune], date_fermeture=day("2022-01-01"))
    assert etat_poste(commune) == expected, "a closed post serves nobody"
    factories.poste([commune], date_ouverture=day("2023-07-07"))
    assert etat_poste(commune) == expected, "nor does a post to come"
    assert etat_poste(commune, "2023-07-07") == "vacant"


def test_the_best_placed_post_tells():
    commune = factories.commune("34142")
    factories.poste([commune])
    assert etat_poste(commune) == "inconnu"
    factories.poste([commune], date_ouverture=day("2021-01-01"))
    assert etat_poste(commune) == "vacant"
    offered = factories.poste([commune])
    offered.recrutements.create(date_publication=day("2023-07-06"))
    assert etat_poste(commune) == "recrutement"
    assert etat_poste(commune, "2023-07-05") == "vacant"
    held = factories.poste([commune])
    factories.occupation(held, "2023-07-06", "2023-07-08")
    days = ["2023-07-05", "2023-07-06", "2023-07-07", "2023-07-08"]
    states = ["vacant", "pourvu", "pourvu", "recrutement"]
    assert [etat_poste(commune, jour) for jour in days] == states
    serving = situation(commune, "2023-07-06").postes
    assert {etat(poste, day("2023-07-06")) for poste in serving} == {
        "inconnu",
        "vacant",
        "recrutement",
        "pourvu",
    }


def test_a_post_tells_of_the_communes_that_it_serves_on_the_day():
    served, other = factories.commune("34142"), factories.commune("34028")
    poste = factories.poste()
    poste.dessertes.create(commune=served, debut=day("2022-01-01"), fin=day("2023-01-01"))
    factories.occupation(poste, "2021-01-01")
    days = ["2021-12-31", "2022-01-01", "2022-12-31", "2023-01-01"]
    assert [etat_poste(served, jour) for jour in days] == ["inconnu", "pourvu", "pourvu", "inconnu"]
    assert etat_poste(other, "2022-01-01") == "inconnu"


def test_more_communes_take_no_more_queries():
    # The communes and what `situations` prefetches, whatever their number.
    counts = []
    for _ in range(2):
        for _ in range(3):
            commune = factories.commune(epci="new")
            factories.labellisation(commune)
            signed = factories.convention("2021-07-16")
            factories.avenant(signed, "2022-01-01", [commune], duree_annees=9)
            factories.occupation(factories.poste([commune]), "2022-01-01")
        with CaptureQueriesContext(connection) as queries:
            for found in situations(Commune.objects.all(), day("2023-07-06")):
                assert found.statut == "ort_signee"
                assert date_fin_au(found.convention, found.jour) == day("2030-07-16")
                assert found.nom_intercommunalite
                assert found.nom
                assert found.etat_poste == "pourvu"
        counts.append(len(queries))
    assert counts[0] == counts[1]
