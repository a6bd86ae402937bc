"""The projet of a place, whole, in the order of the programme, as of a day."""

import re
from decimal import Decimal

import pytest

from communes.models import Departement, Tenue
from projects.models import Action, Bilan, Etude, EvenementClub
from projects.projet.entier import ProjetEntier
from projects.projet.resume import LieuDuProjet
from socle.models import Affirmation
from tests import factories
from tests.pages import count_queries, read
from tests.projects.projet.scenes import lodeve, organisme

pytestmark = pytest.mark.django_db

COMMUNE = "/communes/34142/projet/"
PLACES = [COMMUNE, "/ort/ort-lodeve/projet/", "/departements/34/projet/"]
PARTS = [
    "Le diagnostic",
    "La stratégie",
    "Le plan",
    "L'argent",
    "L'équipe",
    "Le réseau",
    "Les résultats",
]
MARK = "MARQUE-INTERNE"


@pytest.fixture
def ort():
    return lodeve()


@pytest.fixture
def whole(ort):
    """A thing of each part, each known from its own day of 2024 on."""
    factories.rewrite(Departement.objects.all(), tenue_bilans=Tenue.COMPLETE)
    town, action = ort.couvertures.get().commune, Action.objects.get()
    for name, nature, niveau in (
        ("Diagnostic du centre", "diagnostic", "strategique"),
        ("Plan-guide", "strategie", "strategique"),
        ("Étude de structure", "faisabilite", "operationnel"),
    ):
        study = factories.etude(
            [town], ort, intitule=name, nature=nature, niveau=niveau, note_interne=MARK
        )
        factories.fait_etude(study, "commandee", "2024-01-01")
    post = factories.poste([town], intitule="Chef de projet de Lodève")
    factories.occupation(post, "2024-02-01")
    event = factories.evenement(
        "2024-03-01", [ort.departement_reference], intitule="Atelier", note_interne=MARK
    )
    factories.participation(event, town, elus=2)
    housing = factories.indicateur("vacants", libelle="Logements vacants", unite="logements")
    factories.releve(town, Decimal(655), "2023-01-01", housing)
    factories.releve(town, Decimal(598), "2024-04-01", housing)
    factories.releve(action, Decimal(4), "2024-05-01")
    factories.bilan(ort, "2024-06-01", "2024-07-16", note_interne=MARK)
    return ort


@pytest.mark.une_base
@pytest.mark.parametrize("address", PLACES)
def test_parts_come_in_the_order_of_the_programme(client, whole, address):
    html = client.get(address).content.decode().replace("&#x27;", "'")
    titles = re.findall(r"<h2[^>]*>\s*(.*?)\s*</h2>", html.partition("<main")[2], re.DOTALL)
    assert [title for title in titles if title in PARTS] == PARTS
    assert html.count('id="resultats"') == 1


@pytest.mark.une_base
@pytest.mark.parametrize("address", PLACES)
def test_of_what_is_not_kept_each_part_says_so(client, address):
    town = factories.commune("34142", factories.intercommunalite(), nom="Lodève")
    factories.labellisation(town, adhesion="2021-03-26")
    factories.convention("2022-07-16", [town], identifiant="ort-lodeve")
    page = read(client, address)
    for told in (
        "Études de diagnostic : non renseigné",
        "Mesures du territoire : non renseigné",
        "Études stratégiques : non renseigné",
        "Actions au plan : non renseigné",
        "Coûts et subventions : non renseigné",
        "Postes de chef de projet : non renseigné",
        "Participation aux événements du Club : non renseigné",
    ):
        assert told in page, told
    assert "<table" not in client.get(address).content.decode().partition("<main")[2]
    assert "<svg" not in client.get(address).content.decode().partition("<main")[2]


@pytest.mark.une_base
def test_where_posts_are_kept_in_full_none_is_none(client, ort):
    factories.rewrite(Departement.objects.all(), tenue_postes=Tenue.COMPLETE)
    assert "aucun poste de chef de projet ne sert ce territoire" in read(client, COMMUNE)


@pytest.mark.parametrize(
    ("jour", "told"),
    [
        ("2024-01-01", "Diagnostic du centre"),
        ("2024-01-01", "Plan-guide"),
        ("2024-01-01", "Étude de structure"),
        ("2024-02-01", "pourvu depuis le 1er février 2024"),
        ("2024-03-01", "La commune a participé à 1 événement du Club"),
        ("2024-04-01", "655 logements 1er janvier 2023 598 logements 1er avril 2024 −57 logements"),
        ("2024-05-01", "non renseigné 4 façades 1er mai 2024 non calculée"),
        ("2024-06-01", "Bilan annuel tenu le 1er juin 2024"),
    ],
)
def test_each_thing_is_told_from_its_day_on(client, whole, jour, told):
    eve = factories.day(jour).replace(day=1)
    eve = eve.replace(month=eve.month - 1) if eve.month > 1 else eve.replace(year=2023, month=12)
    assert told not in read(client, f"{COMMUNE}?au={eve.isoformat()}")
    assert told in read(client, f"{COMMUNE}?au={jour}")


@pytest.mark.une_base
def test_a_diagnosis_starts_from_what_was_measured_first(client, whole):
    page = read(client, f"{COMMUNE}?au=2024-12-31")
    assert "Ce que l'on mesurait d'abord Logements vacants : 655 logements" in page
    before = read(client, f"{COMMUNE}?au=2022-12-31")
    assert "Mesures du territoire : non renseigné" in before


def test_a_place_has_the_studies_posts_and_events_of_its_communes(whole):
    other = factories.commune("34114", factories.intercommunalite(), nom="Gignac")
    factories.labellisation(other, adhesion="2021-05-01")
    factories.poste([other])
    factories.participation(EvenementClub.objects.get(), other)
    far = factories.evenement("2024-03-02", intitule="Ailleurs")
    factories.participation(far, other)
    jour = factories.day("2025-01-01")
    found = {
        critere: ProjetEntier(LieuDuProjet(critere, valeur), jour)
        for critere, valeur in (
            ("commune", "34142"),
            ("ort", "ort-lodeve"),
            ("departement", "34"),
        )
    }
    assert {c: len(p.postes) for c, p in found.items()} == {
        "commune": 1,
        "ort": 1,
        "departement": 2,
    }
    assert {c: len(p.evenements) for c, p in found.items()} == {
        "commune": 1,
        "ort": 1,
        "departement": 2,
    }
    [(_, came), *_] = found["departement"].derniers_evenements[1:]
    assert came == 2


def test_each_study_is_in_one_part(whole):
    projet = ProjetEntier(LieuDuProjet("commune", "34142"), factories.day("2025-01-01"))
    parts = [projet.diagnostics, projet.strategies, projet.preparatoires]
    assert [len(part) for part in parts] == [1, 1, 1]
    assert len({etude.pk for part in parts for etude in part}) == Etude.objects.count() == 3


@pytest.mark.une_base
@pytest.mark.parametrize("address", [*PLACES, "/resultats/"])
def test_nothing_internal_is_read(client, whole, address):
    factories.rewrite(Action.objects.all(), note_interne=MARK)
    assert Bilan.objects.filter(note_interne=MARK).exists()
    assert MARK not in client.get(address).content.decode()


@pytest.mark.parametrize("address", PLACES)
def test_more_of_each_takes_no_more_queries(client, whole, address):
    town, action = whole.couvertures.get().commune, Action.objects.get()

    def grow():
        for _ in range(5):
            study = factories.etude([town], whole, prestataire=organisme("Bureau"))
            factories.fait_etude(study, "rendue", "2024-01-01")
            factories.poste([town])
            factories.participation(factories.evenement("2024-01-01"), town)
            number = Etude.objects.count()
            mesure = factories.indicateur(f"mesure-{number}")
            factories.releve(town, Decimal(1), "2024-01-01", mesure)
            factories.releve(
                whole,
                Decimal(1),
                "2024-01-01",
                factories.indicateur(f"o-{number}", perimetre="ort"),
            )
            factories.releve(action, Decimal(1), "2024-01-01", mesure)

    grow()
    few = count_queries(client, address)
    grow()
    assert count_queries(client, address) == few


@pytest.mark.parametrize(
    "address", ["/ort/ort-lunas/", "/communes/34144/", "/ort/ort-lunas/projet/"]
)
def test_the_axes_of_a_plan_are_told_before_any_of_its_actions_is_recorded(client, address):
    town = factories.commune("34144", epci="new", nom="Lunas")
    factories.labellisation(town)
    ort = factories.convention(
        "2023-01-13", [town], identifiant="ort-lunas", intitule="ORT de Lunas"
    )
    ort.axes.create(code="B", intitule="Le commerce", ordre=2)
    ort.axes.create(code="A", intitule="Le logement", ordre=1)
    Affirmation.objects.create(
        fiche=ort,
        champ="axes",
        valeur_brute="deux axes",
        source=factories.source(titre="Un article", genre="presse"),
    )
    page = read(client, f"{address}?au=2023-01-13")
    assert "Le logement Le commerce" in page
    assert re.search("apr.s la presse : Un article", page.replace("\xa0", " "))
    assert "Actions au plan : non renseigné" in page
    before = read(client, f"{address}?au=2023-01-12")
    assert "Le logement" not in before
    assert "Un article" not in before
