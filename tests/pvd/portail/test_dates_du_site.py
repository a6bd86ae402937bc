"""Moving through time: the control of dates, and links that keep the day."""

import re
from functools import cache
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from communes.models import Commune
from ort.models import Convention
from projects.actions.models import Action
from tests import factories
from tests.factories import day, rewrite
from tests.pages import plain

pytestmark = pytest.mark.django_db
JOUR = "2022-06-15"


@pytest.fixture(scope="module", autouse=True)
def recorded(scene):
    """The Hérault of a few days: two adhésions, two ORT, one of them by avenant, an exit, a post."""
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


@pytest.fixture
def programme(settings):
    """Be the site of the Hérault."""
    settings.PVD_DEPARTEMENT = "34"


@pytest.fixture(scope="module")
def asked_once(recorded):
    """Return the function that answers an address, of that site, for tests that change no record."""
    return cache(Client().get)


@pytest.fixture
def shown(asked_once, programme, db):
    return asked_once


WITH_A_DAY = [
    *("/", "/departements/", "/departements/34/", "/communes/", "/communes/34142/"),
    *("/intercommunalites/", "/intercommunalites/200017341/", "/ort/", "/ort/ort-lodeve/"),
    *("/actions/", "/actions/lod-a1/", "/actions/lod-a1/plan-de-financement/"),
    *("/communes/34142/projet/", "/ort/ort-lodeve/projet/", "/departements/34/projet/"),
    *("/chefs-de-projet/", "/donnees/"),
]


@pytest.mark.parametrize("address", WITH_A_DAY)
def test_every_page_of_a_day_has_its_control(shown, address):
    page = shown(f"{address}?au={JOUR}").content.decode()
    assert page.count(f'name="au"\n       autocomplete="off"\n       value="{JOUR}"') == 1
    assert "Revenir à aujourd'hui" in page
    assert "Revenir à aujourd'hui" not in shown(address).content.decode()


OF_A_COMMUNE = ("/communes/34142/", "/communes/34142/projet/")
OF_AN_ACTION = ("/actions/lod-a1/", "/actions/lod-a1/plan-de-financement/")
WITH_THEIR_OWN_DAYS = {
    *OF_A_COMMUNE,
    *OF_AN_ACTION,
    *("/intercommunalites/200017341/", "/ort/ort-lodeve/", "/ort/ort-lodeve/projet/"),
}


@pytest.mark.parametrize(
    "address", [a for a in WITH_A_DAY if a != "/departements/" and a not in WITH_THEIR_OWN_DAYS]
)
def test_the_milestones_of_the_departement_are_shortcuts(shown, address):
    response = shown(f"{address}?au={JOUR}")
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


def days_around(told):
    """Return the days that a page leads to, before and after its own."""
    found = {}
    for label in ("précédente", "suivante"):
        match = re.search(rf"Date {label} : (?:au plus tard le )?(\d+(?:er)? \w+ \d+)", told)
        found[label] = match[1] if match else None
    return tuple(found.values())


@pytest.mark.parametrize(
    ("jour", "before", "after"),
    [
        ("2019-12-09", None, "10 décembre 2019"),
        ("2019-12-10", None, "13 avril 2023"),
        ("2019-12-11", "10 décembre 2019", "13 avril 2023"),
        ("2023-04-12", "10 décembre 2019", "13 avril 2023"),
        ("2023-04-13", "10 décembre 2019", "10 décembre 2024"),
        ("2023-04-14", "13 avril 2023", "10 décembre 2024"),
        ("2024-12-09", "13 avril 2023", "10 décembre 2024"),
        ("2024-12-10", "13 avril 2023", None),
        ("2024-12-11", "10 décembre 2024", None),
    ],
)
def test_the_dates_around_the_page_of_an_ort_are_its_own(client, programme, jour, before, after):
    """Its signature, its avenant, its end after five years: nothing of the rest of the département."""
    rewrite(Convention.objects.filter(identifiant="ort-sete"), duree_annees=5)
    for address in ("/ort/ort-sete/", "/ort/ort-sete/projet/"):
        told = plain(client.get(f"{address}?au={jour}"))
        assert days_around(told) == (before, after)
        assert "Dates du programme" not in told
    assert ("13 avril 2023 – avenant : entrée de Loupian" in told) == (jour >= "2023-04-13")
    assert ("10 décembre 2024 – fin, à l'issue" in told) == (jour >= "2024-12-10")


def test_an_ort_extended_since_leads_to_no_end_but_the_one_that_was_known(client, programme):
    """On the day of its first end, an avenant signed the next month had not put it off."""
    rewrite(Convention.objects.filter(identifiant="ort-sete"), duree_annees=5)
    sete = Convention.objects.get(identifiant="ort-sete")
    factories.avenant(sete, "2025-01-10", duree_annees=10)
    assert days_around(plain(client.get("/ort/ort-sete/?au=2024-12-11"))) == (
        "10 décembre 2024",
        "10 janvier 2025",
    )
    assert days_around(plain(client.get("/ort/ort-sete/?au=2025-01-11"))) == (
        "10 janvier 2025",
        None,
    )


@pytest.mark.parametrize(
    ("jour", "before", "after"),
    [
        ("2021-01-21", None, "22 janvier 2021"),
        ("2021-03-26", "22 janvier 2021", "16 juillet 2021"),
        ("2021-03-27", "26 mars 2021", "16 juillet 2021"),
        ("2021-07-15", "26 mars 2021", "16 juillet 2021"),
        ("2021-07-16", "26 mars 2021", None),
        ("2021-07-17", "16 juillet 2021", None),
    ],
)
def test_the_dates_around_an_intercommunalite_are_those_of_its_members(
    client, programme, jour, before, after
):
    told = plain(client.get(f"/intercommunalites/200017341/?au={jour}"))
    assert days_around(told) == (before, after)
    assert "Dates du programme de l'Hérault" not in told


@pytest.mark.parametrize(
    ("jour", "before", "after"),
    [
        ("2021-07-16", None, "1er février 2022"),
        ("2021-07-17", "16 juillet 2021", "1er février 2022"),
        ("2022-01-31", "16 juillet 2021", "1er février 2022"),
        ("2022-02-01", "16 juillet 2021", None),
        ("2022-02-02", "1er février 2022", None),
    ],
)
def test_the_dates_around_an_action_are_its_own(client, programme, jour, before, after):
    begun = Action.objects.get(identifiant="lod-a1")
    factories.fait(begun, "debut", "2022-02-01")
    for address in OF_AN_ACTION:
        told = plain(client.get(f"{address}?au={jour}"))
        assert days_around(told) == (before, after)
        assert "Dates du programme" not in told


def test_an_action_not_there_yet_leads_to_no_day_of_the_departement(client, programme):
    told = plain(client.get("/actions/lod-a1/?au=2021-07-15"))
    assert days_around(told) == (None, None)
    assert "Revenir à aujourd'hui" in told


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
# A history is of all days; what describes the data is of none.
WITHOUT_DAY = (
    *("/static/", "/admin/", "/donnees/schemas/", "/donnees/historique/"),
    *("/donnees/catalogue", "/donnees/openapi"),
)


def test_every_link_of_the_public_site_keeps_the_day(shown):
    """Follow every link from the home page: none forgets the day, unless it is there to change it."""
    to_read, known = [f"/?au={JOUR}"], {"/"}
    while to_read:
        address = to_read.pop()
        response = shown(address)
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


def test_a_link_that_changes_the_day_leads_to_a_day_or_to_today(shown):
    today = timezone.localdate().isoformat()
    for address in WITH_A_DAY:
        for href, changes_day in Links(shown(f"{address}?au={JOUR}").content.decode()).found:
            if changes_day:
                asked = parse_qs(urlsplit(href).query).get("au", [today])
                assert asked != [JOUR], f"{address} : {href}"
                assert asked[0] <= today, f"{address} : {href}"
