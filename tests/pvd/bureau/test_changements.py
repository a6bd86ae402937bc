"""What changed of late: of every sort of record that agents write, to those whose it is, and to no other."""

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from projects.models import (
    ActionPartenaire,
    AttenteAcceptee,
    EcheanceAcceptee,
    EtudeAction,
    RessourceClub,
)
from pvd.bureau.changements import FICHES_SUIVIES, recent_changes
from pvd.bureau.perimetre import Perimetre
from socle.historique import Historisee
from socle.sources import Affirmation, Source, record_type
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


def recorded_in_lodeve():
    """Return a record of each sort that rests on sources, of Lodève, by the name of the sort."""
    lodeve = factories.commune("34142", epci="new", nom="Lodève")
    ort = factories.convention("2021-07-16", [lodeve])
    poste = factories.poste([lodeve])
    action, etude = factories.action([lodeve], ort), factories.etude([lodeve])
    line = factories.financement(action)
    mesure = factories.indicateur("autre")
    found = [
        factories.labellisation(lodeve),
        *(ort, factories.avenant(ort, "2022-01-01"), factories.bilan(ort, "2022-07-16")),
        *(poste, poste.dessertes.get(), factories.occupation(poste, "2022-01-01")),
        *(factories.recrutement(poste, "2021-06-01"), factories.cofinancement(poste)),
        *(action, factories.fait(action, "point", "2024-01-01"), factories.cout(action, 10)),
        *(etude, factories.fait_etude(etude, "demandee", "2024-01-01"), factories.cout(etude, 10)),
        *(line, factories.fait_financement(line, "accord", "2024-01-01", 10)),
        factories.releve(action, 12, "2024-06-01", mesure=mesure),
        factories.cible(ort, 40, "2024-01-01", mesure=mesure),
        factories.evenement("2024-02-29", [lodeve.departement]),
    ]
    return {record._meta.verbose_name: record for record in found}


def test_a_source_is_told_to_those_whose_records_rest_on_it_whatever_they_are():
    for sorte, record in recorded_in_lodeve().items():
        said = {"content_type": record_type(type(record)), "object_id": str(record.pk)}
        source = factories.source(titre=f"Source : {sorte}")
        Affirmation.objects.create(**said, champ="jour", valeur_brute="2024", source=source)
    told = {code: set(told_to(code)) for code in ("34", "81")}
    wanted = set(Source.objects.values_list("titre", flat=True))
    assert wanted - told["34"] == set()
    assert wanted & told["81"] == set()


def test_a_body_is_told_to_those_whose_records_name_it_whatever_it_does_there():
    records = recorded_in_lodeve()
    action, etude = records["action"], records["étude"]
    body = {
        what: factories.organisme(f"Qui {what}") for what in ("mène", "étudie", "finance", "aide")
    }
    action.maitre_ouvrage_commune, action.maitre_ouvrage_organisme = None, body["mène"]
    action.save()
    etude.prestataire = body["étudie"]
    etude.save()
    factories.financement(action, financeur_organisme=body["finance"])
    ActionPartenaire.objects.create(action=action, organisme=body["aide"])
    wanted = {each.nom for each in body.values()}
    assert wanted - set(told_to("34")) == set()
    assert wanted & set(told_to("81")) == set()
