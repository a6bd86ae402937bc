"""The door of the back office: how many passwords may be tried, and how long one stays logged in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from unittest import mock

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from socle.web import connexion
from socle.web.connexion import (
    TropALaFois,
    une_verification_a_la_fois,
    visitor_address,
    visitor_networks,
)
from tests import factories
from tests.conftest import browser_of

pytestmark = pytest.mark.deux_bases

HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"
RIGHT, WRONG = "secret", "faux"
HOUR = timedelta(hours=1)


def log_in(password, username="agent34", address=HERE):
    """Send the form of the log-in page, and return the answer."""
    typed = {"username": username, "password": password}
    return Client(REMOTE_ADDR=address).post(reverse("admin:login"), typed)


def fail(times, **who):
    return [log_in(WRONG, **who).status_code for _ in range(times)]


def fail_from(addresses, **who):
    return [log_in(WRONG, address=address, **who).status_code for address in addresses]


@pytest.fixture(autouse=True)
def account(db):
    return factories.agent("agent34", [factories.departement()])


@pytest.fixture
def logged_in(account):
    return browser_of(account)


@pytest.fixture
def hashes(settings, monkeypatch):
    """Return the passwords whose hash was computed, as they are."""
    computed = []
    encode = MD5PasswordHasher.encode

    def counted(self, password, salt):
        computed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return computed


# One account, one home.


def test_the_right_password_opens_the_back_office():
    assert fail(9) == [200] * 9
    assert log_in(RIGHT).url == reverse("admin:index")


def test_a_success_forgets_the_failures_before_it():
    fail(9)
    log_in(RIGHT)
    assert fail(9) == [200] * 9


def test_after_ten_failures_even_the_right_password_waits_and_is_told_so_in_french():
    assert fail(10) == [200] * 10
    answer = log_in(RIGHT)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "900"
    page = answer.content.decode()
    assert "Connexion suspendue" in page
    assert "quart d&#x27;heure" in page or "quart d'heure" in page
    assert "sessionid" not in answer.cookies


def test_what_is_refused_is_refused_before_its_hash(hashes):
    fail(10)
    assert len(hashes) == 10
    assert log_in(RIGHT).status_code == 429
    assert len(hashes) == 10


def test_another_account_and_another_address_are_not_stopped():
    factories.agent("agent81", [factories.departement("81")])
    fail(10)
    assert log_in(RIGHT, "agent81").status_code == 302
    assert log_in(RIGHT, address=ELSEWHERE).status_code == 302


def test_a_name_that_does_not_exist_is_told_nothing_else():
    assert fail(10, username="personne") == [200] * 10
    assert log_in(WRONG, "personne").status_code == 429


@pytest.mark.parametrize(("minutes", "status"), [(14, 429), (16, 302)])
def test_a_quarter_of_an_hour_later_the_door_opens(minutes, status):
    fail(10)
    # To try again meanwhile does not lengthen the wait.
    fail(3)
    later = timezone.now() + timedelta(minutes=minutes)
    with mock.patch("django.core.cache.backends.db.tz_now", return_value=later):
        assert log_in(RIGHT).status_code == status


def test_neither_a_password_nor_an_address_nor_an_account_is_kept():
    fail(1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM pvd_compteurs")
        kept = str(cursor.fetchall())
    assert kept != "[]"
    assert not any(word in kept for word in (WRONG, HERE, "agent34"))


# An account from everywhere, a home and a network on all accounts.


def test_an_account_tried_from_everywhere_waits_too():
    homes = [f"203.0.113.{n}" for n in range(connexion.PER_ACCOUNT)]
    assert fail_from(homes) == [200] * connexion.PER_ACCOUNT
    assert log_in(RIGHT, address=ELSEWHERE).status_code == 429


def test_a_home_that_tries_one_password_on_all_accounts_is_stopped():
    for n in range(connexion.PER_HOME):
        assert log_in(WRONG, f"agent{n}").status_code == 200
    assert log_in(WRONG, "agent99").status_code == 429
    assert log_in(RIGHT, address=ELSEWHERE).status_code == 302


def test_ones_own_account_does_not_clear_what_was_tried_on_the_others():
    factories.agent("mien")
    for n in range(connexion.PER_HOME):
        log_in(WRONG, f"agent{n}")
        log_in(RIGHT, "mien")
    assert log_in(WRONG, "agent99").status_code == 429


def test_those_who_log_in_take_no_place():
    for _ in range(connexion.PER_HOME + 1):
        assert log_in(RIGHT).status_code == 302


def test_a_home_of_version_6_is_one_visitor():
    homes = [f"2001:db8::{n:x}" for n in range(1, 11)]
    assert fail_from(homes) == [200] * 10
    assert log_in(RIGHT, address="2001:db8::ffff").status_code == 429
    assert log_in(RIGHT, address="2001:db8:0:1::1").status_code == 302


def test_a_network_of_version_6_does_not_try_from_each_of_its_homes():
    for n in range(connexion.PER_NETWORK):
        answer = log_in(WRONG, f"agent{n}", f"2001:db8:0:{n:x}::1")
        assert answer.status_code == 200
    assert log_in(WRONG, "agent999", "2001:db8:0:ffff::1").status_code == 429
    assert log_in(RIGHT, address="2001:db8:1::1").status_code == 302


# Many at the same time.


def test_one_password_is_checked_at_a_time_and_few_wait():
    go, inside, peak, refused = Event(), [], [], []

    def check(_):
        try:
            with une_verification_a_la_fois():
                inside.append(1)
                peak.append(len(inside))
                go.wait(10)
                inside.pop()
                return "examiné"
        except TropALaFois:
            refused.append(1)
            # The last of them is refused while the first is still being checked.
            if len(refused) == 28:
                go.set()
            return "refusé"

    with ThreadPoolExecutor(32) as threads:
        told = list(threads.map(check, range(32)))
    assert (told.count("examiné"), told.count("refusé")) == (4, 28)
    assert max(peak) == 1


def test_who_has_to_wait_is_told_so_in_french_and_takes_no_place(hashes):
    with mock.patch.object(connexion, "WAITING", connexion.BoundedSemaphore(1)) as waiting:
        waiting.acquire()
        for _ in range(11):
            answer = log_in(RIGHT)
            assert answer.status_code == 503
        assert answer["Retry-After"] == "5"
        assert "Réessayez dans quelques secondes" in answer.content.decode()
        assert hashes == []
        waiting.release()
        assert log_in(RIGHT).status_code == 302


# Sessions.


def visit(client, after, page="admin:index"):
    """Open a page some time after now, and return its answer."""
    moment = timezone.now() + after
    with mock.patch("django.utils.timezone.now", return_value=moment):
        return client.get(reverse(page))


@pytest.mark.parametrize(("hours", "status"), [(7.9, 200), (8.1, 302)])
def test_a_session_ends_after_eight_idle_hours(hours, status, logged_in):
    visit(logged_in, 0 * HOUR)
    assert visit(logged_in, hours * HOUR).status_code == status


def test_a_session_in_use_goes_on(logged_in):
    for hours in (0, 7, 14, 21):
        answer = visit(logged_in, hours * HOUR)
        assert answer.status_code == 200
    assert answer.cookies["sessionid"]["max-age"] == 8 * 60 * 60


def test_a_page_a_minute_later_writes_nothing(logged_in):
    visit(logged_in, 0 * HOUR)
    before = Session.objects.get().expire_date
    answer = visit(logged_in, timedelta(minutes=1))
    assert "sessionid" not in answer.cookies
    assert Session.objects.get().expire_date == before


def test_a_public_page_does_not_lengthen_a_session(logged_in):
    visit(logged_in, 0 * HOUR)
    before = Session.objects.get().expire_date
    assert not visit(logged_in, 5 * HOUR, "communes").cookies
    assert Session.objects.get().expire_date == before


def test_a_base_that_cannot_write_lets_an_agent_read(logged_in, monkeypatch):
    """The refusal of a full disk cannot be had here: the saving of the session stands for it."""

    def full(self, *args, **kwargs):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(Session, "save", full)
    assert visit(logged_in, HOUR).status_code == 200


@pytest.mark.parametrize("page", ["accueil", "communes", "ort_liste", "donnees"])
def test_a_public_page_sets_no_cookie(page, client):
    assert not client.get(reverse(page)).cookies


# Where a visitor comes from.


@pytest.mark.parametrize(
    ("trusted", "sent", "remote", "address"),
    [
        ("", {}, "192.0.2.1", "192.0.2.1"),
        ("", {"X-Forwarded-For": "203.0.113.9"}, "192.0.2.1", "192.0.2.1"),
        ("X-Forwarded-For", {"X-Forwarded-For": "203.0.113.9"}, "10.0.0.1", "203.0.113.9"),
        ("X-Forwarded-For", {"X-Forwarded-For": "1.1.1.1, 203.0.113.9"}, "10.0.0.1", "203.0.113.9"),
        ("X-Forwarded-For", {"X-Real-IP": "1.1.1.1"}, "192.0.2.1", "192.0.2.1"),
        ("X-Forwarded-For", {}, "192.0.2.1", "192.0.2.1"),
        ("X-Forwarded-For", {"X-Forwarded-For": "inconnu"}, "192.0.2.1", None),
        ("X-Forwarded-For", {}, "", None),
        ("X-Real-IP", {"X-Real-IP": "203.0.113.9"}, "10.0.0.1", "203.0.113.9"),
        ("X-Real-IP", {"X-Forwarded-For": "1.1.1.1"}, "192.0.2.1", "192.0.2.1"),
    ],
)
def test_the_address_is_that_of_the_visitor(trusted, sent, remote, address, settings):
    settings.PVD_MANDATAIRE = trusted
    request = RequestFactory(REMOTE_ADDR=remote).get("/", headers=sent)
    assert visitor_address(request) == address


@pytest.mark.parametrize(
    ("address", "home", "network"),
    [
        ("192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("inconnue", "None", "None"),
    ],
)
def test_an_address_counts_as_its_home_and_its_network(address, home, network):
    assert visitor_networks(RequestFactory(REMOTE_ADDR=address).get("/")) == (home, network)
