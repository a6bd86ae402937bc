"""What comes next for a commune: on its page, and as a file for an agenda."""

import pytest
from icalendar import Calendar

from communes.models import AncienCode, Labellisation
from tests import factories
from tests.pages import count_queries, read, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def lodeve():
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town, adhesion="2021-03-26")
    return town


@pytest.fixture
def covered(lodeve):
    return factories.convention(
        "2023-07-06", [lodeve], identifiant="ort-lodeve", intitule="ORT de Lodève", duree_annees=2
    )


def events(client, jour, code="34142"):
    """Return the days of the calendar of a commune, each with what happens on it; none without one."""
    answer = client.get(f"/communes/{code}/dates.ics?au={jour}")
    if answer.status_code == 404:
        assert "aucune date à venir n'est connue" in words(answer)
        return []
    assert answer.status_code == 200
    found = Calendar.from_ical(answer.content).events
    return [(event.start.isoformat(), str(event["summary"])) for event in found]


DELAY = "Lodève : fin du délai de 18 mois pour signer l'ORT"
END = "Lodève : fin de l'ORT de Lodève"


@pytest.mark.parametrize(
    ("jour", "expected"),
    [
        ("2021-03-25", []),
        ("2021-03-26", [("2022-09-26", DELAY)]),
        ("2022-09-26", [("2022-09-26", DELAY)]),
        ("2022-09-27", []),
        ("2023-07-05", []),
        ("2023-07-06", [("2025-07-06", END)]),
        ("2025-07-05", [("2025-07-06", END)]),
        ("2025-07-06", []),
    ],
)
def test_calendar_holds_the_days_to_come(client, covered, jour, expected):
    assert events(client, jour) == expected


def test_an_avenant_puts_off_the_end_from_its_day_on(client, covered):
    factories.avenant(covered, "2024-02-01", duree_annees=7)
    assert events(client, "2024-01-31") == [("2025-07-06", END)]
    assert events(client, "2024-02-01") == [("2030-07-06", END)]


def test_calendar_is_one_that_an_agenda_reads(client, covered):
    answer = client.get("/communes/34142/dates.ics?au=2022-01-01")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert ".ics" in answer["Content-Disposition"]
    calendar = Calendar.from_ical(answer.content)
    assert "Petites villes de demain" in calendar["prodid"]
    (event,) = calendar.events
    assert event["uid"] == "ort-a-signer@34142.testserver"
    assert event["url"] == "http://testserver/communes/34142/?au=2022-01-01"
    assert event.start.isoformat() == "2022-09-26"


def test_events_bear_the_day_of_the_last_change_and_not_the_clock(client, lodeve):
    # Half past midnight in Paris.
    Labellisation.history.update(history_date="2024-01-20T23:30:00Z")
    answer = client.get("/communes/34142/dates.ics?au=2022-01-01")
    (event,) = Calendar.from_ical(answer.content).events
    assert event.stamp.date().isoformat() == "2024-01-21"


def test_a_commune_without_date_has_no_calendar_and_says_so(client):
    factories.commune("34172", nom="Montpellier")
    answer = client.get("/communes/34172/dates.ics?au=2023-07-06")
    assert answer.status_code == 404
    assert "Au 6 juillet 2023, aucune date à venir n'est connue pour Montpellier" in words(answer)
    assert 'href="/communes/34172/?au=2023-07-06"' in answer.content.decode()


def test_addresses_of_calendars(client, lodeve):
    AncienCode.objects.create(code="34999", nature="deleguee", nom="Les Plans", commune=lodeve)
    moved = client.get("/communes/34999/dates.ics?au=2023-07-06")
    assert (moved.status_code, moved.url) == (302, "/communes/34142/dates.ics?au=2023-07-06")
    assert client.get("/communes/99999/dates.ics").status_code == 404
    assert client.get("/communes/34142/dates.ics?au=demain").status_code == 400


def test_page_leads_to_the_calendar_only_when_a_day_is_known(client, covered):
    link = 'href="/communes/34142/dates.ics?au=2022-01-01"'
    assert link in client.get("/communes/34142/?au=2022-01-01").content.decode()
    assert "dates.ics" not in client.get("/communes/34142/?au=2023-01-01").content.decode()


def test_what_comes_next_before_the_ort(client, lodeve):
    page = read(client, "/communes/34142/?au=2022-09-26")
    assert "Et ensuite 26 septembre 2022 Fin du délai de 18 mois pour signer l'ORT" in page
    assert "Aucun texte recueilli ici n'attache d'effet au dépassement de ce délai." in page


def test_a_delay_that_is_over_is_told_without_alarm(client, lodeve):
    page = read(client, "/communes/34142/?au=2022-09-27")
    assert "a pris fin le 26 septembre 2022 ; l'ORT reste à signer." in page
    assert "Aucun texte recueilli ici n'attache d'effet" in page


def test_a_deadline_counted_from_a_month_is_known_to_the_month(client):
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town, adhesion="2021-03-01", precision_adhesion="mois")
    assert "Et ensuite septembre 2022 Fin" in read(client, "/communes/34142/?au=2021-06-01")


def test_without_adhesion_no_deadline_is_made_up(client):
    town = factories.commune("34276", epci="new", nom="Saint-Mathieu-de-Tréviers")
    factories.labellisation(town)
    page = read(client, "/communes/34276/")
    assert "La date de la convention d'adhésion n'est pas renseignée : celle à laquelle" in page


def test_end_of_the_ort(client, covered):
    page = read(client, "/communes/34142/?au=2025-07-05")
    assert "Et ensuite 6 juillet 2025 Fin de l'ORT de Lodève À l'issue de sa durée de 2 ans" in page


def test_unknown_end_of_the_ort(client, lodeve):
    factories.convention("2023-07-06", [lodeve], intitule="ORT de Lodève")
    page = read(client, "/communes/34142/")
    assert "Fin de l'ORT de Lodève Non renseignée : la durée de cette ORT" in page


def test_nothing_comes_next_once_out_of_the_programme(client):
    town = factories.commune("34276", epci="new", nom="Saint-Mathieu-de-Tréviers")
    factories.labellisation(town, fin="2023-12-01", adhesion="2023-01-01")
    assert "Et ensuite" in read(client, "/communes/34276/?au=2023-11-30")
    assert "Et ensuite" not in read(client, "/communes/34276/?au=2023-12-01")


def test_a_covered_commune_outside_the_programme_is_told_the_end_of_its_ort(client):
    agde = factories.commune("34003", epci="new", nom="Agde")
    factories.convention("2021-02-26", [agde], intitule="ORT d'Agde", duree_annees=30)
    page = read(client, "/communes/34003/")
    assert "Et ensuite 26 février 2051 Fin de l'ORT d'Agde" in page


def test_growth_of_the_calendar(client, covered):
    def grow(*codes):
        for code in codes:
            factories.avenant(covered, "2023-08-01", [factories.commune(code)])

    grow("34079")
    few = count_queries(client, "/communes/34142/dates.ics?au=2024-01-01")
    grow("34081", "34101", "34111", "34114", "34143")
    assert count_queries(client, "/communes/34142/dates.ics?au=2024-01-01") == few


@pytest.mark.parametrize(
    ("precision", "jour", "over", "late", "told"),
    [
        ("mois", "2022-09-15", False, False, "au plus tard en septembre 2022"),
        ("mois", "2022-09-30", True, False, "au plus tard en septembre 2022"),
        ("mois", "2022-10-01", True, True, "au plus tard en septembre 2022"),
        ("annee", "2023-06-30", True, False, "au plus tard le 30 juin 2023"),
        ("annee", "2023-07-01", True, True, "au plus tard le 30 juin 2023"),
        ("au_plus_tard", "2022-09-01", True, False, "au plus tard le 1er septembre 2022"),
        ("au_plus_tard", "2022-09-02", True, True, "au plus tard le 1er septembre 2022"),
    ],
)
def test_nobody_is_late_before_the_last_day_that_the_deadline_may_be(
    client, precision, jour, over, late, told
):
    """The sentence, the key dates and the timeline say the deadline as exactly as it is known."""
    adhesion = "2021-01-01" if precision == "annee" else "2021-03-01"
    town = factories.commune("34142", epci="new")
    factories.labellisation(town, adhesion=adhesion, precision_adhesion=precision)
    page = read(client, f"/communes/{town.pk}/?au={jour}")
    assert f"être signée {told}, 18 mois après" in page
    assert ("délai dépassé" in page) is late
    assert ("sans ORT signée" in page) is over


def test_a_deadline_known_to_the_month_lasts_the_month_in_the_agenda(client):
    town = factories.commune("34142", epci="new")
    factories.labellisation(town, adhesion="2021-03-01", precision_adhesion="mois")
    sent = client.get(f"/communes/{town.pk}/dates.ics?au=2022-01-01").content.decode()
    assert "DTSTART;VALUE=DATE:20220901" in sent
    assert "DTEND;VALUE=DATE:20221001" in sent
    assert "Date connue : septembre 2022." in sent
