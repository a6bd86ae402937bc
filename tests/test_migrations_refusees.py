"""A base whose records would lie once their dates are on their first day is not migrated: it is told."""

import datetime

import pytest

from tests.bases import migrate
from tests.test_migrations import VERSIONS

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_apps(gabarits):
    """Turn to the base of an old site, as it was before the first days; return its models."""
    version = "vie des postes"
    with gabarits.migrated(version, list(VERSIONS[version].items())):
        yield migrate([("communes", "0005_contours"), ("ort", "0005_jours_des_communes")])


def commune(apps):
    region = apps.get_model("communes", "Region").objects.create(code="76", nom="Occitanie")
    herault = apps.get_model("communes", "Departement").objects.create(
        code="34", nom="Hérault", region=region
    )
    return apps.get_model("communes", "Commune").objects.create(
        code_insee="34142", nom="Lodève", nom_recherche="lodeve", departement=herault
    )


def test_an_exit_that_would_come_before_its_entry_is_told(old_apps):
    lodeve = commune(old_apps)
    convention = old_apps.get_model("ort", "Convention").objects.create(
        identifiant="ort-lodeve",
        intitule="ORT de Lodève",
        departement_reference_id="34",
        date_signature=datetime.date(2023, 7, 10),
    )
    left = old_apps.get_model("ort", "Avenant").objects.create(
        convention=convention,
        date_signature=datetime.date(2023, 7, 15),
        precision_signature="mois",
    )
    old_apps.get_model("ort", "CommuneCouverte").objects.create(
        convention=convention, commune=lodeve, sortie=left
    )
    with pytest.raises(RuntimeError, match="ort-lodeve, commune 34142 : .* sortir avant d'entrer"):
        migrate([("ort", "0006_ce_qui_ne_peut_etre")])


def test_an_entry_that_would_cover_the_time_before_is_told(old_apps):
    lodeve = commune(old_apps)
    labels = old_apps.get_model("communes", "Labellisation").objects
    labels.create(commune=lodeve, debut=datetime.date(2021, 1, 22), fin=datetime.date(2023, 7, 10))
    labels.create(commune=lodeve, debut=datetime.date(2023, 7, 15), precision_debut="mois")
    with pytest.raises(RuntimeError, match="commune 34142 : son entrée, .* le temps d'avant"):
        migrate([("communes", "0006_ce_qui_ne_peut_etre")])
