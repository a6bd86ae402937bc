"""A convention that is made, a commune that enters the programme: asked, shown, then written."""

import pytest
from django.urls import reverse

from communes.models import Labellisation
from ort.models import Avenant, Convention
from pvd.bureau.gestes import GESTES
from tests import factories
from tests.factories import day
from tests.pvd.bureau.test_gestes import fill_and_confirm, typed

NOUVELLE = reverse("admin:gestes", args=["nouvelle-convention"])
ENTREE = reverse("admin:gestes", args=["entrer-dans-le-programme"])
OUVERTURE = reverse("admin:gestes", args=["ouvrir-un-poste"])


def changed(page):
    return {c.chiffre: (c.avant, c.apres) for c in page.context["effects"].changements}


def told(page):
    return " ".join(str(e) for errors in page.context["form"].errors.values() for e in errors)


@pytest.fixture
def lodeve(db):
    return factories.commune("34142", epci=factories.intercommunalite("200017341"), nom="Lodève")


def new(lodeve, **fields):
    asked = {
        "nature": "oui",
        "communes": [lodeve.pk],
        "porteur": "200017341",
        "ville_principale": lodeve.pk,
        "departement_reference": "34",
        "origine": "PVD",
        "duree_annees": 5,
    }
    return typed(**asked | fields)


def test_a_signed_convention_is_shown_with_its_figures_then_written(agent_34, lodeve):
    factories.labellisation(lodeve)
    page = agent_34.post(NOUVELLE, new(lodeve))
    assert changed(page)["ORT"] == (0, 1)
    assert not Convention.objects.exists()
    assert fill_and_confirm(agent_34, NOUVELLE, new(lodeve)).status_code == 302
    made = Convention.objects.get()
    assert (made.intitule, made.identifiant) == ("ORT de Lodève", "ort-de-lodeve")
    assert (made.date_signature, made.duree_annees, made.vaut_ort) == (day("2023-07-06"), 5, True)
    assert made.couvertures.get().commune == lodeve
    said = made.affirmations.get()
    assert (said.champ, said.valeur, said.source.titre) == (
        "date_signature",
        "2023-07-06",
        "Convention signée",
    )


def test_a_planned_convention_counts_for_nothing_yet(agent_34, lodeve):
    factories.labellisation(lodeve)
    fields = {"date": "", "date_signature_prevue": "01/03/2099", "nature": "non"}
    page = agent_34.post(NOUVELLE, new(lodeve, **fields))
    assert changed(page) == {}
    assert fill_and_confirm(agent_34, NOUVELLE, new(lodeve, **fields)).status_code == 302
    made = Convention.objects.get()
    assert (made.date_signature, made.date_signature_prevue) == (None, day("2099-03-01"))
    assert (made.vaut_ort, made.intitule) == (False, "Convention-cadre de Lodève")
    assert made.affirmations.get().champ == "date_signature_prevue"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"date": ""}, "quand elle est signée"),
        ({"date_signature_prevue": "01/03/2099"}, "pas les deux"),
        ({"derogation": "on"}, "sans ville principale"),
        ({"communes": []}, "obligatoire"),
        ({"communes": ["12001"]}, "12001"),
        ({"departement_reference": "12"}, "choix"),
        ({"source_titre": ""}, "Indiquez la source"),
    ],
)
def test_what_a_new_convention_cannot_be_is_refused(agent_34, lodeve, fields, expected):
    factories.commune("12001")
    assert expected in told(fill_and_confirm(agent_34, NOUVELLE, new(lodeve, **fields)))
    assert not Convention.objects.exists()


def test_a_commune_enters_the_programme_with_its_adhesion(agent_34, lodeve):
    fields = {
        "commune": lodeve.pk,
        "date": "22/01/2021",
        "precision": "au_plus_tard",
        "id_pvd": "pvd-76-34-1",
        "date_signature_adhesion": "15/03/2021",
        "precision_adhesion": "mois",
    }
    page = agent_34.post(ENTREE, typed(**fields))
    assert changed(page)["communes lauréates"] == (0, 1)
    assert fill_and_confirm(agent_34, ENTREE, typed(**fields)).status_code == 302
    made = Labellisation.objects.get()
    assert (made.debut, made.precision_debut) == (day("2021-01-22"), "au_plus_tard")
    assert (made.date_signature_adhesion, made.id_pvd) == (day("2021-03-01"), "pvd-76-34-1")
    assert {a.champ for a in made.affirmations.all()} == {"debut", "date_signature_adhesion"}


@pytest.mark.parametrize(
    ("fin", "expected"), [(None, "est déjà dans le programme"), ("2022-01-01", "Revenir")]
)
def test_a_commune_that_was_there_does_not_enter_twice(agent_34, lodeve, fin, expected):
    factories.labellisation(lodeve, fin=fin)
    answer = fill_and_confirm(agent_34, ENTREE, typed(commune=lodeve.pk, date="01/03/2022"))
    assert expected in told(answer)
    assert Labellisation.objects.count() == 1


@pytest.mark.parametrize(
    ("slug", "leads_to"),
    [
        ("avenant", NOUVELLE),
        ("signer-convention", NOUVELLE),
        ("signer-adhesion", ENTREE),
        ("depart", OUVERTURE),
    ],
)
def test_an_empty_list_leads_to_what_makes_a_record(agent_34, slug, leads_to):
    page = agent_34.get(reverse("admin:gestes", args=[slug])).content.decode()
    assert "Aucune fiche ne s'y prête aujourd'hui." in page
    assert leads_to in page


@pytest.mark.parametrize(
    ("model", "leads_to"),
    [
        ("communes_labellisation", ENTREE),
        ("ort_convention", NOUVELLE),
        ("projects_poste", OUVERTURE),
    ],
)
def test_the_plain_form_leads_to_the_geste(agent_34, lecteur_34, model, leads_to):
    add = reverse(f"admin:{model}_add")
    assert agent_34.get(add).url == agent_34.post(add, {}).url == leads_to
    assert lecteur_34.get(add).status_code == 403
    listed = agent_34.get(reverse(f"admin:{model}_changelist")).content.decode()
    assert leads_to in listed


def test_what_a_form_may_not_publish_names_a_geste_that_may():
    titles = {geste.titre for geste in GESTES.values()}
    for model in (Avenant, Convention, Labellisation):
        assert titles >= set(model.publie_par.values())
