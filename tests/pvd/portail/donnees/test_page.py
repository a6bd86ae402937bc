"""The page of the data: on the site of a département, its own files come first; what they cover is said."""

import csv
import html
import io
import json
import re

import pytest
from django.test import Client

from communes.models import Departement
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]

COMMUNES = 'href="(/donnees/communes.csv[^"]*)"'


@pytest.fixture
def tarn_and_herault():
    for code in ("34142", "34293", "81124"):
        factories.labellisation(factories.commune(code, factories.intercommunalite()))
    Departement.objects.filter(pk="81").update(tenue="aucune")


def number_of(client, address):
    text = client.get(html.unescape(address)).getvalue().decode()
    return len(list(csv.DictReader(io.StringIO(text.lstrip("\ufeff")))))


def test_the_site_of_a_département_leads_to_its_own_files_first(client, settings, tarn_and_herault):
    settings.PVD_DEPARTEMENT = "34"
    page = client.get("/donnees/?au=2023-07-06").content.decode()
    first, tableur, whole, *_ = re.findall(COMMUNES, page)
    assert html.unescape(first) == "/donnees/communes.csv?au=2023-07-06&departement=34"
    assert html.unescape(tableur).endswith("&tableur=1")
    assert (number_of(client, first), number_of(client, whole)) == (2, 3)
    # The home of that site says as many.
    assert client.get("/?au=2023-07-06").context["tuiles"][0].valeur == 2
    assert "Tous les départements (CSV)" in page


def test_the_site_of_france_leads_to_all_of_them(client, tarn_and_herault):
    page = client.get("/donnees/").content.decode()
    assert number_of(client, re.findall(COMMUNES, page)[0]) == 3
    assert "Tous les départements" not in page


@pytest.mark.parametrize(
    ("site", "covered", "asked"),
    [("", ["Hérault"], ""), ("34", ["Hérault"], "?departement=34"), ("81", [], "?departement=81")],
)
def test_the_data_for_machines_say_what_the_files_cover(
    client, settings, tarn_and_herault, site, covered, asked
):
    settings.PVD_DEPARTEMENT = site
    blocks = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>',
        client.get("/donnees/").content.decode(),
    )
    [catalog] = [json.loads(b) for b in blocks if json.loads(b)["@type"] == "DataCatalog"]
    [table] = [t for t in catalog["dataset"] if t["url"].endswith("#table-communes")]
    assert [place["name"] for place in table.get("spatialCoverage", ())] == covered
    assert table["distribution"][0]["contentUrl"].endswith(f"/donnees/communes.csv{asked}")


def test_the_contents_of_the_page_lead_to_each_part_of_it(client, tarn_and_herault):
    page = client.get("/donnees/").content.decode()
    contents = re.search(r'<nav class="fr-summary.*?</nav>', page, re.DOTALL)[0]
    led_to = re.findall('href="#([^"]+)"', contents)
    parts = re.findall(r'<h[23][^>]* id="([^"]+)"', page.replace(contents, ""))
    assert led_to == [part for part in parts if part in led_to]
    assert {"tableaux", "table-communes", "histoire", "table-chiffres", "licence"} < set(led_to)
    assert [part for part in parts if part.startswith("table-")] == [
        part for part in led_to if part.startswith("table-")
    ]


def test_the_page_is_only_read():
    """By another method it says so, as its files do, before anybody asks who sends the form."""
    visitor = Client(enforce_csrf_checks=True)
    for method in (visitor.post, visitor.put, visitor.delete):
        answer = method("/donnees/")
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
        assert "se lit seulement" in answer.content.decode()
