"""When the page of a commune was last changed."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communes.models import Commune, Labellisation
from ort.models import Avenant, CommuneCouverte, Convention, Organisme, Partie, Secteur
from projects.postes.models import Desserte, Occupation, Poste
from pvd.suivi.mise_a_jour import derniere_mise_a_jour, dernieres_mises_a_jour
from socle.models import Affirmation
from tests import factories
from tests.pages import read

pytestmark = pytest.mark.django_db
LOADED = datetime.date(2024, 1, 1)
TODAY = timezone.localdate()


@pytest.fixture
def lodeve():
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town, adhesion="2021-03-26")
    signed = factories.convention("2021-07-16", [town], identifiant="ort-lodeve")
    factories.poste([town], identifiant="poste-lodeve")
    factories.avenant(signed, "2022-01-01")
    make_old()
    return town


def make_old():
    """Make as if all that is recorded had been so on the day `LOADED`."""
    for model in (
        Labellisation,
        Convention,
        Avenant,
        CommuneCouverte,
        Partie,
        Secteur,
        Poste,
        Desserte,
        Occupation,
        Affirmation,
    ):
        model.history.update(history_date=f"{LOADED}T12:00:00Z")


def correct_the_label(town):
    town.labellisations.get().save()


def extend_the_ort(town):
    factories.avenant(Convention.objects.get(), "2023-01-01", duree_annees=7)


def correct_an_avenant(town):
    Avenant.objects.get().save()


def add_a_party(town):
    region = Organisme.objects.create(nom="Région", nature="region")
    Partie.objects.create(convention=Convention.objects.get(), organisme=region)


def add_a_sector(town):
    Secteur.objects.create(convention=Convention.objects.get(), commune=town, nom="Centre")


def fill_the_post(town):
    factories.occupation(Poste.objects.get(), "2022-01-01")


def source_an_avenant(town):
    Affirmation.objects.create(
        fiche=Avenant.objects.get(),
        champ="date_signature",
        valeur_brute="1er janvier 2022",
        source=factories.source(),
    )


def remove_the_coverage(town):
    town.couvertures.get().delete()


@pytest.mark.parametrize(
    "change",
    [
        correct_the_label,
        extend_the_ort,
        correct_an_avenant,
        add_a_party,
        add_a_sector,
        fill_the_post,
        source_an_avenant,
        remove_the_coverage,
    ],
)
def test_a_change_of_what_the_page_rests_on_dates_it(lodeve, change):
    assert derniere_mise_a_jour(lodeve) == LOADED
    change(lodeve)
    assert derniere_mise_a_jour(lodeve) in {TODAY, datetime.datetime.now(datetime.UTC).date()}


def test_what_happens_elsewhere_does_not(lodeve):
    other = factories.commune("34079", epci="new")
    factories.labellisation(other)
    factories.convention("2023-01-01", [other])
    assert derniere_mise_a_jour(lodeve) == LOADED


def test_commune_of_no_record_has_no_date(lodeve):
    assert derniere_mise_a_jour(factories.commune("34172")) is None


def test_page_tells_it(client, lodeve):
    assert "Fiche mise à jour le 1er janvier 2024." in read(client, "/communes/34142/")
    factories.commune("34172", nom="Montpellier")
    assert "Fiche mise à jour" not in read(client, "/communes/34172/")


def test_growth(lodeve):
    def count():
        with CaptureQueriesContext(connection) as queries:
            dernieres_mises_a_jour(Commune.objects.order_by())
        return len(queries)

    count()
    few = count()
    for _ in range(5):
        town = factories.commune(epci="new")
        factories.labellisation(town)
        factories.poste([town])
        factories.avenant(factories.convention("2021-07-16", [town]), "2022-01-01")
    assert count() == few == 4
    assert len(dernieres_mises_a_jour(Commune.objects.all())) == 6
