"""The back office of the chef de projet posts."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.formulaires import errors, filled, form_of
from tests.vues import SansLaPage


def page_of(poste):
    return reverse("admin:projects_poste_change", args=[poste.pk])


def test_all_that_hangs_on_a_post_is_entered_on_one_page(agent_34):
    poste = factories.poste([factories.commune("34142")])
    rows = {
        "occupations-TOTAL_FORMS": 1,
        "occupations-0-debut": "01/09/2022",
        "occupations-0-fin": "31/08/2023",
        "recrutements-TOTAL_FORMS": 1,
        "recrutements-0-date_publication": "01/06/2022",
    }
    data = filled(form_of(agent_34, page_of(poste)), **rows)
    assert agent_34.post(page_of(poste), data).status_code == 302
    assert poste.occupations.get().fin == factories.day("2023-09-01")
    page = agent_34.get(page_of(poste)).content.decode()
    assert 'value="31/08/2023"' in page


def test_the_last_day_in_post_may_be_the_first(agent_34):
    poste = factories.poste([factories.commune("34142")])
    factories.occupation(poste, "2022-09-01")
    page = form_of(agent_34, page_of(poste))
    for last_day, status in (("31/08/2022", 200), ("01/09/2022", 302)):
        answer = agent_34.post(page_of(poste), filled(page, **{"occupations-0-fin": last_day}))
        assert answer.status_code == status, errors(answer)


def test_a_post_serves_a_commune(agent_34):
    poste = factories.poste([factories.commune("34142")])
    gone = {"dessertes-0-DELETE": "on", "motif_correction": "doublon"}
    answer = agent_34.post(page_of(poste), filled(form_of(agent_34, page_of(poste)), **gone))
    assert "Indiquez au moins une commune desservie." in errors(answer)


def test_a_post_over_two_departements_is_saved_whole_by_either(agent_34, agent_81):
    poste = factories.poste(
        [factories.commune("34293"), factories.commune("81124")],
        employeur_commune=factories.commune("81124"),
    )
    for browser in (agent_34, agent_81):
        page = form_of(browser, page_of(poste))
        assert browser.post(page_of(poste), filled(page)).status_code == 302
    poste.refresh_from_db()
    assert poste.employeur_commune_id == "81124"
    assert poste.dessertes.count() == 2


def test_two_employers_are_refused_in_french(agent_34):
    lodeve = factories.commune("34142", "new")
    poste = factories.poste([lodeve], employeur_commune=lodeve)
    page = form_of(agent_34, page_of(poste))
    epci = lodeve.rattachements.get().intercommunalite_id
    answer = agent_34.post(page_of(poste), filled(page, employeur_intercommunalite=epci))
    assert "Un poste a un seul employeur." in errors(answer)


@pytest.mark.parametrize("etat", ["pourvu", "inconnu"])
def test_the_list_keeps_the_posts_in_a_state(etat, agent_34):
    served = factories.commune("34142")
    held, unknown = factories.poste([served]), factories.poste([served])
    factories.occupation(held, "2022-09-01")
    page = SansLaPage(agent_34).get(reverse("admin:projects_poste_changelist"), {"etat": etat})
    assert list(page.context["cl"].queryset) == [held if etat == "pourvu" else unknown]


def test_who_holds_a_post_is_searched_by_nobody(agent_34):
    poste = factories.poste([factories.commune("34142")])
    factories.occupation(poste, "2022-09-01", titulaire="Camille Martin")
    page = agent_34.get(reverse("admin:projects_poste_changelist"))
    assert "Camille Martin" not in page.content.decode()
    assert "Camille Martin" in agent_34.get(page_of(poste)).content.decode()


@pytest.mark.parametrize(("code", "accepted"), [("34142", True), ("81192", True), ("12001", False)])
def test_the_communes_of_a_shared_post_are_within_its_reach(code, accepted, agent_34, agent_81):
    epci = factories.intercommunalite()
    served = [factories.commune("34293"), factories.commune("81124")]
    poste = factories.poste(served, employeur_commune=None, employeur_intercommunalite=epci)
    factories.commune(code, epci if accepted else None)
    for browser, other in ((agent_34, "81124"), (agent_81, "34293")):
        page = form_of(browser, page_of(poste))
        rows = {"dessertes-TOTAL_FORMS": 3, "dessertes-2-commune": code}
        answer = browser.post(page_of(poste), filled(page, **rows))
        assert (answer.status_code == 302) == accepted
        assert poste.dessertes.filter(commune=other).exists()
        poste.dessertes.filter(commune=code).delete_each()


def test_a_commune_of_another_departement_is_refused_to_a_post_of_one(agent_34):
    poste = factories.poste([factories.commune("34293")])
    factories.commune("81192")
    rows = {"dessertes-TOTAL_FORMS": 2, "dessertes-1-commune": "81192"}
    answer = agent_34.post(page_of(poste), filled(form_of(agent_34, page_of(poste)), **rows))
    assert answer.status_code == 200
    assert poste.dessertes.count() == 1


def test_an_offer_names_someone_of_its_own_post(agent_34):
    poste, other = (factories.poste([factories.commune("34142")]) for _ in range(2))
    ours = factories.occupation(poste, "2023-03-01", titulaire="Camille")
    theirs = factories.occupation(other, "2023-03-01", titulaire="Dominique")
    factories.recrutement(poste, "2023-01-01", "recrute", "2023-02-01")
    page = agent_34.get(page_of(poste))
    assert "Dominique" not in page.content.decode()
    for holder, status in ((theirs, 200), (ours, 302)):
        fields = {"recrutements-0-occupation": holder.pk}
        answer = agent_34.post(page_of(poste), filled(page, **fields))
        assert answer.status_code == status, errors(answer)
    assert poste.recrutements.get().occupation == ours


@pytest.mark.parametrize(("amount", "warned"), [("45000", False), ("45000,01", True)])
def test_a_funding_above_the_limits_is_saved_with_a_warning(amount, warned, agent_34):
    poste = factories.poste([factories.commune("34142")])
    rows = {
        "cofinancements-TOTAL_FORMS": 1,
        "cofinancements-0-annee": 2024,
        "cofinancements-0-financeur": "etat",
        "cofinancements-0-montant": amount,
    }
    data = filled(form_of(agent_34, page_of(poste)), **rows)
    page = agent_34.post(page_of(poste), data, follow=True).content.decode().replace("\xa0", " ")
    assert poste.cofinancements.count() == 1
    assert ("45\u202f000 € par an au plus" in page) == warned


def test_the_list_tells_the_state_and_since_when(agent_34):
    poste = factories.poste([factories.commune("34142")])
    factories.occupation(poste, "2022-09-01")
    url = reverse("admin:projects_poste_changelist")
    held = '<span class="badge badge--success">pourvu</span> depuis le 1er septembre 2022'
    assert held in agent_34.get(url).content.decode()
    poste.date_fermeture = factories.day("2023-09-01")
    poste.save()
    closed = '<span class="badge">fermé</span> depuis le 1er septembre 2023'
    assert closed in agent_34.get(url).content.decode()
    assert "fermé depuis le 1er septembre 2023" in agent_34.get(page_of(poste)).content.decode()


def test_the_list_keeps_what_the_home_tells_of(agent_34):
    served, soon = factories.commune("34142"), timezone.localdate() + datetime.timedelta(days=30)
    vacant = factories.poste([served], date_ouverture=factories.day("2022-01-01"))
    contract, funded, quiet = (factories.poste([served]) for _ in range(3))
    factories.occupation(contract, "2022-01-01", fin_contrat_prevue=soon)
    factories.cofinancement(funded, fin=soon)
    factories.occupation(quiet, "2022-01-01")
    url = reverse("admin:projects_poste_changelist")
    for kept, poste in (("vacant", vacant), ("contrat", contract), ("cofinancement", funded)):
        found = SansLaPage(agent_34).get(url, {"suivi": kept}).context["cl"].queryset
        assert list(found) == [poste]


def test_a_post_is_opened_from_the_list_by_whoever_may(agent_34, lecteur_34):
    url, link = reverse("admin:projects_poste_changelist"), "/admin/gestes/ouvrir-un-poste/"
    assert link in agent_34.get(url).content.decode()
    assert link not in lecteur_34.get(url).content.decode()


def test_a_commune_that_two_rows_of_a_page_serve_on_the_same_days_is_refused(agent_34):
    town = factories.commune("34142", nom="Lodève")
    poste = factories.poste([town])
    page = form_of(agent_34, page_of(poste))
    row = {"dessertes-TOTAL_FORMS": 2, "dessertes-1-commune": town.pk}
    for first_day, refused in (("31/12/2023", True), ("01/01/2024", False)):
        days = {"dessertes-0-fin": "01/01/2024", "dessertes-1-debut": first_day}
        answer = agent_34.post(page_of(poste), filled(page, **row, **days))
        assert (answer.status_code == 200) == refused
        if refused:
            assert "Lodève : Ce poste dessert déjà cette commune à ces dates." in errors(answer)
    assert poste.dessertes.count() == 2
