"""The door of the back office: ten wrong passwords, then a quarter of an hour to wait."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from socle.web.connexion import visitor_address
from tests import factories

HERE, ELSEWHERE = "192.0.2.1", "2001:db8::7"
RIGHT, WRONG = "secret", "faux"


def log_in(password, username="agent34", address=HERE):
    """Send the form of the log-in page, and return the answer."""
    typed = {"username": username, "password": password}
    return Client(REMOTE_ADDR=address).post(reverse("admin:login"), typed)


def fail(times, **who):
    return [log_in(WRONG, **who).status_code for _ in range(times)]


@pytest.fixture(autouse=True)
def account(db):
    return factories.agent("agent34", [factories.departement()])


def test_the_right_password_opens_the_back_office():
    assert fail(9) == [200] * 9
    assert log_in(RIGHT).url == reverse("admin:index")


def test_a_success_forgets_the_failures_before_it():
    fail(9)
    log_in(RIGHT)
    assert fail(9) == [200] * 9


def test_after_ten_failures_even_the_right_password_waits_and_is_told_so_in_french():
    assert fail(10)[:9] == [200] * 9
    answer = log_in(RIGHT)
    assert answer.status_code == 429
    page = answer.content.decode()
    assert "Connexion suspendue" in page
    assert "quart d&#x27;heure" in page or "quart d'heure" in page
    assert "sessionid" not in answer.cookies


def test_another_account_and_another_address_are_not_stopped():
    factories.agent("agent81", [factories.departement("81")])
    fail(10)
    assert log_in(RIGHT, "agent81").status_code == 302
    assert log_in(RIGHT, address=ELSEWHERE).status_code == 302


def test_a_name_that_does_not_exist_is_told_nothing_else():
    assert fail(10, username="personne")[:9] == [200] * 9
    assert log_in(WRONG, "personne").status_code == 429


@pytest.mark.parametrize(("minutes", "status"), [(14, 429), (16, 302)])
def test_a_quarter_of_an_hour_later_the_door_opens(minutes, status):
    fail(10)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=minutes))
    assert log_in(RIGHT).status_code == status


def test_to_try_again_does_not_lengthen_the_wait():
    fail(10)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    fail(3)
    assert AccessAttempt.objects.get().attempt_time < timezone.now() - timedelta(minutes=13)


def test_no_password_is_kept():
    fail(1)
    attempt = AccessAttempt.objects.get()
    assert WRONG not in attempt.post_data + attempt.get_data


@pytest.mark.parametrize("page", ["accueil", "communes", "ort_liste", "donnees"])
def test_a_public_page_sets_no_cookie(page, client):
    assert not client.get(reverse(page)).cookies


@pytest.mark.parametrize(
    ("production", "forwarded", "remote", "address"),
    [
        (False, None, "192.0.2.1", "192.0.2.1"),
        (False, "203.0.113.9", "192.0.2.1", "192.0.2.1"),
        (True, "203.0.113.9", "10.0.0.1", "203.0.113.9"),
        (True, "1.1.1.1, 203.0.113.9", "10.0.0.1", "203.0.113.9"),
        (True, None, "192.0.2.1", "192.0.2.1"),
        (True, "inconnu", "192.0.2.1", None),
        (True, None, "", None),
    ],
)
def test_the_address_is_that_of_the_visitor(production, forwarded, remote, address, settings):
    settings.PRODUCTION = production
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory(REMOTE_ADDR=remote).get("/", headers=headers)
    assert visitor_address(request) == address
