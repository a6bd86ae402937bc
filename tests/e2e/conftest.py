"""A real Chromium before the site itself: `navigateur` for the session, `page` for one test."""

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect, sync_playwright

from communes.models import Agent
from tests.conftest import browser_of
from tools.navigateur import find

HERE = Path(__file__).parent
ARGUMENTS = [
    # Chromium has no sandbox for root, as in CI; it visits only our own pages.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]

# The console also tells of each 404, which a test may well be about, and of a field of Django's admin
# that asks for the focus when another has it.
NOTES = ("Failed to load resource", "Autofocus processing was blocked")

# The window that Playwright opens unless told otherwise.
USUAL = {"width": 1280, "height": 720}

# A page may come late on a machine that runs two suites at once; patience costs nothing when it does not.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items):
    """Mark the tests of this folder, and keep them for the end: once open, Playwright's event
    loop makes Django believe that the rest of the session is asynchronous."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)
    items.sort(key=lambda item: HERE in item.path.parents)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    """Keep the base in a file, as a site does, where each thread of the server has its connection.

    In memory all of them would share one: two that ask at once, the one inside a function that SQLite
    calls back, may wait for each other for ever.
    """
    settings.DATABASES["default"]["TEST"]["NAME"] = tmp_path_factory.mktemp("base") / "e2e.sqlite3"


@pytest.fixture
def kept_base(gabarits, transactional_db):
    """Return a function that loads records in the base: once, then from what was kept of it."""

    def fill(name, load):
        with gabarits.alone(name) as known:
            if known is None:
                load()
                gabarits.keep(name)
            else:
                gabarits.put_back(name)

    return fill


@pytest.fixture(scope="session")
def navigateur(django_db_setup):
    """Launch the browser, and fail without one. The database outlives it, see above."""
    executable = find()
    assert executable, "Aucun navigateur : « make test » dit comment l'installer."
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def fenetre(navigateur, live_server):
    """Open the window that the visitors share, one after the other: to open one takes a second."""
    context = navigateur.new_context(base_url=live_server.url, locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda message: page.faults.append(message.text))
    yield page
    context.close()


def forget(page, address):
    """Make of a window that of a new visitor: nothing is left of the one before."""
    page.goto("about:blank")
    page.unroute_all()
    page.context.clear_cookies()
    page.context.clear_permissions()
    browser = page.context.new_cdp_session(page)
    browser.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": "all"})
    browser.send("Network.clearBrowserCache")
    browser.detach()
    page.set_viewport_size(USUAL)
    page.emulate_media(media="null", color_scheme="light", reduced_motion="null")


@pytest.fixture
def page(fenetre, live_server):
    """Return a blank page of a new visitor; fail if the pages visited broke their own rules.

    For a script that would stay, or another sort of browser, a test opens a context of its own.
    """
    fenetre.faults.clear()
    yield fenetre
    forget(fenetre, live_server.url)
    assert [fault for fault in fenetre.faults if not any(note in fault for note in NOTES)] == []


@pytest.fixture
def logged_in(page, live_server):
    """Return a function that gives the page to an agent, logged in already.

    Those who log in by the form do so in `test_bureau` and in `test_journee`.
    """

    def as_agent(username):
        session = browser_of(Agent.objects.get(username=username)).cookies["sessionid"]
        page.context.add_cookies(
            [{"name": session.key, "value": session.value, "url": live_server.url}]
        )
        return page

    return as_agent
