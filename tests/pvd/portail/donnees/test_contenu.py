"""What each table says of how far its rows are kept, of how exactly its days are known, and of where."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import Departement, Rattachement, Tenue
from communes.territoire.contours.centroides import centroide
from communes.territoire.contours.models import ContourCommune
from projects.actions.models import Theme
from pvd.portail.donnees.telechargements import TABLES
from socle.dates import Precision
from tests import factories
from tests.factories import day

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]

SQUARE = [[0, 0, 0, 100, 100, 100, 100, 0, 0, 0]]


def lignes(client, table, **asked):
    text = client.get(f"/donnees/{table}.csv", asked).getvalue().decode()
    return list(csv.DictReader(io.StringIO(text)))


def ligne(client, table, **asked):
    [found] = lignes(client, table, **asked)
    return found


def keep(code, **tenues):
    Departement.objects.filter(pk=code).update(**tenues)


@pytest.mark.une_base
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.nom)
def test_every_table_says_how_far_its_rows_are_kept(table):
    assert "tenue" in table.entete


# The day of a figure is the one that was asked for; a history has the columns of its table.
DATEES = [table for table in TABLES if table.nom != "chiffres" and table.d_un_jour]


@pytest.mark.une_base
@pytest.mark.parametrize("table", DATEES, ids=lambda table: table.nom)
def test_every_day_of_a_table_has_its_precision(table):
    days = [c.nom for c in table.propres if c.type == "date"]
    precisions = [c for c in table.propres if c.nom.startswith("precision_")]
    assert len(precisions) == len(days)
    for colonne in precisions:
        assert colonne.contraintes == {"enum": list(Precision.values)}


@pytest.fixture(scope="module")
def monts(scene):
    """An ORT of La Salvetat (34), joined by Lacaune (81): days known to the month, to the year."""
    factories.millesime(2021)
    epci = factories.intercommunalite("200066553")
    salvetat, lacaune = (factories.commune(code, epci) for code in ("34293", "81124"))
    factories.labellisation(salvetat, adhesion="2021-04-01", precision_adhesion="mois")
    factories.labellisation(lacaune, adhesion="2021-04-29")
    ort = factories.convention(
        "2022-01-01", [salvetat], identifiant="monts", precision_signature="annee", duree_annees=5
    )
    act = factories.avenant(ort, "2023-01-11", [lacaune], numero=1, precision_signature="jour")
    keep("34", tenue=Tenue.COMPLETE)
    keep("81", tenue=Tenue.LISTES)
    return salvetat, lacaune, ort, act


def test_a_row_over_two_départements_is_kept_as_the_least_of_them(client, monts):
    for table in ("ort", "avenants", "intercommunalites"):
        assert ligne(client, table)["tenue"] == "listes", table
    told = {row["code_insee"]: row["tenue"] for row in lignes(client, "ort-communes")}
    assert told == {"34293": "complete", "81124": "listes"}
    # On the eve of the avenant, the ORT is of the Hérault alone.
    assert ligne(client, "ort", au="2023-01-10")["tenue"] == "complete"
    keep("34", tenue=Tenue.AUCUNE)
    assert ligne(client, "ort", au="2023-01-10")["tenue"] == "aucune"
    for table in ("ort", "avenants"):
        assert ligne(client, table)["tenue"] == "aucune", table


@pytest.mark.parametrize(
    ("champ", "tables"),
    [
        ("tenue_postes", ["postes", "recrutements"]),
        ("tenue_plans", ["actions", "etudes", "indicateurs", "financements", "versements"]),
        ("tenue_bilans", ["bilans"]),
    ],
)
def test_each_table_tells_the_field_that_it_is_kept_by(client, monts, champ, tables):
    salvetat, lacaune, ort, _ = monts
    poste = factories.poste([salvetat, lacaune], date_ouverture=day("2021-09-01"))
    factories.recrutement(poste, "2021-09-15")
    action = factories.action([salvetat, lacaune], ort, theme=Theme.objects.first())
    line = factories.financement(action)
    factories.fait_financement(line, "accord", "2023-02-01", 100)
    factories.fait_financement(line, "versement", "2023-03-01", 10)
    study = factories.etude([salvetat, lacaune], ort)
    factories.fait_etude(study, "commandee", "2023-02-01")
    factories.releve(action, 2, "2023-05-20")
    others = dict.fromkeys(("tenue", "tenue_postes", "tenue_plans", "tenue_bilans"), "complete")
    keep("34", **others)
    for tenue in ("aucune", "partielle"):
        keep("81", **others | {champ: tenue})
        for table in tables:
            told = {row["tenue"] for row in lignes(client, table, au="2024-01-01")}
            assert told == {tenue}, table


def test_a_day_of_a_commune_is_told_as_it_is_known(client, monts):
    def told(row):
        names = ("adhesion", "sortie", "ort", "entree_ort", "echeance")
        return [row[f"precision_{name}"] for name in names]

    def both(jour):
        return {row["code_insee"]: told(row) for row in lignes(client, "communes", au=jour)}

    assert both("2021-03-31") == {"34293": [""] * 5, "81124": [""] * 5}
    assert both("2021-04-01")["34293"] == ["mois", "", "", "", "mois"]
    assert both("2021-04-28")["81124"] == [""] * 5
    assert both("2021-04-29")["81124"] == ["jour", "", "", "", "jour"]
    assert both("2022-01-01")["34293"] == ["mois", "", "annee", "annee", ""]
    assert both("2023-01-10")["81124"] == ["jour", "", "", "", "jour"]
    assert both("2023-01-11")["81124"] == ["jour", "", "annee", "jour", ""]
    ganges = factories.commune("34111")
    factories.labellisation(ganges, fin="2023-06-01", precision_fin="mois")
    out = ligne(client, "communes", statut="sortie")
    assert (out["date_sortie_programme"], out["precision_sortie"]) == ("2023-06-01", "mois")


def test_the_delay_is_that_of_a_commune_whose_days_are_known(client, monts):
    def told(code, jour):
        rows = {row["code_insee"]: row for row in lignes(client, "communes", au=jour)}
        return rows[code]["echeance_ort"], rows[code]["delai_ort_jours"]

    assert told("81124", "2021-04-28") == ("", "")
    assert told("81124", "2021-04-29") == ("2022-10-29", "")
    assert told("81124", "2023-01-10") == ("2022-10-29", "")
    # From 29 April 2021 to 11 January 2023.
    assert told("81124", "2023-01-11") == ("", "622")
    # Known to the month, and to the year: no number of days.
    assert told("34293", "2022-01-01") == ("", "")


def test_the_act_of_entry_is_named_as_in_the_file_of_the_avenants(client, monts):
    _, _, _, act = monts
    told = {r["code_insee"]: r["avenant_identifiant"] for r in lignes(client, "communes")}
    assert told == {"34293": "", "81124": act.identifiant}
    assert ligne(client, "avenants")["avenant_identifiant"] == act.identifiant


def test_the_vintage_of_a_membership_is_the_one_that_gives_it(client, monts):
    salvetat, lacaune, _, _ = monts

    def told(jour):
        rows = lignes(client, "communes", au=jour)
        return {row["code_insee"]: row["annee_rattachement"] for row in rows}

    assert told("2021-06-01") == {"34293": "2021", "81124": "2021"}
    factories.millesime(2023)
    # Moved by hand in the middle of a year: the vintage of that year does not tell it, the next does.
    Rattachement.objects.filter(commune=lacaune).update(fin=day("2023-07-01"))
    Rattachement.objects.create(
        commune=lacaune, intercommunalite=factories.intercommunalite(), debut=day("2023-07-01")
    )
    assert told("2022-12-31") == {"34293": "2021", "81124": "2021"}
    assert told("2023-06-30") == {"34293": "2023", "81124": "2023"}
    assert told("2023-07-01") == {"34293": "2023", "81124": ""}
    factories.millesime(2024)
    assert told("2024-01-01") == {"34293": "2024", "81124": "2024"}
    Rattachement.objects.filter(commune=salvetat).update(fin=day("2022-01-01"))
    assert told("2022-06-01")["34293"] == ""


def test_a_commune_is_placed_by_its_contour_and_by_nothing_else(client, monts):
    salvetat, _, _, _ = monts
    ContourCommune.objects.create(
        commune=salvetat, annee=2026, attribution="IGN", anneaux=SQUARE, centre_x=50, centre_y=50
    )
    rows = {row["code_insee"]: row for row in lignes(client, "communes")}
    expected = centroide("34293", SQUARE)
    assert (rows["34293"]["longitude"], rows["34293"]["latitude"]) == tuple(map(str, expected))
    assert (rows["81124"]["longitude"], rows["81124"]["latitude"]) == ("", "")
    assert (rows["81124"]["code_region"], rows["81124"]["nom_region"]) == ("76", "Occitanie")


def test_more_communes_with_a_contour_take_no_more_queries(client, monts):
    counts = []
    for start in (0, 10):
        for n in range(start, start + 5):
            commune = factories.commune(f"34{n + 300}", factories.intercommunalite())
            factories.labellisation(commune)
            factories.convention("2022-01-01", [commune])
            ContourCommune.objects.create(
                commune=commune, annee=2026, attribution="", anneaux=SQUARE, centre_x=0, centre_y=0
            )
        with CaptureQueriesContext(connection) as queries:
            found = lignes(client, "communes")
        counts.append((len(found), len(queries)))
    (fewer, before), (more, after) = counts
    assert (more, after) == (fewer + 5, before)
