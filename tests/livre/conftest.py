"""What comes with the project, loaded once a run for all the tests of this folder."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import TestCase

from tests.bases import connected_to

COMMANDS = ("charger_territoire", "charger_contours", "charger_programme")


def load(command, *options):
    """Run a command; return what it says."""
    out = StringIO()
    call_command(command, *options, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="package", autouse=True)
def shipped(django_db_setup, django_db_blocker, gabarits):
    """Turn the tests to a database that holds the territory, its contours and the records.

    Return what each command said when it loaded them.
    """
    database = gabarits.second("livre")
    with django_db_blocker.unblock():
        with gabarits.alone("livre") as said:
            if said is None:
                with gabarits.copied("vide", database), connected_to(database):
                    said = {command: load(command) for command in COMMANDS}
                    # The statistics of PostgreSQL are copied too: it must know the tables have grown.
                    connection.cursor().execute("ANALYZE")
                    gabarits.keep("livre", said)
        with gabarits.copied("livre", database), connected_to(database):
            yield said


@pytest.fixture(scope="package", autouse=True)
def keys_are_checked_where_something_was_written(shipped):
    """Let a test that wrote nothing end without a look at each key of the communes of France.

    Django has SQLite look at all of them after each test, for longer than most of the tests take.
    """
    asked, seen = TestCase._should_check_constraints, None

    def once_written(case, connection):
        nonlocal seen
        if not asked(case, connection):
            return False
        if connection.vendor != "sqlite":
            return True
        before, seen = seen, (id(connection.connection), connection.connection.total_changes)
        return seen != before

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestCase, "_should_check_constraints", once_written)
        yield
