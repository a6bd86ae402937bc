"""The reports of visitors, on the side of the agents: who sees them, who answers, what is forgotten."""

import datetime
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from unittest import mock

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.forms import modelform_factory
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from communes.models import Departement
from pvd.signalements.admin import ReponseForm
from pvd.signalements.models import Signalement
from tests import factories
from tests.formulaires import errors, filled
from tests.pages import boites, count_queries, words

pytestmark = pytest.mark.django_db

LODEVE = "/communes/34142/"
TODAY = datetime.date(2026, 11, 23)
COURRIEL = "elu@commune.example"


@pytest.fixture
def lodeve():
    return factories.commune("34142", epci="new", nom="Lodève")


# Who sees it.


def test_an_agent_sees_the_reports_of_its_departements(agent_34, agent_81, national):
    here = factories.signalement(factories.departement("34"))
    there = factories.signalement(factories.departement("81"))
    france = factories.signalement(None)
    for browser, expected in (
        (agent_34, {here}),
        (agent_81, {there}),
        (national, {here, there, france}),
    ):
        assert set(Signalement.objects.for_user(browser.agent)) == expected
    assert not Signalement.objects.for_user(factories.agent("sans")).exists()
    closed = factories.agent("parti", is_superuser=True, is_active=False)
    assert not Signalement.objects.for_user(closed).exists()


def test_a_report_on_a_shared_ort_is_seen_by_both(lodeve, agent_34, agent_81):
    shared = factories.convention(communes=[lodeve, factories.commune("81001")])
    report = factories.signalement(lodeve.departement, convention=shared)
    for browser in (agent_34, agent_81):
        assert list(Signalement.objects.for_user(browser.agent)) == [report]
        assert browser.get(page_of(report)).status_code == 200
        assert boites(browser.get("/admin/"))["signalements"].total == 1


def test_the_address_of_the_visitor_is_for_who_may_answer(agent_34, lecteur_34):
    report = factories.signalement(factories.departement("34"), courriel=COURRIEL)
    assert COURRIEL in agent_34.get(page_of(report)).content.decode()
    page = lecteur_34.get(page_of(report)).content.decode()
    assert report.message in page
    assert COURRIEL not in page
    for browser in (agent_34, lecteur_34):
        listed = browser.get(reverse("admin:suivi_signalement_changelist")).content.decode()
        assert COURRIEL not in listed


def test_the_list_keeps_what_is_to_be_done(agent_34):
    departement = factories.departement("34")
    waiting = factories.signalement(departement)
    examined = factories.signalement(departement, statut="en_cours")
    done = factories.signalement(departement, statut="corrige", answered_at=timezone.now())
    assert set(Signalement.objects.ouverts()) == {waiting, examined}

    def listed(statut):
        url = reverse("admin:suivi_signalement_changelist")
        return set(agent_34.get(url, {"statut": statut}).context["cl"].queryset)

    assert listed("a_traiter") == {waiting, examined}
    assert listed("corrige") == {done}
    assert listed("inconnu") == {waiting, examined, done}


@pytest.mark.parametrize(
    ("days", "told"), [(0, "aujourd'hui"), (1, "1\xa0jour"), (12, "12\xa0jours")]
)
def test_a_report_says_how_long_it_waits(days, told):
    report = factories.signalement(created_at=timezone.now() - timedelta(days=days))
    assert report.attente(timezone.localdate()) == told


def test_the_home_tells_how_many_await_an_answer(agent_34, agent_81, lecteur_34, national):
    departement = factories.departement("34")
    old = factories.signalement(departement, created_at=timezone.now() - timedelta(days=3))
    factories.signalement(departement, statut="en_cours")
    factories.signalement(departement, statut="corrige", answered_at=timezone.now())
    factories.signalement(None)
    home = agent_34.get("/admin/")
    assert boites(home)["signalements"].total == 2
    assert boites(home)["signalements"].lignes[0] == old
    assert "depuis 3 jours" in words(home)
    assert boites(agent_81.get("/admin/"))["signalements"].total == 0
    assert boites(national.get("/admin/"))["signalements"].total == 3
    assert boites(national.get("/admin/?departement=34"))["signalements"].total == 2
    assert boites(lecteur_34.get("/admin/"))["signalements"].total == 0
    assert "Signalements à traiter" not in words(lecteur_34.get("/admin/"))


@pytest.mark.parametrize("name", ["admin:index", "admin:suivi_signalement_changelist"])
def test_more_reports_take_no_more_queries(name, agent_34, lodeve):
    counts = []
    for rows in (3, 5):
        for _ in range(rows):
            factories.signalement(lodeve.departement, LODEVE, commune=lodeve)
        counts.append(count_queries(agent_34, reverse(name)))
    assert counts[0] == counts[1]


# The answer.


def page_of(report):
    return reverse("admin:suivi_signalement_change", args=[report.pk])


@pytest.fixture
def report():
    return factories.signalement(factories.departement("34"), LODEVE, courriel=COURRIEL)


@pytest.fixture
def answer(agent_34, django_capture_on_commit_callbacks):
    """Return the function that saves the page of a report as an agent of the Hérault."""

    def save(report, **changes):
        data = filled(agent_34.get(page_of(report)), **changes)
        with django_capture_on_commit_callbacks(execute=True):
            response = agent_34.post(page_of(report), data, follow=True)
        report.refresh_from_db()
        return response

    return save


def test_an_examined_report_answers_nobody(report, answer):
    answer(report, statut="en_cours")
    assert (report.statut, report.courriel) == ("en_cours", COURRIEL)
    assert (report.answered_at, report.answered_by) == (None, None)
    assert mail.outbox == []


@pytest.mark.parametrize(("statut", "told"), [("corrige", "corrigé"), ("sans_suite", "sans suite")])
def test_a_closed_report_is_answered_and_its_address_erased(report, answer, agent_34, statut, told):
    answer(report, statut=statut, reponse="Merci : c'est le 20 mars.")
    (sent,) = mail.outbox
    assert sent.to == [COURRIEL]
    assert "Merci : c'est le 20 mars." in sent.body
    assert f"Suite donnée : {told}." in sent.body
    assert "http://testserver/communes/34142/?au=2023-07-06" in sent.body
    assert agent_34.agent.username not in sent.message().as_string()
    assert report.courriel == ""
    assert report.answered_by == agent_34.agent
    assert timezone.localdate(report.answered_at) == timezone.localdate()


def test_the_erased_address_is_nowhere_else(report, answer):
    answer(report, statut="corrige", reponse="Fait.")
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            assert COURRIEL not in str(cursor.fetchall()), table
    assert not hasattr(Signalement, "history")


def test_a_visitor_without_address_is_not_mailed(answer):
    report = factories.signalement(factories.departement("34"))
    answer(report, statut="sans_suite")
    assert (report.statut, report.reponse) == ("sans_suite", "")
    assert mail.outbox == []


def test_who_waits_for_an_answer_gets_one(report, answer):
    page = answer(report, statut="corrige", reponse="  ")
    assert "Le visiteur attend une réponse" in errors(page)
    assert (report.statut, report.courriel) == ("recu", COURRIEL)


def test_an_answer_that_does_not_leave_is_kept_and_can_be_sent_again(report, answer, caplog):
    failure = SMTPRecipientsRefused({COURRIEL: (550, b"inconnu")})
    with mock.patch("pvd.signalements.courriels.send_mail", side_effect=failure):
        answer(report, statut="corrige", reponse="Merci, c'est corrigé.")
    assert (report.statut, report.reponse) == ("corrige", "Merci, c'est corrigé.")
    assert report.courriel == COURRIEL
    assert "SMTPRecipientsRefused" in caplog.text
    assert COURRIEL not in caplog.text
    assert "corrigé" not in caplog.text
    answer(report)
    assert len(mail.outbox) == 1
    assert report.courriel == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("failure", "told"),
    [(None, "l'adresse du visiteur est effacée"), (OSError, "le courriel n'est pas parti")],
)
def test_the_agent_is_told_whether_the_answer_left(report, agent_34, failure, told):
    data = filled(agent_34.get(page_of(report)), statut="corrige", reponse="Fait.")
    with mock.patch("pvd.signalements.courriels.send_mail", side_effect=failure):
        page = agent_34.post(page_of(report), data, follow=True)
    assert told in words(page)
    report.refresh_from_db()
    assert bool(report.courriel) == bool(failure)


def test_the_second_of_two_agents_to_close_is_told(report):
    stale = Signalement.objects.get()
    Signalement.objects.update(statut="corrige", answered_at=timezone.now(), courriel="")
    form = modelform_factory(Signalement, ReponseForm, fields=["statut", "reponse"])
    second = form({"statut": "sans_suite", "reponse": "Trop tard."}, instance=stale)
    assert "Un collègue a clos ce signalement" in str(second.errors)


def test_a_closed_report_is_not_answered_twice(report, agent_34, answer):
    data = filled(agent_34.get(page_of(report)), statut="corrige", reponse="Une fois.")
    answer(report, statut="sans_suite", reponse="D'abord.")
    assert agent_34.post(page_of(report), data).status_code == 403
    report.refresh_from_db()
    assert (report.statut, report.reponse) == ("sans_suite", "D'abord.")
    assert len(mail.outbox) == 1


def test_what_the_visitor_wrote_is_not_rewritten(report, answer):
    answer(report, message="Autre", correction="Autre", page="/", courriel="x@y.example")
    assert (report.message, report.correction) == ("La date est fausse.", "")
    assert (report.page, report.courriel) == (LODEVE, COURRIEL)


def test_the_name_of_a_report_tells_nothing_of_it(report):
    assert str(report) == f"Signalement n°\xa0{report.pk}"


# What is forgotten.


def test_reports_closed_a_year_ago_are_no_longer_to_be_kept():
    def closed(text):
        moment = datetime.datetime.fromisoformat(f"{text}T23:30:00+01:00")
        return factories.signalement(statut="corrige", answered_at=moment)

    before, anniversary, _ = map(closed, ("2025-11-22", "2025-11-23", "2025-11-24"))
    factories.signalement(created_at=timezone.now() - timedelta(days=3000))
    assert set(Signalement.objects.clos_depuis_un_an(TODAY)) == {before, anniversary}


@pytest.mark.parametrize(
    ("statut", "closed"), [("corrige", None), ("recu", datetime.datetime.now(datetime.UTC))]
)
def test_the_database_holds_the_day_of_a_closure(statut, closed):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.signalement(statut=statut, answered_at=closed)


def test_a_report_outlives_its_convention(lodeve):
    convention = factories.convention()
    report = factories.signalement(lodeve.departement, convention=convention)
    convention.delete()
    report.refresh_from_db()
    assert (report.convention, report.departement) == (None, lodeve.departement)


def test_the_address_of_the_service_is_written_by_the_national_level(national, agent_34):
    url = reverse("admin:communes_departement_change", args=["34"])
    data = filled(national.get(url), courriel_service="ddtm@exemple.gouv.fr")
    assert agent_34.post(url, data).status_code == 403
    assert national.post(url, data).status_code == 302
    assert Departement.objects.get(pk="34").courriel_service == "ddtm@exemple.gouv.fr"
    public = Client().get("/departements/34/").content.decode()
    assert "ddtm@exemple" not in public
