"""What anybody reads of the Club on a day: its list, its feed, its dates, the page of a commune."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from projects.club.models import EvenementClub
from tests import factories
from tests.factories import day
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.une_base]

MARK = "MARQUE-INTERNE"


@pytest.fixture
def lodeve():
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town)
    return town


@pytest.fixture
def scene(lodeve):
    """A workshop held in February, told by a source, and a day announced for May."""
    herault = factories.departement("34")
    held = factories.evenement(
        "2024-02-29", [herault], [factories.organisme("DDTM de l'Hérault")],
        identifiant="pezenas", intitule="Construire un projet d'espace public", lieu="Pézenas",
        decisions="Se revoir à Lunel", note_interne=MARK,
    )  # fmt: skip
    held.affirmations.create(
        champ="debut", valeur="2024-02-29", valeur_brute="29/02/2024",
        source=factories.source(titre="Les PVD se rencontrent", editeur="CAUE"), detail_interne=MARK,
    )  # fmt: skip
    held.affirmations.create(
        champ="note_interne", valeur_brute=MARK, source=factories.source(titre=MARK)
    )
    factories.participation(held, lodeve, elus=2, equipe=1)
    factories.ressource(held, titre="Supports de l'atelier", adresse="https://exemple.fr/a.pdf")
    factories.evenement(
        "2024-05-14", [herault], identifiant="mai", intitule="Habiter les centres",
        fin=day("2024-05-15"), annonce_le=day("2024-03-01"), theme=factories.theme("espaces"),
    )  # fmt: skip
    return held


def test_the_list_tells_what_is_to_come_then_what_was(client, scene):
    page = read(client, "/club/?au=2024-04-01")
    assert "1 événement à venir ou en cours, 1 événement passé" in page
    coming, past = page.index("Habiter les centres"), page.index("Construire un projet")
    assert coming < past
    for told in ("29 février 2024", "Pézenas", "DDTM de l'Hérault", "1 commune : Lodève", "2 élus"):
        assert told in page
    assert "Se revoir à Lunel" in page
    assert "Supports de l'atelier" in page
    assert "Les PVD se rencontrent" in page


@pytest.mark.parametrize(
    ("jour", "told", "untold"),
    [
        ("2024-02-28", [], ["Construire un projet", "Habiter les centres"]),
        ("2024-02-29", ["en cours", "Lodève", "Se revoir"], ["Habiter les centres"]),
        ("2024-03-01", ["1 événement passé", "14 au 15 mai 2024"], []),
        ("2024-05-15", ["1 événement à venir ou en cours"], []),
        ("2024-05-16", ["2 événements passés"], ["à venir ou en cours,"]),
    ],
)
def test_the_list_of_each_day(client, scene, jour, told, untold):
    page = read(client, f"/club/?au={jour}")
    assert [text for text in told if text not in page] == []
    assert [text for text in untold if text in page] == []


def test_an_announced_event_tells_neither_who_came_nor_what_was_decided(client, scene):
    factories.rewrite(EvenementClub.objects.filter(pk=scene.pk), annonce_le=day("2024-01-15"))
    page = read(client, "/club/?au=2024-02-28")
    assert "Construire un projet" in page
    assert "Lodève" not in page
    assert "Se revoir" not in page


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("departement=34", 2),
        ("departement=81", 0),
        ("nature=atelier", 2),
        ("nature=formation", 0),
        ("q=lodeve", 1),
        ("q=habiter", 1),
        ("q=ESPACES", 1),
        ("tri=intitule", 2),
    ],
)
def test_the_filters_are_those_of_the_list_of_the_feed_and_of_the_dates(client, scene, asked, kept):
    factories.departement("81")
    page = client.get(f"/club/?au=2024-04-01&{asked}")
    assert page.context["page"].paginator.count == kept
    feed = client.get(f"/club/nouveautes.atom?au=2024-04-01&{asked}").content.decode()
    assert feed.count("<entry>") == kept


def test_what_cannot_be_asked_is_refused(client, scene):
    for page in ("/club/", "/club/nouveautes.atom", "/club/dates.ics"):
        for asked in ("nature=fete", "au=2999-01-01", "departement=00"):
            assert client.get(f"{page}?{asked}").status_code == 400, (page, asked)


def test_the_downloads_of_the_list_keep_what_is_asked(client, scene):
    page = client.get("/club/?au=2024-04-01&q=lodeve").content.decode()
    found = re.search(r'href="(/donnees/evenements\.csv[^"]*)"', page)
    address = found.group(1).replace("&amp;", "&")
    assert len(client.get(address).getvalue().splitlines()) == 2


# The feed and the agenda.


def test_the_feed_tells_the_events_the_latest_recorded_first(client, scene):
    feed = client.get("/club/nouveautes.atom?au=2024-04-01")
    assert feed["Content-Type"].startswith("application/atom+xml")
    text = feed.content.decode()
    assert text.index("Habiter les centres") < text.index("Construire un projet")
    assert "evenementclub/pezenas" in text
    assert "/club/?au=2024-04-01#pezenas" in text.replace("&amp;", "&")
    again = client.get("/club/nouveautes.atom?au=2024-04-01").content.decode()
    assert again == text, "nothing in it reads the clock"


@pytest.mark.parametrize(
    ("jour", "uids"),
    [
        ("2024-02-29", ["pezenas"]),
        ("2024-03-01", ["mai"]),
        ("2024-05-15", ["mai"]),
        ("2024-05-16", []),
    ],
)
def test_the_agenda_holds_what_is_to_come_or_under_way(client, scene, jour, uids):
    answer = client.get(f"/club/dates.ics?au={jour}")
    assert answer["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert [str(event["uid"]).split("@")[0] for event in events] == uids


def test_an_event_lasts_its_days_in_the_agenda(client, scene):
    factories.evenement(
        "2024-06-01", precision_debut="mois", identifiant="juin", annonce_le=day("2024-03-01")
    )
    events = Calendar.from_ical(client.get("/club/dates.ics?au=2024-04-01").content).walk("VEVENT")
    lasts = [(event["dtstart"].dt, event["dtend"].dt) for event in events]
    assert lasts == [
        (day("2024-05-14"), day("2024-05-16")),
        (day("2024-06-01"), day("2024-07-01")),
    ]


# Elsewhere on the site.


def test_the_menu_leads_to_the_club_whatever_is_known_of_it(client, lodeve):
    """It asks nothing of the base: a page that tells of a failure has it too."""
    assert 'href="/club/?au=2024-02-28' in client.get("/communes/?au=2024-02-28").content.decode()


def test_the_page_of_a_commune_tells_what_it_took_part_in(client, scene, lodeve):
    told = {
        jour: read(client, f"/communes/34142/?au={jour}") for jour in ("2024-02-28", "2024-02-29")
    }
    assert "Participation aux événements du Club : non renseigné" in told["2024-02-28"]
    assert "Lodève a participé à 1 événement du Club, au 29 février 2024" in told["2024-02-29"]
    factories.participation(
        factories.evenement("2024-03-29", intitule="Visite"),
        lodeve.rattachements.get().intercommunalite,
    )
    page = read(client, "/communes/34142/?au=2024-04-01")
    assert "2 événements du Club" in page
    assert page.index("Visite") < page.index("Construire un projet")
    assert "(par son intercommunalité)" in page


def test_a_commune_out_of_the_programme_that_never_came_has_no_block(client):
    factories.commune("34001", epci="new")
    assert "Le Club" not in read(client, "/communes/34001/")


def test_what_is_internal_is_read_nowhere(client, scene):
    def answers():
        pages = ("/club/", "/club/nouveautes.atom", "/club/dates.ics", "/communes/34142/")
        return [client.get(f"{page}?au=2024-04-01").getvalue() for page in pages]

    told = answers()
    assert MARK.encode() not in b"".join(told)
    factories.rewrite(EvenementClub.objects.all(), note_interne="autre")
    blank = re.compile(rb'(name="jeton" value=)"[^"]*"')
    assert [blank.sub(b"", one) for one in answers()] == [blank.sub(b"", one) for one in told]


def test_more_events_ask_no_more_queries(client, scene, lodeve):
    def queries(page):
        with CaptureQueriesContext(connection) as found:
            client.get(page)
        return len(found)

    pages = ("/club/", "/club/nouveautes.atom", "/club/dates.ics", "/communes/34142/")
    first = [queries(page) for page in pages]
    for _ in range(5):
        event = factories.evenement("2024-03-29", [factories.departement("34")])
        factories.participation(event, lodeve)
        factories.participation(event, factories.commune(epci="new"))
        factories.ressource(event)
    assert [queries(page) for page in pages] == first
