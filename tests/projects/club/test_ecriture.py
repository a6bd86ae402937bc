"""Who reads and writes the events of the Club: the last door, whatever leads to it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from projects.club.models import (
    EvenementClub,
    EvenementDepartement,
    EvenementOrganisateur,
    Participation,
    RessourceClub,
)
from socle.actes import ActeFait
from socle.annulation import undo
from socle.historique import one_act, signed_by
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def agents():
    return {
        code: factories.agent(f"agent-{code}", [factories.departement(code)])
        for code in ("34", "81", "12")
    }


@pytest.fixture
def atelier():
    """An event of the Hérault."""
    return factories.evenement("2024-02-29", [factories.departement("34")])


@pytest.fixture
def partage():
    """An event of the Hérault and of the Tarn."""
    return factories.evenement("2024-03-29", [factories.departement(code) for code in ("34", "81")])


@pytest.fixture
def national():
    return factories.evenement("2024-04-29", nature="rencontre_nationale")


def attempt(agent, write, told=""):
    """Write as an agent; `told`: expect this refusal, and that nothing is written."""
    with signed_by(agent), transaction.atomic(), one_act("essai"):
        if not told:
            write()
            return
        with pytest.raises(ValidationError, match=told), transaction.atomic():
            write()


def retitle(event):
    def write():
        event.intitule = "Autre titre"
        event.save()

    return write


PAS_LE_SIEN = "n'est pas un événement de vos départements"


def test_all_read_all_the_events_and_strangers_none(agents, atelier, partage, national):
    for agent in agents.values():
        assert EvenementClub.objects.for_user(agent).count() == 3
    for stranger in ({"departements": []}, {"is_active": False}):
        agent = factories.agent(**stranger)
        for model in (EvenementClub, EvenementDepartement, Participation):
            assert not model.objects.for_user(agent).exists()
        assert not EvenementClub.objects.a_ecrire(agent).exists()


def test_an_event_is_written_by_its_departements(agents, atelier, partage, national):
    may = {"34": [atelier, partage], "81": [partage], "12": []}
    for code, events in may.items():
        assert set(EvenementClub.objects.a_ecrire(agents[code])) == set(events)
        for event in (atelier, partage, national):
            told = "" if event in events else PAS_LE_SIEN
            attempt(agents[code], retitle(event), told)
            attempt(
                agents[code],
                lambda event=event, code=code: event.organisateurs_lies.create(
                    organisme=factories.organisme(f"Organisme de {code}")
                ),
                told,
            )
            attempt(agents[code], lambda event=event: factories.ressource(event), told)
    with signed_by(factories.agent("tous", is_superuser=True)):
        retitle(national)()


def test_an_event_removed_by_others_stays(agents, atelier):
    attempt(agents["81"], atelier.delete, PAS_LE_SIEN)
    attempt(agents["34"], atelier.delete)
    assert not EvenementClub.objects.exists()
    assert EvenementClub.objects.removed_for_user(agents["34"]).count() == 1
    assert not EvenementClub.objects.removed_for_user(agents["81"]).exists()


def test_nobody_takes_an_event_by_giving_it_a_departement(agents, atelier, national):
    for event in (atelier, national):
        attempt(
            agents["81"],
            lambda event=event: EvenementDepartement.objects.create(
                evenement=event, departement=factories.departement("81")
            ),
            PAS_LE_SIEN,
        )
    attempt(
        agents["34"],
        lambda: EvenementDepartement.objects.create(
            evenement=atelier, departement=factories.departement("81")
        ),
    )
    assert atelier.departements_lies.count() == 2


def test_a_departement_is_taken_from_an_event_by_its_own_ddt(agents, partage):
    link = EvenementDepartement.objects.get(evenement=partage, departement="81")

    def give():
        link.departement = factories.departement("12")
        link.save()

    for write in (link.delete, give):
        attempt(agents["34"], write, "d'un autre département")
    link.refresh_from_db()
    attempt(agents["81"], link.delete)


def test_a_resource_of_the_network_is_of_the_national_level(agents, atelier):
    attempt(agents["34"], factories.ressource, "tout le réseau")
    of_network = factories.ressource()

    def take():
        of_network.evenement = atelier
        of_network.save()

    for write in (of_network.delete, take):
        attempt(agents["34"], write, "tout le réseau|n'est pas un événement")
    assert RessourceClub.objects.get(pk=of_network.pk).evenement is None


def test_what_a_source_says_of_an_event_is_written_as_it_is(agents, atelier):
    def said():
        return atelier.affirmations.create(
            champ="debut", valeur_brute="29 février", source=factories.source()
        )

    attempt(agents["81"], said, PAS_LE_SIEN)
    attempt(agents["34"], said)
    attempt(agents["81"], atelier.affirmations.get().delete, PAS_LE_SIEN)
    attempt(agents["34"], atelier.affirmations.get().delete)


# Who came: noted by whoever keeps the event, and by the DDT of whoever came.


@pytest.fixture
def castres():
    return factories.commune("81065", epci="new")


@pytest.fixture
def lodeve():
    return factories.commune("34142", epci="new")


@pytest.mark.parametrize("sorte", ["commune", "intercommunalite", "poste"])
def test_each_notes_that_its_own_came_wherever_it_is(agents, atelier, castres, lodeve, sorte):
    def who(town):
        return {
            "commune": town,
            "intercommunalite": town.rattachements.get().intercommunalite,
            "poste": factories.poste([town]),
        }[sorte]

    theirs, ours = who(castres), who(lodeve)
    attempt(agents["81"], lambda: factories.participation(atelier, theirs, elus=2))
    attempt(agents["81"], lambda: factories.participation(atelier, ours), PAS_LE_SIEN)
    attempt(agents["12"], lambda: factories.participation(atelier, ours), PAS_LE_SIEN)
    attempt(agents["34"], lambda: factories.participation(atelier, ours))
    seen = {c: Participation.objects.for_user(agents[c]).count() for c in agents}
    assert seen == {"34": 2, "81": 1, "12": 0}
    came = Participation.objects.get(elus=2)
    attempt(agents["12"], came.delete, PAS_LE_SIEN)
    attempt(agents["81"], came.delete)


def test_whoever_keeps_an_event_notes_all_who_came(agents, atelier, castres):
    attempt(agents["34"], lambda: factories.participation(atelier, castres, elus=1))
    assert Participation.objects.get().elus == 1


def test_a_participation_is_not_taken_from_another(agents, national, lodeve, castres):
    came = factories.participation(national, lodeve)

    def take():
        came.commune = castres
        came.save()

    attempt(agents["81"], take, PAS_LE_SIEN)
    came.refresh_from_db()
    assert came.commune == lodeve
    came.delete()
    assert Participation.objects.removed_for_user(agents["34"]).count() == 1
    assert not Participation.objects.removed_for_user(agents["81"]).exists()


def test_an_event_and_all_that_hangs_on_it_is_taken_back_by_its_agent(agents, lodeve):
    with signed_by(agents["34"]), one_act("saisie") as acte:
        made = factories.evenement(
            "2024-02-29", [factories.departement("34")], [factories.organisme()]
        )
        factories.participation(made, lodeve)
        factories.ressource(made)
    with signed_by(agents["34"]):
        undo(ActeFait(acte.moment, agents["34"].pk, acte.motif), "erreur", agents["34"])
    for model in (EvenementClub, EvenementDepartement, EvenementOrganisateur, Participation):
        assert not model.objects.exists()
    assert not RessourceClub.objects.exists()
