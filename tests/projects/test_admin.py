"""The back office of the chef de projet posts."""

import pytest
from django.urls import reverse

from projects.models import Poste
from tests import factories
from tests.formulaires import errors, filled


def page_of(poste):
    return reverse("admin:projects_poste_change", args=[poste.pk])


def test_a_whole_post_is_entered_on_one_page(agent_34):
    lodeve = factories.commune("34142", "new")
    url = reverse("admin:projects_poste_add")
    rows = {
        "dessertes-0-commune": lodeve.pk,
        "occupations-TOTAL_FORMS": 1,
        "occupations-0-debut": "01/09/2022",
        "occupations-0-fin": "31/08/2023",
        "recrutements-TOTAL_FORMS": 1,
        "recrutements-0-date_publication": "01/06/2022",
    }
    data = filled(agent_34.get(url), intitule="Chef de projet", identifiant="poste-1", **rows)
    assert agent_34.post(url, data).status_code == 302
    occupation = Poste.objects.get().occupations.get()
    assert occupation.fin == factories.day("2023-09-01")
    page = agent_34.get(page_of(occupation.poste)).content.decode()
    assert 'value="31/08/2023"' in page


def test_the_last_day_in_post_may_be_the_first(agent_34):
    poste = factories.poste([factories.commune("34142")])
    factories.occupation(poste, "2022-09-01")
    page = agent_34.get(page_of(poste))
    for last_day, status in (("31/08/2022", 200), ("01/09/2022", 302)):
        answer = agent_34.post(page_of(poste), filled(page, **{"occupations-0-fin": last_day}))
        assert answer.status_code == status, errors(answer)


def test_a_post_serves_a_commune(agent_34):
    url = reverse("admin:projects_poste_add")
    answer = agent_34.post(url, filled(agent_34.get(url), intitule="Poste", identifiant="p"))
    assert "Indiquez au moins une commune desservie." in errors(answer)


def test_a_post_over_two_departements_is_saved_whole_by_either(agent_34, agent_81):
    poste = factories.poste(
        [factories.commune("34293"), factories.commune("81124")],
        employeur_commune=factories.commune("81124"),
    )
    for browser in (agent_34, agent_81):
        page = browser.get(page_of(poste))
        assert browser.post(page_of(poste), filled(page)).status_code == 302
    poste.refresh_from_db()
    assert poste.employeur_commune_id == "81124"
    assert poste.dessertes.count() == 2


def test_two_employers_are_refused_in_french(agent_34):
    lodeve = factories.commune("34142", "new")
    poste = factories.poste([lodeve], employeur_commune=lodeve)
    page = agent_34.get(page_of(poste))
    epci = lodeve.rattachements.get().intercommunalite_id
    answer = agent_34.post(page_of(poste), filled(page, employeur_intercommunalite=epci))
    assert "Un poste a un seul employeur." in errors(answer)


@pytest.mark.parametrize("etat", ["pourvu", "inconnu"])
def test_the_list_keeps_the_posts_in_a_state(etat, agent_34):
    served = factories.commune("34142")
    held, unknown = factories.poste([served]), factories.poste([served])
    factories.occupation(held, "2022-09-01")
    page = agent_34.get(reverse("admin:projects_poste_changelist"), {"etat": etat})
    assert list(page.context["cl"].queryset) == [held if etat == "pourvu" else unknown]


def test_who_holds_a_post_is_searched_by_nobody(agent_34):
    poste = factories.poste([factories.commune("34142")])
    factories.occupation(poste, "2022-09-01", titulaire="Camille Martin")
    page = agent_34.get(reverse("admin:projects_poste_changelist"))
    assert "Camille Martin" not in page.content.decode()
    assert "Camille Martin" in agent_34.get(page_of(poste)).content.decode()
