"""What comes next for a commune: on its page, and as a file for an agenda."""

import pytest
from icalendar import Calendar

from communes.models import AncienCode, Labellisation
from tests import factories
from tests.pages import count_queries, read, words

# Pages and agendas: what is true on a day is told by rules that both bases are tried by elsewhere.
pytestmark = [pytest.mark.django_db, pytest.mark.une_base]


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


def deadlines(client, jour):
    """Return the events of the calendar, the reviews of the ORT left out."""
    return [event for event in events(client, jour) if "bilan annuel" not in event[1]]


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
    assert deadlines(client, jour) == expected


def test_an_avenant_puts_off_the_end_from_its_day_on(client, covered):
    factories.avenant(covered, "2024-02-01", duree_annees=7)
    assert deadlines(client, "2024-01-31") == [("2025-07-06", END)]
    assert ("2030-07-06", END) in events(client, "2024-02-01")


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


def test_events_bear_the_last_day_that_the_page_knows_of_and_not_the_clock(client, lodeve):
    label = Labellisation.objects.get()
    source = factories.source(date_document=factories.day("2024-01-21"))
    label.affirmations.create(champ="debut", valeur_brute="22/01/2021", source=source)
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


# The reviews of the ORT, and the terms of the programme and of its aid.

REVIEW = "Lodève : bilan annuel de l'ORT de Lodève"
EVALUATION = "Lodève : évaluation des cinq ans de l'ORT de Lodève"


@pytest.fixture
def lasting(lodeve):
    return factories.convention("2021-07-06", [lodeve], intitule="ORT de Lodève", duree_annees=6)


@pytest.mark.parametrize(
    ("jour", "expected"),
    [
        ("2021-07-05", {}),
        ("2021-07-06", {REVIEW: "2022-07-06", EVALUATION: "2026-07-06"}),
        ("2022-07-05", {REVIEW: "2022-07-06", EVALUATION: "2026-07-06"}),
        ("2022-07-06", {REVIEW: "2022-07-06", EVALUATION: "2026-07-06"}),
        ("2022-07-07", {REVIEW: "2023-07-06", EVALUATION: "2026-07-06"}),
        ("2026-07-06", {REVIEW: "2026-07-06", EVALUATION: "2026-07-06"}),
        # Its end comes before a second evaluation.
        ("2026-07-07", {REVIEW: "2027-07-06"}),
    ],
)
def test_the_next_reviews_of_an_ort(client, lasting, jour, expected):
    found = {name: day for day, name in events(client, jour) if name in (REVIEW, EVALUATION)}
    assert found == expected


def test_a_review_is_told_with_its_rule(client, lasting):
    page = read(client, "/communes/34142/?au=2022-07-06")
    assert "Bilan annuel de l'ORT de Lodève : 6 juillet 2022." in page
    assert "Bilan annuel de l'ORT de Lodève. Chaque année, à compter de sa signature" in page
    assert "Évaluation des cinq ans de l'ORT de Lodève : 6 juillet 2026." in page
    assert "Évaluation des cinq ans de l'ORT de Lodève. Tous les cinq ans" in page
    assert "article L. 303-2" in page
    assert "règle à vérifier" in page


@pytest.fixture
def planned():
    source = factories.source(titre="Annonce de septembre 2025")
    return factories.programme("2025-09-30", fin_prevue="2026-01-31", source=source, note="")


FIN = "Lodève : fin prévue du programme"


@pytest.mark.parametrize(
    ("jour", "told", "dated"),
    [
        ("2025-09-29", "Fin prévue du programme. Non renseignée.", False),
        ("2025-09-30", "Fin prévue du programme : 31 janvier 2026 (à vérifier).", True),
        ("2026-01-30", "Le programme est prévu jusqu'au 31 janvier 2026.", True),
        ("2026-01-31", "Le programme est prévu jusqu'au 31 janvier 2026.", True),
        ("2026-02-01", "La fin prévue du programme, le 31 janvier 2026, est passée.", False),
    ],
)
def test_the_planned_end_of_the_programme(client, lodeve, planned, jour, told, dated):
    assert told in read(client, f"/communes/34142/?au={jour}")
    assert (("2026-01-31", FIN) in events(client, jour)) == dated


def test_the_planned_end_names_its_source_and_who_has_read_it(client, lodeve, planned):
    page = read(client, "/communes/34142/?au=2026-01-31")
    assert "(Source : Annonce de septembre 2025, à vérifier.)" in page
    planned.verifiee = True
    planned.save()
    page = read(client, "/communes/34142/?au=2026-01-31")
    assert "(Source : Annonce de septembre 2025.)" in page


def test_past_the_planned_end_nothing_ends_and_what_is_known_is_told(client, lodeve, planned):
    page = read(client, "/communes/34142/?au=2026-02-01")
    assert "Rien de plus n'est enregistré. Aucune commune n'en sort de ce seul fait." in page
    assert "n'est plus dans le programme" not in page
    factories.programme("2026-02-02", note="Le Gouvernement dit qu'il continue.")
    assert "Rien de plus" in read(client, "/communes/34142/?au=2026-02-01")
    page = read(client, "/communes/34142/?au=2026-02-02")
    assert "est passée. Le Gouvernement dit qu'il continue. Aucune commune" in page


@pytest.mark.parametrize(
    ("jour", "told"),
    [
        ("2025-09-29", "au poste de chef de projet. Non renseigné."),
        ("2026-03-31", "au poste de chef de projet. Vu affiché. (À vérifier.)"),
        ("2026-04-01", "au poste de chef de projet : passé, le 31 mars 2026. Vu affiché."),
    ],
)
def test_the_term_of_the_aid_to_posts(client, lodeve, jour, told):
    factories.programme("2025-09-30", fin_aide="2026-03-31", note="Vu affiché.")
    assert told in read(client, f"/communes/34142/?au={jour}")


def test_who_left_the_programme_is_told_no_term_of_it(client, planned):
    town = factories.commune("34276", epci="new")
    factories.labellisation(town, fin="2023-12-01")
    assert "Fin prévue du programme" not in read(client, "/communes/34276/")
