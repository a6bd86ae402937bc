"""The offers of a post: their rank, who arrived by which, and after how many days."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from projects.postes.du_jour import situer_offres
from projects.postes.models import Recrutement
from socle.historique import one_act
from socle.retablissement import restore
from tests import factories
from tests.factories import day, recrutement

pytestmark = pytest.mark.django_db


@pytest.fixture
def poste():
    return factories.poste()


def told(jour):
    """Return, for each offer, its rank, its arrival and its delay, on `jour`."""
    offers = situer_offres(list(Recrutement.objects.order_by("pk")), day(jour))
    return [
        (r.rang, r.date_prise_de_poste and r.date_prise_de_poste.isoformat(), r.delai_jours)
        for r in offers
    ]


def test_offers_are_ranked_by_publication_then_by_entry(poste):
    for published in ("2022-06-01", "2022-01-01", "2022-06-01"):
        recrutement(poste, published)
    recrutement(factories.poste(), "2022-03-01")
    assert [rang for rang, *_ in told("2023-01-01")] == [2, 1, 3, 1]
    kept = Recrutement.objects.filter(poste=poste, date_publication=day("2022-06-01"))
    assert sorted(r.rang for r in situer_offres(list(kept), day("2023-01-01"))) == [2, 3]


@pytest.mark.parametrize(
    ("jour", "arrival", "delai"),
    [
        ("2022-04-30", None, None),
        ("2022-05-01", "2022-05-01", 90),
        ("2026-01-01", "2022-05-01", 90),
    ],
)
def test_the_delay_goes_from_the_publication_to_the_arrival(poste, jour, arrival, delai):
    recrutement(poste, "2022-01-31", "recrute", "2022-03-15")
    factories.occupation(poste, "2022-05-01")
    assert told(jour) == [(1, arrival, delai)]


@pytest.mark.parametrize(
    ("arrival", "expected"),
    [("2022-03-14", None), ("2022-03-15", "2022-03-15"), ("2022-03-16", "2022-03-16")],
)
def test_without_a_link_nobody_arrives_before_the_outcome(poste, arrival, expected):
    recrutement(poste, "2022-01-31", "recrute", "2022-03-15")
    factories.occupation(poste, arrival)
    assert told("2023-01-01")[0][1] == expected


def test_the_first_arrival_is_that_of_the_last_offer_published_by_then(poste):
    recrutement(poste, "2022-01-01", "recrute", "2022-02-01")
    recrutement(poste, "2022-03-01", "recrute", "2022-04-01")
    factories.occupation(poste, "2022-05-01", "2022-08-01")
    factories.occupation(poste, "2022-09-01")
    assert told("2023-01-01") == [(1, None, None), (2, "2022-05-01", 61)]


def test_an_unsuccessful_offer_brings_nobody(poste):
    recrutement(poste, "2022-01-01", "infructueux", "2022-02-01")
    recrutement(poste, "2022-01-15")
    factories.occupation(poste, "2022-03-01")
    assert told("2023-01-01") == [(1, None, None), (2, None, None)]


def test_the_person_linked_to_an_offer_tells_it_and_no_other(poste):
    early = factories.occupation(poste, "2022-02-15", "2022-04-01")
    recrutement(poste, "2022-01-01", "recrute", "2022-03-01", occupation=early)
    recrutement(poste, "2022-01-02", "recrute", "2022-02-10")
    assert told("2022-02-28") == [(1, None, None), (2, None, None)]
    assert told("2022-03-01") == [(1, "2022-02-15", 45), (2, None, None)]


def test_arrived_on_the_day_of_the_publication_is_no_delay(poste):
    recrutement(poste, "2022-01-01", "recrute", "2022-01-01")
    factories.occupation(poste, "2022-01-01")
    assert told("2022-01-01") == [(1, "2022-01-01", 0)]


def test_a_person_of_another_post_or_there_before_the_offer_is_refused(poste):
    ours = factories.occupation(poste, "2021-01-01")
    theirs = factories.occupation(factories.poste(), "2022-05-01")
    offer = recrutement(poste, "2022-01-01", "recrute", "2022-02-01")
    for person, message in ((ours, "avant l'offre"), (theirs, "un autre poste")):
        offer.occupation = person
        with pytest.raises(ValidationError, match=message):
            offer.full_clean()


@pytest.mark.parametrize(
    "fields",
    [{"date_entretiens": "2022-12-31"}, {"issue": "infructueux", "date_issue": "2023-02-01"}],
)
def test_what_cannot_be_is_refused(poste, fields):
    person = factories.occupation(poste, "2023-05-01")
    with pytest.raises(IntegrityError):
        recrutement(poste, "2023-01-01", **fields | {"occupation": person})


def test_a_removed_post_comes_back_with_its_offers_and_whom_they_recruited(agent_34):
    poste = factories.poste([factories.commune("34142")])
    person = factories.occupation(poste, "2022-05-01")
    recrutement(poste, "2022-01-01", "recrute", "2022-02-01", occupation=person)
    with one_act("Erreur"):
        poste.delete()
    restore(type(poste).history.removed().get())
    assert Recrutement.objects.get().occupation == person


@pytest.mark.parametrize(("arrival", "refused"), [("2023-09-30", True), ("2023-10-01", False)])
def test_nobody_arrives_before_the_offer_that_recruited(poste, arrival, refused):
    """Whichever of the two is written last."""
    came = factories.occupation(poste, "2023-11-01")
    offre = recrutement(poste, "2023-10-01", "recrute", "2023-10-15", occupation=came)
    came.debut = day(arrival)
    told = refusal(came)
    assert told == (
        {"debut": ["L'offre qui a recruté cette personne est du 1er octobre 2023."]}
        if refused
        else {}
    )
    came.save()
    offre.refresh_from_db()
    told = refusal(offre)
    assert told == ({"occupation": ["Cette personne était là avant l'offre."]} if refused else {})


def refusal(record):
    """Return what a record is refused for, by field; nothing when it is not."""
    try:
        record.full_clean()
    except ValidationError as refused:
        return refused.message_dict
    return {}
