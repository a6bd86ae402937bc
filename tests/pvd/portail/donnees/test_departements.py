"""The file of the départements: the figures of the pages, empty where nothing is kept, and never zero."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import Departement, Tenue
from pvd.suivi.chiffres import chiffres
from pvd.suivi.models import Chiffre
from tests import factories
from tests.factories import day

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]

COLONNES = [
    *(
        "date_situation",
        "annee_cog",
        "code_departement",
        "nom_departement",
        "code_region",
        "nom_region",
    ),
    *(
        "tenue",
        "tenue_postes",
        "tenue_plans",
        "tenue_bilans",
        "communes",
        "intercommunalites",
        "ort",
    ),
    *("communes_couvertes", "par_avenant", "conventions_propres", "ort_par_avenant"),
    "chefs_de_projet",
]
CHIFFRES = COLONNES[10:]


def lignes(client, **asked):
    text = client.get("/donnees/departements.csv", asked).getvalue().decode()
    return {row["code_departement"]: row for row in csv.DictReader(io.StringIO(text))}


def told(row):
    return [row[name] for name in CHIFFRES]


def keep(code, tenue, **others):
    Departement.objects.filter(pk=code).update(tenue=tenue, **others)


@pytest.fixture
def monts():
    """La Salvetat (34), Lacaune and Murat (81), Ganges out: an ORT over two départements, an avenant."""
    epci = factories.intercommunalite("200066553")
    salvetat, lacaune, murat = (factories.commune(c, epci) for c in ("34293", "81124", "81192"))
    ganges = factories.commune("34111")
    for commune in (salvetat, lacaune, murat):
        factories.labellisation(commune)
    factories.labellisation(ganges, fin="2023-01-01")
    ort = factories.convention("2022-07-28", [salvetat], duree_annees=5)
    factories.avenant(ort, "2023-01-11", [lacaune])
    poste = factories.poste([salvetat, lacaune], date_ouverture=day("2021-09-01"))
    factories.occupation(poste, "2022-01-01", "2024-01-01")
    factories.occupation(poste, "2023-01-01")
    for code in ("34", "81"):
        keep(code, Tenue.COMPLETE, tenue_postes=Tenue.COMPLETE)
    return salvetat


def test_the_columns_are_those_of_the_contract(client, monts):
    response = client.get("/donnees/departements.csv")
    assert response.getvalue().decode().splitlines()[0].split(",") == COLONNES


@pytest.mark.parametrize(
    "jour",
    ["2021-01-21", "2021-01-22", "2022-07-27", "2022-07-28", "2022-12-31", "2023-01-01",
     "2023-01-10", "2023-01-11", "2023-12-31", "2024-01-01", "2026-11-01"],
)  # fmt: skip
def test_the_figures_are_those_that_are_counted_one_département_at_a_time(client, monts, jour):
    rows = lignes(client, au=jour)
    for code in ("34", "81"):
        counted = chiffres(Departement.objects.get(pk=code), day(jour))
        assert told(rows[code]) == [str(counted[Chiffre(nom)]) for nom in CHIFFRES], code


def test_a_day_is_told_by_hand(client, monts):
    rows = lignes(client, au="2023-07-06")
    assert told(rows["34"]) == ["1", "1", "1", "1", "0", "1", "0", "2"]
    assert told(rows["81"]) == ["2", "1", "1", "1", "1", "0", "1", "2"]


def test_what_is_not_kept_is_empty_and_not_zero(client, monts):
    keep("81", Tenue.AUCUNE, tenue_postes=Tenue.AUCUNE)
    assert told(lignes(client)["81"]) == [""] * 8
    # Where the national lists alone tell, what they tell is told; what they do not is not zero.
    keep("81", Tenue.LISTES)
    assert told(lignes(client, au="2022-12-31")["81"]) == ["2", "1", "", "", "", "", "", ""]
    keep("81", Tenue.PARTIELLE, tenue_postes=Tenue.PARTIELLE)
    assert told(lignes(client, au="2023-07-06")["81"]) == ["2", "1", "1", "1", "1", "", "1", "2"]
    keep("81", Tenue.COMPLETE)
    assert told(lignes(client, au="2022-12-31")["81"]) == ["2", "1", "0", "0", "0", "0", "0", "1"]


def test_a_département_that_is_kept_or_ever_had_a_commune_has_its_row(client, monts):
    factories.departement("30", tenue=Tenue.AUCUNE)
    keep("34", Tenue.AUCUNE, tenue_postes=Tenue.AUCUNE)
    # Ganges was of the programme: the département still has its row once nothing of it is kept.
    assert list(lignes(client)) == ["34", "81"]
    assert list(lignes(client, au="2021-01-21")) == ["81"]
    keep("30", Tenue.AUCUNE, tenue_bilans=Tenue.PARTIELLE)
    rows = lignes(client)
    assert list(rows) == ["30", "34", "81"]
    assert (rows["30"]["tenue_bilans"], told(rows["30"])) == ("partielle", [""] * 8)
    assert list(lignes(client, departement="81")) == ["81"]


def test_more_départements_take_no_more_queries(client, monts):
    counts = []
    for code in ("11", "12"):
        commune = factories.commune(f"{code}001", factories.intercommunalite())
        factories.labellisation(commune)
        factories.convention("2022-01-01", [commune])
        factories.occupation(factories.poste([commune]), "2022-01-01")
        with CaptureQueriesContext(connection) as queries:
            found = lignes(client)
        counts.append((len(found), len(queries)))
    (fewer, before), (more, after) = counts
    assert (more, after) == (fewer + 1, before)
