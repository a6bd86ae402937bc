"""Since when a post is in its state, how long it has been vacant, and how much of it is filled."""

import pytest

from projects.postes.du_jour import situer
from projects.postes.models import Occupation, Poste
from tests import factories
from tests.factories import day, recrutement
from tests.lecture import poste_du_jour

pytestmark = pytest.mark.django_db


def suivi(poste, jour):
    return poste_du_jour(poste, day(jour))


@pytest.fixture
def poste():
    """Opened in January, an offer in February, held from May to the end of 2022, and again later."""
    poste = factories.poste([factories.commune("34142")], date_ouverture=day("2022-01-03"))
    recrutement(poste, "2022-02-01", "recrute", "2022-04-01")
    factories.occupation(poste, "2022-05-02", "2023-01-01", quotite=80)
    recrutement(poste, "2022-12-01", "infructueux", "2023-02-01")
    recrutement(poste, "2023-03-01", "recrute", "2023-05-01")
    factories.occupation(poste, "2023-06-01", quotite=100)
    return poste


@pytest.mark.parametrize(
    ("jour", "etat", "depuis", "vacant_depuis", "jours"),
    [
        ("2022-01-02", "prevu", None, None, None),
        ("2022-01-03", "vacant", "2022-01-03", "2022-01-03", 0),
        ("2022-01-04", "vacant", "2022-01-03", "2022-01-03", 1),
        ("2022-01-31", "vacant", "2022-01-03", "2022-01-03", 28),
        ("2022-02-01", "recrutement", "2022-02-01", "2022-01-03", 29),
        ("2022-04-01", "vacant", "2022-04-01", "2022-01-03", 88),
        ("2022-05-01", "vacant", "2022-04-01", "2022-01-03", 118),
        ("2022-05-02", "pourvu", "2022-05-02", None, None),
        ("2022-12-31", "pourvu", "2022-05-02", None, None),
        ("2023-01-01", "recrutement", "2023-01-01", "2023-01-01", 0),
        ("2023-01-31", "recrutement", "2023-01-01", "2023-01-01", 30),
        ("2023-02-01", "vacant", "2023-02-01", "2023-01-01", 31),
        ("2023-03-01", "recrutement", "2023-03-01", "2023-01-01", 59),
        ("2023-05-31", "vacant", "2023-05-01", "2023-01-01", 150),
        ("2023-06-01", "pourvu", "2023-06-01", None, None),
        ("2026-01-01", "pourvu", "2023-06-01", None, None),
    ],
)
def test_since_when_on_each_boundary_day(poste, jour, etat, depuis, vacant_depuis, jours):
    told = suivi(poste, jour)
    assert told.etat == etat
    assert told.depuis == (depuis and day(depuis))
    assert told.vacant_depuis == (vacant_depuis and day(vacant_depuis))
    assert told.jours_vacance == jours


def test_a_closed_post_is_closed_since_then_and_vacant_no_more(poste):
    poste.date_fermeture = day("2022-04-15")
    poste.save()
    assert suivi(poste, "2022-04-14").jours_vacance == 101
    closed = suivi(poste, "2022-05-02")
    assert (closed.etat, closed.depuis) == ("ferme", day("2022-04-15"))
    assert closed.vacant_depuis is closed.jours_vacance is closed.quotite_pourvue is None


def test_nobody_is_in_a_closed_post_even_when_no_one_wrote_the_departure(poste):
    factories.occupation(poste, "2022-02-01")
    poste.date_fermeture = day("2022-04-15")
    poste.save()
    assert suivi(poste, "2022-04-14").occupe_depuis == day("2022-02-01")
    assert suivi(poste, "2022-04-15").occupe_depuis is None


def test_people_who_follow_each_other_fill_the_post_without_a_break():
    poste = factories.poste()
    factories.occupation(poste, "2021-01-01", "2022-01-01")
    factories.occupation(poste, "2022-01-01", "2022-07-01")
    factories.occupation(poste, "2022-06-01", "2022-08-01")
    factories.occupation(poste, "2022-08-02")
    assert suivi(poste, "2021-12-31").depuis == day("2021-01-01")
    assert suivi(poste, "2022-07-31").depuis == day("2021-01-01")
    assert suivi(poste, "2022-08-01").jours_vacance == 0
    assert suivi(poste, "2022-08-02").depuis == day("2022-08-02")
    assert suivi(poste, "2022-08-02").occupe_depuis == day("2022-08-02")


def test_an_offer_before_the_opening_is_not_a_vacancy():
    poste = factories.poste(date_ouverture=day("2022-03-01"))
    recrutement(poste, "2022-01-10")
    before, after = suivi(poste, "2022-02-28"), suivi(poste, "2022-03-02")
    assert (before.etat, before.depuis) == ("recrutement", day("2022-01-10"))
    assert before.vacant_depuis is before.jours_vacance is None
    assert (after.etat, after.depuis) == ("recrutement", day("2022-01-10"))
    assert (after.vacant_depuis, after.jours_vacance) == (day("2022-03-01"), 1)


def test_a_post_whose_dates_are_not_known_is_not_vacant_for_any_number_of_days():
    poste = factories.poste()
    told = suivi(poste, "2023-01-01")
    assert told.etat == "inconnu"
    assert told.depuis is told.vacant_depuis is told.jours_vacance is told.quotite_pourvue is None


@pytest.mark.parametrize("precision", ["mois", "annee", "au_plus_tard"])
def test_a_vacancy_since_a_day_that_is_not_known_is_not_counted_in_days(precision):
    poste = factories.poste(date_ouverture=day("2022-01-01"), precision_ouverture=precision)
    told = suivi(poste, "2022-03-01")
    assert (told.depuis, told.precision_depuis) == (day("2022-01-01"), precision)
    assert told.jours_vacance is None
    factories.occupation(poste, "2022-04-01", "2022-05-01")
    told = suivi(poste, "2022-05-03")
    assert (told.depuis, told.precision_depuis, told.jours_vacance) == (
        day("2022-05-01"),
        "jour",
        2,
    )


def test_the_share_of_time_that_is_filled(poste):
    shares = [
        suivi(poste, jour).quotite_pourvue
        for jour in ("2022-01-02", "2022-01-03", "2022-05-02", "2022-12-31", "2023-01-01")
    ]
    assert shares == [None, 0, 80, 80, 0]
    factories.occupation(poste, "2022-12-31", "2023-01-02", quotite=20)
    assert suivi(poste, "2022-12-31").quotite_pourvue == 100
    factories.occupation(poste, "2022-12-31", "2023-01-02")
    assert suivi(poste, "2022-12-30").quotite_pourvue == 80
    assert suivi(poste, "2022-12-31").quotite_pourvue is None


def test_the_communes_served_on_the_day():
    poste = factories.poste([factories.commune("34142")])
    poste.dessertes.create(
        commune=factories.commune("34111"), debut=day("2022-01-01"), fin=day("2023-01-01")
    )
    days = ["2021-12-31", "2022-01-01", "2022-12-31", "2023-01-01"]
    assert [suivi(poste, jour).nb_communes for jour in days] == [1, 2, 2, 1]
    assert suivi(factories.poste(), "2022-01-01").nb_communes == 0


def test_all_of_it_takes_five_queries(django_assert_num_queries, poste):
    """The posts, the communes they serve and who answers for them, their people, their offers."""
    factories.occupation(factories.poste(date_ouverture=day("2020-01-01")), "2022-01-01")
    with django_assert_num_queries(5):
        told = situer(list(Poste.objects.all()), day("2023-01-15"))
        assert [p.du_jour.jours_vacance for p in told] == [14, None]


@pytest.mark.parametrize(
    ("jour", "count"),
    [("2021-12-31", 0), ("2022-01-01", 1), ("2023-06-30", 1), ("2023-07-01", 0), ("2024-01-01", 0)],
)
def test_nobody_is_in_post_on_a_closed_post(jour, count):
    """The departure was never recorded: the closing tells."""
    poste = factories.poste([factories.commune("34142")], date_fermeture=day("2023-07-01"))
    factories.occupation(poste, "2022-01-01")
    for departement in (factories.departement("34"), None):
        assert Occupation.objects.en_poste(departement, day(jour)).count() == count


def test_a_closed_post_that_is_still_held_is_told():
    poste = factories.poste(date_fermeture=day("2023-07-01"))
    factories.occupation(poste, "2022-01-01", "2023-09-01")
    found = [
        Poste.objects.fermes_mais_occupes(day(jour)).exists()
        for jour in ("2023-06-30", "2023-07-01", "2023-08-31", "2023-09-01")
    ]
    assert found == [False, True, True, False]


def test_two_people_at_once_are_told_and_never_refused():
    poste, other = factories.poste(), factories.poste()
    factories.occupation(poste, "2022-01-01", "2022-07-01")
    second = factories.occupation(poste, "2022-06-30")
    second.full_clean()
    factories.occupation(other, "2022-01-01", "2022-06-30")
    factories.occupation(other, "2022-06-30")
    days = ["2022-06-29", "2022-06-30", "2022-07-01"]
    found = [set(Poste.objects.a_plusieurs(day(jour))) for jour in days]
    assert found == [set(), {poste}, set()]
