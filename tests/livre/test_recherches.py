"""Where each search of `tests/recherches.csv` leads, among all the communes of France.

`attendu` is the page of the commune that is meant; else the codes of those that the list names, in
order; « refusée » where the list says that nothing can be read.
"""

import csv
import re
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db.models import Count
from django.test import Client

from communes.models import CodePostal, Commune, Labellisation

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]

TABLE = Path(__file__).parent.parent / "recherches.csv"
with TABLE.open(encoding="utf-8", newline="") as lines:
    RECHERCHES = [tuple(row.values()) for row in csv.DictReader(lines)]
PROCHES = re.compile(r'<section class="pvd-proches".*?</section>', re.DOTALL)


def test_the_table_has_sixty_searches_and_each_postcode_of_the_laureates():
    asked = {q for q, _, _ in RECHERCHES}
    laureates = Labellisation.objects.filter(commune__departement="34").values("commune")
    codes = CodePostal.objects.filter(commune__in=laureates).values_list("code", flat=True)
    assert len(RECHERCHES) >= 60
    assert set(codes) <= asked


@pytest.fixture(scope="module")
def found(shipped):
    """Return the function that tells how the page of a commune answers: many searches lead to one."""
    return cache(lambda address, departement: Client().get(address).status_code)


@pytest.mark.parametrize(("q", "departement", "attendu"), RECHERCHES)
def test_a_search_leads_where_the_table_says(client, settings, found, q, departement, attendu):
    settings.PVD_DEPARTEMENT = departement
    answer = client.get("/communes/trouver/", {"q": q})
    assert answer.status_code == 302
    if attendu.startswith("/communes/"):
        assert answer.url == attendu
        assert found(answer.url, departement) == 200
        return
    assert answer.url == f"/communes/?{urlencode({'q': q})}"
    listed = client.get(answer.url)
    assert listed.status_code == (400 if attendu == "refusée" else 200)
    if attendu != "refusée":
        assert proches(listed) == attendu.split()


def proches(answer):
    """Return the codes of the communes that « Vouliez-vous dire » links."""
    found = PROCHES.search(answer.content.decode())
    return re.findall(r'href="/communes/(\w+)/"', found[0]) if found else []


def test_the_page_says_by_which_name_it_was_found(client):
    for code, told in (
        ("49126", "Champtoceaux, commune déléguée (code 49069)"),
        ("49126", "Drain, commune déléguée"),
        ("34144", "Dio-et-Valquières, commune déléguée (code 34093)"),
        ("34144", "Lunas, son nom à une autre date"),
    ):
        assert told in client.get(f"/communes/{code}/").content.decode()


def test_each_day_finds_its_own_communes(client):
    for q, jour, leads_to in (
        ("Dio-et-Valquières", "2024-12-31", "34093"),
        ("Dio-et-Valquières", "2025-01-01", "34144"),
        ("34093", "2024-12-31", "34093"),
        ("Lunas-les-Châteaux", "2024-12-31", "34144"),
    ):
        answer = client.get("/communes/trouver/", {"q": q, "au": jour})
        assert answer.url == f"/communes/{leads_to}/?au={jour}"


def test_nearly_every_commune_has_a_postcode_and_none_has_too_many_neighbours():
    # The Terres australes, where nobody lives.
    without = Commune.objects.filter(fin=None, codes_postaux=None).order_by()
    assert set(without.values_list("departement", flat=True)) == {"984"}
    most = CodePostal.objects.order_by().values("code").annotate(n=Count("pk")).order_by("-n")[0]
    assert most == {"code": "51300", "n": 46}


@pytest.mark.parametrize("q", ["lodeve", "34700", "gignac 34700", "lodeve, france", "a"])
def test_a_search_asks_few_queries_of_all_france(client, q, django_assert_max_num_queries):
    # The communes and what hangs on them (5), who answers for those that are no more (3), which codes
    # are communes on the day; twice where the name alone is found; the départements.
    with django_assert_max_num_queries(14):
        assert client.get("/communes/trouver/", {"q": q}).status_code == 302
