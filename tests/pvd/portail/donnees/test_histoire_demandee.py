"""What is asked of a history, as of a table of a day, and what it then says of itself."""

import html
import io
import re
from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from communes.models import Departement, Region
from tests import factories
from tests.factories import day
from tests.pvd.portail.donnees import rejouer
from tests.pvd.portail.donnees.histoires import Files, compare, text

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.deux_bases,
    pytest.mark.usefixtures("monde"),
]


@pytest.mark.parametrize(
    "asked",
    [
        {"region": "76"},
        {"region": "94"},
        {"departement": ["34", "2a"]},
        {"region": "76", "departement": "81"},
        # Of no place at all: a département that is not of the région.
        {"region": "94", "departement": "81"},
    ],
)
def test_a_place_is_asked_of_a_history_as_of_its_table(client, asked):
    corse, _ = Region.objects.get_or_create(code="94", defaults={"nom": "Corse"})
    factories.departement("2A", region=corse)
    ajaccio = factories.commune("2A004", nom="Ajaccio", populations={2021: 7000})
    factories.labellisation(ajaccio, adhesion="2021-03-01")
    factories.convention("2022-05-05", [ajaccio], identifiant="ort-ajaccio", duree_annees=4)
    factories.poste([ajaccio], identifiant="poste-ajaccio", date_ouverture=day("2022-01-01"))
    files = Files(client, **asked)
    # What is over is asked for apart on one of these days.
    jours = {"2021-12-01": True, "2023-01-01": False, "2027-12-31": True}
    agreed = sum(compare(files, jour, at_once) for jour, at_once in jours.items())
    assert (agreed > 0) == (asked != {"region": "94", "departement": "81"})


def test_an_ort_without_laureate_has_its_periods_when_all_are_asked_for(client):
    sete = factories.commune("34301", nom="Sète")
    factories.convention("2020-09-01", [sete], identifiant="ort-sete", duree_annees=5)
    for nom in ("ort", "ort-communes"):
        assert "ort-sete" not in text(client, f"historique/{nom}")
        told = rejouer.read(text(client, f"historique/{nom}", programme="tous", departement="34"))
        [row] = [row for row in told if row["ort_identifiant"] == "ort-sete"]
        assert (row["debut"], row["fin"]) == ("2020-09-01", "2025-09-01")
        other = text(client, f"historique/{nom}", programme="tous", departement="81")
        assert "ort-sete" not in other
    assert compare(Files(client), "2025-08-31")
    assert compare(Files(client), "2025-09-01")


def test_a_commune_covered_is_of_the_programme_from_the_day_it_absorbs_one_that_is(client):
    """The laureate itself was never in the ORT."""
    heir, town = factories.commune("34301", nom="Sète"), factories.commune("34157", nom="Mèze")
    factories.convention("2021-02-01", [heir], identifiant="ort-sete")
    factories.labellisation(town, adhesion="2021-03-01")
    town.fin, town.successeur = day("2024-01-01"), heir
    town.save()
    assert compare(Files(client), "2023-12-31")
    assert compare(Files(client), "2024-01-01")
    told = rejouer.read(text(client, "historique/ort", programme="tous"))
    periods = [r for r in told if r["ort_identifiant"] == "ort-sete"]
    assert [(r["debut"], r["fin"], r["nb_communes_laureates"]) for r in periods] == [
        ("2021-02-01", "2024-01-01", "0"),
        ("2024-01-01", "", "1"),
    ]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("au=2023-07-06", "Une histoire n'est pas d'un jour"),
        ("departement=999", "« departement=999 » ne correspond à rien de connu"),
        ("statut=perdue", "« statut=perdue »"),
        ("departemnt=34", "n'existe pas"),
        ("tri=nom", "n'existe pas"),
        ("region=999", "« region=999 » ne correspond à rien de connu"),
        ("programme=tous", "« programme=tous » n'existe pas"),
        ("colonnes=maire", "n'a pas de colonne « maire »"),
        ("tableur=oui", "se demande par tableur=1"),
    ],
)
def test_what_is_not_understood_is_refused_in_french(client, asked, words):
    response = client.get(f"/donnees/historique/communes.csv?{asked}")
    assert response.status_code == 400
    assert words in response.content.decode()


def test_a_history_that_does_not_exist_is_not_found(client):
    for address in (
        "historique/maires.csv",
        "historique/ort.pdf",
        "schemas/historique-maires.json",
        "historique/maires.lisez-moi.txt",
        "historique-communes.csv",
        "historique/historique-communes.csv",
    ):
        assert client.get(f"/donnees/{address}").status_code == 404


def test_the_name_of_a_history_says_all_that_was_asked_and_its_head_reads_no_row(client):
    address = "/donnees/historique/communes.csv?departement=34&departement=81&statut=sortie"
    today = f"{timezone.localdate():%Y%m%d}"
    with CaptureQueriesContext(connection) as queries:
        head = client.head(address)
    expected = f'attachment; filename="pvd-historique-communes-34-81-sortie-{today}.csv"'
    assert head["Content-Disposition"] == client.get(address)["Content-Disposition"] == expected
    assert head.getvalue() == b""
    # The départements that are asked for and how far all are kept, and nothing of their communes.
    assert len(queries) <= 2


def test_a_history_says_its_perimeter_as_a_table_does(client, settings):
    factories.departement("30", tenue="aucune", nom="Gard", type_liaison=2)
    for extension in ("csv", "xlsx", "ods", "json"):
        answer = client.get(f"/donnees/historique/ort.{extension}?region=76&departement=30")
        answer.getvalue()
        assert parse_qs(answer["X-Perimetre"]) == {
            "connu": ["2027-12-31"],
            "region": ["76"],
            "departement": ["30"],
            "tenue.aucune": ["30"],
        }
        assert '</donnees/schemas/historique-ort.json>; rel="describedby"' in answer["Link"]
        help_at = answer["Link"].split("<")[2].split(">")[0]
        assert help_at.endswith("/donnees/historique/ort.lisez-moi.txt?region=76&departement=30")
        told = " ".join(client.get(help_at).content.decode().split())
        assert "Un fichier vide n'y veut pas dire zéro." in told
        assert "tels qu'ils sont connus au 31 décembre 2027" in told
        assert "/donnees/historique/ort.csv?region=76&departement=30" in told
    book = client.get("/donnees/historique/ort.xlsx").getvalue()
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book)).sheet_names
    assert sheets == ["donnees", "Lisez-moi"]
    assert client.get("/donnees/historique/ort.lisez-moi.txt?au=2023-07-06").status_code == 400


def test_the_posts_of_a_history_are_kept_as_posts_are(client):
    factories.departement("30", tenue="complete", tenue_postes="aucune", nom="Gard")
    told = client.get("/donnees/historique/postes.lisez-moi.txt?departement=30").content.decode()
    assert "Les données des chefs de projet ne sont pas tenues" in told


def test_each_row_of_the_territory_says_how_far_it_is_kept(client):
    Departement.objects.filter(pk="34").update(tenue="complete")
    Departement.objects.filter(pk="81").update(tenue="listes")
    files = Files(client)
    members = {(r["code_departement"], r["tenue"]) for r in files.history("rattachements")}
    assert members == {("34", "complete"), ("81", "listes")}
    names = {r["code"]: r["tenue"] for r in files.history("noms")}
    assert (names["34142"], names["81124"]) == ("complete", "listes")
    # Of both départements, the one where they go the least far.
    assert (names["200017341"], names["200066553"]) == ("complete", "listes")


def test_the_site_of_a_département_leads_to_its_own_histories_first(client, settings):
    settings.PVD_DEPARTEMENT = "34"
    page = client.get("/donnees/?au=2023-07-06").content.decode()
    links = re.findall(r'href="(/donnees/historique/communes\.[^"]*)"', page)
    assert [html.unescape(link) for link in links] == [
        "/donnees/historique/communes.csv?departement=34",
        "/donnees/historique/communes.csv?departement=34&tableur=1",
        *(f"/donnees/historique/communes.{e}?departement=34" for e in ("xlsx", "ods", "json")),
        "/donnees/historique/communes.csv",
        "/donnees/historique/communes.lisez-moi.txt?departement=34",
    ]
