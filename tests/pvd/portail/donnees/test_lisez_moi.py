"""What a file says of itself: its perimeter, what is not kept, its columns, and how it is read and cited."""

import io
from urllib.parse import parse_qs

import openpyxl
import pytest
from django.db.models import F
from python_calamine import CalamineWorkbook

from communes.models import Departement, Region
from pvd.portail.donnees.telechargements import TABLES
from pvd.portail.donnees.valeurs import MOTS, mots_de, valeurs_dites
from socle.fichiers.colonnes import Colonne
from tests import factories
from tests.pages import adresse_du_fichier

pytestmark = pytest.mark.django_db
NOMS = [table.nom for table in TABLES]
GARD = "Les données du programme ne sont pas tenues pour le Gard (30)"
PAS_ZERO = "Un fichier vide n'y veut pas dire zéro."


@pytest.fixture(autouse=True)
def departements(settings):
    settings.PVD_EDITEUR, settings.PVD_EDITEUR_CONTACT = "DDTM de l'Hérault", "pvd@exemple.fr"
    factories.millesime(2021)
    factories.departement("30", tenue="aucune", nom="Gard", type_liaison=2)
    herault = factories.departement("34", tenue="complete", nom="Hérault")
    factories.departement("81", tenue="listes", nom="Tarn", type_liaison=2)
    factories.labellisation(factories.commune("34142", departement=herault))


def notice(client, table="communes", **asked):
    answer = client.get(adresse_du_fichier(table, "lisez-moi.txt", **{"au": "2023-07-06"} | asked))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    return " ".join(answer.content.decode().split())


def test_an_empty_file_is_not_zero(client):
    told = notice(client, departement="30")
    assert GARD in told
    assert PAS_ZERO in told
    assert "Département : Gard" in told
    kept = notice(client, departement="34")
    assert "Tout, en entier." in kept
    assert PAS_ZERO not in kept


def test_what_the_national_lists_tell_is_a_level_of_its_own(client):
    told = notice(client, departement="81")
    assert "d'après les listes nationales pour le Tarn (81)" in told
    assert PAS_ZERO not in told


def test_a_file_of_france_says_where_it_is_kept(client):
    told = notice(client)
    assert "sont tenues en entier pour l'Hérault seulement" in told
    assert "ne veut pas dire zéro" in told


def test_each_table_is_kept_in_its_own_way(client):
    assert "Les données des chefs de projet" in notice(client, "postes")
    assert "Les données des bilans" in notice(client, "bilans")


@pytest.mark.parametrize("nom", NOMS)
def test_the_notice_of_each_table_tells_each_of_its_columns(client, nom):
    [table] = [table for table in TABLES if table.nom == nom]
    told = notice(client, nom)
    for colonne in table.colonnes:
        assert f"{colonne.nom} : {' '.join(colonne.description.split())}" in told
    for expected in (
        adresse_du_fichier(nom, au="2023-07-06"),
        "La situation au 6 juillet 2023." if table.d_un_jour else "Jours : Tous : chaque ligne",
        "DDTM de l'Hérault, «",
        "pvd@exemple.fr",
        "Licence Ouverte 2.0",
        "R (non essayé) :",
    ):
        assert expected in told


def test_the_headers_say_the_perimeter(client):
    asked = {"au": "2023-07-06", "departement": "30", "q": "é"}
    for extension in ("csv", "json", "xlsx", "ods"):
        answer = client.get(f"/donnees/communes.{extension}", asked)
        answer.getvalue()
        assert answer["X-Perimetre"].isascii()
        assert parse_qs(answer["X-Perimetre"]) == {
            "jour": ["2023-07-06"],
            "q": ["é"],
            "departement": ["30"],
            "tenue.aucune": ["30"],
        }
        assert '</donnees/schemas/communes.json>; rel="describedby"' in answer["Link"]
        help_at = answer["Link"].split("<")[2].split(">")[0]
        assert 'rel="help"' in answer["Link"]
        assert GARD in " ".join(client.get(help_at).content.decode().split())
    france = client.get("/donnees/communes.csv")
    france.getvalue()
    assert parse_qs(france["X-Perimetre"])["tenue.complete"] == ["34"]
    assert parse_qs(france["X-Perimetre"])["tenue.aucune"] == ["30"]


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("region=76", {"tenue.complete": ["34"], "tenue.listes": ["81"], "tenue.aucune": ["30"]}),
        ("region=76&departement=34", {"tenue.complete": ["34"]}),
        ("region=76&departement=34&departement=2A", {"tenue.complete": ["34"]}),
        ("region=76&region=94&departement=2A", {"tenue.partielle": ["2A"]}),
        ("departement=34&departement=2A", {"tenue.partielle": ["2A"], "tenue.complete": ["34"]}),
        ("region=94&departement=34", {}),
    ],
)
@pytest.mark.parametrize("nom", ["communes", "postes", "historique-communes"])
def test_a_région_and_a_département_are_both_asked_for(client, asked, kept, nom):
    """Of both, the file is of the départements of its rows: an « and », as for any two filters."""
    corse, _ = Region.objects.get_or_create(code="94", defaults={"nom": "Corse"})
    factories.departement("2A", region=corse, tenue="partielle", nom="Corse-du-Sud")
    Departement.objects.update(tenue_postes=F("tenue"))
    answer = client.get(f"{adresse_du_fichier(nom)}?{asked}")
    answer.getvalue()
    told = parse_qs(answer["X-Perimetre"])
    assert {name: codes for name, codes in told.items() if name.startswith("tenue")} == kept
    notice_at = f"{adresse_du_fichier(nom, 'lisez-moi.txt')}?{asked}"
    told = " ".join(client.get(notice_at).content.decode().split())
    assert ("Aucun des départements demandés" in told) == (not kept)
    assert ("tenues en partie pour" in told) == ("tenue.partielle" in kept)
    assert ("ne sont pas tenues pour le Gard" in told) == ("tenue.aucune" in kept)


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_the_last_sheet_of_a_workbook_is_its_notice(client, extension):
    answer = client.get(f"/donnees/communes.{extension}", {"departement": "30"})
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue()))
    assert workbook.sheet_names == ["donnees", "Lisez-moi"]
    told = " ".join(cell for row in workbook.get_sheet_by_index(1).to_python() for cell in row)
    assert GARD in told
    assert PAS_ZERO in told


def test_a_workbook_bears_who_publishes_it(client):
    answer = client.get("/donnees/communes.xlsx", {"departement": "34", "au": "2023-07-06"})
    properties = openpyxl.load_workbook(io.BytesIO(answer.getvalue())).properties
    assert properties.creator == "DDTM de l'Hérault"
    assert properties.title.startswith(
        "Petites villes de demain : Communes du programme, au 6 juillet"
    )


def test_what_is_made_up_says_so_wherever_it_is_described(client, settings):
    settings.PVD_DEMO = True
    assert notice(client).startswith("Données fictives – Petites villes de demain : Communes")
    answer = client.get("/donnees/communes.xlsx", {"departement": "34"})
    workbook = openpyxl.load_workbook(io.BytesIO(answer.getvalue()))
    assert workbook.properties.title.startswith("Données fictives – ")
    assert workbook["Lisez-moi"]["A1"].value.startswith("Données fictives – ")
    assert client.get("/donnees/datapackage.json").json()["title"].startswith("Données fictives")
    told = client.get("/donnees/catalogue.ttl").content.decode()
    assert told.count('dct:title "Données fictives – ') == len(TABLES) + 1


def test_a_notice_is_refused_as_its_file_is(client):
    answer = client.get("/donnees/communes.lisez-moi.txt", {"departement": "99"})
    assert answer.status_code == 400
    assert "« departement=99 »" in answer.content.decode()
    assert client.get("/donnees/agents.lisez-moi.txt").status_code == 404
    assert client.post("/donnees/communes.lisez-moi.txt").status_code == 405


@pytest.mark.parametrize("table", TABLES, ids=NOMS)
def test_every_value_has_its_words(table):
    for colonne in table.colonnes:
        values = set(map(str, colonne.contraintes.get("enum", ())))
        assert any(values <= known for known in MOTS) or not values, (
            f"{colonne.nom} : dites ses valeurs dans pvd/portail/donnees/valeurs.py"
        )
        assert set(mots_de(colonne)) == values


def test_a_value_is_told_once_when_its_word_is_itself():
    few = Colonne("unite", str, "Unité.", contraintes={"enum": ["HT", "TTC"]})
    assert valeurs_dites(few) == "HT : hors taxes ; TTC : toutes taxes comprises"
    assert valeurs_dites(Colonne("nom", str, "Nom.")) == ""


def test_the_notice_costs_a_constant_number_of_queries(client, django_assert_max_num_queries):
    asked = {"departement": "34", "epci": factories.intercommunalite("200017341").pk}
    with django_assert_max_num_queries(12):
        notice(client, **asked)
