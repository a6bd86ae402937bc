"""A post that serves a commune before the programme does is told, at the geste and in a file."""

import pytest
from django.urls import reverse

from projects.postes.avertissements import Service, avant_le_programme
from tests import factories
from tests.factories import day
from tests.fichiers import outcome, previewed
from tests.pvd.bureau.test_gestes import address, typed
from tests.vues import SansLaPage

PAGE = "projects_poste"
TOLD = "Le poste dessert Lodève avant son entrée dans le programme, le 22 janvier 2021."


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def lodeve(db):
    """Lodève, in the programme since 22 January 2021."""
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town)
    return town


def told(*services):
    return [warning.texte for warning in avant_le_programme(Service(*s) for s in services)]


@pytest.mark.parametrize(
    ("jour", "precision", "early"),
    [
        ("2021-01-21", "jour", True),
        ("2021-01-22", "jour", False),
        ("2021-01-01", "mois", False),
        ("2020-12-01", "mois", True),
        ("2021-01-01", "annee", False),
    ],
)
def test_a_service_is_before_the_entry_if_all_its_days_are(lodeve, jour, precision, early):
    assert told((lodeve.pk, day(jour), precision)) == ([TOLD] if early else [])


@pytest.mark.parametrize(("jour", "early"), [("2020-09-30", True), ("2020-10-01", False)])
def test_an_entry_known_at_the_latest_may_be_since_the_launch(db, jour, early):
    town = factories.commune("34142")
    factories.labellisation(town, precision_debut="au_plus_tard")
    assert len(told((town.pk, day(jour), "jour"))) == early


def test_a_commune_that_never_was_in_the_programme_asks_for_nothing(db):
    assert told((factories.commune("34142").pk, day("2019-01-01"), "jour")) == []


def test_a_commune_that_came_back_entered_the_first_time(lodeve):
    label = lodeve.labellisations.get()
    label.fin = day("2022-01-01")
    label.save()
    factories.labellisation(lodeve, debut="2023-01-01")
    assert told((lodeve.pk, day("2022-06-01"), "jour")) == []


@pytest.mark.parametrize(("jour", "early"), [("2019-12-31", False), ("2020-01-01", True)])
def test_a_vanished_commune_entered_as_the_one_that_followed_it(lodeve, jour, early):
    gone = factories.commune("34199", nom="Autre", fin=day("2020-01-01"), successeur=lodeve)
    assert len(told((gone.pk, day(jour), "jour"))) == early


def test_all_of_it_takes_four_queries(lodeve, django_assert_num_queries):
    towns = [lodeve, *(factories.labellisation().commune for _ in range(3))]
    with django_assert_num_queries(4):
        assert len(told(*((town.pk, day("2020-12-01"), "jour") for town in towns))) == 4


def warned(browser, url, **fields):
    effects = SansLaPage(browser).post(url, typed(**fields)).context["effects"]
    return [alerte.texte for alerte in effects.alertes]


@pytest.mark.parametrize(("jour", "early"), [("21/01/2021", True), ("22/01/2021", False)])
def test_the_preview_of_a_geste_tells_it(agent_34, lodeve, jour, early):
    opening = reverse("admin:gestes", args=["ouvrir-un-poste"])
    asked = {"communes": [lodeve.pk], "date": jour}
    assert warned(agent_34, opening, employeur_commune=lodeve.pk, **asked) == [TOLD] * early
    post = factories.poste([factories.commune("34114")])
    assert warned(agent_34, address("poste-ajouter-communes", post), **asked) == [TOLD] * early


def test_a_post_older_than_the_programme_is_told(agent_34, lodeve):
    opening = reverse("admin:gestes", args=["ouvrir-un-poste"])
    asked = {"communes": [lodeve.pk], "employeur_commune": lodeve.pk, "date": "30/09/2020"}
    launch = "Le poste est ouvert avant le lancement du programme."
    assert warned(agent_34, opening, **asked) == [TOLD, launch]


def remarks(page):
    return [ligne.remarques for ligne in page.context["apercu"].lignes]


@pytest.mark.parametrize(("jour", "early"), [("21/01/2021", True), ("22/01/2021", False)])
def test_the_preview_of_a_file_tells_it(agent_34, lodeve, jour, early):
    header = "poste_identifiant,intitule,communes_desservies,date_ouverture"
    page = previewed(agent_34, PAGE, "postes", f"{header}\nposte-a,Chef,34142,{jour}\n")
    assert (outcome(page), remarks(page)) == ({2: "nouvelle"}, [[TOLD] * early])
    factories.poste([factories.commune("34114")], identifiant="poste-b")
    text = f"poste_identifiant,code_insee,date_debut\nposte-b,34142,{jour}\n"
    assert remarks(previewed(agent_34, PAGE, "postes-communes", text)) == [[TOLD] * early]


def test_a_file_that_leaves_the_opening_alone_tells_nothing(agent_34, lodeve):
    early = {"date_ouverture": day("2020-12-01"), "identifiant": "poste-a"}
    factories.poste([lodeve], **early)
    text = "poste_identifiant,quotite\nposte-a,50\n"
    assert remarks(previewed(agent_34, PAGE, "postes", text)) == [[]]
    text = "poste_identifiant,date_ouverture\nposte-a,02/12/2020\n"
    assert remarks(previewed(agent_34, PAGE, "postes", text)) == [[TOLD]]
