"""What all tests share: no network but this machine, and cheap passwords."""

import ipaddress
import socket

import hypothesis
import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.test import Client

from communes.models import Role
from ort.models import Document
from tests import factories

# The same examples at each run: a failure is that of the change. `make test-au-hasard` draws others.
hypothesis.settings.register_profile("toujours", derandomize=True, deadline=None)
hypothesis.settings.register_profile("au_hasard", max_examples=2000, deadline=None, print_blob=True)
hypothesis.settings.load_profile("toujours")


def pytest_configure():
    # A site of France, whatever the machine is set up for: a test that needs a département says so.
    settings.PVD_DEPARTEMENT = ""
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


@pytest.fixture
def documents_folder(tmp_path, monkeypatch):
    """Keep the documents of a test in a folder of its own, with the rights of the true one."""
    options = settings.STORAGES["documents"]["OPTIONS"] | {"location": tmp_path}
    storage = FileSystemStorage(**options)
    monkeypatch.setattr(Document._meta.get_field("fichier"), "storage", storage)
    return tmp_path
