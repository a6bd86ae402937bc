"""The forms of the back office: an indicator, a reading, a target, typed by hand."""

import pytest
from django.urls import reverse

from projects.indicateurs import coherence
from projects.indicateurs.models import Cible, Indicateur, Releve
from tests import factories
from tests.formulaires import errors, filled, form_of

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


@pytest.fixture
def lodeve():
    return factories.commune("34142", epci="new", nom="Lodève")


def sent(browser, model, **fields):
    """Fill in the form of a new record and send it; return the answer."""
    url = reverse(f"admin:projects_{model}_add")
    return browser.post(url, filled(form_of(browser, url), **fields))


INDICATEUR = {
    "libelle": "Arbres",
    "identifiant": "arbres",
    "unite": "locaux",
    "definition": "Ce qui est compté",
    "perimetre": "commune",
    "sens": "hausse",
}


def test_an_agent_makes_an_indicator_of_its_departement(agent_34, lodeve):
    assert sent(agent_34, "indicateur", **INDICATEUR, departement="34").status_code == 302
    assert Indicateur.objects.get().departement_id == "34"


def test_one_of_all_of_france_is_the_national_levels(agent_34, national, lodeve):
    answer = sent(agent_34, "indicateur", **INDICATEUR)
    assert answer.status_code == 200
    assert "niveau national" in errors(answer)
    assert not Indicateur.objects.exists()
    assert sent(national, "indicateur", **INDICATEUR).status_code == 302


def test_an_indicator_without_unit_is_refused(agent_34, lodeve):
    answer = sent(agent_34, "indicateur", **INDICATEUR | {"unite": ""}, departement="34")
    assert "obligatoire" in errors(answer) or "unité" in errors(answer)
    assert not Indicateur.objects.exists()


def test_a_reading_is_typed_and_a_small_share_is_asked(agent_34, lodeve):
    part = factories.indicateur("part", unite="%")
    typed = {"indicateur": part.pk, "commune": "34142", "jour": "01/06/2024", "valeur": "0,8"}
    assert "Écrivez 80 % ou 0,8 %." in errors(sent(agent_34, "releve", **typed))
    assert sent(agent_34, "releve", **typed | {"valeur": "0,8 %"}).status_code == 302
    assert float(Releve.objects.get().valeur) == 0.8
    above = typed | {"valeur": "101", "jour": "02/06/2024"}
    assert coherence.AU_DELA_DE_CENT in errors(sent(agent_34, "releve", **above))


def test_a_value_in_another_unit_is_refused(agent_34, lodeve):
    typed = {"commune": "34142", "jour": "01/06/2024", "valeur": "62 %"}
    answer = sent(agent_34, "releve", indicateur=factories.indicateur().pk, **typed)
    assert "L'unité de cet indicateur est « façades », et non « % »." in errors(answer)
    assert not Releve.objects.exists()


def test_what_is_of_another_departement_is_not_chosen(agent_34, lodeve):
    factories.commune("81065", epci="new")
    mesure = factories.indicateur()
    typed = {"indicateur": mesure.pk, "commune": "81065", "jour": "01/06/2024", "valeur": "3"}
    assert sent(agent_34, "releve", **typed).status_code == 200
    target = {"indicateur": mesure.pk, "commune": "81065", "fixee_le": "01/06/2024", "valeur": "3"}
    assert sent(agent_34, "cible", **target).status_code == 200
    assert not Releve.objects.exists()
    assert not Cible.objects.exists()
