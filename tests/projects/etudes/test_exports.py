"""The public file of the studies, and theirs in the files of the money: of a day, and nothing internal."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import Tenue
from tests import factories
from tests.projects.projet.scenes import accorde, lodeve, organisme, verse

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]

# What agents alone read, and what is asked.
SECRETS = ["MARQUE-INTERNE", "271828"]


@pytest.fixture
def town():
    return lodeve().couvertures.get().commune


@pytest.fixture
def halle(town):
    """A co-funded study: asked, ordered, delivered, its grant granted then paid in part."""
    study = factories.etude(
        [town],
        town.couvertures.get().convention,
        [factories.action([town], identifiant="halle")],
        identifiant="etude-halle",
        intitule="Programmation de la halle",
        nature="programmation",
        prestataire=organisme("Bureau d'études", "prive"),
        note_interne="MARQUE-INTERNE",
    )
    factories.cout(study, "30000.00", "2023-02-01")
    factories.fait_etude(study, "demandee", "2023-01-10")
    factories.fait_etude(study, "commandee", "2023-03-01")
    factories.fait_etude(study, "rendue", "2024-02-29")
    line = accorde(
        study, "15000.00", "2023-02-15", "banque", "operateur", identifiant="etude-halle-bdt",
        numero_dossier="MARQUE-INTERNE", note_interne="MARQUE-INTERNE",
    )  # fmt: skip
    factories.fait_financement(line, "demande", "2023-01-20", "271828.00", motif="MARQUE-INTERNE")
    verse(line, "5000.00", "2024-03-15")
    asked = factories.financement(study, "region", "collectivite", note_interne="MARQUE-INTERNE")
    factories.fait_financement(asked, "demande", "2022-01-01", "271828.00")
    return study


def records(client, table, **params):
    response = client.get(f"/donnees/{table}.csv", params)
    assert response.status_code == 200, response.getvalue()
    content = response.getvalue().decode()
    assert not any(secret in content for secret in SECRETS)
    return list(csv.DictReader(io.StringIO(content, newline="")))


def test_a_study_is_told_as_it_was_on_three_days(client, halle):
    assert records(client, "etudes", au="2023-01-09") == []
    (asked,) = records(client, "etudes", au="2023-01-10")
    assert (asked["etat"], asked["date_commande"]) == ("demandee", "")
    assert (asked["cout"], asked["montant_accorde"]) == ("", "0.00")
    (ordered,) = records(client, "etudes", au="2024-02-28")
    assert (ordered["etat"], ordered["date_commande"]) == ("en_cours", "2023-03-01")
    assert (ordered["montant_accorde"], ordered["montant_verse"]) == ("15000.00", "0.00")
    (rendered,) = records(client, "etudes", au="2024-03-15")
    assert list(rendered.values())[2:] == [
        *("etude-halle", "Programmation de la halle", "programmation", "operationnel"),
        *("cofinancee", "34142", "Lodève", "Bureau d'études", "34142", "34"),
        *("2023-01-10", "2023-03-01", "2024-02-29", "rendue"),
        *("30000.00", "HT", "15000.00", "5000.00", "complete", "jour", "jour", "jour"),
    ]


def test_a_grant_that_is_not_known_is_empty_where_plans_are_not_kept_in_full(client, town):
    factories.fait_etude(factories.etude([town], identifiant="e"), "rendue", "2023-01-01")
    factories.rewrite(type(town.departement).objects.filter(pk="34"), tenue_plans=Tenue.AUCUNE)
    assert records(client, "etudes")[0]["montant_accorde"] == ""


def test_what_is_provided_is_granted_nothing_whatever_is_kept(client):
    town = lodeve(Tenue.AUCUNE).couvertures.get().commune
    given = factories.etude([town], regime="mise_a_disposition")
    factories.fait_etude(given, "commandee", "2023-01-01")
    (row,) = records(client, "etudes")
    assert (row["regime"], row["montant_accorde"], row["cout"]) == (
        "mise_a_disposition",
        "0.00",
        "",
    )


def test_a_study_of_which_only_internal_facts_are_known_is_not_public(client, town):
    asked = factories.financement(factories.etude([town]))
    factories.fait_financement(asked, "demande", "2023-01-01", "271828.00")
    assert records(client, "etudes") == []


def test_it_is_chosen_by_its_places(client, halle):
    other = factories.commune("81124", epci="new")
    factories.fait_etude(factories.etude([other]), "rendue", "2023-01-01")
    for name, here, elsewhere in (
        ("departement", "34", "81"),
        ("commune", "34142", "81124"),
        ("epci", "200017341", None),
    ):
        assert [r["etude_identifiant"] for r in records(client, "etudes", **{name: here})] == [
            "etude-halle"
        ]
        if elsewhere:
            (row,) = records(client, "etudes", **{name: elsewhere})
            assert row["departements"] == "81"
    assert len(records(client, "etudes", ort="ort-lodeve")) == 1
    # Its convention, signed on 16 July 2022, chooses nothing before that day.
    factories.fait_etude(
        factories.etude([other], halle.convention, identifiant="avant"), "rendue", "2022-07-15"
    )
    assert len(records(client, "etudes", ort="ort-lodeve", au="2022-07-15")) == 0
    assert len(records(client, "etudes", ort="ort-lodeve", au="2022-07-16")) == 1
    assert client.get("/donnees/etudes.csv?nature=halle").status_code == 400


def test_its_money_is_in_the_files_of_the_money_and_says_of_what(client, halle):
    lines = {r["financement_identifiant"]: r for r in records(client, "financements")}
    line = lines.pop("etude-halle-bdt")
    assert (line["objet_type"], line["objet_identifiant"]) == ("etude", "etude-halle")
    assert (line["ort_identifiant"], line["departements"]) == ("ort-lodeve", "34")
    assert (line["montant_accorde"], line["montant_verse"]) == ("15000.00", "5000.00")
    assert [r["objet_type"] for r in lines.values()] == ["action"]
    paid = [r for r in records(client, "versements") if r["montant"] == "5000.00"]
    assert [r["financement_identifiant"] for r in paid] == ["etude-halle-bdt"]
    assert "etude" not in {
        r["objet_type"] for r in records(client, "financements", au="2023-02-14")
    }


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ({"departement": "34"}, True),
        ({"commune": "34142"}, True),
        ({"ort": "ort-lodeve"}, True),
        ({"q": "halle"}, True),
        ({"q": "lodeve"}, True),
        ({"q": "ilot"}, False),
        ({"dispositif": "banque"}, True),
        ({"dispositif": "anah"}, False),
        ({"financeur": "État"}, True),
        ({"financeur": "130005481"}, False),
        # What only an action has chooses no study.
        ({"etat": "en_cours"}, False),
        ({"theme": "habitat"}, False),
        ({"ort": "ort-lodeve", "axe": "A"}, False),
        ({"maitre_ouvrage": "34142"}, False),
        ({"retard": "oui"}, False),
    ],
)
def test_the_filters_of_the_money_choose_studies_too(client, halle, asked, there):
    found = {r["objet_type"] for r in records(client, "financements", **asked)}
    assert ("etude" in found) == there


@pytest.mark.parametrize("table", ["etudes", "financements", "versements"])
def test_more_studies_ask_for_no_more_queries(client, halle, town, table):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            records(client, table)
        return len(captured)

    few = queries()
    for number in range(5):
        study = factories.etude([town], halle.convention, prestataire=halle.prestataire)
        factories.fait_etude(study, "rendue", "2024-01-01")
        factories.cout(study, 100)
        line = accorde(study, "10.00", cle=f"fonds-{number}")
        verse(line, "1.00", "2024-01-01")
    assert queries() == few
