"""Addresses made by hand: whatever an address of the back office bears, none answers by an error."""

import re
from itertools import chain
from urllib.parse import quote

import pytest
from django.contrib.admin.utils import get_fields_from_path
from django.urls import get_resolver, reverse

from pvd.bureau.gestes import GESTES
from tests import factories
from tests.conftest import browser_of
from tests.socle.admin.test_admin import ADMINS, RECORDS, address

# The databases are asked for what they refuse: one that is refused would stop the transaction of the test.
pytestmark = pytest.mark.django_db(transaction=True)

UNREADABLE = {"nul": "a%00b", "long": "a" * 60_000, "mots": "a%20" * 30_000}
STRANGE = {
    "grand": "9" * 30,
    "demi_caractere": "%ED%A0%80",
    "regex": quote("(a++[\\"),
    "mille_mots": "a%20" * 900,
}
# Python says what they are; what then reaches a database is a number or a text like any other.
READ_BY_PYTHON = {"plus_grand": "9" * 3_900, "chiffre_arabe": quote("٣"), "ligne": "34%0A"}
ARGUMENT = re.compile("<[^>]+>")
# What leads somewhere, for the arguments of an address other than the one that is tried.
KNOWN = {
    "<slug:slug>": "depart",
    "<slug:sorte>": "ort",
    "<slug:nom>": "ort",
    "<slug:forme>": "csv",
    "<slug:extension>": "csv",
}
SEARCH = {"app_label": "ort", "model_name": "communecouverte", "field_name": "commune", "term": ""}


def routes(resolver, start="/"):
    """Yield each route with its view."""
    for pattern in resolver.url_patterns:
        here = start + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern, here)
        else:
            yield here, pattern.callback


VIEWS = {
    route: view
    for route, view in routes(get_resolver())
    if route.startswith("/admin/") and "?" not in route
}
KEYS = {f"{a.opts.app_label}/{a.opts.model_name}": type(a.opts.pk) for a in ADMINS}


def every_address(value):
    """Yield the addresses of the back office that may bear `value`, each with the code that reads it."""
    yield from with_argument(value)
    yield from with_parameter(value)


def in_turn(value, values):
    """Return the addresses of the back office that `value`, one of `values`, is put in.

    Each code reads each of the values, at one address at least; each address bears one of them at least.
    """
    by_code = {}
    for code, url in every_address(value):
        by_code.setdefault(code, []).append(url)
    every, turn = len(values), list(values.values()).index(value)
    own = (urls[turn::every] or [urls[turn % len(urls)]] for urls in by_code.values())
    return list(chain.from_iterable(own))


def with_argument(value):
    """Yield the addresses of the back office, `value` in the place of each argument in turn.

    One view reads the argument of many tables: what it does with it hangs on what their key is.
    """
    for route, view in VIEWS.items():
        key = KEYS.get("/".join(route.split("/")[2:4]))
        for tried in ARGUMENT.finditer(route):
            before, after = route[: tried.start()], route[tried.end() :]
            around = [
                ARGUMENT.sub(lambda a: KNOWN.get(a[0], "1"), part) for part in (before, after)
            ]
            yield (view.__module__, view.__qualname__, tried[0], key), value.join(around)


def with_parameter(value):
    """Yield the addresses of the back office that read a parameter, `value` in the place of each in turn."""
    for page, names in parameters():
        for name, code in names.items():
            yield code, f"{page}{'&' if '?' in page else '?'}{name}={value}"
    for model_admin in ADMINS:
        fields = [field.name for field in model_admin.opts.get_fields() if field.concrete]
        # What a blank form is filled in with, all at once: each field reads its own.
        asked = "&".join(f"{name}={value}" for name in ("_popup", "_to_field", *fields))
        page = address(model_admin.model(), "add")
        yield page, f"{page}?{asked}"


def parameters():
    """Yield each page with the names that it reads, each with the code that reads what it bears."""
    of_any_list = ["p", "o", "all", "e", "_popup", "_facets", "_to_field", "_changelist_filters"]
    for model_admin in ADMINS:
        page = address(model_admin.model(), "changelist")
        yield page, {"q": searched(model_admin)} | dict(own_parameters(model_admin))
    export = reverse("admin:ort_convention_export", args=["ort", "csv"])
    pages = {
        reverse("admin:ort_convention_changelist"): of_any_list,
        export: [*of_any_list, "departement"],
        reverse("admin:ort_convention_removed"): ["p"],
        reverse("admin:login"): ["next"],
        reverse("admin:index"): ["departement"],
        reverse("admin:a_verifier"): ["departement", "sorte", "page", "q"],
    }
    for page, names in pages.items():
        yield page, {name: (page, name) for name in names}
    for slug, geste in GESTES.items():
        # All share one page, which searches as the list of its records does, or one form.
        code = "form" if geste.creates else geste.model
        names = ("departement", "q", "page")
        yield reverse("admin:gestes", args=[slug]), {name: (code, name) for name in names}
    for name in SEARCH:
        others = "&".join(f"{other}={value}" for other, value in SEARCH.items() if other != name)
        page = f"{reverse('admin:autocomplete')}?{others}"
        yield page, {name: (page, name), "page": (page, "page")}


def searched(model_admin):
    """Return what tells how a list searches: the sorts of the fields that it looks in."""
    fields = (get_fields_from_path(model_admin.model, name) for name in model_admin.search_fields)
    return tuple(type(path[-1]) for path in fields)


def own_parameters(model_admin):
    """Yield the names that the filters and the dates of a list write in its address, each with its code."""
    for offered in model_admin.list_filter:
        if isinstance(offered, str):
            field = type(model_admin.opts.get_field(offered))
            for asked in ("exact", "isnull", "id__exact"):
                yield f"{offered}__{asked}", (asked, field)
        else:
            # Those of one class, be they of other fields, have one name.
            yield offered.parameter_name, (offered.__module__, offered.__name__)
    if model_admin.date_hierarchy:
        field = type(model_admin.opts.get_field(model_admin.date_hierarchy))
        for part in ("year", "month", "day"):
            yield f"{model_admin.date_hierarchy}__{part}", (part, field)


@pytest.fixture
def agent_of_all():
    """The national level, to which no page is closed, on a site that holds one record of each sort."""
    factories.departement("34")
    for make in RECORDS.values():
        make()
    return browser_of(factories.agent("national", is_superuser=True))


def failures(browser, addresses):
    """Return the addresses that do not end well, with why, and how many were tried."""
    failed, tried = [], 0
    browser.raise_request_exception = False
    for url in addresses:
        answer = browser.get(url)
        answer.getvalue()
        tried += 1
        if answer.status_code >= 500:
            failed.append((url[:120], answer.exc_info[1]))
    return failed, tried


def assert_no_error(browser, value, values):
    found, tried = failures(browser, in_turn(value, values))
    assert not found
    assert tried > 200


@pytest.mark.parametrize("name", STRANGE)
def test_no_value_in_an_address_is_an_error(name, agent_of_all):
    assert_no_error(agent_of_all, STRANGE[name], STRANGE)


@pytest.mark.une_base
@pytest.mark.parametrize("name", READ_BY_PYTHON)
def test_no_value_that_python_reads_is_an_error(name, agent_of_all):
    assert_no_error(agent_of_all, READ_BY_PYTHON[name], STRANGE | READ_BY_PYTHON)


@pytest.mark.une_base
@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_reaches_no_page(name, client):
    for url in in_turn(UNREADABLE[name], UNREADABLE):
        assert client.get(url).status_code == 400, url[:120]


@pytest.mark.parametrize("values", [STRANGE, UNREADABLE], ids=["strange", "unreadable"])
def test_each_address_bears_one_of_the_values(values):
    every = {url for _, url in every_address("V")}
    asked = {url.replace(value, "V") for value in values.values() for url in in_turn(value, values)}
    assert asked == every
    assert len(every) > 850


# What Python reads as the number of the record that is there, and its own writing.
ARABES = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
ALMOST = {
    "arabes": lambda key: key.translate(ARABES),
    "espace": " {} ".format,
    "zero": "0{}".format,
}


@pytest.mark.parametrize("key", ["abc", "9" * 30, "a\0", "", *ALMOST])
def test_a_ticked_row_that_is_none_removes_nothing(key, agent_of_all):
    url = reverse("admin:communes_labellisation_changelist")
    held = RECORDS["labellisation"]()
    key = ALMOST[key](str(held.pk)) if key in ALMOST else key
    data = {"action": "delete_selected", "_selected_action": key, "post": "yes", "motif": "x"}
    assert agent_of_all.post(url, data).status_code in {200, 302, 400}
    held.refresh_from_db()
