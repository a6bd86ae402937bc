"""Whom to call: kept by the agents of each département, a service and never a person, told by every page."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from communes.models import Interlocuteur
from tests import factories
from tests.formulaires import errors, filled
from tests.pages import count_queries, read

ADD = reverse("admin:communes_interlocuteur_add")
NOT_TOLD = "coordonnées non renseignées"


@pytest.fixture
def lodeve(db):
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town, adhesion="2021-03-26")
    return town


def typed(browser, **fields):
    page = browser.get(ADD, {"departement": "34"})
    return browser.post(ADD, filled(page, service="DDTM, service habitat", **fields))


# Who writes it, and what is refused.


def test_an_agent_says_whom_to_call_in_its_departement(agent_34):
    assert typed(agent_34, telephone="04 67 00 00 00").status_code == 302
    made = Interlocuteur.objects.get()
    assert (made.departement_id, made.telephone) == ("34", "04 67 00 00 00")
    assert made.history.get().history_user == agent_34.agent


def test_an_agent_says_nothing_for_another_departement(agent_34):
    factories.departement("81")
    answer = typed(agent_34, departement="81", courriel="habitat@exemple.fr")
    assert answer.status_code == 200
    assert not Interlocuteur.objects.exists()


def test_a_departement_has_one_interlocuteur(agent_34):
    factories.interlocuteur()
    assert "a déjà son interlocuteur" in errors(typed(agent_34, courriel="b@exemple.fr"))
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.interlocuteur()


@pytest.mark.parametrize("reached", [{}, {"horaires": "le matin"}])
def test_it_has_a_mail_or_a_phone(agent_34, reached):
    assert "Donnez un courriel ou un téléphone" in errors(typed(agent_34, **reached))
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.interlocuteur(courriel="")


@pytest.mark.parametrize(
    "number", ["04 67 00 00 00", "04.67.00.00.00", "+33 4 67 00 00 00", "3939"]
)
def test_a_number_that_one_can_call(db, number):
    factories.interlocuteur(telephone=number).full_clean()


@pytest.mark.parametrize("number", ["04 6", "poste 12", "٠٤٦٧٠٠٠٠٠٠", "04 67 (accueil)"])
def test_a_number_that_nobody_can_call(db, number):
    with pytest.raises(ValidationError, match="Des chiffres"):
        factories.interlocuteur(telephone=number).full_clean()


@pytest.mark.parametrize("mail", ["camille.martin@exemple.fr", "Camille.Saint-Jean@exemple.fr"])
def test_the_mail_of_somebody_is_asked_about(agent_34, mail):
    asked = typed(agent_34, courriel=mail)
    assert f"« {mail} »" in errors(asked)
    assert not Interlocuteur.objects.exists()
    ticked = filled(asked, **{"nomme-courriel": "on"})
    assert agent_34.post(ADD, ticked).status_code == 302
    assert Interlocuteur.objects.get().courriel == mail


@pytest.mark.parametrize(
    "mail", ["ddtm.habitat@exemple.fr", "habitat@exemple.fr", "sat-34@exemple.fr"]
)
def test_the_mail_of_a_service_is_not(agent_34, mail):
    assert typed(agent_34, courriel=mail).status_code == 302


def test_a_known_holder_is_asked_about(agent_34, lodeve):
    factories.occupation(factories.poste([lodeve]), "2022-01-01", titulaire="Camille Martin")
    assert "camille_martin" in errors(typed(agent_34, courriel="camille_martin@exemple.fr"))


def test_a_number_that_changes_asks_for_no_reason(agent_34):
    made = factories.interlocuteur()
    change = reverse("admin:communes_interlocuteur_change", args=[made.pk])
    answer = agent_34.post(change, filled(agent_34.get(change), telephone="04 67 11 11 11"))
    assert answer.status_code == 302
    made.refresh_from_db()
    assert made.telephone == "04 67 11 11 11"
    assert made.history.count() == 2


# The home asks for it.


def test_the_home_asks_for_whom_to_call_until_it_is_told(agent_34, lecteur_34):
    asked = "Qui le public peut-il appeler ?"
    page = agent_34.get("/admin/").content.decode()
    assert asked in page
    assert f"{ADD}?departement=34" in page
    assert asked not in lecteur_34.get("/admin/").content.decode()
    factories.interlocuteur()
    assert asked not in agent_34.get("/admin/").content.decode()


def test_the_national_home_asks_for_the_departements_that_are_kept(national):
    factories.departement("34")
    factories.departement("81", tenue="aucune")
    page = national.get("/admin/").content.decode()
    assert f"{ADD}?departement=34" in page
    assert f"{ADD}?departement=81" not in page
    assert f"{ADD}?departement=81" in national.get("/admin/?departement=81").content.decode()


# The pages tell it, whatever their day.


@pytest.mark.parametrize("query", ["", "?au=2022-01-01"])
def test_the_pages_tell_whom_to_call(client, lodeve, query):
    factories.convention("2021-07-16", [lodeve], identifiant="ort-lodeve")
    pages = [f"/communes/34142/{query}", f"/ort/ort-lodeve/{query}", f"/departements/34/{query}"]
    for page in pages:
        assert NOT_TOLD in read(client, page)
    factories.interlocuteur(
        lodeve.departement, telephone="04 67 00 00 00", horaires="le matin, de 9 h à 12 h"
    )
    for page in pages:
        told = read(client, page)
        assert "Votre interlocuteur DDTM, service habitat" in told
        assert (
            "Téléphone : 04 67 00 00 00 Courriel : habitat@exemple.fr Le matin, de 9 h à 12 h"
            in told
        )
        assert NOT_TOLD not in told
        assert ("Coordonnées d'aujourd'hui" in told) == bool(query)
        assert 'href="tel:0467000000"' in client.get(page).content.decode()


def test_an_ort_of_two_departements_tells_both(client, lodeve):
    albi = factories.commune("81004", nom="Albi")
    factories.convention("2021-07-16", [lodeve, albi], identifiant="ort-deux")
    factories.interlocuteur(lodeve.departement)
    told = read(client, "/ort/ort-deux/")
    assert "DDTM, service habitat (Hérault (34))" in told
    assert f"dans le département du Tarn : {NOT_TOLD}" in told


def test_an_ort_of_no_commune_yet_tells_that_of_its_reference(client, lodeve):
    reference = lodeve.departement
    factories.convention("2021-07-16", identifiant="ort-vide", departement_reference=reference)
    factories.interlocuteur(reference)
    assert "DDTM, service habitat" in read(client, "/ort/ort-vide/")


def test_telling_whom_to_call_costs_the_page_no_query_a_departement(client, lodeve):
    albi = factories.commune("81004", nom="Albi")
    factories.convention("2021-07-16", [lodeve], identifiant="ort-une")
    factories.convention("2021-07-16", [lodeve, albi], identifiant="ort-deux")
    assert count_queries(client, "/ort/ort-une/") == count_queries(client, "/ort/ort-deux/")
