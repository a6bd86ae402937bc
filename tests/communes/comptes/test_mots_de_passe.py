"""What a password may not be: short, or made of what anyone would try first here."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from communes.comptes.mots_de_passe import first_of, years
from communes.models import Agent, Role
from tests import factories
from tests.formulaires import errors

THIS_YEAR = timezone.localdate().year


@pytest.fixture
def agent(db):
    factories.commune("34142", nom="Lodève")
    factories.commune("34301", nom="Sète")
    factories.commune("81004", nom="Albi")
    fields = {"first_name": "Zoé", "last_name": "Quintard", "email": "zq@hameau.example"}
    return factories.agent("zquint7", [factories.departement("34")], **fields)


def refused(password, agent):
    try:
        validate_password(password, agent)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


@pytest.mark.parametrize("password", ["tulipe-gris", "1234567890123", "motdepasse"])
def test_a_short_or_a_numeric_password_is_refused(password, agent):
    assert refused(password, agent)


def test_twelve_characters_are_enough(agent):
    assert "12 caractères" in refused("tulipe-gris", agent)
    assert refused("tulipe-grise", agent) == ""


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("PetitesVillesDeDemain!", "villesdedemain"),
        ("petites-villes-bleues", "petitesvilles"),
        ("une Préfecture grise", "prefecture"),
        ("Pr3f3ctur3-grise", "prefecture"),
        ("pvd-tulipe-grise", "pvd"),
        ("PVDpvdPVDpvd", "pvdpvdpvdpvd"),
        ("ort.tulipe.grise", "ort"),
        ("DDT:tulipe:grise", "ddt"),
        ("ddtm34/tulipes/", "ddtm"),
        ("Herault-tulipes", "herault"),
        ("h€r@ult-tulipes", "herault"),
        ("hérault et tulipes", "herault"),
        ("Lodeve-tulipes", "lodeve"),
        ("sete-34-tulipes", "sete"),
        ("Occitanie-tulipes", "occitanie"),
        (f"tulipes{THIS_YEAR}bleues", str(THIS_YEAR)),
        (f"tulipes{THIS_YEAR + 1}bleues", str(THIS_YEAR + 1)),
        (f"tulipes{THIS_YEAR - 1}bleues", str(THIS_YEAR - 1)),
        ("tulipes-zquint7-x", "zquint7"),
        ("quintard-et-fils", "quintard"),
        ("hameau-du-moulin", "hameau"),
    ],
)
def test_a_word_of_the_trade_of_the_place_of_the_year_or_of_the_account_is_refused(
    password, word, agent
):
    assert f"Ce mot de passe contient « {word} »" in refused(password, agent)


@pytest.mark.parametrize(
    "password", ["porte-fenetre-grise", "assiette et pivot", "albi-tulipe-grise", "kX9vq2Lm-rTz7w"]
)
def test_what_only_resembles_them_or_is_elsewhere_is_accepted(password, agent):
    assert refused(password, agent) == ""


def test_a_short_word_is_not_sought_inside_another():
    assert first_of({"ort", "pvd"}, "sortir-du-port") is None
    assert first_of({"ort", "pvd"}, "x9ortpvd-rouge") == "ortpvd"


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("Tulipe-Brouette-55", None),
        ("Tulipe-Rouet-55", "rouet"),
        ("tulipe55rouet", "rouet"),
        ("jemontpelliers", "montpellier"),
        ("l0deve-tulipe", "lodeve"),
    ],
)
def test_a_short_place_is_sought_where_no_other_letter_touches_it(password, found):
    assert first_of(set(), password, {"rouet", "montpellier", "lodeve"}) == found


def test_the_years_go_from_the_programme_to_the_next_one():
    assert list(years(factories.day("2022-05-01"))) == ["2020", "2021", "2022", "2023"]


# Each page that takes a password asks for the same.


def test_a_new_account_is_judged_by_the_departements_that_are_chosen_for_it(agent, national):
    data = {"username": "nouveau", "role": Role.AGENT, "departements": ["34"]}
    data |= {"password1": "Lodeve-tulipes", "password2": "Lodeve-tulipes"}
    answer = national.post(reverse("admin:communes_agent_add"), data)
    assert "Ce mot de passe contient « lodeve »" in errors(answer)
    assert not Agent.objects.filter(username="nouveau").exists()


def test_a_password_given_by_another_is_judged_too(agent, national):
    data = {"password1": "Lodeve-tulipes", "password2": "Lodeve-tulipes"}
    answer = national.post(reverse("admin:auth_user_password_change", args=[agent.pk]), data)
    assert "Ce mot de passe contient « lodeve »" in answer.content.decode()


def test_ones_own_password_is_judged_too(agent_34):
    data = {"old_password": "secret", "new_password1": "ort-ort-ort-ort"}
    data["new_password2"] = data["new_password1"]
    answer = agent_34.post(reverse("admin:password_change"), data)
    agent_34.agent.refresh_from_db()
    assert "Ce mot de passe contient « ort" in answer.content.decode()
    assert agent_34.agent.check_password("secret")
