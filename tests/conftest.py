"""What all tests share: no network but this machine, and cheap passwords."""

import gc
import ipaddress
import os
import re
import socket
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client, TransactionTestCase
from django.test.utils import setup_databases, teardown_databases

from communes.models import Role
from socle.documents import modeles
from socle.fichiers.stockage import Stockage
from tests import factories
from tests.bases import Gabarits, database_of_tests, finish_as_migrated, run_again
from tests.pile import au_large

# The same examples at each run: a failure is that of the change. `make test-au-hasard` draws others.
hypothesis.settings.register_profile("toujours", derandomize=True, deadline=None)
hypothesis.settings.register_profile("au_hasard", max_examples=2000, deadline=None, print_blob=True)
hypothesis.settings.load_profile("toujours")


HERE = Path(__file__).parent
# Run by `make donnees`, with the tools of those who read our data.
collect_ignore = ["donnees"]
# Where a test reads a page that does not change with the database behind it: it runs on SQLite
# alone, unless its module says `pytestmark = pytest.mark.deux_bases`.
PAGES = [HERE / folder for folder in ("e2e", "pvd/portail", "socle/dessin", "socle/web")]
PAGES += [HERE / "ort/test_vues.py", HERE / "projects/postes/test_vues.py"]
PAGES += [HERE / "livre/test_textes.py"]
# What the sheets of the agents tell, and their help; each is opened on both by `tests/test_portes.py`.
PAGES += [HERE / "pvd/bureau/test_fiches.py", HERE / "pvd/bureau/test_aide.py"]
# And the demonstration refuses any base but its own.
PAGES += [HERE / "pvd/suivi/test_demonstration.py", HERE / "pvd/suivi/test_marque_fictive.py"]
# Nor does the number of queries change: what a test counts is in its name.
COUNTS_QUERIES = re.compile("_(queries|query)")
# Two tests of more than a minute: begun last, they would end alone, the other processes waiting for them.
LONGEST = HERE / "test_portes.py"


def uses_a_database(item):
    return bool(item.get_closest_marker("django_db")) or "db" in item.fixturenames


def reads_the_same_on_both(item):
    """Tell whether the database behind it changes nothing of what a test looks at."""
    of_a_page = any(map(item.path.is_relative_to, PAGES))
    return of_a_page or bool(item.get_closest_marker("une_base"))


def pytest_collection_modifyitems(items):
    """Mark what runs on both databases: all that uses one, but for the pages."""
    for item in items:
        if "scene" in item.fixturenames and not uses_a_database(item):
            # Otherwise what it changes would stay for those that follow.
            item.add_marker(pytest.mark.django_db)
        if COUNTS_QUERIES.search(item.originalname):
            # Whatever its module says.
            item.add_marker(pytest.mark.une_base)
        if uses_a_database(item) and not reads_the_same_on_both(item):
            item.add_marker(pytest.mark.deux_bases)
    items.sort(key=lambda item: item.path != LONGEST)


def pytest_collection_finish():
    """Look for cycles of memory rarely, and never among what stays until the end.

    The modules, the records and the tests are a million objects: to go through them again and
    again, for the little that a test leaves, took an eighth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run a test with room for its calls: see `au_large`."""
    asked = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    au_large(pyfuncitem.obj)(**asked)
    return True


def pytest_configure():
    # A site of France, whatever the machine is set up for: a test that needs a département says so.
    settings.PVD_DEPARTEMENT = ""
    tests = settings.DATABASES["default"].setdefault("TEST", {})
    tests["MIGRATE"] = False
    if settings.DATABASES["default"]["ENGINE"] == "socle.bases.sqlite":
        # In memory for each process: pytest-django knows it only of Django's own.
        tests["NAME"] = ":memory:"
    # A real hash costs a quarter of a second, at each log-in of each test.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def is_this_machine(host):
    """Tell whether a host name or an address leads nowhere else than to this machine."""
    if host in {None, "", "localhost", b"localhost"}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def outbound_network_blocked():
    """Make any connection to another machine an error, the search for its address included."""
    connect, getaddrinfo = socket.socket.connect, socket.getaddrinfo

    def refuse_others(host):
        if not is_this_machine(host):
            raise AssertionError(f"Un test a voulu joindre {host}.")

    def guarded_connect(self, address):
        if self.family != socket.AF_UNIX:
            refuse_others(address[0])
        return connect(self, address)

    def guarded_getaddrinfo(host, *args, **kwargs):
        refuse_others(host)
        return getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield


@pytest.fixture(scope="session")
def gabarits(tmp_path_factory):
    """The templates of the databases, shared by the processes of this run."""
    folder = tmp_path_factory.getbasetemp()
    return Gabarits(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)


@pytest.fixture(scope="session")
def django_db_setup(
    request, gabarits, django_test_environment, django_db_modify_db_settings, django_db_blocker
):
    """Make the database of the tests: the first process makes one, the others copy it."""
    verbosity = request.config.option.verbose
    with django_db_blocker.unblock():
        with gabarits.alone("vide") as known:
            if known is None:
                made = setup_databases(verbosity, interactive=False)
                finish_as_migrated()
                gabarits.keep("vide")
        if known is not None:
            with gabarits.copied("vide", database_of_tests()):
                made = setup_databases(verbosity, interactive=False, keepdb=True)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity)


@pytest.fixture(scope="session", autouse=True)
def emptied_as_migrated(gabarits):
    """Make of the base what migrations leave, after a test whose transactions are true.

    Django empties each table, then makes again what it knows of what was there, half a second a test: not
    what a migration records. A copy is both whole and fast; on PostgreSQL it writes a thousand files.
    """
    emptied_by_django = TransactionTestCase._fixture_teardown

    def emptied(case):
        if connection.vendor == "sqlite":
            gabarits.put_back("vide")
        else:
            emptied_by_django(case)
            run_again("record")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptied)
        yield


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    """Let the fixtures of a module record once what all its tests look at; put it all back after them.

    Each test still undoes what it does itself. What such a fixture returns is shared too: a test that
    changes a record reads its own.
    """
    kept = transaction.atomic()
    # As Django marks its own, for what insists on a transaction of its own.
    kept._from_testcase = True
    with django_db_blocker.unblock(), kept:
        yield
        transaction.set_rollback(True)


def browser_of(agent):
    """Return a client that `agent` is logged in with, and that remembers who it is."""
    client = Client()
    client.force_login(agent)
    client.agent = agent
    return client


@pytest.fixture
def national(db):
    return browser_of(factories.agent("national", is_superuser=True))


@pytest.fixture
def agent_34(db):
    return browser_of(factories.agent("agent34", [factories.departement("34")]))


@pytest.fixture
def agent_81(db):
    return browser_of(factories.agent("agent81", [factories.departement("81")]))


@pytest.fixture
def lecteur_34(db):
    return browser_of(
        factories.agent("lecteur34", [factories.departement("34")], role=Role.LECTEUR)
    )


@pytest.fixture
def referent_34(db):
    return browser_of(
        factories.agent("referent34", [factories.departement("34")], role=Role.REFERENT)
    )


@contextmanager
def documents_kept_in(folder):
    """Keep the documents in `folder`, with the rights of the true one."""
    options = settings.STORAGES["documents"]["OPTIONS"] | {"location": folder}
    storage = Stockage(**options)
    with pytest.MonkeyPatch.context() as patch:
        for kind in modeles():
            patch.setattr(kind._meta.get_field("fichier"), "storage", storage)
        yield folder


@pytest.fixture
def documents_folder(tmp_path):
    """Keep the documents of a test in a folder of its own."""
    with documents_kept_in(tmp_path) as folder:
        yield folder


@pytest.fixture(scope="module")
def documents_of_scene(tmp_path_factory):
    """Keep those of a module in one, for the documents that its scene records."""
    with documents_kept_in(tmp_path_factory.mktemp("documents")) as folder:
        yield folder
