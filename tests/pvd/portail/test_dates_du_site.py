"""Moving through time: the control of dates, and links that keep the day."""

from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.utils import timezone

from communes.models import Commune
from tests import factories
from tests.factories import day
from tests.pages import plain

pytestmark = pytest.mark.django_db
JOUR = "2022-06-15"


@pytest.fixture
def programme(settings):
    """The Hérault of a few days: two adhésions, two ORT, one of them by avenant, an exit, a post."""
    settings.PVD_DEPARTEMENT = "34"
    lodevois = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    lodeve = factories.commune("34142", epci=lodevois, nom="Lodève")
    loupian = factories.commune("34143", epci="new", nom="Loupian")
    left = factories.commune("34276", epci="new", nom="Saint-Mathieu-de-Tréviers")
    factories.labellisation(lodeve, precision_debut="au_plus_tard", adhesion="2021-03-26")
    factories.labellisation(loupian, precision_debut="au_plus_tard", adhesion="2021-07-08")
    factories.labellisation(left, fin="2023-12-01", precision_fin="mois")
    signed = factories.convention(
        "2021-07-16", [lodeve], identifiant="ort-lodeve", intitule="ORT de Lodève"
    )
    factories.action([lodeve], signed, identifiant="lod-a1")
    sete = factories.convention(
        "2019-12-10", [factories.commune("34301", nom="Sète")], identifiant="ort-sete"
    )
    factories.avenant(sete, "2023-04-13", [loupian])
    factories.poste([lodeve], date_ouverture=day("2021-09-01"), employeur_commune=lodeve)


WITH_A_DAY = [
    *("/", "/departements/", "/departements/34/", "/communes/", "/communes/34142/"),
    *("/intercommunalites/", "/intercommunalites/200017341/", "/ort/", "/ort/ort-lodeve/"),
    *("/actions/", "/actions/lod-a1/", "/actions/lod-a1/plan-de-financement/"),
    *("/communes/34142/projet/", "/ort/ort-lodeve/projet/", "/departements/34/projet/"),
    *("/chefs-de-projet/", "/donnees/"),
]


@pytest.mark.parametrize("address", WITH_A_DAY)
def test_every_page_of_a_day_has_its_control(client, programme, address):
    page = client.get(f"{address}?au={JOUR}").content.decode()
    assert page.count(f'name="au"\n       autocomplete="off"\n       value="{JOUR}"') == 1
    assert "Revenir à aujourd'hui" in page
    assert "Revenir à aujourd'hui" not in client.get(address).content.decode()


OF_A_COMMUNE = ("/communes/34142/", "/communes/34142/projet/")


@pytest.mark.parametrize(
    "address", [a for a in WITH_A_DAY if a != "/departements/" and a not in OF_A_COMMUNE]
)
def test_the_milestones_of_the_departement_are_shortcuts(client, programme, address):
    response = client.get(f"{address}?au={JOUR}")
    told = plain(response)
    assert "Date précédente : 16 juillet 2021" in told
    assert "Date suivante : 13 avril 2023" in told
    assert "8 juillet 2021 – dernière convention d'adhésion : Loupian" in told
    assert "sortie de Saint-Mathieu-de-Tréviers" not in told
    assert 'href="?au=2021-07-16"' in response.content.decode()


@pytest.mark.parametrize(
    ("jour", "last", "exit_told"),
    [("2021-07-07", "26 mars 2021", False), ("2021-07-08", "8 juillet 2021", False)]
    + [("2023-11-30", "8 juillet 2021", False), ("2023-12-01", "8 juillet 2021", True)],
)
def test_the_dates_of_the_programme_hold_nothing_later_than_the_day(
    client, programme, jour, last, exit_told
):
    told = plain(client.get(f"/departements/34/?au={jour}"))
    dates = told.partition("Dates du programme de l'Hérault")[2].partition("Les chiffres")[0]
    assert ("8 juillet 2021" in dates) == (last == "8 juillet 2021")
    assert ("décembre 2023 – sortie de Saint-Mathieu-de-Tréviers" in dates) == exit_told


def test_who_comes_back_is_one_of_the_dates_of_the_programme(client, programme):
    left = Commune.objects.get(pk="34276")
    factories.labellisation(left, debut="2024-03-01")
    told = "1er mars 2024 – retour de Saint-Mathieu-de-Tréviers"
    assert told in plain(client.get("/departements/34/?au=2024-03-01"))
    assert told not in plain(client.get("/departements/34/?au=2024-02-29"))
    assert plain(client.get("/departements/34/")).count("premières communes du programme") == 1


@pytest.mark.parametrize(
    ("jour", "before", "after"),
    [
        ("2021-01-21", None, "au plus tard le 22 janvier 2021"),
        ("2021-03-26", "au plus tard le 22 janvier 2021", "16 juillet 2021"),
        ("2021-03-27", "26 mars 2021", "16 juillet 2021"),
        ("2021-07-16", "26 mars 2021", None),
        ("2023-05-01", "16 juillet 2021", None),
    ],
)
def test_the_dates_around_the_page_of_a_commune_are_its_own(client, programme, jour, before, after):
    for address in OF_A_COMMUNE:
        told = plain(client.get(f"{address}?au={jour}"))
        for label, date in (("Date précédente", before), ("Date suivante", after)):
            assert (f"{label} : {date}" in told) if date else (label not in told)
        assert "Dates du programme de l'Hérault" not in told


def test_a_commune_without_history_has_the_control_alone(client, programme):
    factories.commune("34032", nom="Béziers")
    assert "pvd-jalons" not in client.get("/communes/34032/").content.decode()
    past = client.get(f"/communes/34032/?au={JOUR}").content.decode()
    assert "Revenir à aujourd'hui" in past
    assert "Date précédente" not in past


@pytest.mark.parametrize(
    ("jour", "before", "after"),
    [
        ("2021-01-21", None, "au plus tard le 22 janvier 2021"),
        ("2021-01-22", None, "26 mars 2021"),
        ("2021-03-26", "au plus tard le 22 janvier 2021", "8 juillet 2021"),
        ("2021-03-27", "26 mars 2021", "8 juillet 2021"),
        ("2023-12-01", "13 avril 2023", None),
        ("2023-12-02", "décembre 2023", None),
    ],
)
def test_the_dates_before_and_after_are_those_around_the_day(
    client, programme, jour, before, after
):
    told = plain(client.get(f"/departements/34/?au={jour}"))
    for label, date in (("Date précédente", before), ("Date suivante", after)):
        assert (f"{label} : {date}" in told) if date else (label not in told)


def test_a_milestone_keeps_the_filters_and_the_order_of_a_list(client, programme):
    page = client.get("/communes/?departement=34&tri=-nom&page=1").content.decode()
    assert 'href="?departement=34&amp;tri=-nom&amp;au=2023-12-01"' in page


def test_a_departement_without_any_date_has_the_control_alone(client):
    factories.departement("12")
    page = client.get("/departements/12/").content.decode()
    assert 'name="au"' in page
    assert "pvd-jalons" not in page


class Links(HTMLParser):
    """The addresses that a page leads to: (address, does it change the day on purpose)."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "a" and "href" in attrs:
            self.found.append((attrs["href"], "pvd-autre-jour" in attrs.get("class", "")))


# What has no day: the back office, the files of the site, the description of a table.
WITHOUT_DAY = ("/static/", "/admin/", "/donnees/schemas/")


def test_every_link_of_the_public_site_keeps_the_day(client, programme):
    """Follow every link from the home page: none forgets the day, unless it is there to change it."""
    to_read, known = [f"/?au={JOUR}"], {"/"}
    while to_read:
        address = to_read.pop()
        response = client.get(address)
        assert response.status_code == 200, address
        if not response["Content-Type"].startswith("text/html"):
            continue
        for href, changes_day in Links(response.content.decode()).found:
            link = urlsplit(urljoin(address, href))
            if link.netloc or href.startswith(("#", "mailto:", *WITHOUT_DAY)):
                continue
            asked = parse_qs(link.query).get("au")
            if not changes_day:
                assert asked == [JOUR], f"{address} : {href}"
                # One page of each path: the filters and the order of a list change its rows only.
                if link.path not in known and link.path.endswith("/"):
                    known.add(link.path)
                    to_read.append(f"{link.path}?{link.query}")
    assert known >= {*WITH_A_DAY, "/communes/34143/", "/plan-du-site/"}


def test_a_link_that_changes_the_day_leads_to_a_day_or_to_today(client, programme):
    today = timezone.localdate().isoformat()
    for address in WITH_A_DAY:
        for href, changes_day in Links(client.get(f"{address}?au={JOUR}").content.decode()).found:
            if changes_day:
                asked = parse_qs(urlsplit(href).query).get("au", [today])
                assert asked != [JOUR], f"{address} : {href}"
                assert asked[0] <= today, f"{address} : {href}"
