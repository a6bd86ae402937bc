"""A territory that comes back: the days between its end and its return are not its own."""

from datetime import date

import pytest

from communes.models import (
    Commune,
    Intercommunalite,
    InterruptionCommune,
    Mouvement,
    Rattachement,
    Succession,
)
from communes.territoire.decoupage import DecoupageError, load_territoire
from communes.territoire.decoupage.a_la_main import renommer
from communes.territoire.decoupage.etat import value_on
from communes.territoire.decoupage.journal import put_back
from communes.territoire.recherche import Recherche, autres_noms
from pvd.suivi.situation import communes_de_statut, lisibles, situer
from tests import factories
from tests.communes.territoire.decoupage_factory import (
    CLERMONTAIS,
    LODEVOIS,
    Histoire,
    commune,
    deleguee,
    epci,
)
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]

LODEVE = commune("34142", "Lodève", population=7477)
FOZIERES = commune("34106", "Fozières", population=200)
DELEGUEE = deleguee("34106", "Fozières", "34142")
BEFORE, END, EVE, RETURN, AFTER = (
    *(date(2021, 12, 31), date(2022, 1, 1)),
    *(date(2022, 12, 31), date(2023, 1, 1), date(2023, 1, 2)),
)
OF_ALL_DAYS = pytest.mark.parametrize(
    ("jour", "there"),
    [(BEFORE, True), (END, False), (EVE, False), (RETURN, True), (AFTER, True)],
    ids=["before", "end", "eve", "return", "after"],
)


@pytest.fixture
def histoire(tmp_path):
    """Fozières merges into Lodève on 1 January 2022, and leaves it on 1 January 2023."""
    histoire = Histoire(tmp_path)
    both, one = (
        [epci(LODEVOIS, "CC Lodévois", *codes)] for codes in (("34142", "34106"), ("34142",))
    )
    histoire.load(2021, [LODEVE, FOZIERES], both)
    histoire.load(2022, [LODEVE, DELEGUEE], one)
    histoire.sortie = histoire.load(2023, [LODEVE, {**FOZIERES, "population": 210}], both)
    return histoire


def test_its_vintage_is_loaded_and_tells_whom_it_leaves(histoire):
    assert "communes rétablies : 1" in histoire.sortie
    assert "34106 Fozières (auparavant dans 34142 Lodève)" in histoire.sortie


@OF_ALL_DAYS
def test_a_commune_is_there_but_between_its_end_and_its_return(histoire, jour, there):
    codes = ["34106", "34142"] if there else ["34142"]
    assert list(Commune.objects.as_of(jour).order_by("pk").values_list("pk", flat=True)) == codes
    fozieres = Commune.objects.get(pk="34106")
    assert fozieres.holds_on(jour) == there
    assert Commune.objects.resolve("34106", jour).pk == codes[0]
    member = Rattachement.objects.as_of(jour).filter(commune=fozieres)
    assert member.exists() == there


@OF_ALL_DAYS
def test_what_is_recorded_of_it_is_of_the_other_between_the_two_days(histoire, jour, there):
    factories.labellisation(Commune.objects.get(pk="34106"), debut="2021-01-22")
    holder = "34106" if there else "34142"
    assert [c.pk for c in communes_de_statut(None, None, jour)] == [holder]
    (situation,) = situer(list(lisibles(Commune.objects.filter(pk=holder))), jour)
    assert situation.labellisation.debut == date(2021, 1, 22)


@OF_ALL_DAYS
def test_a_search_gives_the_commune_of_the_day(histoire, jour, there):
    found = [c.commune.pk for c in Recherche("Fozières", jour).candidats]
    assert found == (["34106"] if there else ["34142"])
    told = autres_noms(Commune.objects.get(pk="34142"), jour)
    assert bool(told) != there, "a commune déléguée is no longer one when its commune comes back"


@OF_ALL_DAYS
def test_its_page_tells_the_day_when_it_is_no_more_and_when_it_is_again(
    histoire, client, jour, there
):
    page = read(client, f"/communes/34106/?au={jour}")
    gone = "n'existe plus depuis le 1er janvier 2022 ; elle existe de nouveau depuis le 1er janvier 2023"
    assert (gone in page) != there
    assert ("Son territoire fait alors partie de Lodève" in page) != there


def test_its_population_is_that_of_its_last_vintage(histoire):
    (fozieres,) = situer(list(lisibles(Commune.objects.filter(pk="34106"))), RETURN)
    assert fozieres.population.valeur == 210


def test_the_same_vintage_again_changes_nothing(histoire):
    rows = list(InterruptionCommune.objects.values())
    both = [epci(LODEVOIS, "CC Lodévois", "34142", "34106")]
    again = histoire.load(2023, [LODEVE, {**FOZIERES, "population": 210}], both)
    assert "0 changement" in again
    assert list(InterruptionCommune.objects.values()) == rows


def test_the_correction_of_a_return_leaves_no_trace_of_it(histoire):
    histoire.load(2023, [LODEVE, DELEGUEE], [epci(LODEVOIS, "CC Lodévois", "34142")])

    fozieres = Commune.objects.get(pk="34106")
    assert (fozieres.fin, fozieres.successeur_id) == (END, "34142")
    assert not InterruptionCommune.objects.exists()
    assert list(Succession.objects.values_list("commune", "devient", "debut", "fin")) == [
        ("34106", "34142", END, None)
    ]


def test_a_return_is_taken_back_with_its_vintage(histoire):
    state = load_territoire().communes["34106"]
    assert state.interruptions
    put_back(Mouvement.objects.first())

    fozieres = Commune.objects.get(pk="34106")
    assert (fozieres.fin, fozieres.successeur_id) == (END, "34142")
    assert not InterruptionCommune.objects.exists()


def test_a_commune_may_go_and_come_back_twice(histoire):
    one, both = (
        [epci(LODEVOIS, "CC Lodévois", *codes)] for codes in (("34142",), ("34142", "34106"))
    )
    histoire.load(2024, [LODEVE, DELEGUEE], one)
    histoire.load(2025, [LODEVE, FOZIERES], both)

    days = [date(annee, 1, 1) for annee in (2021, 2022, 2023, 2024, 2025)]
    fozieres = Commune.objects.get(pk="34106")
    assert [fozieres.holds_on(jour) for jour in days] == [True, False, True, False, True]


def test_an_intercommunalite_that_comes_back_was_not_there_in_between(tmp_path, client):
    histoire = Histoire(tmp_path)
    lodevois, clermontais = (epci(s, f"CC {s}", "34142") for s in (LODEVOIS, CLERMONTAIS))
    for annee, epcis in ((2021, [lodevois]), (2022, [clermontais]), (2023, [lodevois])):
        histoire.load(annee, [LODEVE], epcis)

    found = Intercommunalite.objects.get(pk=LODEVOIS)
    for jour, there in ((BEFORE, True), (END, False), (EVE, False), (RETURN, True)):
        assert found.holds_on(jour) == there
        assert Intercommunalite.objects.as_of(jour).filter(pk=LODEVOIS).exists() == there
    page = read(client, f"/intercommunalites/{LODEVOIS}/?au={END}")
    assert "Elle n'existe plus depuis le 1er janvier 2022 ; elle existe de nouveau" in page


@OF_ALL_DAYS
def test_nothing_is_recorded_by_hand_of_a_day_when_it_was_no_more(histoire, jour, there):
    state = load_territoire()
    if there:
        renommer(state, "34106", "Fozières-le-Haut", jour)
        assert value_on(state.communes["34106"].noms, jour) == "Fozières-le-Haut"
    else:
        with pytest.raises(DecoupageError, match="34106 n'est pas une commune le"):
            renommer(state, "34106", "Fozières-le-Haut", jour)


def test_its_page_for_agents_tells_when_it_was_no_more(histoire, national):
    page = read(national, "/admin/communes/commune/34106/change/")
    assert "jours où elle n'existait plus" in page.lower()
    assert "du 1er janvier 2022 au 31 décembre 2022" in page
    assert "jours où elle" not in read(national, "/admin/communes/commune/34142/change/").lower()
