"""What changed of late: of every sort of record that agents write, to those whose it is, and to no other."""

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from projects.models import AttenteAcceptee, EcheanceAcceptee, EtudeAction, RessourceClub
from pvd.bureau.changements import FICHES_SUIVIES, recent_changes
from pvd.bureau.perimetre import Perimetre
from socle.historique import Historisee
from tests import factories
from tests.factories import day

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]

# Told elsewhere: what a source says, with the record; the notebook, to its agents; the tables that the
# national level keeps, the territory too; whom to call, who is of today; and who read a page again, which
# changes nothing of it.
NOT_TOLD = {
    "communes.Interlocuteur",
    "communes.Mouvement",
    "communes.Programme",
    "communes.Relecture",
    "projects.Contact",
    "projects.Dispositif",
    "projects.Note",
    "projects.ReglePeriode",
    "projects.Theme",
    "socle.Affirmation",
    "suivi.ChiffrePublie",
}


def test_every_sort_of_record_is_told_or_said_not_to_be():
    kept = {m._meta.label for m in apps.get_models() if issubclass(m, Historisee)}
    assert kept - {sorte.model._meta.label for sorte in FICHES_SUIVIES} == NOT_TOLD


def told_to(code, *, national=False, departement=None):
    """Return what an agent of a département is told to have changed, by the name of the record."""
    user = factories.agent(departements=[factories.departement(code)], is_superuser=national)
    there = Perimetre(user, departement and factories.departement(departement))
    return {change.fiche: change.choses for change in recent_changes(there, timezone.now())}


def test_an_event_is_told_with_who_came_and_what_is_left_of_it():
    lodeve = factories.commune("34142", epci="new", nom="Lodève")
    event = factories.evenement("2024-02-29", [lodeve.departement], intitule="Atelier de Pézenas")
    factories.participation(event, lodeve)
    factories.participation(event, lodeve.rattachements.get().intercommunalite)
    RessourceClub.objects.create(
        nature="document", titre="Diaporama", adresse="https://exemple.fr/a", evenement=event
    )
    told = told_to("34")["Atelier de Pézenas"]
    assert "ajout : événement du Club" in told
    assert "ajout : participation à un événement (Lodève)" in told
    assert "ajout : ressource du Club (Diaporama)" in told
    assert "ajout : département de l'événement (Hérault)" in told
    assert len([thing for thing in told if "participation" in thing]) == 2
    assert "Atelier de Pézenas" not in told_to("81")
    assert "Atelier de Pézenas" in told_to("81", national=True)
    assert "Atelier de Pézenas" not in told_to("81", national=True, departement="81")


def test_what_is_of_all_of_france_is_told_to_all():
    factories.evenement("2024-02-29", nature="rencontre_nationale", intitule="Rencontre nationale")
    for code in ("34", "81"):
        assert "Rencontre nationale" in told_to(code)


def test_an_event_leads_to_its_record_and_is_on_the_home(agent_34):
    event = factories.evenement("2024-02-29", [factories.departement("34")], intitule="Atelier")
    page = agent_34.get("/admin/").content.decode()
    assert reverse("admin:projects_evenementclub_change", args=[event.pk]) in page


def test_the_page_of_a_record_tells_no_event(agent_34):
    lodeve = factories.commune("34142", epci="new")
    factories.evenement("2024-02-29", nature="rencontre_nationale", intitule="Rencontre nationale")
    page = agent_34.get(reverse("admin:communes_commune_page", args=[lodeve.pk]))
    assert "Rencontre nationale" not in page.content.decode()


def test_what_is_accepted_and_what_a_study_prepares_are_told():
    lodeve = factories.commune("34142", epci="new", nom="Lodève")
    signed = factories.convention("2021-07-16", [lodeve], intitule="ORT de Lodève")
    action = factories.action([lodeve], signed, intitule="Façades")
    study = factories.etude([lodeve], signed, intitule="Plan-guide")
    EtudeAction.objects.create(etude=study, action=action)
    given = {"motif": "X", "jour": day("2025-01-01")}
    EcheanceAcceptee.objects.create(
        convention=signed, nature="annuel", periode=day("2022-07-16"), **given
    )
    AttenteAcceptee.objects.create(
        cible=factories.cible(action, 40, "2023-01-01"), attendu_le=day("2024-01-01"), **given
    )
    told = told_to("34")
    assert "ajout : action que l'étude prépare (Façades)" in told["Plan-guide"]
    assert "ajout : échéance acceptée" in told["ORT de Lodève"]
    assert any("attente acceptée" in thing for thing in told["Façades"])
