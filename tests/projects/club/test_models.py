"""What an event of the Club, and who came to it, may be: in the forms and in the databases."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from projects.club import coherence
from projects.club.models import EvenementClub, EvenementDepartement, Participation
from socle.dates import ONE_DAY
from tests import factories
from tests.factories import day

pytestmark = pytest.mark.django_db


@pytest.fixture
def atelier():
    return factories.evenement("2024-02-29", [factories.departement("34")])


def refused(record):
    """Return why a record cannot be, by field."""
    with pytest.raises(ValidationError) as refusal:
        record.full_clean()
    return refusal.value.message_dict


def base_refuses(write):
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


# The days of an event.


@pytest.mark.parametrize(
    ("debut", "precision_debut", "fin", "precision_fin", "possible"),
    [
        ("2024-02-29", "jour", "2024-02-28", "jour", False),
        ("2024-02-29", "jour", "2024-02-29", "jour", True),
        ("2024-02-29", "jour", "2024-02-01", "mois", True),
        ("2024-02-29", "jour", "2024-01-01", "mois", False),
        ("2024-02-29", "jour", "2024-01-01", "annee", True),
        ("2024-03-01", "mois", "2024-02-29", "jour", False),
        ("2024-02-29", "au_plus_tard", "2024-02-28", "jour", True),
    ],
)
def test_an_event_ends_no_sooner_than_it_begins(
    debut, precision_debut, fin, precision_fin, possible
):
    made = EvenementClub(
        identifiant="a", intitule="A", nature="atelier",
        debut=day(debut), precision_debut=precision_debut,
        fin=day(fin), precision_fin=precision_fin,
    )  # fmt: skip
    if possible:
        made.full_clean()
        made.save()
    else:
        assert refused(made)["fin"] == [coherence.FIN_AVANT_DEBUT]


def test_the_database_refuses_an_end_before_the_beginning_too(atelier):
    atelier.fin = day("2024-02-28")
    base_refuses(atelier.save)


def test_an_event_to_come_is_announced_the_day_it_is_written():
    today = timezone.localdate()
    coming = EvenementClub(identifiant="a", intitule="A", nature="atelier", debut=today + ONE_DAY)
    coming.full_clean()
    assert coming.annonce_le == today
    past = EvenementClub(identifiant="b", intitule="B", nature="atelier", debut=today)
    past.full_clean()
    assert past.annonce_le is None
    past.annonce_le = today + ONE_DAY
    assert refused(past)["annonce_le"] == [coherence.ANNONCE_A_VENIR]


def test_a_theme_is_of_the_list_or_written_out(atelier):
    atelier.theme, atelier.theme_libre = factories.theme(), "Autre chose"
    assert "pas les deux" in str(refused(atelier))
    base_refuses(atelier.save)


def test_a_national_meeting_is_of_no_departement(atelier):
    atelier.nature = "rencontre_nationale"
    assert refused(atelier)["nature"] == [coherence.NATIONALE_D_UN_DEPARTEMENT]
    national = factories.evenement(nature="rencontre_nationale")
    link = EvenementDepartement(evenement=national, departement=factories.departement("34"))
    assert refused(link)["departement"] == [coherence.NATIONALE_D_UN_DEPARTEMENT]


def test_what_is_linked_to_an_event_is_so_once(atelier):
    body = factories.organisme()
    atelier.organisateurs_lies.create(organisme=body)
    base_refuses(lambda: atelier.organisateurs_lies.create(organisme=body))
    base_refuses(lambda: EvenementDepartement.objects.create(
        evenement=atelier, departement=factories.departement("34")
    ))  # fmt: skip


# Who came.


def test_a_participation_is_of_one_and_only_one(atelier):
    town = factories.commune(epci="new")
    epci = town.rattachements.get().intercommunalite
    for who in ({}, {"commune": town, "intercommunalite": epci}):
        came = Participation(evenement=atelier, **who)
        assert "un seul" in str(refused(came))
        base_refuses(came.save)


@pytest.mark.parametrize("sorte", ["commune", "intercommunalite", "poste"])
def test_nobody_comes_twice_to_an_event(atelier, sorte):
    town = factories.commune(epci="new")
    who = {
        "commune": town,
        "intercommunalite": town.rattachements.get().intercommunalite,
        "poste": factories.poste([town]),
    }[sorte]
    factories.participation(atelier, who)
    again = Participation(evenement=atelier, **{sorte: who})
    assert "a déjà participé à cet événement" in str(refused(again))
    base_refuses(again.save)
    factories.participation(factories.evenement("2024-03-29"), who)


@pytest.mark.parametrize("champ", ["elus", "equipe"])
def test_a_number_is_not_negative_and_may_be_unknown_or_zero(atelier, champ):
    came = Participation(evenement=atelier, commune=factories.commune(), **{champ: -1})
    assert "négatif" in str(refused(came)[champ])
    base_refuses(came.save)
    for possible in (None, 0, 12):
        setattr(came, champ, possible)
        came.full_clean()


def test_nobody_came_yet_to_an_event_to_come():
    today, town = timezone.localdate(), factories.commune()
    tomorrow = factories.evenement((today + ONE_DAY).isoformat())
    came = Participation(evenement=tomorrow, commune=town)
    assert refused(came)["evenement"] == [coherence.A_VENIR]
    Participation(evenement=factories.evenement(today.isoformat()), commune=town).full_clean()


def test_an_event_that_some_came_to_is_not_put_off(atelier):
    factories.participation(atelier, factories.commune())
    atelier.debut = timezone.localdate() + ONE_DAY
    assert refused(atelier)["debut"] == [coherence.PARTICIPATIONS_AVANT]


def test_a_resource_is_at_one_address_of_the_web(atelier):
    factories.ressource(atelier, adresse="https://exemple.fr/a")
    base_refuses(lambda: factories.ressource(adresse="https://exemple.fr/a"))
    odd = factories.ressource(atelier)
    odd.adresse = "javascript:alert(1)"
    assert "adresse" in refused(odd)


def test_all_that_hangs_on_an_event_goes_and_comes_back_with_it(atelier):
    factories.participation(atelier, factories.commune())
    factories.ressource(atelier)
    atelier.delete()
    for model in (EvenementClub, EvenementDepartement, Participation):
        assert model.history.removed().count() == 1
