"""The events of the Club from files: one row an event, a resource, or who came."""

import pytest

from projects.club.models import EvenementClub, Participation, RessourceClub
from tests import factories
from tests.factories import day
from tests.fichiers import imported, motives, outcome, previewed, send

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]

PAGE = "projects_evenementclub"
EVENEMENTS = "evenement_identifiant,intitule,nature,date_debut,date_fin,departements,organisateurs"
PEZENAS = "pezenas,Premier atelier,atelier,29/02/2024,,34,DDT|CAUE"
VENUES = "evenement_identifiant,code_insee,siren_epci,poste_identifiant,elus,equipe"


def rows(header, *lines):
    return "\n".join([header, *lines, ""])


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture(autouse=True)
def bodies(db):
    for code in ("34", "81"):
        factories.departement(code)
    for nom in ("DDT", "CAUE"):
        factories.organisme(nom)


@pytest.fixture
def atelier():
    return factories.evenement("2024-02-29", [factories.departement("34")], identifiant="pezenas")


def test_an_event_comes_with_its_departements_and_who_organised_it(agent_34):
    header = f"{EVENEMENTS},theme,lieu,en_ligne,decisions"
    line = f"{PEZENAS},{factories.theme('cadre-de-vie').cle},Pézenas,non,Se revoir à Lunel"
    imported(agent_34, PAGE, "evenements", rows(header, line))
    made = EvenementClub.objects.get()
    assert (made.debut, made.fin, made.nature) == (day("2024-02-29"), None, "atelier")
    assert (made.theme.cle, made.lieu, made.en_ligne) == ("cadre-de-vie", "Pézenas", False)
    assert [link.departement_id for link in made.departements_lies.all()] == ["34"]
    assert {link.organisme.nom for link in made.organisateurs_lies.all()} == {"DDT", "CAUE"}
    assert made.affirmations.get().champ == "debut"
    again = previewed(agent_34, PAGE, "evenements", rows(header, line))
    assert outcome(again) == {2: "inchangée"}


def test_a_preview_writes_nothing(agent_34):
    assert outcome(previewed(agent_34, PAGE, "evenements", rows(EVENEMENTS, PEZENAS))) == {
        2: "nouvelle"
    }
    assert not EvenementClub.objects.exists()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("a,A,atelier,29/02/2024,28/02/2024,34,", "finit le jour où il commence, ou après"),
        ("a,A,atelier,30/02/2024,,34,", "n'est pas un jour du calendrier"),
        ("a,A,fête,29/02/2024,,34,", "attendu : rencontre_nationale"),
        ("a,A,atelier,29/02/2024,,81,", "au moins un de vos départements"),
        ("a,A,atelier,29/02/2024,,,", "au moins un de vos départements"),
        ("a,A,rencontre nationale,29/02/2024,,34,", "est de toute la France"),
        ("a,A,rencontre départementale,29/02/2024,,,", "dites lequel"),
        ("a,A,atelier,29/02/2024,,99,", "inconnu du référentiel"),
        ("a,A,atelier,29/02/2024,,34,Un inconnu", "inconnu du référentiel"),
        ("a,A,atelier,,,34,", ""),
    ],
)
def test_what_cannot_be_is_refused(agent_34, line, told):
    page = previewed(agent_34, PAGE, "evenements", rows(EVENEMENTS, line))
    assert outcome(page) == {2: "refusée"}
    assert told in motives(page)[2]


def test_an_agent_leaves_the_events_of_others_as_they_are(agent_81, atelier):
    header = "evenement_identifiant,intitule"
    page = previewed(agent_81, PAGE, "evenements", rows(header, "pezenas,Autre"))
    assert "hors de vos départements" in motives(page)[2]


def test_a_departement_of_another_is_not_taken_out_of_an_event(agent_34, atelier):
    atelier.departements_lies.create(departement=factories.departement("81"))
    header = "evenement_identifiant,departements"
    page = previewed(agent_34, PAGE, "evenements", rows(header, "pezenas,34"))
    assert "l'en retire" in motives(page)[2]
    imported(agent_34, PAGE, "evenements", rows(header, "pezenas,34|81"))
    assert atelier.departements_lies.count() == 2


def test_the_national_level_writes_what_is_of_all_of_france(national):
    line = "a,A,rencontre nationale,22/04/2021,,,"
    imported(national, PAGE, "evenements", rows(EVENEMENTS, line))
    assert not EvenementClub.objects.get().departements_lies.exists()


# Who came.


@pytest.fixture
def lodeve():
    return factories.commune("34142", epci=factories.intercommunalite("200017341"), nom="Lodève")


def test_who_came_is_a_commune_an_intercommunalite_or_a_post(agent_34, atelier, lodeve):
    factories.poste([lodeve], identifiant="poste-lodeve")
    lines = (
        "pezenas,34142,,,2,1",
        "pezenas,,200017341,,,",
        "pezenas,,,poste-lodeve,0,1",
    )
    imported(agent_34, PAGE, "participations", rows(VENUES, *lines))
    came = set(
        Participation.objects.values_list(
            "commune", "intercommunalite", "poste__identifiant", "elus", "equipe"
        )
    )
    assert came == {
        ("34142", None, None, 2, 1),
        (None, "200017341", None, None, None),
        (None, None, "poste-lodeve", 0, 1),
    }
    again = rows(VENUES, lines[0].replace("2,1", "3,1"), *lines[1:])
    page = previewed(agent_34, PAGE, "participations", again)
    assert outcome(page) == {2: "modifiée", 3: "inchangée", 4: "inchangée"}


def test_a_file_may_have_communes_alone(agent_34, atelier, lodeve):
    text = rows("evenement_identifiant,code_insee,elus", "pezenas,34142,2")
    imported(agent_34, PAGE, "participations", text)
    assert outcome(previewed(agent_34, PAGE, "participations", text)) == {2: "inchangée"}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["pezenas,34142,,,-1,"], "nombre entier attendu"),
        (["pezenas,,,,2,"], "un seul"),
        (["pezenas,34142,200017341,,2,"], "un seul"),
        (["demain,34142,,,2,"], "à venir"),
        (["pezenas,34142,,,2,", "pezenas,34142,,,3,"], "parle déjà de la même fiche"),
        (["inconnu,34142,,,2,"], "inconnu du référentiel"),
    ],
)
def test_what_nobody_can_have_come_to_is_refused(agent_34, atelier, lodeve, lines, told):
    factories.evenement("2099-01-01", [factories.departement("34")], identifiant="demain")
    page = previewed(agent_34, PAGE, "participations", rows(VENUES, *lines))
    last = 1 + len(lines)
    assert told in motives(page)[last]


def test_a_ddt_notes_its_own_communes_at_the_event_of_another(agent_81, atelier, lodeve):
    factories.commune("81065", epci="new", nom="Castres")
    lines = ("pezenas,81065,,,1,1", "pezenas,34142,,,1,1")
    page = previewed(agent_81, PAGE, "participations", rows(VENUES, *lines))
    assert outcome(page) == {2: "nouvelle", 3: "refusée"}
    assert "hors de vos départements" in motives(page)[3]


def test_whoever_keeps_an_event_notes_all_who_came(agent_34, atelier):
    factories.commune("81065", epci="new", nom="Castres")
    imported(agent_34, PAGE, "participations", rows(VENUES, "pezenas,81065,,,1,1"))
    assert Participation.objects.get().commune_id == "81065"


def test_resources_come_once(agent_34, agent_81, atelier):
    header = "adresse,titre,nature,evenement_identifiant"
    text = rows(header, "https://exemple.fr/a,Supports,document,pezenas")
    imported(agent_34, PAGE, "ressources", text)
    assert RessourceClub.objects.get().evenement == atelier
    assert outcome(previewed(agent_34, PAGE, "ressources", text)) == {2: "inchangée"}
    other = text.replace("/a", "/b")
    assert "hors de vos" in motives(previewed(agent_81, PAGE, "ressources", other))[2]
    odd = text.replace("https://exemple.fr/a", "pas une adresse")
    assert outcome(previewed(agent_34, PAGE, "ressources", odd)) == {2: "refusée"}
    of_network = rows(header, "https://exemple.fr/c,Guide,document,")
    page = previewed(agent_34, PAGE, "ressources", of_network)
    assert outcome(page) == {2: "refusée"}


def test_whoever_reads_imports_nothing(lecteur_34, atelier):
    assert send(lecteur_34, PAGE, "evenements", rows(EVENEMENTS, PEZENAS)).status_code == 403


def test_two_addresses_that_differ_by_a_sign_are_two_resources(national, atelier):
    header = "adresse,titre,nature,evenement_identifiant"
    lines = [
        "https://exemple.fr/a-b,Un,document,pezenas",
        "https://exemple.fr/ab,Deux,document,pezenas",
        "https://exemple.fr/AB,Trois,replay,",
    ]
    imported(national, PAGE, "ressources", rows(header, *lines))
    assert RessourceClub.objects.count() == 3
    page = previewed(national, PAGE, "ressources", rows(header, *lines))
    assert set(outcome(page).values()) == {"inchangée"}
