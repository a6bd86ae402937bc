"""The histories: from their files alone, each table of each day is rebuilt; nothing internal is there."""

import datetime
import html
import io
import json
import re
import zipfile
from urllib.parse import parse_qs

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from communes.models import (
    AncienNomCommune,
    AncienNomIntercommunalite,
    Commune,
    Departement,
    Labellisation,
    Rattachement,
    Region,
)
from projects.postes.models import Desserte, Poste
from projects.postes.models.occupations import IDENTITE
from pvd.portail.donnees.telechargements import TABLES
from socle.dates import ONE_DAY
from socle.historique import sans_historique
from socle.sources import affirm
from tests import factories
from tests.factories import day
from tests.pvd.portail.donnees import rejouer

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]

FIRST, LAST = day("2020-06-30"), day("2027-12-31")
# What tells a day and not a row: no period can hold it.
OF_THE_FILE = ("date_situation", "annee_cog")
SECRET = "SECRET-INTERNE"
HISTOIRES = {t.nom.removeprefix("historique-"): t for t in TABLES if not t.d_un_jour}


@pytest.fixture(autouse=True)
def at_the_end(monkeypatch):
    """Be on the last day: what came after it is never asked."""
    end = datetime.datetime(2027, 12, 31, 12, tzinfo=datetime.UTC)
    monkeypatch.setattr(timezone, "now", lambda: end)


@pytest.fixture
def monde():
    """A programme in which all that is hard to tell has happened."""
    for annee in (2021, 2022, 2023, 2024, 2026):
        factories.millesime(annee)
    lodevois = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    monts = factories.intercommunalite("200066553", nom="CC du Haut-Languedoc", nature="CA")
    seule = factories.intercommunalite("200099999", nom="CC d'une seule")
    AncienNomIntercommunalite.objects.create(
        intercommunalite=monts, nom="CC des Monts de Lacaune", fin=day("2025-01-01")
    )
    people = {2021: 7400, 2022: 7400, 2023: 7511, 2026: 7600}
    lodeve = factories.commune("34142", lodevois, nom="Lodève", populations=people)
    salvetat = factories.commune("34293", nom="La Salvetat", populations={2022: 1100})
    lacaune = factories.commune("81124", monts, nom="Lacaune")
    murat = factories.commune("81192", monts, nom="Murat-sur-Vèbre")
    ganges = factories.commune("34111", seule, nom="Ganges")
    factories.commune("34999", monts, nom="Autre membre")
    agde = factories.commune("34003", nom="Agde")
    # Names and memberships of the time.
    AncienNomCommune.objects.create(commune=salvetat, nom="La Salvetat-Vieille", fin="2024-03-01")
    Rattachement.objects.create(commune=salvetat, intercommunalite=lodevois, fin="2022-01-01")
    Rattachement.objects.create(commune=salvetat, intercommunalite=monts, debut="2022-01-01")
    # Two communes that regroup, and one that only changes its code.
    gros = factories.commune("34500", lodevois, nom="Gros-Bourg", debut=day("2025-01-01"))
    for code, nom in (("34501", "Petit-Un"), ("34502", "Petit-Deux")):
        town = factories.commune(code, lodevois, nom=nom, fin=day("2025-01-01"), successeur=gros)
        factories.labellisation(town, adhesion="2021-05-01")
    new = factories.commune("81500", monts, nom="Code neuf", debut=day("2023-01-01"))
    old = factories.commune("81501", monts, nom="Code vieux", fin="2023-01-01", successeur=new)
    factories.labellisation(old, id_pvd="pvd-76-81-1", adhesion="2024-02-01")
    # One that left and came back, one that is known to the year, one that leaves for good.
    factories.labellisation(lodeve, "2021-01-22", fin="2023-01-01", adhesion="2021-03-26")
    factories.labellisation(lodeve, "2024-05-01", precision_debut="au_plus_tard")
    factories.labellisation(salvetat, adhesion="2021-04-01", precision_adhesion="mois")
    factories.labellisation(lacaune, "2021-01-01", precision_debut="annee", fin="2026-02-01")
    factories.labellisation(ganges, fin="2023-06-01", adhesion="2021-09-01")
    # An ORT over two départements: extended in time, left by an avenant, entered again.
    ort = factories.convention(
        "2021-07-16",
        [lodeve, salvetat, agde, Commune.objects.get(pk="34501")],
        identifiant="ort-a",
        porteur=monts,
        duree_annees=3,
        note_interne=SECRET,
    )
    factories.avenant(ort, "2022-05-01", [lacaune, Commune.objects.get(pk="34502")], numero=1)
    out = factories.avenant(ort, "2022-10-01", numero=2, precision_signature="mois")
    factories.rewrite(ort.couvertures.filter(commune__in=[lodeve, agde]), sortie=out)
    back = factories.avenant(ort, "2024-06-01", numero=3, duree_annees=5, note_interne=SECRET)
    factories.couverture(ort, lodeve, entree=back, remarques_enquete=SECRET)
    # Over, then extended too late; a convention that is no ORT; one that is not signed.
    late = factories.convention("2021-12-01", [murat, old], identifiant="ort-b", duree_annees=2)
    factories.avenant(late, "2025-03-01", numero=1, duree_annees=6)
    factories.convention("2022-01-01", [ganges], identifiant="ort-c", precision_signature="annee")
    factories.convention("2021-03-01", [ganges], identifiant="non", vaut_ort=False)
    factories.convention(None, [lacaune], identifiant="future")
    posts(lodeve, lacaune, salvetat, ganges, old)


def posts(lodeve, lacaune, salvetat, ganges, old):
    """Posts held, vacant, advertised, closed, of no date at all, or that serve by turns."""
    named = {"employeur_commune": salvetat, "note_interne": SECRET, "quotite": 80}
    held = factories.poste(
        [lodeve, lacaune],
        identifiant="poste-a",
        date_ouverture=day("2021-06-01"),
        precision_ouverture="mois",
        date_fermeture=day("2026-09-01"),
        **named,
    )
    told = {"titulaire": SECRET, "courriel": "secret@exemple.fr", "quotite": 80}
    factories.occupation(held, "2021-10-01", "2022-12-01", **told)
    factories.occupation(held, "2023-04-03", "2025-02-01", **told)
    factories.recrutement(held, "2022-12-15", "recrute", "2023-03-01")
    factories.recrutement(held, "2025-05-01")
    turns = factories.poste(identifiant="poste-b", date_ouverture=day("2022-02-01"))
    Desserte.objects.create(poste=turns, commune=ganges, fin=day("2023-06-01"))
    Desserte.objects.create(poste=turns, commune=old, debut=day("2022-06-01"))
    factories.poste([ganges], identifiant="poste-c")
    factories.poste([salvetat], identifiant="poste-d", date_ouverture=day("2027-03-01"))


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
    """Return these days, those on which a rule alone ends an ORT, and one a month besides."""
    by_rule = {day("2024-07-15"), day("2024-07-16"), day("2023-11-30"), day("2023-12-01")}
    by_rule |= {day("2026-07-16"), day("2027-12-01")}
    months = {datetime.date(annee, mois, 17) for annee in range(2020, 2028) for mois in (2, 7, 11)}
    millesimes = {datetime.date(annee, 1, 1) for annee in range(2021, 2028)}
    found = days_of_the_base() | by_rule | months | millesimes
    return sorted(jour for jour in found if FIRST <= jour <= LAST)


def text(client, address, **asked):
    response = client.get(f"/donnees/{address}.csv", asked)
    assert response.status_code == 200
    return response.getvalue().decode()


class Files:
    """The files of the histories, read once each."""

    def __init__(self, client, departement="", **asked):
        self.client, self.read = client, {}
        self.asked = ({"departement": departement} if departement else {}) | asked

    def history(self, nom, **asked):
        key = nom, *asked.values()
        if key not in self.read:
            found = text(self.client, f"historique/{nom}", **self.asked, **asked)
            self.read[key] = rejouer.read(found)
        return self.read[key]

    def day(self, nom, jour, **asked):
        """Return the table of a day, without the columns that tell the file."""
        rows = rejouer.read(text(self.client, nom, au=jour, **self.asked, **asked))
        return [{k: v for k, v in row.items() if k not in OF_THE_FILE} for row in rows]


def in_order(rows):
    return sorted(rows, key=lambda row: sorted(row.items()))


def compare(files, jour):
    """Check each table of a day against what the histories rebuild of it; return how many cells agree."""
    of_day, history = rejouer.of_the_day, files.history
    noms = history("noms")
    rebuilt = [
        ("communes", {}, of_day(history("communes"), jour)),
        ("communes", {"statut": "sortie"}, of_day(history("communes", statut="sortie"), jour)),
        ("ort", {}, of_day(history("ort"), jour)),
        ("ort", {"statut": "terminee"}, of_day(history("ort", statut="terminee"), jour)),
        ("ort-communes", {}, of_day(history("ort-communes"), jour)),
        *(
            (nom, asked, of_day(history(nom, **asked), jour))
            for nom in ("ort", "ort-communes")
            for asked in ({"programme": "tous"}, {"programme": "tous", "statut": "terminee"})
        ),
        ("postes", {}, rejouer.postes_of_the_day(history("postes"), jour)),
        (
            "intercommunalites",
            {},
            rejouer.intercommunalites_of_the_day(history("rattachements"), noms, jour),
        ),
    ]
    agreed = 0
    for nom, asked, rows in rebuilt:
        expected = files.day(nom, jour, **asked)
        carried = set(rows[0]) if rows else set()
        missing = set(expected[0]) - carried if expected else set()
        assert not rows or nom == "intercommunalites" or missing == set(), (nom, missing)
        told = [{k: v for k, v in row.items() if k in carried} for row in expected]
        assert in_order(rows) == in_order(told), (nom, asked, jour)
        agreed += sum(map(len, rows))
    return agreed


@pytest.mark.parametrize("departement", ["", "34", "81"])
def test_every_day_is_rebuilt_from_the_files_alone(client, monde, departement):
    asked = days_asked()
    assert len(asked) >= 60
    # Of a département, the days on which something happens; of France, all of them.
    asked = asked if not departement else asked[::3]
    files = Files(client, departement)
    assert sum(compare(files, jour.isoformat()) for jour in asked) > 1_000


@pytest.mark.parametrize(
    "asked",
    [
        {"region": "76"},
        {"region": "94"},
        {"departement": ["34", "2a"]},
        {"region": "76", "departement": "81"},
        # Of no place at all: a département that is not of the région.
        {"region": "94", "departement": "81"},
    ],
)
def test_a_place_is_asked_of_a_history_as_of_its_table(client, monde, asked):
    corse, _ = Region.objects.get_or_create(code="94", defaults={"nom": "Corse"})
    factories.departement("2A", region=corse)
    ajaccio = factories.commune("2A004", nom="Ajaccio", populations={2021: 7000})
    factories.labellisation(ajaccio, adhesion="2021-03-01")
    factories.convention("2022-05-05", [ajaccio], identifiant="ort-ajaccio", duree_annees=4)
    factories.poste([ajaccio], identifiant="poste-ajaccio", date_ouverture=day("2022-01-01"))
    files = Files(client, **asked)
    agreed = sum(compare(files, jour) for jour in ("2021-12-01", "2023-01-01", "2027-12-31"))
    assert (agreed > 0) == (asked != {"region": "94", "departement": "81"})


def test_an_ort_without_laureate_has_its_periods_when_all_are_asked_for(client, monde):
    sete = factories.commune("34301", nom="Sète")
    factories.convention("2020-09-01", [sete], identifiant="ort-sete", duree_annees=5)
    for nom in ("ort", "ort-communes"):
        assert "ort-sete" not in text(client, f"historique/{nom}")
        told = rejouer.read(text(client, f"historique/{nom}", programme="tous", departement="34"))
        [row] = [row for row in told if row["ort_identifiant"] == "ort-sete"]
        assert (row["debut"], row["fin"]) == ("2020-09-01", "2025-09-01")
        other = text(client, f"historique/{nom}", programme="tous", departement="81")
        assert "ort-sete" not in other
    assert compare(Files(client), "2025-08-31")
    assert compare(Files(client), "2025-09-01")


@pytest.mark.parametrize("statut", ["laureate", "adhesion_signee", "ort_signee"])
def test_a_status_has_its_own_periods(client, monde, statut):
    files = Files(client, "")
    history = files.history("communes", statut=statut)
    for jour in ("2021-03-26", "2022-09-30", "2022-10-01", "2024-06-01", "2025-01-01"):
        told = files.day("communes", jour, statut=statut)
        assert in_order(rejouer.of_the_day(history, jour)) == in_order(told)


def test_the_five_hard_cases_are_told_by_their_periods(client, monde):
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
def test_periods_of_a_key_neither_overlap_nor_repeat_themselves(client, monde, nom):
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


def test_what_is_to_come_is_not_told(client, monde, monkeypatch):
    """On a day of 2024, the files say no more than they will then say of the days before."""
    then = datetime.datetime(2024, 5, 31, 12, tzinfo=datetime.UTC)
    monkeypatch.setattr(timezone, "now", lambda: then)
    files = Files(client, "")
    for nom in HISTOIRES:
        for row in files.history(nom):
            assert max(row["debut"], row["fin"]) <= "2024-05-31"
    assert "ort-a-avenant-3" not in text(client, "historique/ort-communes")
    assert compare(files, "2024-05-31")


def test_each_period_names_who_says_its_days(client, monde):
    label = Labellisation.objects.get(commune="34142", fin__isnull=False)
    said = factories.source("liste-2021")
    affirm(label, "debut", "22/01/2021", said, "jour", detail_interne=SECRET)
    affirm(label, "fin", "01/01/2023", factories.source("courrier-2023"), "jour")
    rows = [r for r in Files(client, "").history("communes") if r["code_insee"] == "34142"]
    of_first = [r for r in rows if r["debut"] < "2023-01-01"]
    assert of_first[0]["debut_sources"] == "liste-2021"
    assert of_first[-1]["fin_sources"] == "courrier-2023"
    assert all(r["debut_sources"] == "" for r in of_first[1:])


def internal_fields():
    """Yield each field of text that its own help says is never published, and those that name someone."""
    for model in apps.get_models():
        for field in model._meta.fields:
            internal = "amais publié" in str(field.help_text) or field.name in IDENTITE
            if internal and isinstance(field, models.CharField | models.TextField):
                yield model, field.name


def test_nothing_internal_is_in_a_history(client, monde):
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
def test_the_formats_say_the_same_and_keep_the_schema(client, monde, nom):
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


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("au=2023-07-06", "Une histoire n'est pas d'un jour"),
        ("departement=999", "« departement=999 » ne correspond à rien de connu"),
        ("statut=perdue", "« statut=perdue »"),
        ("departemnt=34", "n'existe pas"),
        ("tri=nom", "n'existe pas"),
        ("region=999", "« region=999 » ne correspond à rien de connu"),
        ("programme=tous", "« programme=tous » n'existe pas"),
        ("colonnes=maire", "n'a pas de colonne « maire »"),
        ("tableur=oui", "se demande par tableur=1"),
    ],
)
def test_what_is_not_understood_is_refused_in_french(client, asked, words):
    response = client.get(f"/donnees/historique/communes.csv?{asked}")
    assert response.status_code == 400
    assert words in response.content.decode()


def test_a_history_that_does_not_exist_is_not_found(client):
    for address in (
        "historique/maires.csv",
        "historique/ort.pdf",
        "schemas/historique-maires.json",
        "historique/maires.lisez-moi.txt",
        "historique-communes.csv",
        "historique/historique-communes.csv",
    ):
        assert client.get(f"/donnees/{address}").status_code == 404


def test_an_empty_base_has_empty_histories(client):
    for nom in HISTOIRES:
        assert text(client, f"historique/{nom}").count("\n") == 1


@pytest.mark.parametrize("nom", KEYS)
def test_a_history_costs_the_same_number_of_queries_whatever_its_rows(client, monde, nom):
    def count():
        with CaptureQueriesContext(connection) as queries:
            text(client, f"historique/{nom}")
        return len(queries)

    count()
    before = count()
    for n in range(5):
        town = factories.commune(epci="new")
        factories.labellisation(town, adhesion="2021-06-01")
        ort = factories.convention("2022-01-01", [town], duree_annees=5)
        factories.avenant(ort, "2023-01-01", [factories.commune(epci="new")])
        factories.occupation(factories.poste([town], employeur_commune=town), f"2022-01-0{n + 1}")
    assert Poste.objects.count() > 5
    assert count() == before


def test_the_name_of_a_history_says_all_that_was_asked_and_its_head_reads_no_row(client, monde):
    address = "/donnees/historique/communes.csv?departement=34&departement=81&statut=sortie"
    today = f"{timezone.localdate():%Y%m%d}"
    with CaptureQueriesContext(connection) as queries:
        head = client.head(address)
    expected = f'attachment; filename="pvd-historique-communes-34-81-sortie-{today}.csv"'
    assert head["Content-Disposition"] == client.get(address)["Content-Disposition"] == expected
    assert head.getvalue() == b""
    # The départements that are asked for and how far all are kept, and nothing of their communes.
    assert len(queries) <= 2


def test_a_history_says_its_perimeter_as_a_table_does(client, settings):
    factories.departement("30", tenue="aucune", nom="Gard", type_liaison=2)
    for extension in ("csv", "xlsx", "ods", "json"):
        answer = client.get(f"/donnees/historique/ort.{extension}?region=76&departement=30")
        answer.getvalue()
        assert parse_qs(answer["X-Perimetre"]) == {
            "connu": ["2027-12-31"],
            "region": ["76"],
            "departement": ["30"],
            "tenue.aucune": ["30"],
        }
        assert '</donnees/schemas/historique-ort.json>; rel="describedby"' in answer["Link"]
        help_at = answer["Link"].split("<")[2].split(">")[0]
        assert help_at.endswith("/donnees/historique/ort.lisez-moi.txt?region=76&departement=30")
        told = " ".join(client.get(help_at).content.decode().split())
        assert "Un fichier vide n'y veut pas dire zéro." in told
        assert "tels qu'ils sont connus au 31 décembre 2027" in told
        assert "/donnees/historique/ort.csv?region=76&departement=30" in told
    book = client.get("/donnees/historique/ort.xlsx").getvalue()
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book)).sheet_names
    assert sheets == ["donnees", "Lisez-moi"]
    assert client.get("/donnees/historique/ort.lisez-moi.txt?au=2023-07-06").status_code == 400


def test_the_posts_of_a_history_are_kept_as_posts_are(client):
    factories.departement("30", tenue="complete", tenue_postes="aucune", nom="Gard")
    told = client.get("/donnees/historique/postes.lisez-moi.txt?departement=30").content.decode()
    assert "Les données des chefs de projet ne sont pas tenues" in told


def test_each_row_of_the_territory_says_how_far_it_is_kept(client, monde):
    Departement.objects.filter(pk="34").update(tenue="complete")
    Departement.objects.filter(pk="81").update(tenue="listes")
    files = Files(client)
    members = {(r["code_departement"], r["tenue"]) for r in files.history("rattachements")}
    assert members == {("34", "complete"), ("81", "listes")}
    names = {r["code"]: r["tenue"] for r in files.history("noms")}
    assert (names["34142"], names["81124"]) == ("complete", "listes")
    # Of both départements, the one where they go the least far.
    assert (names["200017341"], names["200066553"]) == ("complete", "listes")


def test_the_site_of_a_département_leads_to_its_own_histories_first(client, settings, monde):
    settings.PVD_DEPARTEMENT = "34"
    page = client.get("/donnees/?au=2023-07-06").content.decode()
    links = re.findall(r'href="(/donnees/historique/communes\.[^"]*)"', page)
    assert [html.unescape(link) for link in links] == [
        "/donnees/historique/communes.csv?departement=34",
        "/donnees/historique/communes.csv?departement=34&tableur=1",
        *(f"/donnees/historique/communes.{e}?departement=34" for e in ("xlsx", "ods", "json")),
        "/donnees/historique/communes.csv",
        "/donnees/historique/communes.lisez-moi.txt?departement=34",
    ]
