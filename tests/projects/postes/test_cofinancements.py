"""Who pays a post: sums by year, warnings at their thresholds, and what ends soon."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from projects.postes.models import CofinancementPoste
from tests import factories
from tests.factories import cofinancement, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def poste():
    return factories.poste([factories.commune("34293"), factories.commune("81124")])


def alertes(*fundings):
    """Return the sorts of warnings of a year of a post with `fundings`: (funder, rate, amount)."""
    poste = factories.poste()
    for financeur, taux, montant in fundings:
        cofinancement(poste, financeur, taux=taux, montant=montant)
    (annee,) = poste.cofinancements.annees()
    found = [alerte.sorte for alerte in annee.alertes]
    # What a list looks for and what a page tells is one rule.
    assert poste.cofinancements.above_limits().exists() == bool(found)
    return found


@pytest.mark.parametrize(
    ("fundings", "found"),
    [
        ([("banque_des_territoires", 25, None), ("anah", 50, None)], []),
        ([("banque_des_territoires", Decimal("25.01"), None), ("anah", 50, None)], ["taux"]),
        ([("region", 40, None), ("etat", 36, None)], ["taux"]),
        ([("banque_des_territoires", None, 45_000)], []),
        ([("banque_des_territoires", None, Decimal("45000.01"))], ["plafond"]),
        ([("etat", None, 25_000), ("fnadt", None, 20_001)], ["plafond"]),
        ([("etat", None, 45_000), ("region", None, 20_000)], []),
        ([("anah", None, 30_000), ("anct", None, 25_000)], []),
        ([("anah", None, 30_000), ("anct", None, 25_001)], ["plafond"]),
        ([("anah", 50, 40_000)], []),
        ([("anah", Decimal("50.5"), None)], ["taux_anah"]),
        ([("anah", None, 40_001)], ["plafond_anah"]),
        ([("anah", 80, 60_000)], ["taux", "plafond", "taux_anah", "plafond_anah"]),
        ([("anah", None, None)], []),
    ],
    ids=str,
)
def test_a_warning_comes_above_its_threshold(fundings, found):
    assert alertes(*fundings) == found


def test_a_warning_says_how_much_and_why():
    poste = factories.poste()
    cofinancement(poste, "etat", montant=Decimal("45000.50"), taux=Decimal("80.50"))
    taux, plafond = poste.cofinancements.annees()[0].alertes
    assert taux.texte == "2022 : 80,50\u00a0% de cofinancement en tout"
    assert "75\u00a0% au plus" in taux.explication
    assert plafond.texte == "2022 : 45\u202f000,50\u00a0€ en tout"
    assert "45\u202f000\u00a0€ par an" in plafond.explication
    assert "55\u202f000\u00a0€" in plafond.explication


def test_sums_are_by_post_and_year_and_a_shared_post_counts_once(poste):
    cofinancement(poste, "anah", montant=20_000, taux=40)
    cofinancement(poste, "etat", montant=Decimal("10000.50"), taux=20)
    cofinancement(poste, "region", taux=10)
    cofinancement(poste, "anah", annee=2023, montant=0)
    cofinancement(factories.poste(), "etat", montant=1)
    first, second = poste.cofinancements.annees()
    assert (first.annee, first.montant, first.taux) == (2022, Decimal("30000.50"), 70)
    assert (first.montant_anah, first.taux_anah, first.sans_montant) == (20_000, 40, 1)
    assert (second.annee, second.montant, second.taux) == (2023, 0, None)
    assert len(CofinancementPoste.objects.annees()) == 3


def test_a_year_without_any_amount_has_no_sum(poste):
    cofinancement(poste, "anah", taux=50)
    (annee,) = poste.cofinancements.annees()
    assert annee.montant is None
    assert annee.plafond == 55_000


def ending(premier="2023-01-10", dernier="2023-07-10"):
    return CofinancementPoste.objects.ending_between(day(premier), day(dernier))


@pytest.mark.parametrize(
    ("fin", "found"),
    [
        ("2023-01-10", False),
        ("2023-01-11", True),
        ("2023-07-11", True),
        ("2023-07-12", False),
        (None, False),
    ],
)
def test_a_funding_ends_by_its_last_day(poste, fin, found):
    cofinancement(poste, "anah", fin=fin and day(fin))
    assert ending().exists() == found


def test_a_funding_that_goes_on_does_not_end(poste):
    cofinancement(poste, "anah", fin=day("2023-03-01"))
    cofinancement(poste, "etat", fin=day("2023-04-01"))
    cofinancement(poste, "anah", annee=2023, fin=day("2024-03-01"))
    assert [row.financeur for row in ending()] == ["etat"]


def test_a_decision_over_several_years_ends_once(poste):
    for annee in (2021, 2022, 2023):
        cofinancement(poste, "anah", annee=annee, fin=day("2023-03-01"))
    assert [row.annee for row in ending()] == [2023]


def test_the_fundings_of_a_closed_post_end_no_more(poste):
    cofinancement(poste, "anah", fin=day("2023-03-01"))
    poste.date_fermeture = day("2023-01-11")
    poste.save()
    assert ending().exists()
    assert not ending("2023-01-11").exists()


@pytest.mark.parametrize(
    "fields",
    [{"taux": 0}, {"taux": 101}, {"montant": -1}, {"plafond": -1}, {"financeur": "autre"}],
    ids=str,
)
def test_what_cannot_be_is_refused(poste, fields):
    with pytest.raises(IntegrityError):
        cofinancement(poste, **fields)


def test_the_same_funding_twice_is_refused(poste):
    cofinancement(poste, "anah", reference_decision="1")
    cofinancement(poste, "anah", reference_decision="2")
    with pytest.raises(IntegrityError):
        cofinancement(poste, "anah", reference_decision="1")


def test_both_departements_of_a_shared_post_read_its_fundings_and_nobody_else(poste):
    cofinancement(poste, "anah")
    counts = {
        code: CofinancementPoste.objects.for_user(
            factories.agent(code, [factories.departement(code)])
        ).count()
        for code in ("34", "81", "12")
    }
    assert counts == {"34": 1, "81": 1, "12": 0}


@pytest.mark.parametrize(
    ("debut", "fin", "refused"),
    [
        # `fin` is the day after the last one.
        (None, "2022-01-01", True),
        (None, "2022-01-02", False),
        ("2022-12-31", None, False),
        ("2023-01-01", None, True),
        ("2020-09-01", "2023-09-01", False),
        ("2030-01-01", "2030-12-31", True),
        (None, "2021-12-31", True),
        (None, None, False),
    ],
)
def test_the_period_of_a_funding_touches_its_year(poste, debut, fin, refused):
    row = CofinancementPoste(
        poste=poste, financeur="anah", annee=2022, debut=debut and day(debut), fin=fin and day(fin)
    )
    if not refused:
        row.full_clean()
        row.save()
        return
    with pytest.raises(ValidationError, match="ne touche pas cette année"):
        row.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
