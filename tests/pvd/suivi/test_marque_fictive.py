"""What marks the demonstration: its pages, its files, its failures; a true site says nothing of it."""

import re
from unittest import mock

import pytest
from django.test import Client

from tests import factories
from tests.pages import read

pytestmark = pytest.mark.django_db
MARK = "Données fictives"


@pytest.fixture
def demonstration(settings):
    """Set the site as `make demo` does, before its first page is asked for."""
    settings.PVD_DEMO = True
    settings.PVD_DEPARTEMENT = "34"


PAGES = [
    ("/", 200),
    ("/departements/", 200),
    ("/communes/34114/", 200),
    ("/chefs-de-projet/", 200),
    ("/donnees/", 200),
    ("/mentions-legales/", 200),
    ("/admin/login/", 200),
    ("/nulle-part/", 404),
    ("/admin/nulle-part/", 302),
    ("/communes/?au=demain", 400),
    ("/departements/34/nouveautes.atom", 200),
]


@pytest.fixture
def gignac():
    return factories.commune("34114", epci="new", nom="Gignac")


@pytest.mark.parametrize(("address", "status"), PAGES)
def test_every_page_is_marked(client, gignac, demonstration, address, status):
    response = client.get(address)
    assert response.status_code == status
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    page = response.content.decode()
    if status == 302:
        return
    assert f"<title>{MARK} – " in page
    if not address.endswith(".atom"):
        assert page.count(f"<strong>{MARK}.</strong>") == 1
        assert re.search('<body[^>]*><section class="pvd-fictif"', page)
        assert "pvd/demonstration.css" in page
    if "Content-Length" in response:
        assert int(response["Content-Length"]) == len(response.content)


def test_the_back_office_is_marked(national, gignac, demonstration):
    for address in ("/admin/", "/admin/projects/poste/", "/admin/projects/poste/?_popup=1"):
        assert f"<strong>{MARK}.</strong>" in national.get(address).content.decode()


def test_a_failure_is_marked(gignac, demonstration):
    client = Client(raise_request_exception=False)
    with mock.patch("pvd.portail.donnees.page.render", side_effect=RuntimeError):
        response = client.get("/donnees/")
    assert response.status_code == 500
    assert f"<strong>{MARK}.</strong>" in response.content.decode()


@pytest.mark.parametrize("extension", ["csv", "xlsx", "ods", "json"])
def test_every_file_says_so_in_its_name(client, gignac, demonstration, extension):
    response = client.get(f"/donnees/postes.{extension}?au=2026-01-31")
    name = f'filename="pvd-postes-20260131-fictif.{extension}"'
    assert response["Content-Disposition"] == f"attachment; {name}"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    response.getvalue()


def test_a_calendar_says_so_in_its_name(client, gignac, demonstration):
    factories.labellisation(gignac, adhesion="2021-07-02")
    factories.convention("2023-01-12", [gignac])
    response = client.get("/communes/34114/dates.ics")
    assert '34114-fictif.ics"' in response["Content-Disposition"]


def test_the_columns_of_the_files_stay(client, gignac, settings):
    address = "/donnees/postes.csv?au=2026-01-31"
    true = client.get(address).getvalue()
    settings.PVD_DEMO = True
    assert Client().get(address).getvalue() == true


def test_a_true_site_says_nothing_of_it(client, gignac):
    response = client.get("/chefs-de-projet/")
    assert MARK not in response.content.decode()
    assert "X-Robots-Tag" not in response
    files = client.get("/donnees/postes.csv?au=2026-01-31")
    assert files["Content-Disposition"].endswith('"pvd-postes-20260131.csv"')
    files.getvalue()
    assert "Chef" in read(client, "/chefs-de-projet/")
