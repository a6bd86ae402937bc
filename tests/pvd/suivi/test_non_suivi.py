"""What is not kept of the ORT is told, and no silence denies it."""

import pytest
from django.utils import timezone

from communes.models import Commune, Tenue
from pvd.suivi.non_suivi import (
    SANS_LAUREATE,
    couvertures_non_confirmees,
    ort_non_suivies,
    tell_non_confirmee,
)
from pvd.suivi.phrases import sentence
from pvd.suivi.situation import lisibles, situer
from socle.models import Affirmation
from tests import factories
from tests.factories import day

pytestmark = pytest.mark.django_db


def situation(code, jour):
    return situer(list(lisibles(Commune.objects.filter(pk=code))), day(jour))[0]


def told(code, jour):
    return SANS_LAUREATE in sentence(situation(code, jour))


@pytest.fixture
def beziers():
    """Béziers: in an ORT that has no commune lauréate, and that nobody has recorded."""
    return factories.commune("34032", nom="Béziers")


def test_the_law_had_to_make_the_ort_first(beziers):
    assert not told("34032", "2018-11-22")
    assert told("34032", "2018-11-23")


def test_an_ort_without_laureate_that_is_recorded_is_followed_from_its_signature(beziers):
    lunel = factories.commune("34145", nom="Lunel")
    factories.convention("2022-03-01", [lunel])
    assert told("34032", "2022-02-28")
    assert not told("34032", "2022-03-01")
    assert not told("34145", "2022-03-01")


def test_an_ort_that_a_laureate_joins_later_is_no_proof_that_the_others_are_followed(beziers):
    agde, pezenas = factories.commune("34003"), factories.commune("34199")
    factories.labellisation(pezenas)
    signed = factories.convention("2021-02-26", [agde])
    factories.avenant(signed, "2023-01-11", [pezenas])
    for jour in ("2021-02-26", "2023-01-10", "2023-01-11"):
        assert told("34032", jour)
        assert not told("34003", jour)


def test_an_ort_of_a_commune_that_a_laureate_became_is_of_the_programme(beziers):
    town = factories.commune("34144")
    old = factories.commune("34093", fin=day("2025-01-01"), successeur=town)
    factories.labellisation(town)
    factories.convention("2022-03-01", [old])
    assert told("34032", "2025-01-01")


def test_what_another_departement_follows_says_nothing_of_this_one(beziers):
    factories.convention("2022-03-01", [factories.commune("81004", nom="Albi")])
    assert told("34032", "2023-01-01")
    assert not told("81004", "2023-01-01")
    assert not ort_non_suivies(None, day("2023-01-01"))


def test_a_convention_that_is_not_an_ort_is_none(beziers):
    factories.convention("2022-03-01", [beziers], vaut_ort=False)
    assert told("34032", "2023-01-01")


def test_a_commune_that_left_may_be_covered_and_one_that_is_in_is_followed():
    town = factories.commune("34276")
    factories.labellisation(town, fin="2023-12-01")
    assert not told("34276", "2023-11-30")
    assert told("34276", "2023-12-01")


def test_where_nothing_is_kept_the_sentence_says_so_once():
    factories.departement("12", tenue=Tenue.AUCUNE)
    factories.commune("12202", nom="Rodez")
    assert not told("12202", "2023-01-01")
    factories.departement("81", tenue=Tenue.PARTIELLE)
    factories.commune("81004", nom="Albi")
    assert told("81004", "2023-01-01")


def say_covered(town, jour, retenue=False, **fields):
    source = factories.source(titre="Liste nationale", date_document=jour and day(jour))
    return Affirmation.objects.create(
        fiche=town,
        champ="date_entree_ort",
        valeur_brute="2026-10-03",
        source=source,
        retenue=retenue,
        **fields,
    )


DOUTE = "Un document la dit couverte par une ORT, non confirmé (date écrite : « 2026-10-03 »)"


def documents(code, jour):
    return [tell_non_confirmee(said) for said in couvertures_non_confirmees(situation(code, jour))]


def test_a_document_that_says_more_is_told_from_its_day(beziers):
    say_covered(beziers, "2026-05-27", note="Le jour est impossible.")
    assert documents("34032", "2026-05-26") == []
    assert documents("34032", "2026-05-27") == [
        f"{DOUTE} : Liste nationale, 27 mai 2026 (Le jour est impossible)."
    ]


def test_a_document_without_a_day_is_known_from_when_it_was_recorded(beziers):
    say_covered(beziers, None)
    today = timezone.localdate()
    yesterday = today - timezone.timedelta(days=1)
    assert documents("34032", yesterday.isoformat()) == []
    assert documents("34032", today.isoformat()) == [f"{DOUTE} : Liste nationale."]


def test_what_is_retained_or_true_is_not_told_as_doubtful(beziers):
    say_covered(beziers, "2021-01-01", retenue=True)
    assert documents("34032", "2023-01-01") == []
    lunel = factories.commune("34145")
    say_covered(lunel, "2021-01-01")
    factories.convention("2022-03-01", [lunel])
    assert len(documents("34145", "2022-02-28")) == 1
    assert documents("34145", "2022-03-01") == []
