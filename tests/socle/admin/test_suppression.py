"""What is removed goes with its rows, on the right over it alone, and comes back with them."""

import pytest

from communes.models import Labellisation
from ort.models import Avenant, CommuneCouverte, Convention, Document, Organisme, Partie, Secteur
from projects.carnet.models import Contact, Note
from projects.models import (
    Action,
    Bilan,
    Cible,
    Etude,
    EvenementClub,
    Financement,
    Presentation,
    Releve,
)
from projects.postes.models import Occupation, Poste
from socle.admin.base import ReadOnly
from socle.admin.sources import SourceeAdmin
from socle.models import Affirmation
from tests import factories
from tests.socle.admin.test_admin import ADMINS, address, affirmation
from tests.socle.test_historique import restore_page
from tests.vues import SansLaPage

WHY = {"post": "yes", "motif": "saisie en double"}
GONE = {"motif": "supprimée à tort"}


@pytest.fixture
def lodeve(db):
    return factories.commune("34142", epci="new", nom="Lodève")


def a_post(commune):
    poste = factories.poste([commune])
    factories.occupation(poste, "2022-09-01", titulaire="Camille Martin")
    return poste


def a_line(commune):
    action = factories.action([commune])
    return factories.financement(action, financeur_organisme=factories.organisme())


# The records that have sources, each with the rows that agents write on its page, and a date of it.
SOURCED = {
    Labellisation: (factories.labellisation, "debut"),
    Convention: (lambda commune: factories.convention(), "date_signature"),
    Avenant: (lambda commune: factories.avenant(factories.convention()), "date_signature"),
    Poste: (a_post, "date_ouverture"),
    Action: (lambda commune: factories.action([commune]), "intitule"),
    Etude: (lambda commune: factories.etude([commune]), "intitule"),
    Financement: (a_line, "annee"),
    Bilan: (lambda commune: factories.bilan(factories.convention(), "2024-08-01"), "tenu_le"),
    Presentation: (
        lambda commune: factories.presentation(factories.convention(), commune),
        "jour",
    ),
    EvenementClub: (
        lambda commune: factories.evenement("2024-02-29", [commune.departement]),
        "debut",
    ),
    Releve: (lambda commune: factories.releve(commune, 12, "2024-01-01"), "jour"),
    Cible: (lambda commune: factories.cible(commune, 40, "2024-01-01"), "fixee_le"),
}


def remove(client, record):
    """Remove a record as an agent does; return the address that brings it back."""
    page = client.get(address(record, "delete"))
    assert not page.context["perms_lacking"]
    assert client.post(address(record, "delete"), WHY).status_code == 302
    assert not type(record).objects.filter(pk=record.pk).exists()
    return restore_page(type(record).history.removed().get(id=record.pk))


def test_each_sort_of_sourced_record_is_tried_below():
    sourced = [a for a in ADMINS if isinstance(a, SourceeAdmin) and not isinstance(a, ReadOnly)]
    assert SOURCED.keys() == {a.model for a in sourced}


@pytest.mark.parametrize("model", SOURCED, ids=lambda model: model.__name__)
@pytest.mark.parametrize("role", ["agent_34", "national"])
def test_a_record_goes_and_comes_back_with_its_sources(role, model, request, lodeve):
    client = request.getfixturevalue(role)
    make, champ = SOURCED[model]
    record = make(lodeve)
    said = affirmation(record, champ)
    url = remove(client, record)
    assert not Affirmation.objects.exists()
    assert client.post(url, GONE).status_code == 302
    assert model.objects.get(pk=record.pk) == record
    assert Affirmation.objects.get() == said
    assert Occupation.objects.count() == (model is Poste)


def test_many_go_with_their_sources(agent_34, lodeve):
    record = factories.labellisation(lodeve)
    affirmation(record, "debut")
    many = WHY | {"action": "delete_selected", "_selected_action": [record.pk]}
    assert agent_34.post(address(record, "changelist"), many).status_code == 302
    assert not Labellisation.objects.exists()
    assert not Affirmation.objects.exists()


def test_a_lecteur_and_a_neighbour_remove_nothing(lecteur_34, agent_81, lodeve):
    record = factories.labellisation(lodeve)
    affirmation(record, "debut")
    for client in (lecteur_34, agent_81):
        client.post(address(record, "delete"), WHY)
    assert Labellisation.objects.exists()
    assert Affirmation.objects.exists()


def shared_out(lodeve):
    """Return a convention that has rows of each sort, those of its avenant included."""
    agde = factories.commune("34003", epci="new", nom="Agde")
    signed = factories.convention(communes=[lodeve], intitule="ORT du Lodévois")
    avenant = factories.avenant(signed, communes=[agde])
    left = signed.couvertures.get(commune=lodeve)
    left.sortie = avenant
    left.save()
    etat = Organisme.objects.create(nom="Préfecture", nature="etat")
    signed.parties.create(organisme=etat, avenant=avenant)
    signed.secteurs.create(commune=agde, nom="Centre ancien", avenant=avenant)
    factories.document(signed, avenant=avenant)
    factories.note(signed)
    factories.contact(signed)
    for fiche in (signed, avenant):
        affirmation(fiche)
    return signed


ROWS = [Convention, Avenant, CommuneCouverte, Partie, Secteur, Document, Note, Contact, Affirmation]


def all_rows():
    """Return all that a convention is made of, as it is in the base."""
    return {model: list(model.objects.order_by("pk").values()) for model in ROWS}


def test_a_convention_is_removed_whole_in_one_step_and_comes_back_whole(
    agent_34, lodeve, documents_folder
):
    signed = shared_out(lodeve)
    before = all_rows()
    assert all(before.values())
    page = agent_34.get(address(signed, "delete")).content.decode()
    for named in ("Agde", "Préfecture", "Centre ancien", "Avenant"):
        assert named in page
    url = remove(agent_34, signed)
    assert not any(all_rows().values())
    assert "Centre ancien" in agent_34.get(url).content.decode()
    assert agent_34.post(url, GONE).status_code == 302
    assert all_rows() == before


def test_an_avenant_on_which_communes_rest_is_not_removed_alone(agent_34, lodeve):
    avenant = factories.avenant(factories.convention(), communes=[lodeve])
    page = SansLaPage(agent_34).get(address(avenant, "delete"))
    assert page.context["protected"]
    agent_34.post(address(avenant, "delete"), WHY)
    assert Avenant.objects.get() == avenant


def test_only_the_ddt_of_reference_removes_a_convention(agent_34, agent_81, lodeve):
    castres = factories.commune("81065", epci="new")
    signed = factories.convention(communes=[lodeve, castres])
    assert signed.departement_reference_id == "34"
    answer = agent_81.post(address(signed, "delete"), WHY, follow=True)
    assert "Rien n&#x27;est supprimé" in answer.content.decode()
    assert signed.couvertures.count() == 2
    remove(agent_34, signed)


def test_what_another_ddt_has_asked_keeps_the_convention(agent_34, national, lodeve):
    signed = factories.convention()
    factories.proposition(signed)
    for client in (agent_34, national):
        client.post(address(signed, "delete"), WHY)
    assert Convention.objects.get() == signed
