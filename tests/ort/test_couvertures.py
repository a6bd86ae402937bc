"""Communes in an ORT: they come and go by its acts, whose days are theirs."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from ort.models import Avenant, CommuneCouverte, Convention
from tests import factories
from tests.factories import day, rewrite

pytestmark = pytest.mark.django_db


def covered(jour):
    """Return the codes of the communes that an ORT in force covers on a day."""
    held = CommuneCouverte.objects.en_vigueur(day(jour))
    return sorted(held.values_list("commune", flat=True))


@pytest.fixture
def agde():
    return factories.commune("34003")


@pytest.fixture
def pezenas():
    return factories.commune("34199")


@pytest.fixture
def ort(agde):
    """The ORT of Agde, signed on 26 February 2021."""
    return factories.convention("2021-02-26", [agde])


def test_a_commune_enters_with_the_convention(ort):
    assert covered("2021-02-25") == []
    assert covered("2021-02-26") == ["34003"]


def test_a_commune_enters_by_an_avenant_on_its_day(ort, pezenas):
    factories.avenant(ort, "2023-01-11", [pezenas])
    assert covered("2023-01-10") == ["34003"]
    assert covered("2023-01-11") == ["34003", "34199"]
    entries = CommuneCouverte.objects.with_dates().values_list("commune", "date_entree")
    assert dict(entries) == {"34003": day("2021-02-26"), "34199": day("2023-01-11")}
    assert [c.entree_par for c in CommuneCouverte.objects.order_by("commune")] == [
        "convention",
        "avenant",
    ]


def test_an_avenant_that_is_not_signed_brings_nobody_in(ort, pezenas):
    factories.avenant(ort, None, [pezenas], date_signature_prevue=day("2023-01-11"))
    assert covered("2030-01-01") == ["34003"]


def test_an_avenant_brings_nobody_in_a_convention_that_is_not_signed(pezenas):
    factories.avenant(factories.convention(None), "2023-01-11", [pezenas])
    assert covered("2030-01-01") == []


def test_a_commune_leaves_by_an_avenant_on_its_day(ort, pezenas):
    couverture = ort.couvertures.get()
    couverture.sortie = factories.avenant(ort, "2023-12-01")
    couverture.save()
    assert covered("2023-11-30") == ["34003"]
    assert covered("2023-12-01") == []


def test_an_avenant_that_is_not_signed_takes_nobody_out(ort):
    rewrite(ort.couvertures, sortie=factories.avenant(ort, None))
    assert covered("2030-01-01") == ["34003"]


def test_a_commune_that_left_may_come_back(ort, agde):
    rewrite(ort.couvertures, sortie=factories.avenant(ort, "2022-01-01"))
    factories.avenant(ort, "2023-01-01", [agde])
    days = ["2021-12-31", "2022-01-01", "2022-12-31", "2023-01-01"]
    assert [covered(jour) for jour in days] == [["34003"], [], [], ["34003"]]


def test_the_end_of_the_ort_is_the_end_of_its_communes(ort, agde):
    rewrite(Convention.objects, duree_annees=5)
    assert covered("2026-02-25") == ["34003"]
    assert covered("2026-02-26") == []


def test_a_convention_that_is_not_an_ort_covers_nobody(agde):
    factories.convention("2021-02-26", [agde], vaut_ort=False)
    assert covered("2023-01-01") == []
    # It is signed and holds its communes all the same.
    assert CommuneCouverte.objects.as_of(day("2023-01-01")).count() == 1


def test_the_correction_of_an_act_corrects_the_days_of_its_communes(ort, pezenas):
    """The press says 12 February 2021 for Agde, and the avenant could have been of another day."""
    act = factories.avenant(ort, "2023-01-11", [pezenas])
    ort.date_signature = day("2021-02-12")
    ort.save()
    act.date_signature = day("2023-02-11")
    act.save()
    days = ["2021-02-11", "2021-02-12", "2023-02-10", "2023-02-11"]
    expected = [[], ["34003"], ["34003"], ["34003", "34199"]]
    assert [covered(jour) for jour in days] == expected


def test_a_commune_is_once_in_an_ort_at_a_time_and_may_be_in_two(ort, agde):
    factories.convention("2022-01-01", [agde])
    with pytest.raises(IntegrityError):
        factories.couverture(ort, agde)


@pytest.mark.parametrize("field", ["entree", "sortie"])
def test_a_commune_comes_and_goes_by_an_act_of_its_own_convention(ort, pezenas, field):
    foreign = factories.avenant(factories.convention())
    wrong = CommuneCouverte(convention=ort, commune=pezenas, **{field: foreign})
    with pytest.raises(ValidationError, match="celui d'une autre convention") as refused:
        wrong.full_clean()
    assert list(refused.value.message_dict) == [field]


@pytest.fixture
def laureates(agde, pezenas):
    """Pézenas and Lodève are in the programme, Agde is not."""
    lodeve = factories.commune("34142")
    for commune in (pezenas, lodeve):
        factories.labellisation(commune)
    return pezenas, lodeve


def du_programme(code, jour="2023-07-06"):
    departement = code and factories.departement(code)
    return set(Convention.objects.du_programme(departement, day(jour)))


def test_an_ort_is_of_the_programme_from_the_day_it_covers_a_commune_laureate(ort, laureates):
    pezenas, _ = laureates
    factories.avenant(ort, "2023-01-11", [pezenas])
    assert du_programme("34", "2023-01-10") == set()
    assert du_programme("34", "2023-01-11") == {ort}


def test_an_ort_is_no_longer_of_the_programme_when_its_last_laureate_leaves_it(laureates):
    pezenas, _ = laureates
    ort = factories.convention("2021-02-26", [pezenas])
    rewrite(pezenas.labellisations, fin=day("2023-12-01"))
    assert du_programme("34", "2023-11-30") == {ort}
    assert du_programme("34", "2023-12-01") == set()


def test_a_convention_that_is_not_an_ort_is_not_of_the_programme(laureates):
    factories.convention("2021-02-26", laureates, vaut_ort=False)
    assert du_programme("34") == set()


def test_an_ort_over_two_departements_is_kept_once_in_each_and_once_in_france():
    communes = [factories.commune(code) for code in ("34293", "81124", "81192", "12001")]
    for laureate in communes[:3]:
        factories.labellisation(laureate)
    ort = factories.convention("2022-07-28", communes)
    for code in ("34", "81", None):
        departement = code and factories.departement(code)
        kept = Convention.objects.du_programme(departement, day("2023-07-06"))
        assert list(kept) == [ort]
    # The commune of the Aveyron is covered, and is not in the programme.
    assert du_programme("12") == set()


def refusal(record):
    """Return what the record says when it is checked, nothing if it is accepted."""
    try:
        record.full_clean()
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


@pytest.mark.parametrize(
    ("left", "refused"), [("2023-01-10", True), ("2023-01-11", True), ("2023-01-12", False)]
)
def test_a_commune_leaves_after_the_day_it_came_in(ort, pezenas, left, refused):
    factories.avenant(ort, "2023-01-11", [pezenas])
    couverture = CommuneCouverte.objects.get(commune=pezenas)
    couverture.sortie = factories.avenant(ort, left)
    told = refusal(couverture)
    assert ("qu'après le jour où elle y entre" in told) == refused
    assert ("entrée le 11 janvier 2023" in told) == refused


def test_an_exit_before_an_entry_that_is_not_signed_waits_for_its_day(ort, pezenas):
    act = factories.avenant(ort, None)
    couverture = CommuneCouverte(convention=ort, commune=pezenas, entree=act)
    couverture.sortie = factories.avenant(ort, "2023-01-11")
    assert refusal(couverture) == ""
    couverture.save()
    for signed, refused in (("2023-01-10", False), ("2023-01-11", True)):
        act.date_signature = day(signed)
        assert ("qu'après le jour" in refusal(act)) == refused


def test_a_commune_does_not_enter_and_leave_by_one_act(ort, pezenas):
    act = factories.avenant(ort, None)
    same = CommuneCouverte(convention=ort, commune=pezenas, entree=act, sortie=act)
    assert "par le même acte" in refusal(same)
    with pytest.raises(IntegrityError), transaction.atomic():
        same.save()


def test_one_act_brings_a_commune_in_once(ort, agde, pezenas):
    out = factories.avenant(ort, "2022-01-01")
    act = factories.avenant(ort, "2023-01-11", [pezenas])
    for commune, entree in ((agde, None), (pezenas, act)):
        with pytest.raises(IntegrityError), transaction.atomic():
            factories.couverture(ort, commune, entree=entree, sortie=out)


@pytest.mark.parametrize(
    ("left", "back", "refused"),
    [
        (None, "2023-01-11", True),
        ("2023-01-12", "2023-01-11", True),
        ("2023-01-11", "2023-01-11", False),
        ("2023-01-10", "2023-01-11", False),
        # Neither act is signed: the commune is still there, and it is not known to leave first.
        (None, None, True),
        ("2023-01-10", None, False),
    ],
)
def test_a_commune_comes_back_once_it_is_out(ort, agde, left, back, refused):
    """An exit that is not signed is no exit."""
    first = ort.couvertures.get()
    first.sortie = factories.avenant(ort, left)
    first.save()
    again = CommuneCouverte(convention=ort, commune=agde, entree=factories.avenant(ort, back))
    assert ("déjà dans cette ORT à ces dates" in refusal(again)) == refused


@pytest.fixture
def back_again(ort, agde):
    """Agde left on 1 January 2022 and came back on 1 January 2023: the two avenants."""
    first = ort.couvertures.get()
    first.sortie = factories.avenant(ort, "2022-01-01", numero=1)
    first.save()
    return first.sortie, factories.avenant(ort, "2023-01-01", [agde], numero=2)


def test_the_day_of_an_act_is_corrected_within_those_of_its_communes(ort, back_again):
    out, entry = back_again
    for act, jour, told in (
        (out, "2023-01-01", ""),
        (out, "2023-01-02", "deux fois dans cette ORT"),
        (out, None, "deux fois dans cette ORT"),
        (entry, "2022-01-01", ""),
        (entry, "2021-12-31", "deux fois dans cette ORT"),
        (ort, "2021-12-31", ""),
        (ort, "2022-01-01", "qu'après le jour où elle y entre"),
    ):
        kept, act.date_signature = act.date_signature, jour and day(jour)
        found = refusal(act)
        assert told in found, (act, jour)
        assert bool(found) == bool(told), (act, jour, found)
        act.date_signature = kept


def test_the_correction_of_an_act_that_moves_nobody_is_free(ort, back_again):
    other = factories.avenant(ort, "2021-06-01")
    other.date_signature = day("2023-06-01")
    assert refusal(other) == ""
    assert Avenant.objects.count() == 3
