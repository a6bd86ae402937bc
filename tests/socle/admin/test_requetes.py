"""Fast whatever the number of rows: at most twelve queries, session and user included, on any page."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ort.models import Partie, Secteur
from projects.postes.models import Recrutement
from tests import factories
from tests.conftest import browser_of
from tests.socle.admin.test_admin import RECORDS, address, affirmation

AT_MOST = 13
# What is known of an action or of a study, and of its money, is in a dozen tables: each is read once.
OF_AN_ACTION = 22
# A proposal that waits tells the figures that it would change: they are counted twice.
OF_A_PROPOSAL = 50
BROWSERS = {
    "national": lambda: factories.agent("national", is_superuser=True),
    "agent": lambda: factories.agent("agent", [factories.departement(c) for c in ("34", "81")]),
}


def queries(browser, url):
    """Return the number of queries of a page, once what a process reads only once has been read."""
    browser.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


def grown_convention(rows):
    towns = [factories.commune(epci="new") for _ in range(2 * rows)]
    epci = towns[0].rattachements.get().intercommunalite
    signed = factories.convention(communes=towns[:rows], porteur=epci, ville_principale=towns[0])
    for town in towns[rows:]:
        act = factories.avenant(signed, communes=[town])
        Secteur.objects.create(convention=signed, commune=town, nom="Centre", avenant=act)
        Partie.objects.create(convention=signed, commune=town, avenant=act)
        affirmation(signed)
    Partie.objects.create(convention=signed, intercommunalite=epci)
    return signed


def grown_avenant(rows):
    signed = factories.convention()
    return factories.avenant(signed, communes=[factories.commune() for _ in range(rows)])


def grown_poste(rows):
    towns = [factories.commune(epci="new") for _ in range(rows)]
    poste = factories.poste(towns, employeur_commune=towns[0])
    for year in range(rows):
        factories.occupation(poste, f"{2000 + year}-01-01", f"{2000 + year}-06-01")
        Recrutement.objects.create(poste=poste, date_publication=f"{2000 + year}-01-01")
        affirmation(poste, champ="date_ouverture")
        factories.cofinancement(poste, annee=2021 + year)
    return poste


def grown_action(rows):
    towns = [factories.commune(epci="new") for _ in range(rows)]
    action = factories.action(towns, factories.convention(communes=towns))
    for year in range(2001, 2001 + rows):
        factories.fait(action, "point", f"{year}-01-01")
        factories.cout(action, 1000, f"{year}-01-01")
        factories.prevision(action, "2030-01-01", f"{year}-01-01")
        factories.fait_financement(factories.financement(action), "accord", f"{year}-01-01", 10)
    return action


@pytest.mark.parametrize("page", ["change", "page"])
@pytest.mark.parametrize("who", BROWSERS)
def test_an_action_of_many_rows_takes_no_more_queries(who, page, db):
    browser = browser_of(BROWSERS[who]())
    counts = [queries(browser, address(grown_action(rows), page)) for rows in (3, 8)]
    assert counts[0] == counts[1]
    assert counts[0] <= (2 * OF_AN_ACTION if page == "page" else OF_AN_ACTION)


def grown_etude(rows):
    towns = [factories.commune(epci="new") for _ in range(rows)]
    signed = factories.convention(communes=towns)
    study = factories.etude(towns, signed, [factories.action([town], signed) for town in towns])
    factories.fait_etude(study, "rendue", "2024-01-01")
    for year in range(2001, 2001 + rows):
        factories.cout(study, 1000, f"{year}-01-01")
        factories.fait_financement(factories.financement(study), "accord", f"{year}-01-01", 10)
    return study


@pytest.mark.parametrize("page", ["change", "page"])
@pytest.mark.parametrize("who", BROWSERS)
def test_a_study_of_many_rows_takes_no_more_queries(who, page, db):
    browser = browser_of(BROWSERS[who]())
    counts = [queries(browser, address(grown_etude(rows), page)) for rows in (3, 8)]
    assert counts[0] == counts[1]
    assert counts[0] <= (2 * OF_AN_ACTION if page == "page" else OF_AN_ACTION)


def grown_labellisation(rows):
    record = factories.labellisation()
    for _ in range(rows):
        affirmation(record, champ="debut")
    return record


def grown_agent(rows):
    codes = ["34", "81", *(f"{number:02}" for number in range(1, rows))]
    return factories.agent(departements=[factories.departement(code) for code in codes])


GROWN = [grown_convention, grown_avenant, grown_poste, grown_labellisation]


@pytest.mark.parametrize("who", BROWSERS)
@pytest.mark.parametrize("grown", GROWN, ids=lambda g: g.__name__)
def test_a_form_of_many_rows_takes_few_queries(grown, who, db):
    browser = browser_of(BROWSERS[who]())
    counts = [queries(browser, address(grown(rows))) for rows in (3, 8)]
    assert counts[0] == counts[1] <= AT_MOST


def test_the_form_of_an_agent_of_many_departements_takes_few_queries(national):
    counts = [queries(national, address(grown_agent(rows))) for rows in (3, 8)]
    assert counts[0] == counts[1] <= AT_MOST


@pytest.mark.parametrize("who", BROWSERS)
def test_the_story_of_a_long_life_takes_few_queries(who, db):
    browser = browser_of(BROWSERS[who]())
    stories = [reverse("admin:projects_poste_histoire", args=[grown_poste(n).pk]) for n in (3, 8)]
    counts = [queries(browser, url) for url in stories]
    assert counts[0] == counts[1] <= AT_MOST


@pytest.mark.parametrize("page", ["changelist", "change"])
@pytest.mark.parametrize("name", RECORDS)
def test_any_list_and_any_form_takes_few_queries(name, page, national):
    for _ in range(3):
        record = RECORDS[name]()
    own = {"action": OF_AN_ACTION, "etude": OF_AN_ACTION, "proposition": OF_A_PROPOSAL}
    at_most = own.get(name, AT_MOST)
    assert queries(national, address(record, page)) <= at_most


LISTS = ["communes_labellisation", "ort_convention", "ort_avenant", "projects_poste"]


@pytest.mark.parametrize("name", LISTS)
def test_the_lists_of_an_agent_of_two_departements_take_few_queries(name, db):
    browser = browser_of(BROWSERS["agent"]())
    for _ in range(3):
        factories.labellisation(adhesion="2021-06-01")
        grown_convention(2)
        grown_poste(2)
    url = reverse(f"admin:{name}_changelist")
    assert queries(browser, url) <= AT_MOST
    assert queries(browser, url + "?q=lodeve") <= AT_MOST


@pytest.mark.parametrize("name", ["ort_avenant_add", "gestes"])
def test_a_blank_form_takes_few_queries(name, agent_34):
    ContentType.objects.clear_cache()
    args = ["ouvrir-un-poste"] if name == "gestes" else []
    assert queries(agent_34, reverse(f"admin:{name}", args=args)) <= AT_MOST
