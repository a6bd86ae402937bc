"""What records of all départements name, sources and organismes, is not rewritten by one of them."""

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from ort.models import Organisme, Partie
from socle.admin.base import PvdAdmin
from socle.historique import Historisee
from socle.models import Affirmation, Source
from tests import factories
from tests.conftest import browser_of
from tests.formulaires import filled, form_of


@pytest.fixture(params=["source", "organisme"])
def shared(request, db):
    """A source, or an organisme, and the function that has a convention of a département name it."""
    if request.param == "source":
        source = factories.source(titre="Arrêté", url="https://exemple.fr/arrete")

        def named_by(convention):
            convention.affirmations.create(
                champ="date_signature", valeur_brute="2023-07-06", source=source
            )

        return source, named_by, "titre"
    organisme = Organisme.objects.create(nom="Région", nature="region")

    def named_by(convention):
        Partie.objects.create(convention=convention, organisme=organisme, role="signataire")

    return organisme, named_by, "nom"


def convention_of(code):
    town = factories.commune(f"{code}142")
    return factories.convention(communes=[town], departement_reference=town.departement)


def url_of(record, view="change"):
    return reverse(
        f"admin:{record._meta.app_label}_{record._meta.model_name}_{view}", args=[record.pk]
    )


def rename(browser, record, champ, data=None):
    data = (data or filled(form_of(browser, url_of(record)))) | {champ: "Réécrit"}
    return browser.post(url_of(record), data | {"motif_correction": "pour voir"})


def name_of(record, champ):
    return type(record).objects.values_list(champ, flat=True).get(pk=record.pk)


def test_an_agent_of_no_departement_rewrites_nothing(shared, national):
    record, named_by, champ = shared
    named_by(convention_of("34"))
    nobody = browser_of(factories.agent("personne"))
    data = filled(form_of(national, url_of(record)))
    assert nobody.get(url_of(record)).status_code == 403
    assert rename(nobody, record, champ, data).status_code == 403
    assert name_of(record, champ) != "Réécrit"
    add = reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_add")
    assert nobody.get(add).status_code == 403


def test_what_another_departement_rests_on_is_for_the_national_level(shared, agent_34, national):
    record, named_by, champ = shared
    for code in ("34", "81"):
        named_by(convention_of(code))
    data = filled(form_of(national, url_of(record)))
    page = agent_34.get(url_of(record)).content.decode().replace("&#x27;", "'")
    assert "Des fiches d'autres départements reposent dessus" in page
    assert rename(agent_34, record, champ, data).status_code == 403
    assert name_of(record, champ) != "Réécrit"
    assert rename(national, record, champ).status_code == 302
    assert name_of(record, champ) == "Réécrit"


def test_an_agent_corrects_what_its_own_records_alone_rest_on(shared, agent_34, agent_81):
    record, named_by, champ = shared
    named_by(convention_of("34"))
    assert rename(agent_34, record, champ).status_code == 302
    assert name_of(record, champ) == "Réécrit"
    assert agent_81.post(url_of(record), {champ: "Repris"}).status_code == 403
    assert name_of(record, champ) == "Réécrit"


def test_what_the_national_level_removed_comes_back_by_it_alone(shared, agent_34, national):
    record, _, champ = shared
    name = name_of(record, champ)
    record.delete()
    version = type(record).history.filter(history_type="-").get()
    url = reverse(
        f"admin:{record._meta.app_label}_{record._meta.model_name}_restore", args=[version.pk]
    )
    assert agent_34.get(url).status_code == 404
    assert agent_34.post(url, {"motif": "pour voir"}).status_code == 404
    assert national.post(url, {"motif": "retirée à tort"}).status_code == 302
    assert type(record).objects.filter(**{champ: name}).exists()


def test_those_whose_records_rest_on_it_see_that_it_changed(shared, agent_34, agent_81, national):
    record, named_by, champ = shared
    named_by(convention_of("34"))
    rename(national, record, champ)
    assert "Réécrit" in agent_34.get("/admin/").content.decode()
    assert "Réécrit" not in agent_81.get("/admin/").content.decode()


def test_a_source_of_nothing_yet_is_corrected_by_whoever_adds(agent_34):
    source = factories.source(titre="Neuve")
    assert rename(agent_34, source, "titre").status_code == 302
    assert Source.objects.get(pk=source.pk).titre == "Réécrit"


def test_what_a_page_only_shows_is_not_removed_by_its_address(agent_34, national):
    """What a source says of a commune is read on its page, and had an address of its own."""
    commune = factories.commune("34142")
    said = Affirmation.objects.create(
        fiche=commune, champ="date_entree_ort", valeur_brute="2026-10-03", source=factories.source()
    )
    for browser in (agent_34, national):
        for data in (None, {"post": "yes", "motif": "pour voir"}):
            url = url_of(said, "delete")
            answer = browser.get(url) if data is None else browser.post(url, data)
            assert answer.status_code == 403
        many = {"action": "delete_selected", "_selected_action": [said.pk]}
        many |= {"post": "yes", "motif": "pour voir"}
        browser.post(reverse("admin:socle_affirmation_changelist"), many)
    assert Affirmation.objects.get() == said


@pytest.mark.parametrize("model_admin", admin.site._registry.values(), ids=lambda a: a.opts.label)
def test_what_can_be_removed_can_be_corrected_and_restored(model_admin, agent_34, national):
    """A page that only shows has no removal; a removal of what agents keep has its way back."""
    for browser in (agent_34, national):
        request = RequestFactory().get("/admin/")
        request.user = browser.agent
        if isinstance(model_admin, PvdAdmin) and model_admin.has_delete_permission(request):
            assert model_admin.has_change_permission(request)
            if browser is agent_34:
                assert issubclass(model_admin.model, Historisee)
