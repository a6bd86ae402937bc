"""The life of a post: recorded in a real browser, then read day by day on the pages and in the files."""

import csv
import re
from io import StringIO

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from communes.models import Tenue
from projects.postes.models import Poste
from tests import factories
from tests.pages import read

JOUR = "2026-01-01"

# Day, state, how pages tell it, days vacant, chefs de projet in post.
# Each change is read on the day before, the first day and the day after.
LIFE = [
    ("2022-01-03", "vacant", "vacant depuis le 3 janvier 2022", "0", 0),
    ("2022-01-04", "vacant", "vacant depuis le 3 janvier 2022", "1", 0),
    ("2022-01-31", "vacant", "vacant depuis le 3 janvier 2022", "28", 0),
    ("2022-02-01", "recrutement", "en recrutement, engagé le 1er février 2022", "29", 0),
    ("2022-02-02", "recrutement", "en recrutement, engagé le 1er février 2022", "30", 0),
    ("2022-04-10", "recrutement", "en recrutement, engagé le 1er février 2022", "97", 0),
    ("2022-04-11", "vacant", "vacant : recrutement abouti le 11 avril 2022", "98", 0),
    ("2022-04-12", "vacant", "vacant : recrutement abouti le 11 avril 2022", "99", 0),
    ("2022-05-01", "vacant", "vacant : recrutement abouti le 11 avril 2022", "118", 0),
    ("2022-05-02", "pourvu", "pourvu depuis le 2 mai 2022", "", 1),
    ("2022-05-03", "pourvu", "pourvu depuis le 2 mai 2022", "", 1),
    # The last day in post, then the vacancy.
    ("2022-12-31", "pourvu", "pourvu depuis le 2 mai 2022", "", 1),
    ("2023-01-01", "vacant", "vacant depuis le 1er janvier 2023", "0", 0),
    ("2023-01-02", "vacant", "vacant depuis le 1er janvier 2023", "1", 0),
    ("2023-01-14", "vacant", "vacant depuis le 1er janvier 2023", "13", 0),
    ("2023-01-15", "recrutement", "en recrutement, engagé le 15 janvier 2023", "14", 0),
    ("2023-03-19", "recrutement", "en recrutement, engagé le 15 janvier 2023", "77", 0),
    # Unsuccessful.
    ("2023-03-20", "vacant", "vacant : recrutement clos sans suite le 20 mars 2023", "78", 0),
    ("2023-03-21", "vacant", "vacant : recrutement clos sans suite le 20 mars 2023", "79", 0),
    ("2023-03-31", "vacant", "vacant : recrutement clos sans suite le 20 mars 2023", "89", 0),
    ("2023-04-01", "recrutement", "en recrutement, engagé le 1er avril 2023", "90", 0),
    ("2023-05-31", "recrutement", "en recrutement, engagé le 1er avril 2023", "150", 0),
    ("2023-06-01", "pourvu", "pourvu depuis le 1er juin 2023", "", 1),
    ("2023-06-02", "pourvu", "pourvu depuis le 1er juin 2023", "", 1),
    (JOUR, "pourvu", "pourvu depuis le 1er juin 2023", "", 1),
]
# Day, then each offer known by then: rank, outcome, arrival, days to recruit.
OFFERS = [
    ("2022-01-31", []),
    ("2022-02-01", [("1", "", "", "")]),
    ("2022-04-10", [("1", "", "", "")]),
    ("2022-04-11", [("1", "recrute", "", "")]),
    ("2022-05-01", [("1", "recrute", "", "")]),
    ("2022-05-02", [("1", "recrute", "2022-05-02", "90")]),
    ("2023-01-14", [("1", "recrute", "2022-05-02", "90")]),
    ("2023-01-15", [("1", "recrute", "2022-05-02", "90"), ("2", "", "", "")]),
    ("2023-03-20", [("1", "recrute", "2022-05-02", "90"), ("2", "infructueux", "", "")]),
    (
        "2023-05-31",
        [("1", "recrute", "2022-05-02", "90"), ("2", "infructueux", "", ""), ("3", "", "", "")],
    ),
    (
        "2023-06-01",
        [
            ("1", "recrute", "2022-05-02", "90"),
            ("2", "infructueux", "", ""),
            ("3", "recrute", "2023-06-01", "61"),
        ],
    ),
]


@pytest.fixture
def cevennes(settings):
    """Two communes of the programme, in a département that keeps its posts in full."""
    settings.PVD_DEPARTEMENT = "34"
    herault = factories.departement("34", tenue_postes=Tenue.COMPLETE)
    epci = factories.intercommunalite("243400736", nom="CC des Cévennes")
    towns = [
        factories.commune(code, epci=epci, nom=nom)
        for code, nom in (("34111", "Ganges"), ("34114", "Gignac"))
    ]
    for town in towns:
        factories.labellisation(town, adhesion="2021-07-05")
    factories.agent("herault", [herault])


def rows(client, address):
    response = client.get(address)
    return list(csv.DictReader(StringIO(response.getvalue().decode())))


@pytest.fixture
def bureau(logged_in, cevennes):
    return logged_in("herault")


def confirm(bureau):
    """Name the source that all the acts have, read what will be written, and confirm it."""
    bureau.locator("[name=source_titre]").fill("Tableau de suivi")
    bureau.locator("[name=source_editeur]").fill("Préfecture de l'Hérault")
    bureau.locator(".submit-row [type=submit]").first.click()
    expect(bureau.locator(".geste-effets")).to_be_visible()
    bureau.get_by_role("button", name="Confirmer").click()
    expect(bureau.locator(".messagelist")).to_contain_text("C'est enregistré.")


def record(bureau, slug, poste, **fields):
    """Fill in a guided action and confirm it."""
    bureau.goto(reverse("admin:geste", args=[slug, poste.pk]))
    for field, value in fields.items():
        entry = bureau.locator(f"[name={field}]")
        if entry.evaluate("entry => entry.tagName") == "SELECT":
            entry.select_option(value)
        else:
            entry.fill(value)
    confirm(bureau)


def search(bureau, field, text):
    """Choose in a searched list, as a user does."""
    bureau.locator(f".field-{field} .select2-selection").click()
    bureau.locator(".select2-search__field").last.fill(text)
    bureau.locator(".select2-results__option", has_text=text).first.click()


def open_post(bureau):
    bureau.goto(reverse("admin:gestes", args=["ouvrir-un-poste"]))
    bureau.locator("[name=intitule]").fill("Chef de projet des Cévennes")
    search(bureau, "employeur_intercommunalite", "CC des Cévennes")
    for nom in ("Ganges", "Gignac"):
        search(bureau, "communes", nom)
    bureau.locator("[name=quotite]").fill("80")
    bureau.locator("[name=date]").fill("03/01/2022")
    confirm(bureau)
    return Poste.objects.get()


@pytest.mark.django_db(transaction=True)
def test_the_life_of_a_post_recorded_in_the_back_office_is_told_day_by_day(bureau, client):
    poste = open_post(bureau)
    offer, outcome = "publier-une-offre", "issue-de-l-offre"
    record(bureau, offer, poste, date="01/02/2022", date_cloture="01/03/2022")
    record(bureau, outcome, poste, issue="recrute", date="11/04/2022")
    record(bureau, "arrivee", poste, date="02/05/2022", titulaire="Titulaire 1", quotite="80")
    record(bureau, "depart", poste, depart="31/12/2022")
    record(bureau, offer, poste, date="15/01/2023")
    record(bureau, outcome, poste, issue="infructueux", date="20/03/2023")
    record(bureau, offer, poste, date="01/04/2023")
    # The offer under way ends by the arrival.
    record(bureau, "arrivee", poste, date="01/06/2023", titulaire="Titulaire 2", quotite="80")

    bureau.goto(f"/chefs-de-projet/?au={JOUR}")
    row = bureau.get_by_role("row", name="Chef de projet des Cévennes")
    expect(row).to_contain_text("pourvu depuis le 1er juin 2023")
    expect(row).to_contain_text("Ganges, Gignac (poste partagé)")
    expect(bureau.locator("main")).not_to_contain_text("Titulaire")
    check_life(client)
    check_offers(client)
    check_the_day_before(client)


def check_life(client):
    """Read the state, its first day, the days vacant and the count on every day of `LIFE`."""
    for jour, etat, told, days, en_poste in LIFE:
        assert told in read(client, f"/chefs-de-projet/?au={jour}"), jour
        commune = read(client, f"/communes/34111/?au={jour}")
        assert told in commune, jour
        if days and days != "0":
            words = f"{days} jour{'s' if days != '1' else ''}"
            assert words in commune, jour
        counted = read(client, f"/departements/34/?au={jour}")
        assert re.search(rf"(?<!\d){en_poste} chefs? de projet en poste", counted), jour
        (row,) = rows(client, f"/donnees/postes.csv?au={jour}")
        assert (row["etat"], row["jours_vacance"], row["nb_communes"]) == (etat, days, "2"), jour
        assert row["quotite_pourvue"] == ("80" if en_poste else "0"), jour


def check_offers(client):
    for jour, offers in OFFERS:
        told = rows(client, f"/donnees/recrutements.csv?au={jour}")
        columns = ("rang", "issue", "date_prise_de_poste", "delai_jours")
        assert [tuple(row[c] for c in columns) for row in told] == offers, jour


def check_the_day_before(client):
    """Read that nothing is told of a post before it opens."""
    assert rows(client, "/donnees/postes.csv?au=2022-01-02") == []
    assert "Aucun poste ne dessert la commune" in read(client, "/communes/34111/?au=2022-01-02")
    assert "Chef de projet des Cévennes" not in read(client, "/chefs-de-projet/?au=2022-01-02")
