"""The file of the figures over time: what it is asked by, and what it refuses."""

import csv
import io

import pytest

from pvd.portail.donnees import chiffres as donnees
from pvd.suivi.chiffres import REGLES
from pvd.suivi.models import Chiffre, ChiffrePublie
from tests import factories
from tests.factories import day

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


@pytest.fixture(scope="module", autouse=True)
def programme(scene):
    factories.programme("2020-10-02", ouverture="2020-10-01")
    factories.millesime(2023)
    lodeve = factories.commune("34142", "new", nom="Lodève")
    factories.labellisation(lodeve, debut="2021-01-22", adhesion="2021-03-26")
    factories.labellisation(factories.commune("81124", "new"), debut="2021-02-10")
    factories.convention("2022-07-28", [lodeve])


def rows(client, **params):
    answer = client.get("/donnees/chiffres.csv", {"au": "2021-03-31"} | params)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode(), newline="")))


def days(found):
    return list(dict.fromkeys(row["jour"] for row in found))


def test_without_anything_asked_the_series_goes_from_the_launch_month_by_month(client):
    found = rows(client)
    opened = donnees.ouverture().isoformat()
    assert days(found)[0] == opened
    assert days(found)[-3:] == ["2021-01-31", "2021-02-28", "2021-03-31"]
    assert {row["code_departement"] for row in found} == {"", "34", "81"}
    assert len(found) == len(days(found)) * 3 * len(Chiffre)
    last = {(r["code_departement"], r["chiffre"]): r for r in found if r["jour"] == "2021-03-31"}
    assert last["", "communes"]["valeur"] == "2"
    assert last["34", "adhesions_signees"]["valeur"] == "1"
    assert last["34", "communes"]["regle"] == REGLES[Chiffre.COMMUNES].compte
    assert {row["date_situation"] for row in found} == {"2021-03-31"}


def test_the_days_at_which_a_figure_changes(client):
    found = rows(client, du="2021-01-01", pas="evenement", departement="34")
    assert days(found) == ["2021-01-01", "2021-01-22", "2021-03-26"]
    told = [(row["jour"], row["valeur"]) for row in found if row["chiffre"] == "communes"]
    assert told == [("2021-01-01", "0"), ("2021-01-22", "1")]


def test_each_step(client):
    params = {"du": "2021-01-01", "au": "2022-05-05", "departement": "34"}
    assert days(rows(client, **params, pas="annee")) == ["2021-01-01", "2021-12-31", "2022-05-05"]
    assert len(days(rows(client, **params, pas="trimestre"))) == 7
    assert len(days(rows(client, **params, pas="mois"))) == 18


def test_a_published_figure_is_beside_ours_with_its_source(client):
    ChiffrePublie.objects.create(
        departement=factories.departement("34"),
        chiffre="communes",
        jour=day("2021-02-05"),
        valeur=2,
        source=factories.source("pref-34", titre="Plaquette"),
        note="Une commune de plus.",
    )
    [told] = [row for row in rows(client) if row["source"]]
    assert (told["jour"], told["valeur"], told["valeur_publiee"]) == ("2021-02-05", "1", "2")
    assert (told["source_titre"], told["note"]) == ("Plaquette", "Une commune de plus.")


@pytest.mark.une_base
@pytest.mark.parametrize(
    ("query", "told"),
    [
        (
            "du=2023-07-06&au=2023-07-05",
            "« du=2023-07-06 » est après le dernier, « au=2023-07-05 »",
        ),
        ("du=hier", "La date « du=hier » n'existe pas."),
        ("du=2999-01-01", "est à venir"),
        ("du=06/07/2021", "ici 2021-07-06"),
        ("pas=semaine", "Le filtre « pas=semaine » ne correspond à rien de connu."),
        ("departement=99", "Le filtre « departement=99 » ne correspond à rien de connu."),
        ("tri=valeur", "Le critère « tri=valeur » n'existe pas"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_french(client, query, told):
    for extension in ("csv", "json", "xlsx", "ods"):
        answer = client.get(f"/donnees/chiffres.{extension}?{query}")
        assert answer.status_code == 400, extension
        said = answer.json()["erreur"] if extension == "json" else answer.content.decode()
        assert told in said, extension


# Its rows are counted before a format writes them: the text and the JSON of a refusal are enough.
@pytest.mark.une_base
def test_a_series_of_too_many_rows_is_refused_in_french(client):
    for extension in ("csv", "json"):
        answer = client.get(f"/donnees/chiffres.{extension}?du=1000-01-01")
        assert answer.status_code == 400, extension
        said = answer.json()["erreur"] if extension == "json" else answer.content.decode()
        assert "a plus de 200\u202f000 lignes" in said, extension


@pytest.mark.une_base
@pytest.mark.parametrize("query", ["du=2023-07-06&au=2023-07-05", "du=hier", "du=2999-01-01"])
def test_a_series_that_is_refused_has_no_notice_either(client, query):
    assert client.get(f"/donnees/chiffres.lisez-moi.txt?{query}").status_code == 400


def test_a_series_of_one_day(client):
    assert days(rows(client, du="2021-03-31")) == ["2021-03-31"]


def test_the_most_rows_are_sent_and_one_more_is_refused(client, monkeypatch):
    params = {"du": "2021-03-31", "departement": "34"}
    monkeypatch.setattr(donnees, "LIGNES_AU_PLUS", len(Chiffre))
    assert len(rows(client, **params)) == len(Chiffre)
    monkeypatch.setattr(donnees, "LIGNES_AU_PLUS", len(Chiffre) - 1)
    answer = client.get("/donnees/chiffres.csv", {"au": "2021-03-31"} | params)
    assert answer.status_code == 400
