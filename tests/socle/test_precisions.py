"""A date known to the month or the year is stored on its first day, by whatever door it comes."""

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.forms import modelform_factory

from communes.models import Programme
from socle.admin.correction import completes_a_date
from socle.dates import PrecisionField, stored_on_first_day
from socle.models import Affirmation
from socle.sources import Sourcee, affirm
from tests import factories
from tests.factories import day

pytestmark = pytest.mark.django_db

MADE = {
    "programme": lambda: factories.programme(fin_prevue="2026-12-31"),
    "labellisation": lambda: factories.labellisation(debut="2020-10-01"),
    "convention": lambda: factories.convention("2020-10-01"),
    "avenant": lambda: factories.avenant(factories.convention("2020-10-01"), "2021-01-01"),
    "poste": lambda: factories.poste(),
    "faitaction": lambda: factories.fait(factories.action(), "debut", "2021-01-01"),
    "bilan": lambda: factories.bilan(factories.convention("2020-10-01"), "2021-09-01"),
    "presentation": lambda: factories.presentation(
        factories.convention("2020-10-01"), factories.commune(), "2021-09-01"
    ),
    "prevision": lambda: factories.prevision(factories.action(), "2021-01-01", "2020-11-01"),
    "cout": lambda: factories.cout(factories.action(), 100),
    "faitetude": lambda: factories.fait_etude(
        factories.etude([factories.commune()]), "rendue", "2021-01-01"
    ),
    "evenementclub": lambda: factories.evenement("2021-01-01"),
    "releve": lambda: factories.releve(factories.action(), 12, "2021-01-01"),
    "faitfinancement": lambda: factories.fait_financement(
        factories.financement(factories.action()), "accord", "2021-01-01", 100
    ),
}
PRECISIONS = [
    (model, field)
    for model in apps.get_models()
    for field in model._meta.concrete_fields
    if isinstance(field, PrecisionField) and field.date and not hasattr(model, "instance_type")
]
EXPECTED = [
    ("jour", "2021-07-16"),
    ("au_plus_tard", "2021-07-16"),
    ("mois", "2021-07-01"),
    ("annee", "2021-01-01"),
]


def named(value):
    return value.__name__ if isinstance(value, type) else value.name


def test_eighteen_dates_have_a_precision_and_all_of_them_are_normalised():
    assert len(PRECISIONS) == 18
    assert all(issubclass(model, Sourcee | Programme) for model, _ in PRECISIONS)


@pytest.mark.parametrize(("precision", "stored"), EXPECTED)
@pytest.mark.parametrize(("model", "field"), PRECISIONS, ids=named)
def test_a_date_is_stored_on_the_first_day_that_it_may_be(model, field, precision, stored):
    record = MADE[model._meta.model_name]()
    setattr(record, field.date, day("2021-07-16"))
    setattr(record, field.name, precision)
    record.full_clean()
    record.save()
    record.refresh_from_db()
    assert getattr(record, field.date) == day(stored)


@pytest.mark.parametrize(("model", "field"), PRECISIONS)
def test_to_say_how_an_empty_date_is_known_is_no_correction(model, field):
    form = modelform_factory(model, fields=[field.date, field.name])(instance=model())
    assert completes_a_date(form, field.name)
    assert not completes_a_date(form, field.date)
    form.initial[field.date] = day("2021-01-01")
    assert not completes_a_date(form, field.name)


@pytest.mark.parametrize("precision", ["jour", "mois", "annee"])
def test_a_date_that_is_not_known_has_any_precision(precision):
    planned = factories.convention(None, precision_signature=precision)
    planned.full_clean()
    assert planned.date_signature is None


@pytest.mark.parametrize(
    ("precision", "typed", "accepted"),
    [
        ("mois", "2021-07-02", False),
        ("mois", "2021-07-01", True),
        ("annee", "2021-07-01", False),
        ("annee", "2021-01-02", False),
        ("annee", "2021-01-01", True),
        ("au_plus_tard", "2021-07-16", True),
    ],
)
@pytest.mark.parametrize(("model", "field"), PRECISIONS, ids=named)
def test_the_database_refuses_any_other_day(model, field, precision, typed, accepted):
    record = MADE[model._meta.model_name]()
    setattr(record, field.date, day(typed))
    setattr(record, field.name, precision)
    if accepted:
        record.save()
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            record.save()


def test_a_precision_whose_model_has_no_constraint_is_an_error_of_the_project():
    class Opened(models.Model):
        ouverture = models.DateField()
        precision = PrecisionField("précision", date="ouverture")

        class Meta:
            app_label = "socle"
            abstract = True

    def errors(constraints):
        meta = type("Meta", (), {"app_label": "socle", "constraints": constraints})
        opened = type("Ouvert", (Opened,), {"__module__": __name__, "Meta": meta})
        del apps.all_models["socle"]["ouvert"]
        return [e.id for e in opened._meta.get_field("precision").check() if e.id == "socle.E001"]

    assert errors([]) == ["socle.E001"]
    assert errors([stored_on_first_day("ouverture", "precision")]) == []


@pytest.mark.parametrize(("precision", "stored"), EXPECTED)
def test_what_a_source_says_is_stored_likewise(precision, stored):
    signed = factories.convention("2020-10-01")
    affirm(signed, "date_signature", "16/07/2021", factories.source(), precision)
    said = signed.affirmations.get()
    assert (said.valeur, said.valeur_brute) == (stored, "16/07/2021")
    said.valeur = "2021-07-16"
    said.full_clean()
    assert said.valeur == stored


def test_the_database_refuses_a_month_elsewhere_in_what_a_source_says():
    signed = factories.convention("2020-10-01")
    said = {"champ": "date_signature", "source": factories.source(), "fiche": signed}
    Affirmation.objects.create(**said, valeur_brute="a", valeur="", precision="annee")
    Affirmation.objects.create(**said, valeur_brute="b", valeur="vers l'été", precision="jour")
    for brute, valeur, precision in (("c", "2021-07-16", "mois"), ("d", "2021-07-01", "annee")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Affirmation.objects.create(
                **said, valeur_brute=brute, valeur=valeur, precision=precision
            )
