"""What the address of a file asks for: several values, a région, a perimeter, bounds; its name says it."""

import csv
import html
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from communes.models import Region
from projects.actions.models import Action
from tests import factories
from tests.factories import day

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


def lignes(client, table, asked=""):
    response = client.get(f"/donnees/{table}.csv?{asked}")
    assert response.status_code == 200, response.getvalue()
    return list(csv.DictReader(io.StringIO(response.getvalue().decode())))


def codes(client, asked="", table="communes", key="code_insee"):
    return [row[key] for row in lignes(client, table, asked)]


def refused(client, address):
    response = client.get(address)
    assert response.status_code == 400, address
    return response.content.decode()


@pytest.fixture(scope="module", autouse=True)
def quatre(scene):
    """Lodève (34), Lacaune (81), Ajaccio (2A) and Bordeaux (33), of three régions; Ganges is out."""
    corse, _ = Region.objects.get_or_create(code="94", defaults={"nom": "Corse"})
    aquitaine, _ = Region.objects.get_or_create(code="75", defaults={"nom": "Nouvelle-Aquitaine"})
    factories.departement("2A", region=corse)
    factories.departement("33", region=aquitaine)
    towns = {
        code: factories.commune(code, factories.intercommunalite(), populations={2021: size})
        for code, size in (("34142", 7000), ("81124", 2500), ("2A004", 20000), ("33063", 20001))
    }
    for town in towns.values():
        factories.labellisation(town)
    factories.labellisation(factories.commune("34111"), fin="2023-01-01")
    return towns


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("departement=34&departement=81", ["34142", "81124"]),
        ("departement=81&departement=34&departement=81", ["34142", "81124"]),
        ("departement=34&departement=", ["34142"]),
        ("departement=2a", ["2A004"]),
        ("departement=2A&departement=33", ["2A004", "33063"]),
        ("region=76", ["34142", "81124"]),
        ("region=76&region=94", ["2A004", "34142", "81124"]),
        ("region=76&departement=81", ["81124"]),
        ("region=94&departement=81", []),
        ("statut=sortie", ["34111"]),
        ("statut=sortie&statut=laureate&departement=34", ["34111", "34142"]),
        ("population_min=7000", ["2A004", "33063", "34142"]),
        ("population_min=7001", ["2A004", "33063"]),
        ("population_max=20000", ["2A004", "34142", "81124"]),
        ("population_max=19999", ["34142", "81124"]),
        ("population_min=2500&population_max=2500", ["81124"]),
        ("poste=inconnu&poste=vacant&region=94", ["2A004"]),
    ],
)
def test_several_values_of_a_filter_mean_or_and_several_filters_mean_and(
    client, quatre, asked, expected
):
    assert codes(client, asked) == expected
    listed = client.get(f"/communes/?{asked}&tri=nom")
    assert sorted(s.commune.pk for s in listed.context["situations"]) == expected


@pytest.mark.parametrize(
    "asked",
    ["au=2023-07-06&au=2024-01-01", "tri=nom&tri=statut", "q=lodeve&q=lacaune",
     "population_min=1&population_min=2", "population_max=beaucoup", "population_min=-1",
     "departement=34&departement=99", "departement=34&departement=x%00", "region=999",
     "fin_avant=01/01/2027", "fin_avant=2027-01-01&fin_avant=2028-01-01", "fin_avant=2027-02-30"],
)  # fmt: skip
def test_what_cannot_be_asked_twice_or_is_not_known_is_refused_in_french(client, quatre, asked):
    name = asked.partition("=")[0]
    for address in (f"/donnees/communes.csv?{asked}", f"/communes/?{asked}"):
        assert f"{name}=" in html.unescape(refused(client, address))


@pytest.mark.une_base
def test_the_address_of_a_file_is_asked_once_for_its_format(client, quatre):
    assert "n'est demandé qu'une fois" in refused(
        client, "/donnees/communes.csv?tableur=1&tableur=1"
    )
    assert "qu'une fois" in html.unescape(refused(client, "/communes/?page=1&page=1"))


@pytest.mark.une_base
def test_the_links_of_a_list_keep_every_value(client, quatre):
    page = client.get("/communes/?departement=34&departement=81&au=2023-07-06").content.decode()
    # Those that are chosen are all in sight, before the others.
    listed = re.search(r'<select[^>]* size="3" multiple>(.*?)</select>', page, re.DOTALL)[1]
    assert re.findall('value="([^"]*)"( selected)?', listed)[:3] == [
        ("34", " selected"),
        ("81", " selected"),
        ("", ""),
    ]
    links = [html.unescape(link) for link in re.findall(r'href="([^"]*)"', page)]
    both = "departement=34&departement=81"
    for kept in ("/donnees/communes.csv?", "/donnees/communes.xlsx?", "?departement"):
        assert any(link.startswith(kept) and both in link for link in links), kept
    assert any(both in link and "tri=" in link for link in links)
    # A criterion is taken away alone.
    tags = re.findall(r'href="(\?[^"]*)"\s+title="Retirer le critère', page)
    assert [html.unescape(tag) for tag in tags] == [
        "?au=2023-07-06&departement=81",
        "?au=2023-07-06&departement=34",
    ]
    assert "multiple" not in client.get("/communes/?departement=34").content.decode()


def test_an_empty_list_says_what_one_value_less_gives(client, quatre):
    listed = client.get("/communes/?departement=81&region=94")
    told = {s.texte: s.nombre for s in listed.context["filtres"].sorties_possibles}
    assert told == {
        "sans le critère « Département : Tarn (81) »": 1,
        "sans le critère « Région : Corse »": 1,
    }


@pytest.mark.une_base
@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("departement=34&statut=sortie", "pvd-communes-34-sortie-20260427.csv"),
        ("departement=34&statut=sortie&tableur=1", "pvd-communes-34-sortie-20260427-tableur.csv"),
        ("departement=34&departement=2a", "pvd-communes-2A-34-20260427.csv"),
        ("q=Lodève%20(34)", "pvd-communes-Lodeve-34-20260427.csv"),
        ("statut=ort_signee&population_min=5000", "pvd-communes-ort-signee-5000-20260427.csv"),
        ("tri=-nom", "pvd-communes-20260427.csv"),
    ],
)
def test_the_name_of_a_file_says_all_that_was_asked(client, quatre, asked, name):
    response = client.get(f"/donnees/communes.csv?au=2026-04-27&{asked}")
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    response.close()


@pytest.mark.une_base
def test_the_name_of_a_file_stays_short(client, quatre):
    for n in range(60):
        factories.departement(f"{n + 100}")
    asked = "&".join(f"departement={n + 100}" for n in range(60))
    response = client.get(f"/donnees/communes.csv?au=2026-04-27&{asked}")
    assert re.fullmatch(
        r'.*"pvd-communes-100-.*-etc-20260427\.csv"', response["Content-Disposition"]
    )
    assert len(response["Content-Disposition"]) < 160
    response.close()


@pytest.mark.une_base
@pytest.mark.parametrize("extension", ["csv", "xlsx", "ods", "json"])
def test_the_head_of_a_file_is_told_without_reading_a_row(client, quatre, extension):
    address = f"/donnees/communes.{extension}?departement=34&statut=sortie"
    whole = client.get(address)
    with CaptureQueriesContext(connection) as queries:
        head = client.head(address)
    assert head.status_code == 200
    assert head.getvalue() == b""
    for name in ("Content-Type", "Content-Disposition"):
        assert head[name] == whole[name]
    assert "Content-Length" not in head or head["Content-Length"] == whole["Content-Length"]
    # The département that is asked for and how far all are kept, and nothing of its communes.
    assert len(queries) == 2
    for bad in ("departement=99", "tri=x", "departemnt=34", "au=2023-02-30"):
        assert client.head(f"{address}&{bad}").status_code == 400, bad
    whole.close()


@pytest.mark.une_base
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("address", ["/donnees/communes.csv", "/donnees/schemas/communes.json"])
def test_a_file_is_only_read_and_says_so(method, address):
    # As a real client: the one of tests is not judged on forms.
    response = getattr(Client(enforce_csrf_checks=True), method)(address)
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
    assert "se lit seulement" in response.content.decode()


@pytest.fixture
def orts(quatre):
    """An ORT of Lodève, one of Sète without lauréate, one over, and one of Bordeaux, each with an avenant."""
    sete = factories.commune("34301", factories.intercommunalite())
    for identifiant, signature, commune, duree in (
        ("lodeve", "2022-01-01", quatre["34142"], 5),
        ("sete", "2022-01-01", sete, 6),
        ("finie", "2018-12-01", sete, 3),
        ("bordeaux", "2022-06-01", quatre["33063"], None),
    ):
        ort = factories.convention(
            signature, [commune], identifiant=identifiant, duree_annees=duree
        )
        factories.avenant(ort, "2022-07-01" if identifiant != "finie" else "2019-01-01")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", ["bordeaux", "lodeve"]),
        ("programme=tous", ["bordeaux", "lodeve", "sete"]),
        ("programme=tous&departement=34", ["lodeve", "sete"]),
        ("programme=tous&region=75", ["bordeaux"]),
        ("programme=tous&statut=terminee", ["finie"]),
        ("programme=tous&statut=terminee&statut=en_vigueur&departement=34", ["finie", "lodeve", "sete"]),
        ("statut=terminee", []),
        ("programme=tous&q=34301", ["sete"]),
    ],
)  # fmt: skip
def test_the_ort_without_a_lauréate_are_there_when_they_are_asked_for(
    client, orts, asked, expected
):
    asked = f"au=2024-01-01&{asked}"
    assert codes(client, asked, "ort", "ort_identifiant") == expected
    for table in ("ort-communes", "avenants"):
        assert codes(client, asked, table, "ort_identifiant") == expected, table
    listed = client.get(f"/ort/?{asked}")
    assert sorted(o.convention.identifiant for o in listed.context["lignes"]) == expected


@pytest.mark.parametrize(
    ("limite", "ort", "communes"),
    [
        ("2026-12-31", [], []),
        ("2027-01-01", [], []),
        ("2027-01-02", ["lodeve"], ["34142"]),
        ("2030-01-01", ["lodeve"], ["34142"]),
    ],
)
def test_the_ort_that_end_before_a_day_to_come(client, orts, limite, ort, communes):
    asked = f"au=2024-01-01&fin_avant={limite}"
    assert codes(client, asked, "ort", "ort_identifiant") == ort
    assert codes(client, asked) == communes
    # That of Sète ends on 1 January 2028, and covers no commune of the programme.
    found = codes(client, f"{asked}&programme=tous", "ort", "ort_identifiant")
    assert found == [*ort, *(["sete"] if limite == "2030-01-01" else [])]


def test_the_state_is_asked_for_by_the_name_of_its_column(client, quatre):
    lodeve, lacaune = quatre["34142"], quatre["81124"]
    held = factories.poste([lodeve], identifiant="pourvu", date_ouverture=day("2021-01-01"))
    factories.occupation(held, "2021-02-01")
    factories.poste([lacaune], identifiant="vacant", date_ouverture=day("2021-01-01"))
    key = "poste_identifiant"
    assert codes(client, "etat=vacant", "postes", key) == ["vacant"]
    assert codes(client, "etat=vacant&etat=pourvu", "postes", key) == ["pourvu", "vacant"]
    assert codes(client, "etat=vacant&poste=pourvu", "postes", key) == []
    ort = factories.convention("2022-01-01", [lodeve])
    action = factories.action([lodeve], ort)
    for identifiant, paid in (("paye", True), ("promis", False)):
        line = factories.financement(action, identifiant=identifiant, financeur_organisme=None)
        factories.fait_financement(line, "accord", "2022-02-01", 100)
        if paid:
            factories.fait_financement(line, "versement", "2022-03-01", 10)
    assert Action.objects.count() == 1
    for etat, found in (("verse_en_partie", ["paye"]), ("accorde", ["promis"]), ("solde", [])):
        told = lignes(client, "financements", f"etat={etat}")
        assert [row["financement_identifiant"] for row in told] == found
        assert {row["etat"] for row in told} <= {etat}
    assert "mêle" in refused(client, "/donnees/financements.csv?etat=solde&etat=achevee")
    dues = codes(client, "au=2024-01-01&etat=a_venir", "bilans", "etat")
    every = codes(client, "au=2024-01-01", "bilans", "etat")
    assert dues == [etat for etat in every if etat == "a_venir"]
    assert len(every) > len(dues)


@pytest.mark.une_base
@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/donnees/communes.csv", "text/plain"),
        ("/donnees/communes.json", "application/json"),
        ("/donnees/historique/communes.csv", "text/plain"),
        ("/communes/", "text/html"),
    ],
)
def test_an_address_of_more_criteria_than_anybody_writes_is_refused_in_french(
    client, address, kind
):
    answer = client.get(f"{address}?{'departement=34&' * 1001}")
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith(kind)
    assert "trop de critères" in answer.content.decode()
