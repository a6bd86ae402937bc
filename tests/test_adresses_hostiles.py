"""Addresses made by hand: whatever an address of the back office bears, none answers by an error."""

import re
from urllib.parse import quote

import pytest
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
    for pattern in resolver.url_patterns:
        here = start + str(pattern.pattern)
        yield from routes(pattern, here) if hasattr(pattern, "url_patterns") else [here]


ROUTES = [
    route for route in routes(get_resolver()) if route.startswith("/admin/") and "?" not in route
]


def with_argument(value):
    """Return the addresses of the back office, `value` in the place of each argument in turn."""
    for route in ROUTES:
        for tried in ARGUMENT.finditer(route):
            before, after = route[: tried.start()], route[tried.end() :]
            around = [
                ARGUMENT.sub(lambda a: KNOWN.get(a[0], "1"), part) for part in (before, after)
            ]
            yield value.join(around)


def with_parameter(value):
    """Return the addresses of the back office that read a parameter, `value` in the place of each in turn."""
    for page, names in parameters():
        yield from (f"{page}{'&' if '?' in page else '?'}{name}={value}" for name in names)
    for model_admin in ADMINS:
        fields = [field.name for field in model_admin.opts.get_fields() if field.concrete]
        # What a blank form is filled in with, all at once: each field reads its own.
        asked = "&".join(f"{name}={value}" for name in ("_popup", "_to_field", *fields))
        yield f"{address(model_admin.model(), 'add')}?{asked}"


def parameters():
    """Yield each page with the names that it reads."""
    of_any_list = {"p", "o", "all", "e", "_popup", "_facets", "_to_field", "_changelist_filters"}
    for model_admin in ADMINS:
        page = address(model_admin.model(), "changelist")
        yield page, {"q", *own_parameters(model_admin)}
    yield reverse("admin:ort_convention_changelist"), of_any_list
    yield reverse("admin:ort_convention_export", args=["ort", "csv"]), {*of_any_list, "departement"}
    yield reverse("admin:ort_convention_removed"), ["p"]
    yield reverse("admin:login"), ["next"]
    yield reverse("admin:index"), ["departement"]
    yield reverse("admin:a_verifier"), ["departement", "sorte", "page", "q"]
    for slug in GESTES:
        yield reverse("admin:gestes", args=[slug]), ["departement", "q", "page"]
    for name in SEARCH:
        others = "&".join(f"{other}={value}" for other, value in SEARCH.items() if other != name)
        yield f"{reverse('admin:autocomplete')}?{others}", [name, "page"]


def own_parameters(model_admin):
    """Return the names that the filters and the dates of a list write in its address."""
    for offered in model_admin.list_filter:
        if isinstance(offered, str):
            yield from (f"{offered}__exact", f"{offered}__isnull", f"{offered}__id__exact")
        else:
            yield offered.parameter_name
    if model_admin.date_hierarchy:
        yield from (f"{model_admin.date_hierarchy}__{part}" for part in ("year", "month", "day"))


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


@pytest.mark.parametrize(
    "value",
    [pytest.param(value, id=name) for name, value in STRANGE.items()]
    + [
        pytest.param(value, id=name, marks=pytest.mark.une_base)
        for name, value in READ_BY_PYTHON.items()
    ],
)
def test_no_value_in_an_address_is_an_error(value, agent_of_all):
    found, tried = failures(agent_of_all, [*with_argument(value), *with_parameter(value)])
    assert not found
    assert tried > 300


@pytest.mark.une_base
@pytest.mark.parametrize("value", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_reaches_no_page(value, client):
    for url in (*with_argument(value), *with_parameter(value)):
        assert client.get(url).status_code == 400, url[:120]


@pytest.mark.parametrize("key", ["abc", "9" * 30, "a\0", "٣", ""])
def test_a_ticked_row_that_is_none_removes_nothing(key, agent_of_all):
    url = reverse("admin:communes_labellisation_changelist")
    data = {"action": "delete_selected", "_selected_action": key, "post": "yes", "motif": "x"}
    held = RECORDS["labellisation"]()
    assert agent_of_all.post(url, data).status_code in {200, 302, 400}
    held.refresh_from_db()
