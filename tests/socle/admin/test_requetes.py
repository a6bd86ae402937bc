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
from tests.socle.admin.test_admin import RECORDS, address, affirmation, queries_of

AT_MOST = 13
# What is known of an action or of a study, and of its money, is in a dozen tables: each is read once.
OF_AN_ACTION, PAGE_OF_AN_ACTION = 22, 48
# A proposal that waits tells the figures that it would change: they are counted twice.
OF_A_PROPOSAL = 50
BROWSERS = {
    "national": lambda: factories.agent("national", is_superuser=True),
    "agent": lambda: factories.agent("agent", [factories.departement(c) for c in ("34", "81")]),
}


# Numbers of rows of two records of one sort, whose pages take as many queries.
FEW, MORE = 2, 4


def queries(browser, *urls):
    """Return the number of queries of pages of one sort, once what is read only once a process has been."""
    browser.get(urls[0])
    counts = []
    for url in urls:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(url).status_code == 200
        counts.append(len(captured))
    return counts


def assert_no_more_queries(grown, at_most):
    """Look at each page of two records, one of few rows and one of more, as each of BROWSERS."""
    records = [grown(rows) for rows in (FEW, MORE)]
    for who, agent in BROWSERS.items():
        browser = browser_of(agent())
        for page, limit in at_most.items():
            few, more = queries(browser, *(address(record, page) for record in records))
            assert few == more <= limit, (who, page)


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


def test_an_action_of_many_rows_takes_no_more_queries(db):
    assert_no_more_queries(grown_action, {"change": OF_AN_ACTION, "page": PAGE_OF_AN_ACTION})


def grown_etude(rows):
    towns = [factories.commune(epci="new") for _ in range(rows)]
    signed = factories.convention(communes=towns)
    study = factories.etude(towns, signed, [factories.action([town], signed) for town in towns])
    factories.fait_etude(study, "rendue", "2024-01-01")
    for year in range(2001, 2001 + rows):
        factories.cout(study, 1000, f"{year}-01-01")
        factories.fait_financement(factories.financement(study), "accord", f"{year}-01-01", 10)
    return study


def test_a_study_of_many_rows_takes_no_more_queries(db):
    assert_no_more_queries(grown_etude, {"change": OF_AN_ACTION, "page": PAGE_OF_AN_ACTION})


def grown_labellisation(rows):
    record = factories.labellisation()
    for _ in range(rows):
        affirmation(record, champ="debut")
    return record


def grown_agent(rows):
    codes = ["34", "81", *(f"{number:02}" for number in range(1, rows))]
    return factories.agent(departements=[factories.departement(code) for code in codes])


GROWN = [grown_convention, grown_avenant, grown_poste, grown_labellisation]


@pytest.mark.parametrize("grown", GROWN, ids=lambda g: g.__name__)
def test_a_form_of_many_rows_takes_few_queries(grown, db):
    assert_no_more_queries(grown, {"change": AT_MOST})


def test_the_form_of_an_agent_of_many_departements_takes_few_queries(national):
    few, more = queries(national, *(address(grown_agent(rows)) for rows in (FEW, MORE)))
    assert few == more <= AT_MOST


def test_the_story_of_a_long_life_takes_few_queries(db):
    assert_no_more_queries(grown_poste, {"histoire": AT_MOST})


@pytest.mark.parametrize("name", RECORDS)
def test_any_list_and_any_form_takes_few_queries(name, national):
    for _ in range(2):
        record = RECORDS[name]()
    own = {"action": OF_AN_ACTION, "etude": OF_AN_ACTION, "proposition": OF_A_PROPOSAL}
    for page in ("changelist", "change"):
        url, limit = address(record, page), own.get(name, AT_MOST)
        # What is read only once a process may come on top: it is asked again for that alone.
        assert queries_of(national, url) <= limit or queries_of(national, url) <= limit, page


LISTS = ["communes_labellisation", "ort_convention", "ort_avenant", "projects_poste"]


def test_the_lists_of_an_agent_of_two_departements_take_few_queries(db):
    browser = browser_of(BROWSERS["agent"]())
    for _ in range(3):
        factories.labellisation(adhesion="2021-06-01")
        grown_convention(2)
        grown_poste(2)
    for name in LISTS:
        url = reverse(f"admin:{name}_changelist")
        assert max(queries(browser, url, f"{url}?q=lodeve")) <= AT_MOST, name


@pytest.mark.parametrize("name", ["ort_avenant_add", "gestes"])
def test_a_blank_form_takes_few_queries(name, agent_34):
    ContentType.objects.clear_cache()
    args = ["ouvrir-un-poste"] if name == "gestes" else []
    (count,) = queries(agent_34, reverse(f"admin:{name}", args=args))
    assert count <= AT_MOST
