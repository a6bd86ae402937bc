"""What an address asks for: the day, the page, the filters; what it cannot mean is refused."""

import datetime

import pytest
from django.test import RequestFactory
from django.utils import timezone

from pvd.portail.filtres import CommuneFiltres
from socle.web.filtres import LONGEST_SEARCH
from socle.web.jour import jour_of
from socle.web.pages import asked_page
from socle.web.refus import DemandeInvalide, quoted
from tests import factories
from tests.factories import day


def asking(**params):
    return RequestFactory().get("/communes/", params)


@pytest.fixture
def first_of_march(monkeypatch):
    """It is half past midnight in Paris, and still the day before in Greenwich."""
    instant = datetime.datetime(2024, 2, 29, 23, 30, tzinfo=datetime.UTC)
    monkeypatch.setattr(timezone, "now", lambda: instant)


@pytest.mark.parametrize("params", [{}, {"au": ""}, {"au": "  "}, {"au": "2024-03-01"}])
def test_without_a_day_it_is_today_in_paris(first_of_march, params):
    assert jour_of(asking(**params)) == day("2024-03-01")


@pytest.mark.parametrize("text", ["2023-07-06", " 2023-07-06 ", "2024-02-29", "0001-01-01"])
def test_a_past_day_is_taken(first_of_march, text):
    assert jour_of(asking(au=text)) == day(text.strip())


@pytest.mark.parametrize("text", ["2024-03-02", "2025-01-01", "9999-12-31"])
def test_a_day_to_come_is_refused(first_of_march, text):
    with pytest.raises(DemandeInvalide, match=f"au={text} » est à venir.*1er mars 2024"):
        jour_of(asking(au=text))


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29",
        "2023-13-01",
        "0000-01-01",
        "31/02/2023",
        "07/2023",
        "20230706",
        "2023-W27-4",
        "hier",
        "2023-07-06\x00",
        "'",
    ],
)
def test_what_is_no_day_is_refused_with_what_was_due(first_of_march, text):
    with pytest.raises(DemandeInvalide, match=r"n'existe pas. Écrivez-la AAAA-MM-JJ"):
        jour_of(asking(au=text))


AUTREMENT = [
    "06/07/2023",
    "6.7.2023",
    "06/07/23",
    "6 juillet 2023",
    "2023-07-06T00:00",
    "٢٠٢٣-٠٧-٠٦",
]


@pytest.mark.parametrize("text", AUTREMENT)
@pytest.mark.django_db
def test_a_day_written_as_people_write_it_leads_a_page_to_its_address(client, text):
    answer = client.get("/communes/", {"au": text, "statut": "LAUREATE", "page": "2"})
    assert answer.status_code == 302
    assert answer.url == "/communes/?au=2023-07-06&statut=LAUREATE&page=2"


@pytest.mark.parametrize("text", AUTREMENT)
@pytest.mark.django_db
def test_a_file_takes_the_day_as_addresses_write_it_only(client, text):
    answer = client.get("/donnees/communes.csv", {"au": text})
    assert answer.status_code == 400
    assert "Écrivez-la AAAA-MM-JJ, ici 2023-07-06." in answer.content.decode()


def test_a_day_to_come_written_as_people_write_it_is_refused_where_it_leads(client, db):
    answer = client.get("/communes/", {"au": "31/12/2099"}, follow=True)
    assert answer.status_code == 400
    assert "2099-12-31" in answer.content.decode()


def test_a_message_repeats_what_was_typed_short_and_printable():
    assert quoted("Lodève") == "Lodève"
    assert "\x00" not in quoted("a\x00b")
    assert "\n" not in quoted("a\nb")
    assert len(quoted("a" * 5000)) < 100


@pytest.mark.parametrize(
    ("params", "rows"), [({}, [1, 2]), ({"page": ""}, [1, 2]), ({"page": "3"}, [5])]
)
def test_the_page_asked_for_is_given(params, rows):
    assert list(asked_page(asking(**params), [1, 2, 3, 4, 5], per_page=2)) == rows


@pytest.mark.parametrize("text", ["0", "4", "-1", "deux", "1.5", "9" * 5000, "\x00"])
def test_a_page_that_does_not_exist_is_refused_with_those_that_do(text):
    with pytest.raises(DemandeInvalide, match=r"va de la page 1 à la page 3\."):
        asked_page(asking(page=text), [1, 2, 3, 4, 5], per_page=2)


def test_an_empty_list_has_one_page():
    assert list(asked_page(asking(), [])) == []


def filtres(**params):
    return CommuneFiltres(asking(**params), factories.Commune.objects.all(), day("2023-07-06"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("departement", "99"),
        ("departement", "34' OR 1=1 --"),
        ("departement", "3\x004"),
        ("epci", "000000000"),
        ("epci", "a" * 5000),
        ("ort", "ort-de-nulle-part"),
        ("ort", "\x00"),
        ("statut", "LAUREATE"),
        ("poste", "occupe"),
        ("q", "a" * (LONGEST_SEARCH + 1)),
        ("q", "lo\x00deve"),
        # Every name contains their empty search key: they would give the whole list.
        ("q", "---"),
        ("q", "%"),
        ("q", "…"),
    ],
)
def test_a_filter_that_matches_nothing_known_is_refused_by_its_name(db, name, value):
    factories.departement("34")
    with pytest.raises(DemandeInvalide, match=f"Le filtre « {name}="):
        filtres(**{name: value}).rows.exists()


def test_an_empty_filter_is_no_filter(db):
    factories.labellisation()
    empty = {"q": " ", "departement": "", "epci": "", "statut": "", "ort": "", "poste": ""}
    assert filtres(**empty).rows.count() == 1


def test_a_chosen_value_stays_offered_and_its_filter_can_be_dropped(db):
    """A département of which nothing is recorded is not offered, unless it is the one chosen."""
    factories.labellisation(factories.commune("34142", "new"))
    factories.departement("81")
    asked = filtres(departement="81", statut="laureate", page="2")
    assert not asked.rows.exists()
    options = [value for value, _ in asked.offer().form.fields["departement"].widget.choices]
    assert options == ["", "34", "81"]
    offered = filtres().offer().form.fields["departement"].widget.choices
    assert [value for value, _ in offered] == ["", "34"]
    told = [(name, said, address) for name, _, said, address in asked.actifs]
    assert told == [
        ("departement", "Tarn (81)", "?statut=laureate"),
        ("statut", "lauréate", "?departement=81"),
    ]
