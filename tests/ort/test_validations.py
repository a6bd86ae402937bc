"""An ORT over two départements: what the neighbour changes waits for the reference département."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ort.models import Convention
from pvd.bureau.perimetre import Perimetre
from pvd.suivi.chiffres import chiffres
from pvd.suivi.verifications import constats
from socle.adresses_admin import undo_url
from socle.historique import one_act, signed_by
from tests import factories
from tests.conftest import browser_of
from tests.formulaires import filled, form_of
from tests.socle.admin.test_actes import offered, taken_back
from tests.vues import SansLaPage


def page(convention, view="change"):
    return reverse(f"admin:ort_convention_{view}", args=[convention.pk])


def rename(browser, convention, intitule):
    """Change a convention by its form, as an agent does."""
    url = page(convention)
    data = filled(form_of(browser, url), intitule=intitule, motif_correction="relecture")
    assert browser.post(url, data).status_code == 302


def validate(browser, convention):
    """Open the page of validation and confirm; return the status of the last answer."""
    url = page(convention, "validate")
    opened = browser.get(url)
    if opened.status_code != 200:
        return opened.status_code
    return browser.post(url, {"version_lue": opened.context["version_lue"]}).status_code


def awaiting():
    return list(Convention.objects.a_valider())


def test_what_the_neighbour_changes_waits_for_the_reference(agent_34, agent_81, shared):
    assert awaiting() == []
    rename(agent_81, shared, "ORT relue")
    assert awaiting() == [shared]
    assert "Valider la fiche" in agent_34.get(page(shared)).content.decode()
    assert "ORT relue" in agent_34.get(page(shared, "validate")).content.decode()
    assert validate(agent_34, shared) == 302
    assert awaiting() == []
    assert shared.validations.get().agent == agent_34.agent
    rename(agent_81, shared, "ORT relue deux fois")
    assert awaiting() == [shared]


def test_who_validated_last_is_read_on_the_page(agent_34, agent_81, shared):
    rename(agent_81, shared, "ORT relue")
    assert "dernière validation" not in agent_81.get(page(shared)).content.decode().lower()
    validate(agent_34, shared)
    read = agent_81.get(page(shared)).content.decode()
    assert "dernière validation" in read.lower()
    assert ", par agent34" in read
    assert "Valider la fiche" not in agent_34.get(page(shared)).content.decode()


def test_the_reference_the_national_level_and_the_loads_never_ask(agent_34, national, shared):
    rename(agent_34, shared, "ORT du 34")
    rename(national, shared, "ORT de France")
    shared.save()
    both = factories.agent("deux", [factories.departement("34"), factories.departement("81")])
    rename(browser_of(both), shared, "ORT des deux")
    assert awaiting() == []


def test_an_ort_of_one_departement_never_asks(agent_81):
    town = factories.commune("81124", epci="new")
    alone = factories.convention(communes=[town])
    rename(agent_81, alone, "ORT du Tarn")
    assert awaiting() == []


@pytest.mark.parametrize(
    ("who", "status"),
    [("agent_81", 403), ("lecteur_34", 403), ("agent_34", 302), ("referent_34", 302)]
    + [("national", 302), ("agent_12", 404)],
)
def test_who_may_validate(who, status, request, agent_81, shared):
    agent_12 = factories.agent("agent12", [factories.departement("12")])
    rename(agent_81, shared, "ORT relue")
    browser = browser_of(agent_12) if who == "agent_12" else request.getfixturevalue(who)
    assert validate(browser, shared) == status
    answer = browser.post(page(shared, "validate"))
    assert answer.status_code == (403 if status == 302 else status)
    assert shared.validations.count() == (status == 302)
    if status == 403:
        assert "Valider la fiche" not in browser.get(page(shared)).content.decode()


def test_what_was_not_read_is_not_validated(agent_34, agent_81, shared):
    rename(agent_81, shared, "ORT relue")
    url = page(shared, "validate")
    read = SansLaPage(agent_34).get(url).context["version_lue"]
    rename(agent_81, shared, "ORT relue deux fois")
    answer = agent_34.post(url, {"version_lue": read})
    assert "Rien n'est validé" in answer.content.decode().replace("&#x27;", "'")
    assert "ORT relue deux fois" in answer.content.decode()
    assert not shared.validations.exists()


@pytest.mark.parametrize(("microseconds", "waits"), [(-1, True), (0, False), (1, False)])
def test_a_validation_is_of_what_was_done_until_then(
    microseconds, waits, agent_34, agent_81, shared
):
    rename(agent_81, shared, "ORT relue")
    done = shared.history.first().history_date
    moment = done + timedelta(microseconds=microseconds)
    shared.validations.create(agent=agent_34.agent, moment=moment)
    assert awaiting() == [shared] * waits


def test_nothing_to_validate_is_refused(agent_34, shared):
    assert validate(agent_34, shared) == 403


def test_the_data_to_check_name_it_to_the_reference_only(agent_34, agent_81, national, shared):
    rename(agent_81, shared, "ORT relue")
    today = timezone.localdate()
    for browser, names in ((agent_34, ["ORT relue"]), (national, ["ORT relue"]), (agent_81, [])):
        rows = constats(Perimetre(browser.agent), today, "a_valider")
        assert [row["fiche"] for row in rows] == names
    for code, number in (("34", 1), ("81", 0)):
        chosen = Perimetre(national.agent, factories.departement(code))
        assert len(constats(chosen, today, "a_valider")) == number


@pytest.mark.parametrize("how", ["restored", "taken_back"])
def test_the_validations_of_a_convention_come_back_with_it(agent_34, agent_81, shared, how):
    rename(agent_81, shared, "ORT relue")
    validate(agent_34, shared)
    (moment,) = shared.validations.values_list("moment", flat=True)
    answer = agent_34.post(page(shared, "delete"), {"post": "yes", "motif": "doublon"})
    assert not Convention.objects.filter(pk=shared.pk).exists()
    if how == "restored":
        version = Convention.history.removed().get()
        url = reverse("admin:ort_convention_restore", args=[version.pk])
        assert agent_34.post(url, {"motif": "à tort"}).status_code == 302
    else:
        taken_back(agent_34, offered(answer))
    back = Convention.objects.get(pk=shared.pk)
    assert [(v.agent, v.moment) for v in back.validations.all()] == [(agent_34.agent, moment)]
    assert awaiting() == []
    assert "dernière validation" in agent_34.get(page(shared)).content.decode().lower()


def test_a_convention_that_was_validated_since_it_was_made_is_not_taken_back(agent_34, shared):
    with signed_by(agent_34.agent), one_act("saisie"):
        made = factories.convention()
    made.validations.create(agent=agent_34.agent, moment=timezone.now())
    url = undo_url(Convention, made.history.get().history_id)
    assert "convention validée depuis par agent34" in agent_34.get(url).content.decode()


def test_a_validation_changes_no_public_figure(agent_34, agent_81, shared):
    rename(agent_81, shared, "ORT relue")
    today = timezone.localdate()
    before = chiffres(shared.departement_reference, today)
    public = agent_34.get(f"/ort/{shared.identifiant}/").content
    validate(agent_34, shared)
    assert chiffres(shared.departement_reference, today) == before
    assert agent_34.get(f"/ort/{shared.identifiant}/").content == public


def test_a_page_to_validate_takes_few_queries(agent_34, agent_81, shared):
    rename(agent_81, shared, "ORT relue")
    validate(agent_34, shared)
    rename(agent_81, shared, "ORT relue deux fois")
    agent_34.get(page(shared))
    with CaptureQueriesContext(connection) as queries:
        assert "Valider la fiche" in agent_34.get(page(shared)).content.decode()
    assert len(queries) <= 13
