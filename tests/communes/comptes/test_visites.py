"""The last visit: the last day when an account came, before today."""

import datetime
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communes.comptes.visites import remember_visit
from communes.models import Agent
from tests import factories
from tests.conftest import browser_of

ADMIN = "/admin/"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def days(agent_34):
    """Return how to read the two days that the account keeps."""
    known = Agent.objects.filter(pk=agent_34.agent.pk)
    return lambda: known.values_list("visite_precedente", "derniere_activite").get()


def came_last(browser, jour):
    Agent.objects.filter(pk=browser.agent.pk).update(derniere_activite=jour)


def test_a_first_visit_comes_after_none(agent_34, days):
    agent_34.get(ADMIN)
    assert days() == (None, timezone.localdate())


@pytest.mark.parametrize("ago", [1, 40])
def test_the_visit_before_is_kept_all_day(ago, agent_34, days):
    today = timezone.localdate()
    came_last(agent_34, today - ago * DAY)
    other_tab = browser_of(agent_34.agent)
    for browser in (agent_34, other_tab, agent_34):
        browser.get(ADMIN)
        assert days() == (today - ago * DAY, today)


def test_the_day_is_written_once_though_two_pages_open_at_once(agent_34, days):
    """The second has read the account before the first wrote."""
    came_last(agent_34, timezone.localdate() - DAY)
    before = Agent.objects.get(pk=agent_34.agent.pk)
    agent_34.get(ADMIN)
    written = days()
    remember_visit(SimpleNamespace(user=before))
    assert days() == written
    assert before.visite_precedente == written[0]


def test_no_page_of_the_day_writes_it_again(agent_34):
    agent_34.get(ADMIN)
    with CaptureQueriesContext(connection) as queries:
        agent_34.get(ADMIN)
    assert not [q for q in queries if "UPDATE" in q["sql"] and "visite_precedente" in q["sql"]]


@pytest.mark.une_base
def test_a_base_that_cannot_write_lets_one_read(agent_34, days):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        try:
            assert agent_34.get(ADMIN).status_code == 200
        finally:
            cursor.execute("PRAGMA query_only = OFF")
    assert days() == (None, None)


def test_a_public_page_is_no_visit(agent_34, days):
    factories.departement("34")
    agent_34.get("/")
    assert days() == (None, None)
