"""The description of what programs may ask: of every table, every twin, and nothing else."""

import pytest
from django.test import Client

from pvd.portail.donnees.geojson import CODES
from pvd.portail.donnees.telechargements import EXTENSIONS, TELECHARGEMENTS
from tests import factories
from tests.pages import adresse_du_fichier
from tests.pvd.portail.test_jumelles import ENTETE, PROFILS

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def described(scene):
    """Return the description, asked once."""
    answer = Client().get("/donnees/openapi.json")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    return answer.json()


def parameters(described, address):
    return {found["name"]: found for found in described["paths"][address]["get"]["parameters"]}


def test_each_table_is_there_in_each_format_with_its_columns(described):
    assert described["openapi"] == "3.1.0"
    for nom, found in TELECHARGEMENTS.items():
        for extension in EXTENSIONS:
            assert adresse_du_fichier(nom, extension) in described["paths"]
        assert (f"/donnees/{nom}.geojson" in described["paths"]) == (nom in CODES)
        row = described["components"]["schemas"][nom]
        assert list(row["properties"]) == found.table.entete


def test_each_twin_is_there_with_its_profile(described):
    twins = {address for address in described["paths"] if "{" in address}
    assert len(twins) == len(PROFILS)
    for profil, keys in PROFILS.values():
        schema = described["components"]["schemas"][profil]
        assert schema["properties"]["profil"] == {"const": profil}
        assert set(schema["required"]) == ENTETE | set(keys.split())


@pytest.mark.parametrize("nom", TELECHARGEMENTS)
def test_each_parameter_is_read_and_no_other(described, client, nom):
    factories.departement("34")
    address = adresse_du_fichier(nom)
    found = parameters(described, address)
    for name in found:
        assert client.get(address, {name: ""}).status_code == 200
    assert "tableur" in found
    assert "tableur" not in parameters(described, adresse_du_fichier(nom, "json"))
    assert ("au" in found) == TELECHARGEMENTS[nom].table.d_un_jour
    assert client.get(address, {"inconnu": ""}).status_code == 400


def test_the_values_of_a_choice_are_all_taken_and_no_other(described, client):
    for name, parameter in parameters(described, "/donnees/chiffres.csv").items():
        for value in parameter["schema"].get("enum", ()):
            assert client.get("/donnees/chiffres.csv", {name: value}).status_code == 200
    pas = parameters(described, "/donnees/chiffres.csv")["pas"]["schema"]["enum"]
    assert pas == ["", "mois", "trimestre", "annee", "evenement"]


def test_an_unknown_criterion_is_refused(client):
    answer = client.get("/donnees/openapi.json?version=2")
    assert (answer.status_code, list(answer.json())) == (400, ["erreur"])
    written = Client(enforce_csrf_checks=True).post("/donnees/openapi.json")
    assert (written.status_code, list(written.json())) == (405, ["erreur"])
