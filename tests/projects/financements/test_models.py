"""What a line of money cannot be, whoever writes it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from ort.models import Organisme
from projects.financements.models import FaitFinancement, Financement
from socle.dates import ONE_DAY
from tests import factories
from tests.factories import day

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


@pytest.fixture
def place():
    lodeve = factories.commune("34142", epci="new")
    ort = factories.convention("2021-07-16", [lodeve])
    return factories.action([lodeve], ort, maitre_ouvrage_commune=lodeve)


def region():
    return Organisme.objects.get_or_create(nom="Région Occitanie", defaults={"nature": "region"})[0]


def test_two_equal_lines_are_two_grants(place):
    for _ in range(2):
        line = factories.financement(place, financeur_organisme=region())
        factories.fait_financement(line, "accord", "2023-01-10", 60000)
    assert Financement.objects.count() == 2


def test_who_pays_is_told_by_the_line_or_by_its_scheme(place):
    line = factories.financement(place, "region", "collectivite")
    with pytest.raises(ValidationError, match="choisissez le financeur"):
        line.full_clean()
    line.financeur_organisme = region()
    line.full_clean()
    assert line.financeur == region()
    own = factories.financement(place, "autofinancement", "fonds_propres")
    own.full_clean()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"nature": "versement", "montant": 0, "sorte_versement": "solde"}, "montant positif"),
        ({"nature": "versement", "montant": -1, "sorte_versement": "solde"}, "n'est pas négatif"),
        ({"nature": "versement", "sorte_versement": "solde"}, "montant positif"),
        ({"nature": "versement", "montant": 1}, "une avance, un acompte"),
        ({"nature": "accord", "montant": 0}, "zéro euro"),
        ({"nature": "demande"}, "dit un montant"),
        ({"nature": "retrait", "montant": 0}, "dit par quoi"),
        ({"nature": "prorogation"}, "quel délai"),
        ({"nature": "accord", "taux": 105}, "de 0 à 100"),
        ({"nature": "accord", "suppose": True, "montant": 10}, "supposé"),
        ({"nature": "accord", "depense_subventionnable": 0}, "positif"),
        (
            {"nature": "accord", "date_notification": day("2023-01-09")},
            "le jour où elle est signée, ou après",
        ),
        (
            {"nature": "demande", "montant": 1, "date_notification": day("2023-01-10")},
            "Seule une décision est notifiée",
        ),
    ],
)
def test_what_a_fact_cannot_be_is_refused_by_the_form_and_by_the_base(place, fields, sentence):
    line = factories.financement(place, financeur_organisme=region())
    fact = FaitFinancement(financement=line, jour=day("2023-01-10"), **fields)
    with pytest.raises(ValidationError) as error:
        fact.validate_constraints()
    assert sentence in str(error.value)
    with pytest.raises(IntegrityError), transaction.atomic():
        fact.save()


@pytest.mark.parametrize(
    ("jour", "precision", "notified"),
    [
        ("2023-01-10", "jour", "2023-01-10"),
        # « janvier 2023 » may be its first day; « au plus tard » may be any day before.
        ("2023-01-01", "mois", "2023-01-01"),
        ("2023-01-10", "au_plus_tard", "2022-12-01"),
    ],
)
def test_a_decision_is_notified_on_its_day_at_the_earliest(place, jour, precision, notified):
    line = factories.financement(place, financeur_organisme=region())
    fact = FaitFinancement(
        financement=line,
        nature="accord",
        jour=day(jour),
        precision=precision,
        date_notification=day(notified),
    )
    fact.full_clean()
    fact.save()


def test_a_decision_is_notified_today_at_the_latest(place):
    line = factories.financement(place, financeur_organisme=region())
    fact = FaitFinancement(financement=line, nature="accord", jour=day("2023-01-10"))
    fact.date_notification = timezone.localdate() + ONE_DAY
    with pytest.raises(ValidationError, match="au plus tard aujourd'hui"):
        fact.full_clean()
    fact.date_notification = timezone.localdate()
    fact.full_clean()


def test_a_fact_is_held_against_the_others_of_its_line(place):
    line = factories.financement(place, financeur_organisme=region())
    factories.fait_financement(line, "accord", "2023-01-10", 1000)
    paid = FaitFinancement(
        financement=line,
        nature="versement",
        sorte_versement="acompte",
        jour=day("2023-02-01"),
        montant="1000.01",
    )
    with pytest.raises(ValidationError) as error:
        paid.full_clean()
    assert "au-delà" in error.value.message_dict["montant"][0]
    paid.montant = 1000
    paid.full_clean()


def test_an_organisme_under_a_grant_is_not_removed(place):
    factories.financement(place, financeur_organisme=region())
    with pytest.raises(Exception, match="protected|PROTECT|Cannot delete"):
        region().delete()
