"""The lists in JSON, by pages: each row once, in the order of the whole; a bad demand is refused."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from communes.models import Commune
from ort.models import Convention
from projects.postes.models import Poste
from pvd.portail.donnees.telechargements import TABLES
from tests import factories
from tests.factories import day
from tests.pages import adresse_du_fichier

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
NOMS = [table.nom for table in TABLES]


@pytest.fixture(scope="module", autouse=True)
def trois(scene):
    """Three communes, each with its ORT, its avenant and its post, that someone left."""
    factories.millesime(2021)
    for rank, code in enumerate(("34142", "34293", "81124")):
        town = factories.commune(code, factories.intercommunalite(), nom=f"Ville {rank}")
        factories.labellisation(town, adhesion="2021-03-26")
        ort = factories.convention("2022-01-01", [town], identifiant=f"ort-{rank}")
        factories.avenant(ort, "2022-06-01", numero=1)
        poste = factories.poste(
            [town], identifiant=f"poste-{rank}", date_ouverture=day("2021-06-01")
        )
        factories.occupation(poste, "2021-07-01", "2022-01-01")


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.getvalue()
    return answer, json.loads(answer.getvalue())


def links(answer):
    return {rel: at for at, rel in re.findall(r'<([^>]+)>; rel="(\w+)"', answer["Link"])}


def path_of(address):
    return address.removeprefix("http://testserver")


@pytest.mark.parametrize("nom", NOMS)
def test_the_pages_of_a_list_are_the_whole_of_it_in_its_order(client, nom):
    whole, rows = read(client, adresse_du_fichier(nom, "json", au="2023-07-06"))
    assert "X-Total-Count" not in whole
    assert set(links(whole)) == {"describedby", "help"}
    found = []
    # Of a few pages, the last of which is not full: that of the figures has a row a month.
    size = max(2, len(rows) // 3)
    address = adresse_du_fichier(nom, "json", au="2023-07-06", par_page=size)
    while address:
        answer, page = read(client, path_of(address))
        assert answer["X-Total-Count"] == str(len(rows))
        assert len(page) <= size
        found += page
        address = links(answer).get("next")
    assert found == rows


@pytest.mark.parametrize(
    ("nom", "tri"),
    [("communes", "-statut"), ("communes", "-nom"), ("ort", "-fin"), ("postes", "etat")],
)
def test_the_pages_follow_the_order_asked_for(client, nom, tri):
    _, rows = read(client, f"/donnees/{nom}.json?tri={tri}")
    pages = [f"/donnees/{nom}.json?tri={tri}&par_page=1&page={number}" for number in (1, 2, 3)]
    assert [row for page in pages for row in read(client, page)[1]] == rows


@pytest.mark.une_base
def test_a_page_reads_no_other_record_than_its_own(client):
    made = []

    def count(instance, **kwargs):
        made.append(instance.pk)

    for nom, model in (("communes", Commune), ("ort", Convention), ("postes", Poste)):
        made.clear()
        post_init.connect(count, sender=model)
        read(client, f"/donnees/{nom}.json?par_page=1&page=2")
        post_init.disconnect(count, sender=model)
        assert len(set(made)) == 1, nom


def test_a_page_says_where_the_others_are_with_all_that_was_asked(client):
    asked = {"departement": ["34", "81"], "colonnes": ["code_insee"], "tri": ["-nom"]}
    query = "departement=34&departement=81&colonnes=code_insee&tri=-nom&page=2&par_page=1"
    answer, rows = read(client, f"/donnees/communes.json?{query}")
    assert rows == [{"code_insee": "34293"}]
    told = links(answer)
    pages = {"first": "1", "prev": "1", "next": "3", "last": "3"}
    for rel, number in pages.items():
        parts = urlsplit(told[rel])
        assert parts.path == "/donnees/communes.json"
        # The day too, so that tomorrow its pages are of one list.
        assert parse_qs(parts.query) == asked | {
            "au": [f"{timezone.localdate()}"],
            "page": [number],
            "par_page": ["1"],
        }
    assert "par_page" not in told["help"]
    assert client.get(path_of(told["help"])).status_code == 200
    name = answer["Content-Disposition"]
    assert name.endswith('-page-2-par-1.json"'), name
    last, _ = read(client, path_of(told["last"]))
    assert set(links(last)) == {"describedby", "help", "first", "prev", "last"}


def test_a_history_is_cut_as_the_others_are(client):
    answer, rows = read(client, "/donnees/historique/noms.json?par_page=4")
    assert len(rows) == 4
    assert links(answer)["next"] == (
        "http://testserver/donnees/historique/noms.json?page=2&par_page=4"
    )


@pytest.mark.parametrize("asked", ["", "page=2", "page=", "par_page=", "page=2&par_page="])
def test_without_par_page_a_list_is_whole(client, asked):
    answer, rows = read(client, f"/donnees/communes.json?{asked}")
    assert len(rows) == 3
    assert "X-Total-Count" not in answer


@pytest.mark.une_base
@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("par_page=0", "« par_page=0 »"),
        ("par_page=-1", "« par_page=-1 »"),
        ("par_page=1001", "jusqu'à 1 000"),
        ("par_page=dix", "« par_page=dix »"),
        ("par_page=1.5", "« par_page=1.5 »"),
        ("par_page=٣", "« par_page=٣ »"),
        ("par_page=" + "9" * 5000, "« par_page=9999"),
        ("par_page=10&par_page=20", "n'est demandé qu'une fois"),
        ("par_page=2&page=0", "« page=0 »"),
        ("par_page=2&page=deux", "« page=deux »"),
        ("par_page=2&page=1&page=2", "n'est demandé qu'une fois"),
        ("par_page=2&page=3", "« 3 » n'existe pas : cette liste va de la page 1 à la page 2"),
        ("par_page=2&page=999999999", "cette liste va de la page 1 à la page 2"),
    ],
)
def test_what_cannot_be_a_page_is_refused_in_french_and_in_json(client, asked, told):
    answer = client.get(f"/donnees/communes.json?{asked}")
    assert answer.status_code == 400
    [said] = answer.json().values()
    assert told in " ".join(said.split())


@pytest.mark.une_base
@pytest.mark.parametrize("extension", ["csv", "xlsx", "ods", "geojson", "lisez-moi.txt"])
def test_json_alone_is_cut(client, extension):
    answer = client.get(f"/donnees/communes.{extension}?par_page=2")
    assert answer.status_code == 400
    assert "« par_page=2 »" in answer.content.decode()


def test_an_empty_list_has_one_page(client):
    answer, rows = read(client, "/donnees/communes.json?au=2019-01-01&par_page=10")
    assert (rows, answer["X-Total-Count"]) == ([], "0")
    assert set(links(answer)) == {"describedby", "help", "first", "last"}
    assert client.get("/donnees/communes.json?au=2019-01-01&par_page=10&page=2").status_code == 400


def test_the_head_of_a_page_reads_no_row(client):
    with CaptureQueriesContext(connection) as queries:
        head = client.head("/donnees/communes.json?par_page=2&page=9")
    assert (head.status_code, len(queries)) == (200, 1)
    assert "X-Total-Count" not in head
    assert client.head("/donnees/communes.json?par_page=0").status_code == 400


@pytest.mark.une_base
def test_a_page_of_another_site_reads_the_total(client):
    answer = client.get("/donnees/communes.json?par_page=2", headers={"origin": "https://autre.fr"})
    assert "X-Total-Count" in answer["Access-Control-Expose-Headers"]


def test_a_page_costs_the_same_number_of_queries_whatever_the_list(client):
    def count(nom):
        with CaptureQueriesContext(connection) as queries:
            answer, rows = read(client, adresse_du_fichier(nom, "json", par_page=2))
        assert len(rows) == 2
        return len(queries)

    noms = ("communes", "ort-communes", "postes", "historique-communes")
    for nom in noms:
        count(nom)
    before = {nom: count(nom) for nom in noms}
    for n in range(5):
        town = factories.commune(f"3420{n}", factories.intercommunalite())
        factories.labellisation(town, adhesion="2021-06-01")
        factories.convention("2022-01-01", [town], identifiant=f"autre-{n}")
        factories.poste([town], identifiant=f"autre-{n}")
    assert {nom: count(nom) for nom in noms} == before


@pytest.mark.une_base
def test_the_pages_are_described_where_they_are_read(client):
    paths = client.get("/donnees/openapi.json").json()["paths"]
    for nom in NOMS:
        told = paths[adresse_du_fichier(nom, "json")]["get"]
        names = {parameter["name"]: parameter["schema"] for parameter in told["parameters"]}
        assert names["par_page"] == {"type": "integer", "minimum": 1, "maximum": 1000}
        assert set(told["responses"]["200"]["headers"]) == {"X-Total-Count", "Link"}
        others = {p["name"] for p in paths[adresse_du_fichier(nom)]["get"]["parameters"]}
        assert not {"page", "par_page"} & others
