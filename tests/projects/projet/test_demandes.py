"""What takes something of an action from another DDT is proposed, by the form and the geste, and answered."""

import html

import pytest
from django.core import mail
from django.urls import reverse

from communes.models import Departement
from ort.models import Proposition
from projects.models import Action, ActionCommune, EffetAvenant, FaitAction
from socle.historique import signed_by
from tests import factories
from tests.factories import day
from tests.formulaires import errors, filled, form_of
from tests.pages import read
from tests.pvd.bureau.test_gestes import fill_and_confirm
from tests.vues import SansLaPage


@pytest.fixture
def towns(db):
    found = {code: factories.commune(code, nom=f"Ville {code}") for code in ("34293", "81124")}
    herault = Departement.objects.filter(pk="34")
    factories.rewrite(herault, courriel_service="ddt@herault.example")
    return found


@pytest.fixture
def shared(towns):
    """A convention that the Hérault keeps, over both départements."""
    return factories.convention("2022-07-28", towns.values(), intitule="ORT des Monts")


@pytest.fixture
def ecoles(shared, towns):
    """An action of both, which the town of the Hérault carries."""
    return factories.action(
        towns.values(),
        shared,
        numero="1",
        intitule="Trois écoles",
        identifiant="ecoles",
        maitre_ouvrage_commune=towns["34293"],
    )


def page_of(action, view="change"):
    return reverse(f"admin:projects_action_{view}", args=[action.pk])


def proposed(browser, action, **changes):
    """Send the form of an action as a proposal."""
    page = form_of(browser, page_of(action))
    asked = {"motif_correction": "demandé par la commune", "_proposer": "1"} | changes
    return browser.post(page_of(action), filled(page, **asked))


def answered(browser, proposition, answer):
    """Answer a proposal, and return why it could not be, in the page that then comes."""
    url = reverse("admin:ort_proposition_answer", args=[proposition.pk])
    return browser.post(url, {answer: "1", "suite": "vu"})


def fiche(browser, proposition):
    return read(browser, reverse("admin:ort_proposition_change", args=[proposition.pk]))


def row_of(browser, action, code):
    inlines = SansLaPage(browser).get(page_of(action)).context["inline_admin_formsets"]
    forms = [f for i in inlines for f in i.formset.initial_forms]
    return next(f.prefix for f in forms if getattr(f.instance, "commune_id", None) == code)


# From the form.


def test_another_owner_is_proposed_then_written_by_who_accepts(
    agent_34, agent_81, ecoles, towns, django_capture_on_commit_callbacks
):
    changed = {"maitre_ouvrage_commune": "81124", "description": "Avec cour."}
    with django_capture_on_commit_callbacks(execute=True):
        answer = proposed(agent_81, ecoles, **changed)
    asked = Proposition.objects.get()
    assert answer.url == reverse("admin:ort_proposition_change", args=[asked.pk])
    assert (asked.destinataire_id, asked.texte) == ("34", "demandé par la commune")
    assert asked.convention == ecoles.convention
    ecoles.refresh_from_db()
    assert (ecoles.maitre_ouvrage_commune, ecoles.description) == (towns["34293"], "")
    assert "1 Trois écoles, maître d'ouvrage : commune : Ville 34293" in fiche(agent_34, asked)
    assert mail.outbox[0].to == ["ddt@herault.example"]
    assert "à examiner" in read(agent_34, "/admin/")
    assert answered(agent_34, asked, "acceptee").status_code == 302
    ecoles.refresh_from_db()
    assert (ecoles.maitre_ouvrage_commune, ecoles.description) == (towns["81124"], "Avec cour.")
    version = ecoles.history.latest()
    assert version.history_user == agent_34.agent
    assert "Proposition acceptée" in version.history_change_reason


def test_a_commune_is_taken_out_and_another_brought_in(agent_34, agent_81, ecoles, shared):
    murat = factories.commune("81192", nom="Murat")
    factories.couverture(shared, murat)
    gone = row_of(agent_81, ecoles, "34293")
    rows = {f"{gone}-DELETE": "on", "communes_liees-TOTAL_FORMS": 3}
    proposed(agent_81, ecoles, **rows, **{"communes_liees-2-commune": "81192"})
    asked = Proposition.objects.get()
    told = fiche(agent_81, asked)
    assert "Suppression de la commune de l'action « Ville 34293" in told
    assert "Nouvelle commune de l'action, commune : Murat" in told
    assert "actions au plan de l'Hérault : 1 → 0" in told
    assert {row.commune_id for row in ecoles.communes_liees.all()} == {"34293", "81124"}
    answered(agent_34, asked, "acceptee")
    assert {row.commune_id for row in ecoles.communes_liees.all()} == {"81124", "81192"}


def test_what_needs_no_answer_is_saved(agent_81, ecoles):
    assert proposed(agent_81, ecoles, description="Avec cour.").status_code == 302
    ecoles.refresh_from_db()
    assert ecoles.description == "Avec cour."
    assert not Proposition.objects.exists()


def test_a_form_that_is_wrong_is_shown_again_and_nothing_is_proposed(agent_81, ecoles):
    answer = proposed(agent_81, ecoles, maitre_ouvrage_commune="81124", intitule="")
    assert answer.status_code == 200
    assert "obligatoire" in errors(answer)
    assert not Proposition.objects.exists()


def test_saved_without_being_proposed_it_says_where_to(agent_81, ecoles):
    page = agent_81.get(page_of(ecoles))
    assert "Proposer à la DDT de l&#x27;Hérault" in page.content.decode()
    data = filled(page, maitre_ouvrage_commune="81124", motif_correction="x")
    assert "se proposent, depuis sa fiche" in errors(agent_81.post(page_of(ecoles), data))


def test_who_keeps_the_plan_has_nothing_to_propose(agent_34, ecoles):
    assert "Proposer à la DDT" not in agent_34.get(page_of(ecoles)).content.decode()
    proposed(agent_34, ecoles, maitre_ouvrage_commune="")
    assert Action.objects.get().maitre_ouvrage_commune is None


def test_two_clicks_make_one_proposal(agent_81, ecoles):
    for _ in range(2):
        proposed(agent_81, ecoles, maitre_ouvrage_commune="81124")
    assert Proposition.objects.count() == 1


def test_an_action_of_no_convention_is_for_the_national_level(agent_81, towns):
    told = factories.action(towns.values(), maitre_ouvrage_commune=towns["34293"])
    answer = proposed(agent_81, told, maitre_ouvrage_commune="81124")
    assert "au niveau national" in errors(answer)
    assert not Proposition.objects.exists()


# A removal.


def test_a_removal_is_proposed_with_its_consequences(agent_34, agent_81, ecoles):
    with signed_by(agent_34.agent):
        factories.fait(ecoles, "debut", "2024-01-01")
    url = page_of(ecoles, "delete")
    page = html.unescape(agent_81.get(url).content.decode())
    assert "Proposer de supprimer" in page
    assert "actions au plan de l'Hérault : 1 → 0" in page
    answer = agent_81.post(url, {"post": "yes", "motif": "en double"})
    asked = Proposition.objects.get()
    assert answer.url == reverse("admin:ort_proposition_change", args=[asked.pk])
    assert Action.objects.exists()
    assert "Suppression de l'action « 1 Trois écoles »" in fiche(agent_34, asked)
    answered(agent_34, asked, "acceptee")
    assert not Action.objects.exists()
    assert not FaitAction.objects.exists()


def test_a_removal_that_is_refused_removes_nothing(agent_34, agent_81, ecoles):
    agent_81.post(page_of(ecoles, "delete"), {"post": "yes", "motif": "en double"})
    answered(agent_34, Proposition.objects.get(), "refusee")
    assert Action.objects.exists()
    assert Proposition.objects.get().reponse == "refusee"


def test_what_changed_since_is_not_written(agent_34, agent_81, ecoles):
    agent_81.post(page_of(ecoles, "delete"), {"post": "yes", "motif": "en double"})
    ecoles.intitule = "Quatre écoles"
    ecoles.save()
    asked = Proposition.objects.get()
    assert "Elle ne peut plus être acceptée" in fiche(agent_34, asked)
    answer = answered(agent_34, asked, "acceptee")
    assert "a changé depuis la proposition" in answer.content.decode()
    assert Action.objects.exists()


# From the geste.


def test_an_avenant_that_drops_and_gives_is_proposed(agent_34, agent_81, ecoles, shared):
    avenant = factories.avenant(shared, "2024-01-01")
    other = factories.action(
        [factories.commune("81124"), factories.commune("34293")], shared, intitule="Halle"
    )
    url = reverse("admin:geste", args=["appliquer-un-avenant-au-plan", shared.pk])
    data = {"avenant": avenant.pk, "retirees": [ecoles.pk], "transferees": [other.pk]}
    data |= {"maitre_ouvrage_commune": "81124", "commentaire": "voté"}
    data |= {"source": factories.source().pk}
    shown = agent_81.post(url, data).content.decode()
    assert "Envoyer la proposition" in shown
    assert "proposé à la DDT de l&#x27;Hérault" in shown
    answer = fill_and_confirm(agent_81, url, data)
    asked = Proposition.objects.get()
    assert answer.url == reverse("admin:ort_proposition_change", args=[asked.pk])
    assert asked.texte == "Avenant appliqué au plan : voté"
    ecoles.refresh_from_db()
    assert ecoles.sortie is None
    assert not EffetAvenant.objects.exists()
    answered(agent_34, asked, "acceptee")
    ecoles.refresh_from_db()
    other.refresh_from_db()
    assert (ecoles.sortie, other.maitre_ouvrage_commune_id) == (avenant, "81124")
    assert EffetAvenant.objects.get().action == other


def test_new_actions_are_not_proposed_with_the_others(agent_81, ecoles, shared):
    avenant = factories.avenant(shared, "2024-01-01")
    url = reverse("admin:geste", args=["appliquer-un-avenant-au-plan", shared.pk])
    data = {"avenant": avenant.pk, "retirees": [ecoles.pk], "source": factories.source().pk}
    answer = agent_81.post(url, data | {"ajoutees": "A4 ; Kiosque ; Ville 81124"})
    assert "enregistrez d'abord, à part" in answer.context["form"].non_field_errors()[0]
    assert ActionCommune.objects.count() == 2
    assert day("2024-01-01") == avenant.date_signature


def test_a_removal_chosen_in_the_list_says_where_to_propose_it(agent_81, agent_34, ecoles, towns):
    own = factories.action([towns["81124"]], intitule="Halle")
    chosen = {"action": "delete_selected", "_selected_action": [ecoles.pk, own.pk]}
    listed = reverse("admin:projects_action_changelist")
    for confirmed in ({}, {"post": "yes", "motif": "en double"}):
        told = read(agent_81, agent_81.post(listed, chosen | confirmed).url)
        assert "Rien n'est supprimé." in told
        assert "1 Trois écoles (DDT de l'Hérault)." in told
    page = agent_81.post(listed, chosen, follow=True).content.decode()
    assert page_of(ecoles, "delete") in page
    assert page_of(own, "delete") not in page
    assert Action.objects.count() == 2
    alone = chosen | {"_selected_action": [own.pk], "post": "yes", "motif": "en double"}
    agent_81.post(listed, alone)
    assert list(Action.objects.all()) == [ecoles]
    agent_34.post(listed, alone | {"_selected_action": [ecoles.pk]})
    assert not Action.objects.exists()
