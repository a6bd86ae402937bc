"""A plan imported with columns left unread waits on the home, until it is sent again or someone says why."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from projects.projet.plan.ressource import PlanDActions
from socle.models import Import
from tests import factories
from tests.fichiers import confirm
from tests.pages import read
from tests.projects.projet.plan.conftest import lodeve, own_folder, sent

__all__ = ["lodeve", "own_folder", "sent"]

TODAY = timezone.localdate()
PLAN = "numero,intitule,communes,Observations,Calage technique\nA1,Halle,34142,rien,à caler\n"
TITRE = "Plans importés, des colonnes non lues"


def plan_of(agent, days_ago=0, nom="plan.csv", **fields):
    moment = timezone.now() - datetime.timedelta(days=days_ago)
    fields = {"non_lues": ["Calage technique"]} | fields
    return factories.importe(agent, titre=PlanDActions.titre, nom=nom, moment=moment, **fields)


def waiting(agent, jour=TODAY):
    return [fait.nom for fait in Import.objects.for_user(agent).a_relire(jour)]


def test_the_columns_that_nobody_read_are_kept_and_told_on_the_home(agent_34, sent):
    confirm(agent_34, sent(PLAN, {"Calage technique": ""}))
    fait = Import.objects.get()
    assert fait.non_lues == ["Calage technique"], "remarks say nothing of an action"
    home = read(agent_34, "/admin/")
    assert TITRE in home
    assert "1 colonne non lue" in home
    page = read(agent_34, reverse("admin:socle_import_change", args=[fait.pk]))
    assert "Calage technique" in page
    confirm(agent_34, sent(PLAN.replace("Calage technique", "description")))
    assert TITRE not in read(agent_34, "/admin/")


def test_the_oldest_comes_first_and_each_agent_has_its_own(agent_34, agent_81):
    plan_of(agent_34.agent, 1, "b.csv")
    plan_of(agent_34.agent, 9, "a.csv")
    plan_of(agent_81.agent, 2, "c.csv")
    assert waiting(agent_34.agent) == ["a.csv", "b.csv"]
    assert waiting(agent_81.agent) == ["c.csv"]


def test_the_same_file_sent_again_or_taken_back_waits_no_more(agent_34):
    agent = agent_34.agent
    plan_of(agent, 3)
    again = plan_of(agent, 2, non_lues=[])
    assert waiting(agent) == []
    again.annule_le = timezone.now()
    again.save()
    assert waiting(agent) == ["plan.csv"]
    Import.objects.update(annule_le=timezone.now())
    assert waiting(agent) == []


@pytest.mark.parametrize(("days", "silent"), [(0, True), (1, True), (2, False)])
def test_accepted_until_a_day_it_waits_again_the_day_after(agent_34, days, silent):
    fait = plan_of(agent_34.agent, 3)
    url = reverse("admin:socle_import_change", args=[fait.pk])
    until = TODAY + datetime.timedelta(days=1)
    sent_form = {"motif": "calé ailleurs", "jusqu_au": f"{until:%d/%m/%Y}"}
    assert agent_34.post(url, sent_form).status_code == 302
    assert "calé ailleurs" in read(agent_34, url)
    later = TODAY + datetime.timedelta(days=days)
    assert (waiting(agent_34.agent, later) == []) is silent


def test_it_is_accepted_with_a_reason_and_not_until_a_day_gone(agent_34, agent_81):
    fait = plan_of(agent_34.agent, 3)
    url = reverse("admin:socle_import_change", args=[fait.pk])
    yesterday = TODAY - datetime.timedelta(days=1)
    for asked in ({"motif": ""}, {"motif": "x", "jusqu_au": f"{yesterday:%d/%m/%Y}"}):
        assert agent_34.post(url, asked).status_code == 200
    assert agent_81.post(url, {"motif": "x"}).status_code in {302, 403}
    assert waiting(agent_34.agent) == ["plan.csv"]
    with pytest.raises(ValidationError, match="avec un motif"):
        fait.accept(agent_34.agent, TODAY, "")
