"""The studies on the pages of a place and of the actions that they prepare, as of a day."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.etudes.models import Etude
from tests import factories
from tests.pages import read
from tests.projects.projet.scenes import accorde, lodeve, organisme

pytestmark = [pytest.mark.django_db, pytest.mark.une_base]
PLACES = ["/communes/34142/projet/", "/ort/ort-lodeve/projet/", "/departements/34/projet/"]
TITRE = "Programmation de la halle"


@pytest.fixture
def halle():
    """A study of Lodève, ordered on 1 March 2023, of its action A1; its grant is asked, then granted."""
    ort = lodeve()
    study = factories.etude(
        [ort.couvertures.get().commune],
        ort,
        [ort.actions.get()],
        intitule=TITRE,
        prestataire=organisme("Bureau d'études", "prive"),
        note_interne="MARQUE-INTERNE",
    )
    factories.fait_etude(study, "commandee", "2023-03-01")
    payer = organisme("Banque des Territoires")
    line = accorde(
        study, "15000.00", "2023-06-01", note_interne="MARQUE-INTERNE", financeur_organisme=payer
    )
    factories.fait_financement(line, "demande", "2023-02-01", "271828.00")
    return study


@pytest.mark.parametrize("address", [*PLACES, "/actions/lod-a1/"])
def test_a_study_is_told_from_the_day_that_it_is_known(client, halle, address):
    assert TITRE not in read(client, f"{address}?au=2023-02-28")
    page = read(client, f"{address}?au=2023-03-01")
    for text in (TITRE, "Bureau d'études", "En cours", "0 €"):
        assert text in page, text
    assert "Banque des Territoires" not in read(client, f"{address}?au=2023-05-31")
    page = read(client, f"{address}?au=2023-06-01")
    assert "15 000 €" in page
    assert "Bureau d'études financée par Banque des Territoires" in page
    assert "MARQUE" not in page
    assert "271 828" not in page


@pytest.mark.parametrize("address", PLACES)
def test_of_a_place_without_any_nothing_is_said_not_to_exist(client, address):
    lodeve()
    page = read(client, address)
    assert "Études de diagnostic : non renseigné" in page
    assert "Études stratégiques : non renseigné" in page


def test_what_is_provided_is_without_money(client, halle):
    factories.rewrite(Etude.objects.filter(pk=halle.pk), regime="mise_a_disposition")
    page = read(client, f"{PLACES[0]}?au=2023-03-01")
    assert "mise à disposition, sans financement" in page


@pytest.mark.parametrize("address", [*PLACES, "/actions/lod-a1/"])
def test_more_studies_take_no_more_queries(client, halle, address):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    queries()
    few = queries()
    for _ in range(5):
        more = factories.etude(
            [halle.beneficiaire_commune], halle.convention, [halle.actions_liees.get().action]
        )
        factories.fait_etude(more, "rendue", "2024-01-01")
        accorde(more, 10)
    assert queries() == few
