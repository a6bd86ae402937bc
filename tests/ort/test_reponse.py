"""The answer to the national survey: its rows on a day, in the words of the list; what is left empty."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import ContourCommune, Rattachement
from ort.liste.colonnes import ColonneNationale
from ort.liste.reponse import COLONNES, cellules, lignes_nationales
from ort.models import CommuneCouverte, Convention
from socle.historique import signed_by
from tests import factories
from tests.factories import day, rewrite

pytestmark = pytest.mark.django_db

TODAY = "2024-06-30"


def rows(jour, code="34"):
    """Return the rows of a département, each as {column: cell}."""
    departement = factories.departement(code)
    return [
        dict(zip(map(str, ColonneNationale), cellules(ligne), strict=True))
        for ligne in lignes_nationales(departement, day(jour))
    ]


def told(jour, *columns, code="34"):
    """Return the code of the commune and these columns of each row."""
    return [(row["Code commune"], *(row[c] for c in columns)) for row in rows(jour, code)]


SIGNEE, SIGNATURE, ENVISAGEE = (
    "Signée ?",
    "Si signée, date de signature",
    "Si non signée, date de signature envisagée",
)


@pytest.fixture
def lodeve():
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    return factories.commune("34142", epci, nom="Lodève")


@pytest.fixture
def agde():
    return factories.commune("34003", nom="Agde")


@pytest.fixture
def pezenas():
    return factories.commune("34199", nom="Pézenas")


def test_the_columns_are_those_of_the_list_in_its_order():
    assert ",".join(str(colonne.nom) for colonne in COLONNES) == (
        "Commune,EPCI,Département,Région,Code commune,Statut de la commune,Signée ?,"
        "Si signée, date de signature,Si non signée, date de signature envisagée,"
        "Durée (en années),Date de fin estimée,Remarques,Avancement,ACV,PVD,longitude,latitude,"
        "Dernière actualisation,Actualisé par"
    )


def test_a_row_is_whole(lodeve, settings):
    settings.PVD_EDITEUR = "DDTM de l'Hérault"
    factories.labellisation(lodeve)
    ort = factories.convention("2021-07-16", [lodeve], duree_annees=5)
    rewrite(ort.couvertures, remarques_enquete="Bilan fait")
    (row,) = rows(TODAY)
    assert row == {
        "Commune": "34 - Lodève",
        "EPCI": "CC Lodévois et Larzac",
        "Département": "Hérault",
        "Région": "Occitanie",
        "Code commune": "34142",
        "Statut de la commune": "2. Commune PVD",
        "Signée ?": "Signée",
        "Si signée, date de signature": date(2021, 7, 16),
        "Si non signée, date de signature envisagée": None,
        "Durée (en années)": 5,
        "Date de fin estimée": date(2026, 7, 16),
        "Remarques": "Bilan fait",
        "Avancement": None,
        "ACV": None,
        "PVD": None,
        "longitude": None,
        "latitude": None,
        "Dernière actualisation": None,
        "Actualisé par": "DDTM de l'Hérault",
    }


@pytest.mark.parametrize(
    ("jour", "signee", "signature", "fin"),
    [
        ("2021-07-15", "Non signée", None, None),
        ("2021-07-16", "Signée", date(2021, 7, 16), date(2023, 7, 16)),
        ("2023-07-15", "Signée", date(2021, 7, 16), date(2023, 7, 16)),
        ("2023-07-16", "Terminée", date(2021, 7, 16), date(2023, 7, 16)),
    ],
)
def test_a_commune_of_the_programme_waits_is_covered_then_was(lodeve, jour, signee, signature, fin):
    factories.labellisation(lodeve)
    factories.convention("2021-07-16", [lodeve], duree_annees=2)
    assert told(jour, SIGNEE, SIGNATURE, "Date de fin estimée") == [
        ("34142", signee, signature, fin)
    ]


@pytest.mark.parametrize(
    ("jour", "expected"),
    [
        ("2023-01-10", [("34003", "Signée", date(2021, 2, 26))]),
        ("2023-01-11", [("34003", "Signée", date(2021, 2, 26)), ("34199", "Signée", date(2023, 1, 11))]),
        ("2023-09-30", [("34003", "Signée", date(2021, 2, 26)), ("34199", "Signée", date(2023, 1, 11))]),
        ("2023-10-01", [("34003", "Signée", date(2021, 2, 26))]),
    ],
)  # fmt: skip
def test_a_commune_added_by_avenant_has_the_day_of_the_avenant_until_it_leaves(
    agde, pezenas, jour, expected
):
    ort = factories.convention("2021-02-26", [agde])
    factories.avenant(ort, "2023-01-11", [pezenas])
    out = factories.avenant(ort, "2023-10-01")
    rewrite(ort.couvertures.filter(commune=pezenas), sortie=out)
    assert told(jour, SIGNEE, SIGNATURE) == expected


def test_the_duration_is_the_one_that_the_day_knows(agde):
    ort = factories.convention("2021-02-26", [agde], duree_annees=5)
    factories.avenant(ort, "2023-01-11", duree_annees=8)
    columns = ("Durée (en années)", "Date de fin estimée")
    assert told("2023-01-10", *columns) == [("34003", 5, date(2026, 2, 26))]
    assert told("2023-01-11", *columns) == [("34003", 8, date(2029, 2, 26))]


def test_an_ort_to_be_signed_tells_its_planned_day_and_no_end(agde, pezenas):
    factories.convention(None, [agde], date_signature_prevue=day("2027-03-01"), duree_annees=5)
    signed = factories.convention("2021-02-26", [agde])
    factories.avenant(signed, None, [pezenas], date_signature_prevue=day("2024-12-01"))
    assert told(
        TODAY, SIGNEE, SIGNATURE, ENVISAGEE, "Durée (en années)", "Date de fin estimée"
    ) == [
        ("34003", "Signée", date(2021, 2, 26), None, None, None),
        ("34003", "Non signée", None, date(2027, 3, 1), 5, None),
        ("34199", "Non signée", None, date(2024, 12, 1), None, None),
    ]


def test_an_avenant_signed_before_its_convention_brings_nobody_in(agde):
    ort = factories.convention(None, date_signature_prevue=day("2027-03-01"))
    factories.avenant(ort, "2023-01-11", [agde])
    assert told(TODAY, SIGNEE, SIGNATURE, ENVISAGEE) == [
        ("34003", "Non signée", None, date(2027, 3, 1))
    ]


def test_what_was_signed_since_is_told_of_no_day_before(lodeve, agde):
    """But a commune of the programme awaits an ORT: of its own, the day that was planned alone."""
    factories.labellisation(lodeve)
    planned = {"date_signature_prevue": day("2021-06-30"), "duree_annees": 5}
    factories.convention("2021-07-16", [lodeve, agde], **planned)
    columns = (SIGNEE, SIGNATURE, ENVISAGEE, "Durée (en années)", "Date de fin estimée")
    assert told("2021-07-15", *columns) == [
        ("34142", "Non signée", None, date(2021, 6, 30), None, None)
    ]
    assert [row[:2] for row in told("2021-07-16", *columns)] == [
        ("34003", "Signée"),
        ("34142", "Signée"),
    ]


def test_a_commune_of_the_programme_without_ort_has_its_row(lodeve, agde):
    factories.labellisation(lodeve, debut="2021-01-22", fin="2023-12-01")
    factories.convention("2021-01-01", [lodeve], vaut_ort=False)
    assert told("2021-01-21", SIGNEE) == []
    assert told("2021-01-22", SIGNEE, "Remarques") == [("34142", "Non signée", None)]
    assert told("2023-11-30", SIGNEE) == [("34142", "Non signée")]
    assert told("2023-12-01", SIGNEE) == []


def test_the_main_town_of_an_ort_of_acv_is_of_acv_but_if_it_is_of_the_programme(
    agde, pezenas, lodeve
):
    acv = {"origine": Convention.Origine.ACV, "ville_principale": agde}
    factories.convention("2021-02-26", [agde, pezenas], **acv)
    factories.convention("2021-02-26", [lodeve], ville_principale=lodeve)
    statut = "Statut de la commune"
    expected = [("34003", "1. Commune ACV"), ("34142", "3. Autre"), ("34199", "3. Autre")]
    assert told(TODAY, statut) == expected
    factories.labellisation(agde, debut="2024-06-30")
    assert told("2024-06-29", statut)[0] == ("34003", "1. Commune ACV")
    assert told("2024-06-30", statut)[0] == ("34003", "2. Commune PVD")


@pytest.mark.parametrize("precision", ["mois", "annee", "au_plus_tard"])
def test_a_day_that_is_not_known_is_not_written(agde, precision):
    signed = {"precision_signature": precision, "duree_annees": 5}
    factories.convention("2023-01-01", [agde], **signed)
    assert told(TODAY, SIGNEE, SIGNATURE, "Durée (en années)", "Date de fin estimée") == [
        ("34003", "Signée", None, 5, None)
    ]


def test_names_are_those_of_the_day(lodeve):
    factories.labellisation(lodeve)
    lodeve.anciens_noms.create(nom="Luteva", fin=day("2022-01-01"))
    now = factories.intercommunalite("200066553", nom="CC d'après")
    rewrite(Rattachement.objects.filter(commune=lodeve), fin=day("2023-01-01"))
    Rattachement.objects.create(commune=lodeve, intercommunalite=now, debut=day("2023-01-01"))
    assert told("2021-12-31", "Commune", "EPCI") == [
        ("34142", "34 - Luteva", "CC Lodévois et Larzac")
    ]
    assert told("2022-12-31", "Commune", "EPCI") == [
        ("34142", "34 - Lodève", "CC Lodévois et Larzac")
    ]
    assert told("2023-01-01", "Commune", "EPCI") == [("34142", "34 - Lodève", "CC d'après")]


def test_a_commune_that_joined_another_is_told_under_its_name(lodeve):
    joined = factories.commune("34093", nom="Dio", fin=day("2024-01-01"), successeur=lodeve)
    factories.labellisation(joined)
    factories.convention("2021-07-16", [joined, lodeve])
    names = ("Commune", SIGNEE)
    assert told("2023-12-31", *names) == [
        ("34093", "34 - Dio", "Signée"),
        ("34142", "34 - Lodève", "Signée"),
    ]
    assert told("2024-01-01", *names) == [("34142", "34 - Lodève", "Signée")]


def test_a_commune_that_came_back_has_one_row(agde):
    ort = factories.convention("2021-02-26", [agde])
    out = factories.avenant(ort, "2022-01-01")
    rewrite(ort.couvertures, sortie=out)
    factories.avenant(ort, "2023-01-01", [agde])
    assert told("2021-12-31", SIGNATURE) == [("34003", date(2021, 2, 26))]
    assert told("2022-06-01", SIGNATURE) == []
    assert told("2023-01-01", SIGNATURE) == [("34003", date(2023, 1, 1))]


def test_each_departement_answers_for_its_own_communes(agde):
    lacaune = factories.commune("81124", nom="Lacaune")
    factories.convention("2022-07-28", [agde, lacaune])
    assert told(TODAY, "Commune") == [("34003", "34 - Agde")]
    assert told(TODAY, "Commune", code="81") == [("81124", "81 - Lacaune")]
    assert told(TODAY, code="12") == []


def test_the_last_change_is_that_of_an_agent_and_not_of_a_load(lodeve, agde):
    factories.labellisation(lodeve)
    factories.convention("2021-07-16", [lodeve, agde])
    assert told(TODAY, "Dernière actualisation") == [("34003", None), ("34142", None)]
    agent = factories.agent("ana", [factories.departement()])
    with signed_by(agent):
        couverture = CommuneCouverte.objects.get(commune=lodeve)
        couverture.remarques_enquete = "Avenant en vue"
        couverture.save()
    version = CommuneCouverte.history.filter(history_user=agent)
    # 22:41 in summer at Greenwich is the next day in Paris.
    rewritten = {"history_date": f"{TODAY}T22:41:00Z"}
    assert version.update(**rewritten) == 1
    assert told(TODAY, "Dernière actualisation") == [
        ("34003", None),
        ("34142", "01-07-2024 00:41"),
    ]


def test_the_place_is_that_of_the_contour(lodeve):
    factories.labellisation(lodeve)
    ContourCommune.objects.create(
        commune=lodeve,
        annee=2026,
        attribution="IGN",
        anneaux=[[0, 0, 0, 1000, 1000, 1000, 1000, 0, 0, 0]],
        centre_x=1,
        centre_y=1,
    )
    # Five kilometres to the east and to the south of the point where the drawing begins.
    assert told(TODAY, "longitude", "latitude") == [("34142", 3.0653, 46.455)]


def queries():
    with CaptureQueriesContext(connection) as captured:
        assert rows(TODAY)
    return len(captured)


def test_the_number_of_queries_does_not_grow(lodeve):
    factories.labellisation(lodeve)
    ort = factories.convention("2021-07-16", [lodeve], duree_annees=5)
    factories.avenant(ort, "2022-01-01", [factories.commune(epci="new")])
    before = queries()
    for _ in range(5):
        town = factories.commune(epci="new")
        factories.labellisation(town)
        ort = factories.convention("2021-07-16", [town])
        factories.avenant(ort, "2022-01-01", [factories.commune(epci="new")])
        factories.labellisation()
    assert queries() == before
