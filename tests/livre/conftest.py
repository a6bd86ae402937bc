"""What comes with the project, loaded once for all the tests of this folder."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction

COMMANDS = ("charger_territoire", "charger_contours", "charger_programme")


def load(command, *options):
    """Run a command; return what it says."""
    out = StringIO()
    call_command(command, *options, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="package", autouse=True)
def shipped(django_db_setup, django_db_blocker):
    """Load the territory, its contours and the records; return what each command said.

    Nothing is left behind.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        said = {command: load(command) for command in COMMANDS}
        # PostgreSQL puts off to the end of a transaction the check of its references: each test
        # would check again those of all of France. It must know first that the tables have grown.
        if connection.vendor == "postgresql":
            connection.cursor().execute("ANALYZE")
            connection.check_constraints()
        yield said
        transaction.set_rollback(True)
