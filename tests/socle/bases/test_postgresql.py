"""A PostgreSQL that is frozen or away is not waited for: a second or two, then the page says so."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from tests.pannes import silent_server, site_on

of_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'")
pytestmark = [pytest.mark.django_db(transaction=True), of_postgresql, pytest.mark.deux_bases]


@contextmanager
def frozen_server():
    """Stop the process that serves our connection, without a word, and let it go on at the end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def seconds(act):
    start = time.monotonic()
    act()
    return time.monotonic() - start


def asked():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_a_kept_connection_that_is_frozen_is_replaced():
    asked()
    with frozen_server():
        start = time.monotonic()
        assert not connection.is_usable()
        connection.close()
        asked()
        assert time.monotonic() - start < 3


def test_an_answer_that_never_comes_is_not_awaited_for_ever():
    asked()
    connection.connection.patience = 0.5
    with frozen_server():
        assert seconds(lambda: pytest.raises(OperationalError, asked)) < 2
        assert connection.connection.closed
    connection.close()
    asked()


def test_a_connection_that_answers_keeps_its_patience():
    asked()
    usual = connection.connection.patience
    assert connection.is_usable()
    assert connection.connection.patience == usual == 35


def test_a_command_waits_as_long_as_it_takes():
    """Its connection has no limit at all, which is not a limit of no second."""
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "contenttypes", "-v0"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_a_query_that_is_too_long_is_cut_by_the_server():
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("30s",)
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("20s",)


def test_a_server_that_takes_calls_and_never_answers_is_given_up():
    with silent_server() as url, site_on(url):
        assert seconds(lambda: pytest.raises(OperationalError, asked)) < 4
