"""« Signaler une erreur »: what a visitor may send, what is kept, who answers, what is forgotten."""

import datetime
import logging
import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from unittest import mock

import pytest
from django.core import mail, signing
from django.core.cache import caches
from django.db import IntegrityError, connection, transaction
from django.forms import modelform_factory
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from communes.models import Departement
from pvd.suivi.models import Signalement
from pvd.suivi.signalements import protection
from pvd.suivi.signalements.admin import ReponseForm
from pvd.suivi.signalements.pages import SALT, PageInconnue, PageSignalee, match_of, read_jeton
from tests import factories
from tests.formulaires import errors, filled
from tests.pages import words

pytestmark = pytest.mark.django_db

LODEVE = "/communes/34142/"
JOUR = factories.day("2023-07-06")
TODAY = datetime.date(2026, 11, 23)
MESSAGE = "L'adhésion date du 20 mars 2021."
COURRIEL = "elu@commune.example"


@pytest.fixture(autouse=True)
def lodeve():
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    town = factories.commune("34142", epci=epci, nom="Lodève")
    factories.convention(communes=[town], identifiant="ort-lodeve", intitule="ORT de Lodève")
    caches["compteurs"].clear()
    return town


def jeton(path=LODEVE, jour=JOUR, made=None):
    return PageSignalee(path, jour).jeton(made or timezone.localdate())


def send(client=None, headers=None, **typed):
    """Send the form as a browser would, and return the answer."""
    data = {"jeton": jeton(), "message": MESSAGE, "correction": "", "courriel": ""}
    data |= {"site_internet": ""} | typed
    return (client or Client()).post("/signaler/", data, headers=headers)


def service(code, courriel):
    Departement.objects.filter(pk=factories.departement(code).pk).update(courriel_service=courriel)


# The form on the pages.


def form_of(page):
    """Return the form of a page that reports an error."""
    (form,) = re.findall(r'<form method="post".*?</form>', page, re.DOTALL)
    return form


@pytest.mark.parametrize("address", ["/", LODEVE, "/ort/ort-lodeve/", "/donnees/"])
def test_each_page_bears_the_form_and_its_own_day(client, address):
    response = client.get(address, {"au": "2023-07-06"})
    page = response.content.decode()
    assert '<details class="pvd-details pvd-signaler" id="signaler">' in page
    form = form_of(page)
    assert 'action="/signaler/?au=2023-07-06"' in form
    token = re.search(r'name="jeton" value="([^"]+)"', form)[1]
    assert read_jeton(token, timezone.localdate()) == (PageSignalee(address, JOUR), True)
    assert "csrfmiddlewaretoken" not in form
    assert not response.cookies


@pytest.mark.parametrize("address", ["/nulle-part/", "/communes/34999/", "/communes/?au=demain"])
def test_a_page_that_does_not_exist_has_no_form(client, address):
    assert "/signaler/" not in client.get(address).content.decode()


def test_a_page_is_the_same_all_day_long(client):
    first, second = (form_of(client.get(LODEVE).content.decode()) for _ in range(2))
    assert first == second


def test_the_form_alone_names_the_page_and_its_day(client):
    response = client.get("/signaler/", {"page": LODEVE, "au": "2023-07-06"})
    assert "Page concernée : Lodève , situation au 6 juillet 2023." in words(response).replace(
        "Lodève,", "Lodève ,"
    )
    assert f'href="{LODEVE}?au=2023-07-06"' in response.content.decode()
    assert response.content.decode().count("<form method=") == 1
    assert not response.cookies


@pytest.mark.parametrize(
    "page",
    [
        "//exemple.org/",
        "https://exemple.org/",
        "/\\exemple.org/",
        "/admin/",
        "/admin/suivi/signalement/",
        "/donnees/communes.csv",
        "/sante/",
        "/robots.txt",
        "/signaler/",
        "/signaler/merci/",
        "/ort/ort-lodeve/documents/1/",
        "/ort/" + "a" * 300 + "/",
        "communes/34142/",
        "/communes/34142/?x=1",
        "\0",
        "javascript:alert(1)",
    ],
)
def test_no_other_address_than_a_page_of_ours(client, page):
    with pytest.raises(PageInconnue):
        match_of(page)
    answer = client.get("/signaler/", {"page": page})
    assert answer.status_code == 400
    assert "une page de ce site" in words(answer)
    forged_by_us = PageSignalee(page, JOUR).jeton(timezone.localdate())
    assert send(jeton=forged_by_us).status_code == 400
    thanks = client.get("/signaler/merci/", {"retour": forged_by_us}).content.decode()
    assert "Revenir à la page" not in thanks


def test_a_day_to_come_is_refused(client):
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert client.get("/signaler/", {"page": LODEVE, "au": tomorrow}).status_code == 400


def test_the_form_adds_no_query_to_a_page(client):
    with CaptureQueriesContext(connection) as queries:
        client.get("/mentions-legales/")
    assert len(queries) == 0


# What is kept.


def test_a_report_is_kept_with_its_page_its_day_and_its_town(lodeve):
    answer = send(correction="L'acte signé le dit.", courriel=COURRIEL)
    assert answer.status_code == 303
    assert answer.url.startswith("/signaler/merci/?retour=")
    kept = Signalement.objects.get()
    assert (kept.page, kept.jour, kept.commune) == (LODEVE, JOUR, lodeve)
    assert kept.departement_id == "34"
    assert (kept.message, kept.courriel) == (MESSAGE, COURRIEL)
    assert kept.correction == "L'acte signé le dit."
    assert (kept.statut, kept.reponse, kept.answered_at) == ("recu", "", None)
    assert not answer.cookies


def test_the_thanks_show_nothing_of_what_was_typed():
    answer = send(message="Message très personnel", courriel=COURRIEL)
    for typed in ("personnel", COURRIEL, "elu"):
        assert typed not in answer.url
    page = Client().get(answer.url).content.decode()
    assert "Merci, votre signalement est enregistré" in page
    assert f'href="{LODEVE}?au=2023-07-06"' in page
    assert "personnel" not in words_of_main(page) and COURRIEL not in page


def words_of_main(page):
    return re.search(r"<main.*?</main>", page, re.DOTALL)[0]


def test_no_public_page_shows_a_report(client):
    send(message="Message introuvable", courriel=COURRIEL)
    for address in ("/", LODEVE, "/ort/ort-lodeve/", "/donnees/communes.json", "/signaler/"):
        content = b"".join(client.get(address)).decode()
        assert "Message introuvable" not in content and COURRIEL not in content


@pytest.mark.parametrize(
    ("page", "site", "expected"),
    [
        (LODEVE, "", "34"),
        ("/departements/81/", "34", "81"),
        ("/intercommunalites/200017341/", "", "34"),
        ("/ort/ort-lodeve/", "", "34"),
        ("/", "", None),
        ("/", "34", "34"),
        ("/communes/", "34", "34"),
        ("/communes/99999/", "", None),
        ("/ort/inconnue/", "", None),
    ],
)
def test_a_report_goes_to_the_departement_of_its_page_else_of_the_site(
    page, site, expected, settings
):
    factories.departement("81")
    settings.PVD_DEPARTEMENT = site
    send(jeton=jeton(page))
    assert Signalement.objects.get().departement_id == expected


def test_an_intercommunalite_is_of_the_departement_of_most_of_its_communes():
    epci = factories.intercommunalite("200000081")
    for code in ("34301", "81001", "81002"):
        factories.commune(code, epci=epci)
    send(jeton=jeton("/intercommunalites/200000081/"))
    assert Signalement.objects.get().departement_id == "81"


def test_an_old_code_leads_to_the_commune_of_today(lodeve):
    lodeve.anciens_codes.create(code="34999", nature="deleguee")
    send(jeton=jeton("/communes/34999/"))
    assert Signalement.objects.get().commune == lodeve


# What is refused.


def test_an_empty_message_is_refused_and_nothing_is_lost():
    answer = send(message="   ", correction="Lu dans l'acte.", courriel="pas une adresse")
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Dites ce qui est faux." in page
    assert escape("Cette adresse n'est pas complète.") in page
    assert escape("Lu dans l'acte.") in page and "pas une adresse" in page
    for name in ("message", "courriel"):
        field = re.search(rf'<(?:textarea|input)[^>]*name="{name}"[^>]*>', page)[0]
        assert f"signaler-{name}_error" in re.search(r'aria-describedby="([^"]*)"', field)[1]
        assert 'aria-invalid="true"' in field
        assert f'id="signaler-{name}_error"' in page
    assert not Signalement.objects.exists()
    assert (
        send(message=MESSAGE, jeton=re.search(r'jeton" value="([^"]+)', page)[1]).status_code == 303
    )


@pytest.mark.parametrize(("length", "status"), [(2000, 303), (2001, 400)])
def test_a_message_has_two_thousand_characters_at_most(length, status):
    # A browser counts an end of line as one character, and sends two.
    text = "a\r\n" * 10 + "b" * (length - 20)
    answer = send(message=text)
    assert answer.status_code == status
    if status == 400:
        assert "2 001 caractères" in words(answer) or "2001 caractères" in words(answer)
        assert "2 000 au plus" in words(answer)


@pytest.mark.parametrize("typed", ["\0", "🦄", "<script>", "\x0b\x85", "{{ x }}", "a" * 100_000])
def test_nothing_typed_breaks_the_form(typed):
    for name in ("message", "correction", "courriel", "site_internet", "jeton"):
        answer = send(**{name: typed})
        assert answer.status_code in (303, 400, 429), name
        assert "<script>" not in words_of_main(answer.content.decode() or "<main></main>")
    assert Client().post("/signaler/").status_code == 400
    assert Client().post("/signaler/", "x", content_type="application/json").status_code == 400
    assert Client().put("/signaler/").status_code == 405


def test_a_token_of_another_hand_is_refused():
    named = [LODEVE, "2023-07-06", timezone.localdate().isoformat()]
    forged = [
        "",
        "n'importe quoi",
        jeton()[:-1] + "x",
        signing.Signer(salt=SALT, key="une autre clé").sign_object(named),
        signing.Signer(salt="autre").sign_object(named),
        # The words of one token under the signature of another.
        jeton("/").split(":")[0] + ":" + jeton().split(":")[1],
    ]
    for token in forged:
        assert send(jeton=token).status_code == 400, token
    assert not Signalement.objects.exists()


@pytest.mark.parametrize(("days", "status"), [(0, 303), (7, 303), (8, 400)])
def test_a_token_is_good_for_seven_days(days, status):
    answer = send(jeton=jeton(made=timezone.localdate() - timedelta(days=days)))
    assert answer.status_code == status
    assert Signalement.objects.exists() == (status == 303)
    if status == 400:
        page = answer.content.decode()
        assert "plus de sept jours" in page and escape(MESSAGE) in page
        fresh = re.search(r'jeton" value="([^"]+)', page)[1]
        assert send(jeton=fresh).status_code == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "http://testserver"}, 303),
        ({"Origin": "https://exemple.org"}, 400),
        ({"Origin": "https://testserver"}, 400),
        ({"Origin": "http://testserver.exemple.org"}, 400),
        ({"Origin": "null"}, 400),
        ({"Sec-Fetch-Site": "cross-site"}, 400),
        ({"Sec-Fetch-Site": "same-site"}, 400),
        ({"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"}, 400),
    ],
)
def test_another_site_cannot_send_the_form(headers, status):
    answer = send(Client(enforce_csrf_checks=True), headers=headers)
    assert answer.status_code == status
    assert Signalement.objects.exists() == (status == 303)
    assert MESSAGE not in answer.content.decode()


def test_a_robot_that_fills_everything_is_thanked_and_nothing_is_kept():
    service("34", "ddtm@exemple.gouv.fr")
    seen, trapped = send(), send(site_internet="https://exemple.org", message="", courriel="x")
    assert trapped.status_code == seen.status_code == 303
    assert trapped.url == seen.url
    assert Signalement.objects.count() == 1
    assert len(mail.outbox) == 1


def test_people_do_not_meet_the_trap(client):
    form = form_of(client.get(LODEVE).content.decode())
    trap = re.search(r'<div class="pvd-leurre" aria-hidden="true">.*?</div>', form, re.DOTALL)[0]
    assert 'name="site_internet"' in trap
    assert 'tabindex="-1"' in trap and 'autocomplete="off"' in trap
    assert "style=" not in trap


# The limits.


def from_address(address):
    return send(Client(REMOTE_ADDR=address))


def test_the_fifth_report_of_an_hour_is_kept_and_the_sixth_refused():
    assert [from_address("192.0.2.1").status_code for _ in range(5)] == [303] * 5
    refused = from_address("192.0.2.1")
    assert refused.status_code == 429
    page = words(refused)
    assert "Trop de signalements ont été envoyés depuis une heure." in page
    assert "Votre signalement n'est pas envoyé" in page
    assert escape(MESSAGE) in refused.content.decode()
    assert Signalement.objects.count() == 5
    assert from_address("192.0.2.2").status_code == 303


def test_what_is_refused_takes_no_place():
    client = Client(REMOTE_ADDR="192.0.2.1")
    for _ in range(6):
        assert send(client, message="").status_code == 400
        assert send(client, site_internet="x").status_code == 303
    assert send(client).status_code == 303


@pytest.mark.parametrize(("minutes", "status"), [(59, 429), (61, 303)])
def test_an_hour_later_the_places_are_free(minutes, status):
    for _ in range(5):
        from_address("192.0.2.1")
    later = timezone.now() + timedelta(minutes=minutes)
    with mock.patch("django.core.cache.backends.db.tz_now", return_value=later):
        assert from_address("192.0.2.1").status_code == status


def test_a_home_of_version_6_is_one_visitor():
    for last in range(1, 6):
        assert from_address(f"2001:db8::{last}").status_code == 303
    assert from_address("2001:db8::ffff").status_code == 429
    assert from_address("2001:db8:0:1::1").status_code == 303
    assert from_address("::ffff:192.0.2.7").status_code == 303


def test_the_whole_site_has_its_limit(monkeypatch):
    monkeypatch.setattr(protection, "PER_SITE", 3)
    factories.signalement(created_at=timezone.now() - timedelta(minutes=61))
    answers = [from_address(f"192.0.2.{n}").status_code for n in range(1, 5)]
    assert answers == [303, 303, 303, 429]


def test_the_address_of_a_visitor_is_kept_nowhere():
    from_address("192.0.2.1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM pvd_compteurs")
        rows = cursor.fetchall()
    assert len(rows) == 1
    assert "192.0.2" not in str(rows)
    fields = {field.name for field in Signalement._meta.get_fields()}
    assert not any("adresse" in name or "ip" in name.split("_") for name in fields)


# The mail to the services.


def test_the_service_is_told_of_the_page_and_never_of_the_visitor():
    service("34", "ddtm@exemple.gouv.fr")
    service("81", "ddt81@exemple.gouv.fr")
    send(message="Faux.\nVraiment.", correction="Voir l'acte.", courriel=COURRIEL)
    (sent,) = mail.outbox
    assert sent.to == ["ddtm@exemple.gouv.fr"]
    assert sent.subject == "Erreur signalée : Lodève"
    assert "http://testserver/communes/34142/?au=2023-07-06" in sent.body
    assert "situation au 6 juillet 2023" in sent.body
    assert "> Faux.\n> Vraiment.\n" in sent.body and "> Voir l'acte." in sent.body
    assert f"/admin/suivi/signalement/{Signalement.objects.get().pk}/change/" in sent.body
    assert COURRIEL not in sent.message().as_string()


def test_both_services_of_a_shared_ort_are_told(lodeve):
    service("34", "ddtm@exemple.gouv.fr")
    service("81", "ddt81@exemple.gouv.fr")
    shared = factories.convention(
        communes=[lodeve, factories.commune("81001")], identifiant="partagee"
    )
    send(jeton=jeton("/ort/partagee/"))
    assert Signalement.objects.get().convention == shared
    assert mail.outbox[0].to == ["ddt81@exemple.gouv.fr", "ddtm@exemple.gouv.fr"]


def test_without_an_address_nobody_is_mailed():
    assert send().status_code == 303
    assert send(jeton=jeton("/")).status_code == 303
    assert mail.outbox == []


def test_a_mail_that_fails_loses_no_report_and_tells_nothing(caplog):
    service("34", "ddtm@exemple.gouv.fr")
    failure = SMTPRecipientsRefused({"ddtm@exemple.gouv.fr": (550, MESSAGE.encode())})
    with (
        caplog.at_level(logging.DEBUG),
        mock.patch("pvd.suivi.signalements.courriels.send_mail", side_effect=failure),
    ):
        assert send(courriel=COURRIEL).status_code == 303
    assert Signalement.objects.count() == 1
    told = "\n".join(f"{record.getMessage()} {record.exc_text}" for record in caplog.records)
    assert "SMTPRecipientsRefused" in told
    for typed in (MESSAGE, COURRIEL, "ddtm@exemple"):
        assert typed not in told


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
        assert browser.get("/admin/").context["signalements"].total == 1


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
    assert home.context["signalements"].total == 2
    assert home.context["signalements"].lignes[0] == old
    assert "depuis 3 jours" in words(home)
    assert agent_81.get("/admin/").context["signalements"].total == 0
    assert national.get("/admin/").context["signalements"].total == 3
    assert national.get("/admin/?departement=34").context["signalements"].total == 2
    assert lecteur_34.get("/admin/").context["signalements"] is None
    assert "Signalements à traiter" not in words(lecteur_34.get("/admin/"))


def count_queries(browser, url):
    browser.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(url).status_code == 200
    return len(queries)


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
    with mock.patch("pvd.suivi.signalements.courriels.send_mail", side_effect=failure):
        answer(report, statut="corrige", reponse="Merci, c'est corrigé.")
    assert (report.statut, report.reponse) == ("corrige", "Merci, c'est corrigé.")
    assert report.courriel == COURRIEL
    assert "SMTPRecipientsRefused" in caplog.text
    assert COURRIEL not in caplog.text and "corrigé" not in caplog.text
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
    with mock.patch("pvd.suivi.signalements.courriels.send_mail", side_effect=failure):
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
