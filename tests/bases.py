"""The databases of a run: what takes long to fill is filled once, then copied by whoever asks.

The processes of one run share a folder. The first that asks for a template makes it while the
others wait: a file for SQLite, whose tests run in memory, a database for PostgreSQL.
"""

import fcntl
import json
import os
import sqlite3
from contextlib import ExitStack, closing, contextmanager
from functools import cache

from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

# That of pytest-xdist; alone, a process has no name.
PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "")
# The last migration of each app, on the days of the first versions that were used, the oldest first.
VERSIONS = {
    "gestes et droits": {
        "communes": "0003_journal_droits",
        "ort": "0004_validation",
        "projects": "0002_historique",
        "socle": "0002_historique",
        "suivi": "0002_historique",
    },
    "vie des postes": {
        "communes": "0005_contours",
        "ort": "0004_validation",
        "projects": "0003_suivi_des_postes",
        "socle": "0002_historique",
        "suivi": "0004_compteurs",
    },
    "avenants sans identifiant": {
        "communes": "0011_fond_de_france",
        "ort": "0008_modification_exterieure",
        "projects": "0005_doublons",
        "socle": "0003_ce_qui_ne_peut_etre",
        "suivi": "0004_compteurs",
    },
}


class Gabarits:
    """The templates that the processes of a run share, in `folder`."""

    def __init__(self, folder):
        self.folder = folder

    @contextmanager
    def alone(self, name):
        """Let one process at a time in; yield what the maker of the template said, or None."""
        note = self.folder / f"{name}.json"
        with (self.folder / f"{name}.verrou").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield json.loads(note.read_text()) if note.exists() else None

    def keep(self, name, said=""):
        """Make of the database in use the template `name`, and of `said` its note."""
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with closing(sqlite3.connect(self.folder / f"{name}.sqlite3")) as file:
                connection.connection.backup(file)
        else:
            create(f"gabarit_{name}", connection.settings_dict["NAME"])
        (self.folder / f"{name}.json").write_text(json.dumps(said))

    @contextmanager
    def copied(self, name, database):
        """Make of `database` a copy of the template; in memory, it is gone with its last user."""
        if connection.vendor == "sqlite":
            with closing(self.write(name, database)):
                yield
        else:
            create(database, f"gabarit_{name}")
            yield

    def write(self, name, database):
        """Copy the template of an SQLite in a file, or in the memory of an address; return it, open."""
        copy = sqlite3.connect(database, uri=True)
        with closing(sqlite3.connect(self.folder / f"{name}.sqlite3")) as file:
            file.backup(copy)
        return copy

    def put_back(self, name):
        """Make of the base in use what the template `name` holds, where the kinds have other numbers."""
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with closing(sqlite3.connect(self.folder / f"{name}.sqlite3")) as file:
                file.backup(connection.connection)
        else:
            create(connection.settings_dict["NAME"], f"gabarit_{name}")
        ContentType.objects.clear_cache()

    def second(self, name):
        """Return the name of another database of this process, beside that of its tests."""
        if connection.vendor == "sqlite":
            return self.folder / f"base_{name}{PROCESS}.sqlite3"
        return f"base_{name}{PROCESS}"

    def empty(self, name):
        """Make another database of this process, which holds nothing; return its name."""
        database = self.second(name)
        if connection.vendor == "sqlite":
            database.unlink(missing_ok=True)
        else:
            create(database, "template0")
        return database

    @contextmanager
    def migrated(self, version):
        """Turn to another database of this process, as a site of `version` has it.

        Yield the models as they were then.
        """
        self.keep_version(version)
        database = self.second("ancienne")
        with self.copied(version, database), connected_to(database):
            yield MigrationExecutor(connection).loader.project_state(targets(version)).apps

    def keep_version(self, version):
        """Make the template of a site of `version`, from that of the version before, once a run."""
        older = list(VERSIONS)[: list(VERSIONS).index(version)]
        with self.alone(version) as known:
            if known is not None:
                return
            database = self.empty("ancienne")
            with ExitStack() as stack:
                if older:
                    self.keep_version(older[-1])
                    stack.enter_context(self.copied(older[-1], database))
                stack.enter_context(connected_to(database))
                migrate(targets(version))
                self.keep(version)


def finish_as_migrated():
    """Make of a base that has the tables of the models the one that migrations make in half a minute.

    `test_migrations` holds the two to be the same.
    """
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    for label, name in MigrationLoader(connection).graph.nodes:
        recorder.record_applied(label, name)
    run_again("exclude")
    run_again("record")


def run_again(name):
    """Run the steps of this name, of any migration, which write what no model says."""
    loader = MigrationLoader(connection)
    for migration in loader.disk_migrations.values():
        for step in migration.operations:
            if isinstance(step, RunPython) and step.code.__name__ == name:
                with connection.schema_editor() as editor:
                    step.code(apps_of_migrations(), editor)


@cache
def apps_of_migrations():
    """Return the models of today as migrations know them, which write no history by themselves."""
    return MigrationLoader(connection).project_state().apps


def targets(version):
    return list(VERSIONS[version].items())


def create(database, template):
    """Create on PostgreSQL a copy of `template`, in place of what an earlier run has left."""
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{database}"')
        cursor.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')


def database_of_tests():
    """Return the name of the database that Django makes for the tests of this process."""
    return connection.creation._get_test_db_name()


@contextmanager
def connected_to(database):
    """Send to `database` all that is asked of the default one.

    Django remembers the numbers of the sorts of records, which each database draws by itself.
    """
    usual = connections["default"]
    ContentType.objects.clear_cache()
    connections["default"] = usual.copy()
    connections["default"].settings_dict["NAME"] = database
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = usual
        ContentType.objects.clear_cache()


def migrate(there):
    """Migrate the base to the migrations `there`; return the models as they were then."""
    executor = MigrationExecutor(connection)
    executor.migrate(there)
    return executor.loader.project_state(there).apps
