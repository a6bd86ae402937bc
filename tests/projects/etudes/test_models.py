"""What a study, its facts and its money cannot be is refused, by forms and by the database."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from projects.actions.models import Cout
from projects.etudes.models import EtudeAction, FaitEtude
from projects.financements.models import Financement
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


@pytest.fixture
def lodeve():
    return factories.commune("34142", epci="new", nom="Lodève")


@pytest.fixture
def etude(lodeve):
    return factories.etude([lodeve])


def refused(record, told):
    with pytest.raises(ValidationError, match=told):
        record.full_clean()


def refused_by_the_database(write):
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


@pytest.mark.parametrize("filled", [[], ["commune", "organisme"]])
def test_a_study_has_one_beneficiary(etude, lodeve, filled):
    etude.beneficiaire_commune = lodeve if "commune" in filled else None
    etude.beneficiaire_organisme = factories.organisme() if "organisme" in filled else None
    refused(etude, "un bénéficiaire, un seul")
    refused_by_the_database(etude.save)


def test_a_beneficiary_a_provider_and_a_funder_are_three(lodeve):
    syndicat, bureau, payer = (factories.organisme(nom=n) for n in ("Syndicat", "Bureau", "BdT"))
    study = factories.etude([lodeve], beneficiaire_organisme=syndicat, prestataire=bureau)
    line = factories.financement(study, financeur_organisme=payer)
    assert (study.beneficiaire, study.prestataire, line.financeur) == (syndicat, bureau, payer)
    with pytest.raises(ProtectedError):
        bureau.delete()


@pytest.mark.parametrize(("days", "told"), [(0, None), (1, "du jour même ou d'avant")])
def test_a_fact_is_of_today_or_before(etude, days, told):
    jour = timezone.localdate() + datetime.timedelta(days=days)
    fact = FaitEtude(etude=etude, jour=jour, nature="commandee")
    if told:
        refused(fact, told)
    else:
        fact.full_clean()


def test_a_study_has_one_fact_of_each_nature(etude):
    factories.fait_etude(etude, "rendue", "2024-01-01")
    second = FaitEtude(etude=etude, jour=factories.day("2024-02-01"), nature="rendue")
    refused(second, "déjà enregistré : corrigez son jour")
    refused_by_the_database(second.save)


def test_a_fact_is_judged_beside_the_others_and_a_corrected_one_is_not_beside_itself(etude):
    rendered = factories.fait_etude(etude, "rendue", "2024-03-10")
    late = FaitEtude(etude=etude, jour=factories.day("2024-03-11"), nature="commandee")
    refused(late, "commandée avant d'être rendue")
    rendered.jour = factories.day("2024-03-12")
    rendered.full_clean()
    rendered.save()
    late.full_clean()


def test_a_cost_and_a_grant_are_of_an_action_or_of_a_study(etude, lodeve):
    both = {"action": factories.action([lodeve]), "etude": etude}
    scheme = factories.dispositif("detr", financeur=factories.organisme())
    for objet in ({}, both):
        cost = Cout(jour=factories.day("2024-01-01"), montant=1, **objet)
        refused(cost, "d'une action ou d'une étude, une seule")
        refused_by_the_database(cost.save)
        line = Financement(identifiant="f", dispositif=scheme, **objet)
        refused(line, "d'une action ou d'une étude, une seule")
        refused_by_the_database(line.save)


def test_a_study_has_one_cost_a_day_and_so_has_its_action(etude, lodeve):
    factories.cout(etude, 100, "2024-01-01")
    factories.cout(factories.action([lodeve]), 100, "2024-01-01")
    second = Cout(etude=etude, jour=factories.day("2024-01-01"), montant=200)
    refused(second, "déjà annoncé ce jour-là")
    refused_by_the_database(second.save)


def test_what_is_provided_is_not_funded_and_has_a_value(lodeve):
    given = factories.etude([lodeve], regime="mise_a_disposition")
    scheme = factories.dispositif("detr", financeur=factories.organisme())
    refused(
        Financement(etude=given, dispositif=scheme, identifiant="f"),
        "Une étude mise à disposition ne donne lieu à aucun financement",
    )
    factories.cout(given, 12000)
    given.full_clean()


def test_what_is_funded_does_not_become_provided(etude):
    line = factories.financement(etude, financeur_organisme=factories.organisme())
    etude.regime = "mise_a_disposition"
    refused(etude, "ne donne lieu à aucun financement")
    line.delete()
    etude.full_clean()


def test_a_study_prepares_an_action_once(etude, lodeve):
    prepared = factories.action([lodeve])
    EtudeAction.objects.create(etude=etude, action=prepared)
    refused(EtudeAction(etude=etude, action=prepared), "prépare déjà cette action")
    assert [link.etude for link in prepared.etudes_liees.all()] == [etude]
