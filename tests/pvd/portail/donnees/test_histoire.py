"""The histories: from their files alone, each table of each day is rebuilt; nothing internal is there."""

import datetime
import io
import json
import zipfile

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from communes.models import Labellisation
from projects.postes.models import Poste
from socle.dates import ONE_DAY
from socle.historique import sans_historique
from socle.sources import affirm
from tests import factories
from tests.factories import day
from tests.pvd.portail.donnees import rejouer
from tests.pvd.portail.donnees.histoires import (
    HISTOIRES,
    SECRET,
    Files,
    compare,
    in_order,
    internal_fields,
    text,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.deux_bases,
    pytest.mark.usefixtures("monde"),
]

FIRST, LAST = day("2020-06-30"), day("2027-12-31")


def days_of_the_base():
    """Return each day on which anything of the base begins or ends, with its eve."""
    days = set()
    for model in apps.get_models():
        names = [f.name for f in model._meta.fields if type(f) is models.DateField]
        for row in model._base_manager.values_list(*names) if names else ():
            days.update(found for found in row if found)
    days |= {day - ONE_DAY for day in days}
    return {found for found in days if FIRST <= found <= LAST}


def days_asked():
    """Return these days, those on which a rule alone ends an ORT, and one a year besides."""
    by_rule = {day("2024-07-15"), day("2024-07-16"), day("2023-11-30"), day("2023-12-01")}
    by_rule |= {day("2026-07-16"), day("2027-12-01")}
    others = {datetime.date(annee, 7, 17) for annee in range(2020, 2028)}
    millesimes = {datetime.date(annee, 1, 1) for annee in range(2021, 2028)}
    found = days_of_the_base() | by_rule | others | millesimes
    return sorted(jour for jour in found if FIRST <= jour <= LAST)


# Of France, all of them; a département is but one more filter, asked of days of its own. A database finds
# the facts of a day alike on all, and is tried by those of the départements.
TURNS = {"": slice(None), "34": slice(0, None, 9), "81": slice(4, None, 9)}


@pytest.mark.parametrize(
    "departement", [pytest.param("", marks=pytest.mark.une_base), "34", "81"], ids=str
)
def test_every_day_is_rebuilt_from_the_files_alone(client, departement):
    asked = days_asked()
    assert len(asked) >= 60
    asked = asked[TURNS[departement]]
    files = Files(client, departement)
    agreed = [compare(files, jour.isoformat(), at_once=not departement) for jour in asked]
    assert sum(agreed) > 1_000


@pytest.mark.parametrize("statut", ["laureate", "adhesion_signee", "ort_signee"])
def test_a_status_has_its_own_periods(client, statut):
    files = Files(client, "")
    history = files.history("communes", statut=statut)
    for jour in ("2021-03-26", "2022-09-30", "2022-10-01", "2024-06-01", "2025-01-01"):
        told = files.day("communes", jour, statut=statut)
        assert in_order(rejouer.of_the_day(history, jour)) == in_order(told)


def test_the_five_hard_cases_are_told_by_their_periods(client):
    files = Files(client, "")
    communes = files.history("communes")
    of_lodeve = [r for r in communes if r["code_insee"] == "34142"]
    # It left and came back: nothing holds between.
    assert not [r for r in of_lodeve if r["debut"] < "2024-05-01" and r["fin"] > "2023-01-01"]
    assert [r["fin"] for r in of_lodeve if r["debut"] < "2023-01-01"][-1] == "2023-01-01"
    back = next(r for r in of_lodeve if r["debut"] == "2024-05-01")
    assert (back["debut_precision"], back["statut"]) == ("au_plus_tard", "laureate")
    # Out of the ORT by an avenant known to the month, and in again by another.
    stays = [r for r in files.history("ort-communes") if r["code_insee"] == "34142"]
    assert {r["fin_precision"] for r in stays if r["fin"] == "2022-10-01"} == {"mois"}
    assert {r["avenant_identifiant"] for r in stays} == {"", "ort-a-avenant-3"}
    # Names, memberships and populations of the time.
    salvetat = [r for r in communes if r["code_insee"] == "34293"]
    assert {r["nom_commune"] for r in salvetat} == {"La Salvetat-Vieille", "La Salvetat"}
    assert {r["siren_epci"] for r in salvetat} == {"200017341", "200066553"}
    assert {r["population"] for r in of_lodeve} == {"7400", "7511", "7600"}
    states = [r["etat"] for r in files.history("postes") if r["poste_identifiant"] == "poste-a"]
    assert [s for n, s in enumerate(states) if n == 0 or s != states[n - 1]] == [
        *("vacant", "pourvu", "vacant", "recrutement", "vacant", "pourvu", "vacant", "recrutement"),
    ]


KEYS = {
    "communes": ["code_insee"],
    "ort": ["ort_identifiant"],
    "ort-communes": ["ort_identifiant", "code_insee"],
    "postes": ["poste_identifiant"],
    "rattachements": ["code_insee", "siren_epci"],
    "noms": ["territoire", "code"],
}


@pytest.mark.parametrize("nom", KEYS)
def test_periods_of_a_key_neither_overlap_nor_repeat_themselves(client, nom):
    by_key = {}
    for row in Files(client, "").history(nom):
        by_key.setdefault(tuple(row[name] for name in KEYS[nom]), []).append(row)
    assert by_key
    dated = ("debut", "fin", "debut_precision", "fin_precision", "debut_sources", "fin_sources")
    for rows in by_key.values():
        for row, after in zip(rows, rows[1:], strict=False):
            assert "" < row["fin"] <= after["debut"]
            same = all(row[k] == after[k] for k in row if k not in dated)
            assert not (same and row["fin"] == after["debut"])


def test_what_is_to_come_is_not_told(client, monkeypatch):
    """On a day of 2024, the files say no more than they will then say of the days before."""
    then = datetime.datetime(2024, 5, 31, 12, tzinfo=datetime.UTC)
    monkeypatch.setattr(timezone, "now", lambda: then)
    files = Files(client, "")
    for nom in HISTOIRES:
        for row in files.history(nom):
            assert max(row["debut"], row["fin"]) <= "2024-05-31"
    assert "ort-a-avenant-3" not in text(client, "historique/ort-communes")
    assert compare(files, "2024-05-31")


def test_each_period_names_who_says_its_days(client):
    label = Labellisation.objects.get(commune="34142", fin__isnull=False)
    said = factories.source("liste-2021")
    affirm(label, "debut", "22/01/2021", said, "jour", detail_interne=SECRET)
    affirm(label, "fin", "01/01/2023", factories.source("courrier-2023"), "jour")
    rows = [r for r in Files(client, "").history("communes") if r["code_insee"] == "34142"]
    of_first = [r for r in rows if r["debut"] < "2023-01-01"]
    assert of_first[0]["debut_sources"] == "liste-2021"
    assert of_first[-1]["fin_sources"] == "courrier-2023"
    assert all(r["debut_sources"] == "" for r in of_first[1:])


def test_nothing_internal_is_in_a_history(client):
    label = Labellisation.objects.first()
    affirm(label, "debut", f"{label.debut:%d/%m/%Y}", factories.source(), "jour", SECRET)
    marked = 0
    for model, champ in internal_fields():
        with sans_historique():
            marked += model._base_manager.update(**{champ: SECRET})
    assert marked > 20
    for nom in HISTOIRES:
        for extension in ("csv", "json", "xlsx", "ods"):
            sent = client.get(f"/donnees/historique/{nom}.{extension}").getvalue()
            if extension in ("xlsx", "ods"):
                with zipfile.ZipFile(io.BytesIO(sent)) as archive:
                    sent = b"".join(archive.read(name) for name in archive.namelist())
            assert SECRET.encode() not in sent


@pytest.mark.parametrize("nom", KEYS)
def test_the_formats_say_the_same_and_keep_the_schema(client, nom):
    schema = client.get(f"/donnees/schemas/historique-{nom}.json").json()
    names = [field["name"] for field in schema["fields"]]
    rows = Files(client, "").history(nom)
    assert list(rows[0]) == names
    told = json.loads(client.get(f"/donnees/historique/{nom}.json").getvalue())
    assert len(told) == len(rows)
    for extension in ("xlsx", "ods"):
        sent = client.get(f"/donnees/historique/{nom}.{extension}").getvalue()
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(sent))
        header, *cells = workbook.get_sheet_by_name("donnees").to_python(skip_empty_area=False)
        assert (header, len(cells)) == (names, len(rows))
    for field in schema["fields"]:
        allowed = field.get("constraints", {}).get("enum")
        assert not allowed or {row[field["name"]] for row in rows} <= {"", *allowed}
        assert "unique" not in field.get("constraints", {})


def test_no_column_of_a_history_has_the_name_of_another():
    for table in HISTOIRES.values():
        assert len(set(table.entete)) == len(table.entete)


def test_a_history_costs_the_same_number_of_queries_whatever_its_rows(client):
    """The rows are added to all of them at once."""

    def count(nom):
        with CaptureQueriesContext(connection) as queries:
            text(client, f"historique/{nom}")
        return len(queries)

    for nom in KEYS:
        count(nom)
    before = {nom: count(nom) for nom in KEYS}
    for n in range(5):
        town = factories.commune(epci="new")
        factories.labellisation(town, adhesion="2021-06-01")
        ort = factories.convention("2022-01-01", [town], duree_annees=5)
        factories.avenant(ort, "2023-01-01", [factories.commune(epci="new")])
        factories.occupation(factories.poste([town], employeur_commune=town), f"2022-01-0{n + 1}")
    assert Poste.objects.count() > 5
    assert {nom: count(nom) for nom in KEYS} == before
