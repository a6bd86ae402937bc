"""The public file of the readings: what it tells on a day, and what never reaches it."""

import csv
import io

import pytest

from projects.indicateurs.models import Releve
from socle.models import Affirmation
from tests import factories
from tests.factories import day

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


@pytest.fixture
def herault():
    """Lodève in the programme with its ORT and an action; Castres, of the Tarn, and its own."""
    found = {}
    for code, name in (("34142", "lodeve"), ("81065", "castres")):
        town = factories.commune(code, epci="new")
        factories.labellisation(town, "2020-12-01")
        ort = factories.convention("2021-07-16", [town], identifiant=f"ort-{name}")
        found[name] = town, ort, factories.action([town], ort, identifiant=f"{name}-a1")
    return found


def rows(client, au="2025-12-31", **params):
    answer = client.get("/donnees/indicateurs.csv", {"au": au} | params)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode(), newline="")))


def test_a_reading_is_told_with_the_target_of_the_day(client, herault):
    _, _, action = herault["lodeve"]
    read = factories.releve(action, 12, "2024-06-01", publie_le="2024-07-01", serie="comptage")
    read.affirmations.create(
        champ="jour", valeur_brute="2024", source=factories.source(titre="Bilan 2024")
    )
    factories.cible(action, 30, "2024-01-01")
    factories.cible(action, 40, "2025-01-01", echeance_prevue=day("2027-12-31"))
    assert rows(client, "2024-06-30") == []
    [before], [after] = rows(client, "2024-12-31"), rows(client, "2025-01-01")
    assert {name: after[name] for name in list(after)[2:]} == {
        "indicateur": "facades-renovees",
        "unite": "façades",
        "perimetre": "commune",
        "objet_type": "action",
        "objet_identifiant": "lodeve-a1",
        "jour": "2024-06-01",
        "publie_le": "2024-07-01",
        "valeur": "12",
        "etat": "connue",
        "serie": "comptage",
        "rupture": "false",
        "cible": "40",
        "cible_jour": "2027-12-31",
        "source": "Bilan 2024",
        "secteur": "",
        "precision_jour": "jour",
        "tenue": "aucune",
        "precision_publication": "jour",
        "precision_cible": "jour",
    }
    assert (before["cible"], before["cible_jour"]) == ("30", "")


@pytest.mark.parametrize("etat", ["secret", "non_disponible"])
def test_what_is_not_known_is_empty_and_no_zero(client, herault, etat):
    town, _, _ = herault["lodeve"]
    factories.releve(town, etat, "2024-01-01")
    factories.releve(town, 0, "2025-01-01")
    assert [(r["valeur"], r["etat"], r["cible"]) for r in rows(client)] == [
        ("", etat, ""),
        ("0", "connue", ""),
    ]


def test_each_object_has_its_type_and_its_name(client, herault):
    town, ort, action = herault["lodeve"]
    there = ort.secteurs.create(commune=town, nom="Centre")
    factories.releve(town, 1, "2024-01-01")
    factories.releve(action, 2, "2024-01-01")
    factories.releve(ort, 3, "2024-01-01", mesure=factories.indicateur("ort", perimetre="ort"))
    local = factories.indicateur("secteur", perimetre="secteur")
    factories.releve(ort, 4, "2024-01-01", mesure=local, secteur=there)
    told = {
        (r["objet_type"], r["objet_identifiant"], r["secteur"], r["valeur"]) for r in rows(client)
    }
    assert told == {
        ("commune", "34142", "", "1"),
        ("action", "lodeve-a1", "", "2"),
        ("ort", "ort-lodeve", "", "3"),
        ("ort", "ort-lodeve", "Centre", "4"),
    }


def test_filters_choose_the_readings_of_a_place(client, herault):
    other = factories.indicateur("autre", perimetre="ort")
    for town, ort, action in herault.values():
        factories.releve(town, 1, "2024-01-01")
        factories.releve(action, 1, "2024-01-01")
        factories.releve(ort, 1, "2024-01-01", mesure=other)

    def named(**chosen):
        return {r["objet_identifiant"] for r in rows(client, **chosen)}

    ours = {"34142", "lodeve-a1", "ort-lodeve"}
    assert named(departement="34") == named(commune="34142") == ours
    assert named(ort="ort-lodeve") == {"lodeve-a1", "ort-lodeve"}
    assert named(indicateur="autre") == {"ort-lodeve", "ort-castres"}
    assert len(rows(client)) == 6


def test_what_is_not_public_is_not_there(client, herault):
    """A convention that is not signed, what it brings, a commune that is not of the programme."""
    town = factories.commune("34032", epci="new")
    planned = factories.convention(None, [herault["lodeve"][0]], identifiant="ort-future")
    whole = factories.indicateur("ort", perimetre="ort")
    factories.releve(town, 1, "2024-01-01")
    factories.releve(planned, 1, "2024-01-01", mesure=whole)
    factories.releve(factories.action([town], planned), 1, "2024-01-01")
    assert Releve.objects.count() == 3
    assert rows(client) == []


def test_how_the_service_knows_stays_inside(client, herault):
    read = factories.releve(herault["lodeve"][0], 1, "2024-01-01")
    Affirmation.objects.create(
        fiche=read,
        champ="jour",
        valeur_brute="SECRET-BRUT",
        valeur="2024-01-01",
        source=factories.source(cle="secret-cle", titre="Comptage"),
        detail_interne="SECRET-DETAIL",
    )
    for extension in ("csv", "json"):
        content = client.get(f"/donnees/indicateurs.{extension}", {"au": "2025-01-01"}).getvalue()
        assert b"Comptage" in content
        assert b"SECRET" not in content
