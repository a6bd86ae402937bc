"""What describes all the tables at once: the package, the catalogue, and the schemas that they point to."""

import json
import re

import pytest

from pvd.portail.donnees.telechargements import TABLES
from pvd.portail.donnees.turtle import as_json_ld, as_turtle
from tests import factories
from tests.pages import adresse_du_fichier

pytestmark = pytest.mark.django_db
NOMS = [table.nom for table in TABLES]


@pytest.fixture
def editeur(settings):
    settings.PVD_EDITEUR = "DDTM « 34 »\\"
    settings.PVD_EDITEUR_SIRET = "732 829 320 00074"
    settings.PVD_EDITEUR_CONTACT = "pvd@exemple.fr"


def nodes(client):
    answer = client.get("/donnees/catalogue.jsonld")
    assert answer["Content-Type"] == "application/ld+json"
    return {node["@id"]: node for node in answer.json()["@graph"]}


def test_the_catalogue_says_who_publishes_and_whom_to_write_to(client, editeur):
    factories.departement("34", tenue="complete", nom="Hérault")
    factories.source(date_document=factories.day("2023-05-01"), url="https://exemple.fr/a")
    graph = nodes(client)
    who = graph["http://testserver/mentions-legales/"]
    assert who["foaf:name"]["@value"] == "DDTM « 34 »\\"
    assert who["dct:identifier"] == "73282932000074"
    communes = graph["http://testserver/donnees/#table-communes"]
    assert communes["dcat:contactPoint"]["vcard:hasEmail"] == {"@id": "mailto:pvd@exemple.fr"}
    assert communes["dct:modified"]["@value"] == "2023-05-01"
    assert [place["dct:identifier"] for place in communes["dct:spatial"]] == ["34"]
    assert "Tenu pour : Hérault." in communes["dct:description"]["@value"]


def test_a_site_that_names_nobody_invents_nobody(client, settings):
    settings.PVD_EDITEUR = settings.PVD_EDITEUR_SIRET = settings.PVD_EDITEUR_CONTACT = ""
    graph = nodes(client)
    who = graph["http://testserver/mentions-legales/"]
    assert who["foaf:name"]["@value"] == "Éditeur non renseigné sur ce site"
    assert "dct:identifier" not in who
    contact = graph["http://testserver/donnees/#table-communes"]["dcat:contactPoint"]
    assert set(contact) == {"@type", "vcard:fn"}
    assert "dct:modified" not in graph["http://testserver/donnees/#catalogue"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("https://exemple.fr/contact", {"vcard:hasURL": {"@id": "https://exemple.fr/contact"}}),
        ("04 67 00 00 00", {"vcard:note": "04 67 00 00 00"}),
    ],
)
def test_who_is_written_to_may_be_a_page_or_a_telephone(client, settings, said, told):
    settings.PVD_EDITEUR, settings.PVD_EDITEUR_CONTACT = "DDTM", said
    contact = nodes(client)["http://testserver/donnees/#table-ort"]["dcat:contactPoint"]
    assert contact == {"@type": ["vcard:Organization", "vcard:Kind"], "vcard:fn": "DDTM"} | told


def test_every_address_of_the_catalogue_answers(client, editeur):
    graph = nodes(client)
    assert {f"http://testserver/donnees/#table-{nom}" for nom in NOMS} <= set(graph)
    # Each once: the tables are places of one page.
    pages = {address.partition("#")[0] for address in graph}
    for address in pages:
        if address.startswith("http://testserver/"):
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert answer.getvalue()


def test_the_turtle_says_the_same(client, editeur):
    answer = client.get("/donnees/catalogue.ttl")
    assert answer["Content-Type"] == "text/turtle; charset=utf-8"
    text = answer.content.decode()
    assert r'foaf:name "DDTM « 34 »\\"@fr' in text
    assert set(re.findall(r"^<([^>]+)>", text, re.MULTILINE)) == set(nodes(client))


def test_a_text_is_written_whole_in_both():
    hostile = 'a "b" \\ c\nd\te\r'
    graph = [{"@id": "urn:x y<>", "@type": ["a:B"], "a:c": hostile, "a:d": []}]
    prefixes = {"a": "urn:a:"}
    assert json.loads(as_json_ld(prefixes, graph))["@graph"] == graph
    turtle = as_turtle(prefixes, graph)
    assert r'a:c "a \"b\" \\ c\nd\te\r"' in turtle
    assert "<urn:x%20y%3C%3E>" in turtle
    assert "a:d" not in turtle


def test_the_package_holds_every_table_of_its_day(client, editeur):
    answer = client.get("/donnees/datapackage.json", {"au": "2023-07-06"})
    package = answer.json()
    assert [resource["name"] for resource in package["resources"]] == NOMS
    for resource in package["resources"]:
        assert resource["path"].endswith(adresse_du_fichier(resource["name"], au="2023-07-06"))
        alone = client.get(f"/donnees/schemas/{resource['name']}.json").json()
        # By itself a schema has no other table to point to.
        assert "foreignKeys" not in alone
        together = dict(resource["schema"])
        together.pop("foreignKeys", None)
        assert together == alone


def test_each_reference_is_to_a_column_that_is_there(client):
    resources = client.get("/donnees/datapackage.json").json()["resources"]
    fields = {r["name"]: {f["name"] for f in r["schema"]["fields"]} for r in resources}
    pointing = [(r["name"], key) for r in resources for key in r["schema"].get("foreignKeys", ())]
    assert len(pointing) >= 8
    for name, key in pointing:
        assert set(key["fields"]) <= fields[name]
        assert set(key["reference"]["fields"]) <= fields[key["reference"]["resource"]]
    for resource in resources:
        key = resource["schema"].get("primaryKey", [])
        assert set(key) <= fields[resource["name"]]


@pytest.mark.parametrize("address", ["datapackage.json"])
def test_what_a_description_does_not_read_is_refused(client, address):
    for asked in ({"departement": "34"}, {"au": "2023-02-30"}, {"colonnes": "code_insee"}):
        answer = client.get(f"/donnees/{address}", asked)
        assert answer.status_code == 400
        assert f"« {next(iter(asked))}=" in answer.json()["erreur"]


@pytest.mark.parametrize(
    "address", ["datapackage.json", "catalogue.jsonld", "catalogue.ttl", "schemas/ort.json"]
)
def test_a_description_is_only_read(client, address):
    written = client.post(f"/donnees/{address}")
    assert written.status_code == 405
    # A program that reads JSON is told so in JSON.
    assert written["Content-Type"].startswith("application/json") == (not address.endswith("ttl"))
    assert client.head(f"/donnees/{address}").status_code == 200


def test_a_schema_explains_values_and_names_its_key(client):
    schema = client.get("/donnees/schemas/communes.json").json()
    fields = {field["name"]: field for field in schema["fields"]}
    assert schema["primaryKey"] == ["code_insee"]
    assert schema["missingValues"] == [""]
    assert {"value": "ort_signee", "label": "ORT signée"} in fields["statut"]["categories"]
    assert client.get("/donnees/schemas/ort-communes.json").json()["primaryKey"] == [
        "code_insee",
        "ort_identifiant",
    ]


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("/donnees/catalogue.ttl?au=2023-07-06", "ce catalogue n'en a pas"),
        ("/donnees/catalogue.jsonld?au=2023-07-06", "ce catalogue n'en a pas"),
        ("/donnees/openapi.json?au=2023-07-06", "cette description n'en a pas"),
    ],
)
def test_a_day_that_a_description_does_not_read_is_refused(client, address, known):
    answer = client.get(address)
    assert answer.status_code == 400
    assert f"« au=2023-07-06 » n'existe pas : {known}." in answer.content.decode()
