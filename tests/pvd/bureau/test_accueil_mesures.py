"""The readings that are late, on the home of agents."""

import pytest
from django.utils import timezone

from pvd.bureau.accueil import late_readings
from pvd.bureau.perimetre import Perimetre
from socle.dates import ONE_DAY, add_years
from tests import factories
from tests.factories import day

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


@pytest.fixture
def lodeve():
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town)
    return town


def agent_of(code):
    return factories.agent(departements=[factories.departement(code)])


def late(code, jour):
    return [
        (str(r.cible.objet), r.jour) for r in late_readings(Perimetre(agent_of(code)), day(jour))
    ]


def test_a_reading_is_late_the_day_after_to_whom_it_is_of(lodeve):
    action = factories.action([lodeve], intitule="Façades")
    factories.cible(action, 40, "2024-01-01")
    factories.cible(lodeve, 3, "2024-02-01", mesure=factories.indicateur("autre"))
    assert late("34", "2025-01-01") == []
    assert late("34", "2025-01-02") == [("Façades", day("2025-01-01"))]
    assert [name for name, _ in late("34", "2025-02-02")] == ["Façades", "Lodève"]
    assert late("81", "2025-02-02") == []
    factories.releve(action, 12, "2024-06-01")
    assert [name for name, _ in late("34", "2025-02-02")] == ["Lodève"]


def test_the_home_leads_to_the_geste(agent_34, lodeve):
    action = factories.action([lodeve], intitule="Façades")
    expected = timezone.localdate() - ONE_DAY
    factories.cible(action, 40, add_years(expected, -1).isoformat())
    page = agent_34.get("/admin/").content.decode()
    assert "Relevés d'indicateurs attendus" in page.replace("&#x27;", "'")
    assert f"/admin/gestes/action-relever-un-indicateur/{action.pk}/" in page


def test_it_takes_as_many_queries_whatever_their_number(lodeve, django_assert_num_queries):
    perimetre = Perimetre(agent_of("34"))
    for count in (1, 6):
        for number in range(count):
            mesure = factories.indicateur(f"mesure-{count}-{number}")
            factories.cible(lodeve, 40, "2024-01-01", mesure=mesure)
        with django_assert_num_queries(3):
            assert late_readings(perimetre, day("2026-01-01"))


def test_what_is_measured_is_told_with_what_changed(agent_34, national, lodeve):
    action = factories.action([lodeve], intitule="Façades")
    factories.releve(action, 12, "2024-06-01")
    factories.releve(lodeve, 3, "2024-06-01", mesure=factories.indicateur("vacants"))
    for browser in (agent_34, national):
        page = browser.get("/admin/").content.decode()
        assert "ajout : relevé (facades-renovees)" in page
        assert "ajout : relevé (vacants)" in page


def test_the_pages_of_agents_tell_what_is_measured(agent_34, lodeve):
    action = factories.action([lodeve], intitule="Façades")
    factories.cible(action, 40, "2024-01-01", reference=(0, "2024-01-01"))
    for sujet, page in ((action, "projects/action"), (lodeve, "communes/commune")):
        factories.releve(sujet, 12, "2024-06-01")
        told = agent_34.get(f"/admin/{page}/{sujet.pk}/").content.decode()
        assert "Ce qui est mesuré" in told
        assert "12 façades" in told.replace("\u202f", " ").replace("\u00a0", " ")
