"""A blank form is saved once: a second click, or « back » and « save » again, adds no other record."""

import pytest
from django.contrib import admin
from django.contrib.messages import get_messages
from django.urls import reverse

from ort.models import Organisme
from socle.admin.ajout import ALREADY, AjoutAdmin
from socle.models import Source
from tests import factories
from tests.conftest import browser_of
from tests.formulaires import filled, form_of

ADD = reverse("admin:ort_organisme_add")


def told(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_a_page_sent_again_leads_to_the_record_that_it_made(agent_34):
    data = filled(form_of(agent_34, ADD), nom="Région", nature="region")
    assert agent_34.post(ADD, data).status_code == 302
    again = agent_34.post(ADD, data | {"nom": "Région Occitanie"})
    made = Organisme.objects.get()
    assert again.url == reverse("admin:ort_organisme_change", args=[made.pk])
    assert ALREADY in told(again)
    assert made.nom == "Région"


def test_a_form_that_was_refused_may_be_sent_again_once_corrected(agent_34):
    refused = agent_34.post(ADD, filled(form_of(agent_34, ADD), nom="", nature="region"))
    assert refused.status_code == 200
    data = filled(refused, nom="Région")
    assert agent_34.post(ADD, data).status_code == 302
    assert Organisme.objects.count() == 1


def test_two_blank_forms_make_two_records(agent_34):
    for name in ("Région", "Chambre"):
        data = filled(form_of(agent_34, ADD), nom=name, nature="region")
        assert agent_34.post(ADD, data).status_code == 302
    assert Organisme.objects.count() == 2


def test_the_token_of_someone_else_stops_nobody(agent_34, agent_81):
    data = filled(form_of(agent_34, ADD), nom="Région", nature="region")
    assert agent_34.post(ADD, data).status_code == 302
    assert agent_81.post(ADD, data | {"nom": "Chambre"}).status_code == 302
    assert Organisme.objects.count() == 2


def test_a_record_removed_since_leads_to_its_list(national):
    data = filled(form_of(national, ADD), nom="Région", nature="region")
    national.post(ADD, data)
    Organisme.objects.all().delete_each()
    again = national.post(ADD, data)
    assert again.url == reverse("admin:ort_organisme_changelist")
    assert not Organisme.objects.exists()


def test_a_window_of_its_own_is_saved_once_too(agent_34):
    add = reverse("admin:socle_source_add") + "?_popup=1"
    data = filled(form_of(agent_34, add), titre="Arrêté", cle="arrete", _popup="1")
    assert agent_34.post(add, data).status_code == 200
    assert agent_34.post(add, data | {"cle": "arrete-2"}).status_code == 302
    assert Source.objects.count() == 1


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model.__name__)
def test_every_blank_form_bears_its_token(model, db):
    browser = browser_of(factories.agent("chef", is_superuser=True))
    model_admin = admin.site.get_model_admin(model)
    assert isinstance(model_admin, AjoutAdmin)
    page = browser.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add"))
    if page.status_code == 200:
        assert f'name="jeton" value="{page.context["jeton"]}"' in page.content.decode()
    else:
        assert page.status_code == (302 if model_admin.ajout else 403)
