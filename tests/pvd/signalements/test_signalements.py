"""« Signaler une erreur »: what a visitor may send, what is kept, who is told of it."""

import logging
import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from unittest import mock

import pytest
from django.core import mail, signing
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from communes.models import Departement
from pvd.signalements import protection
from pvd.signalements.models import Signalement
from pvd.signalements.pages import SALT, PageInconnue, PageSignalee, match_of, read_jeton
from tests import factories
from tests.pages import words

pytestmark = pytest.mark.django_db

LODEVE = "/communes/34142/"
JOUR = factories.day("2023-07-06")
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
    assert "Page concernée : Lodève, situation au 6 juillet 2023." in words(response)
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
    assert "personnel" not in words_of_main(page)
    assert COURRIEL not in page


def words_of_main(page):
    return re.search(r"<main.*?</main>", page, re.DOTALL)[0]


def test_no_public_page_shows_a_report(client):
    send(message="Message introuvable", courriel=COURRIEL)
    for address in ("/", LODEVE, "/ort/ort-lodeve/", "/donnees/communes.json", "/signaler/"):
        content = b"".join(client.get(address)).decode()
        assert "Message introuvable" not in content
        assert COURRIEL not in content


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
    assert escape("Lu dans l'acte.") in page
    assert "pas une adresse" in page
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
        assert answer.status_code in (303, 400, 413, 429), name
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
        assert "plus de sept jours" in page
        assert escape(MESSAGE) in page
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
    assert 'tabindex="-1"' in trap
    assert 'autocomplete="off"' in trap
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


def test_one_home_does_not_take_the_places_of_all():
    """A line of version 6 may have the 65 536 networks of a /48: they are one home."""
    answers = [from_address(f"2001:db8:0:{n:x}::1").status_code for n in range(21)]
    assert answers == [303] * 20 + [429]
    assert from_address("2001:db8:1::1").status_code == 303


def test_a_departement_has_its_limit_and_closes_no_other(monkeypatch):
    monkeypatch.setattr(protection, "PER_DEPARTEMENT", 3)
    factories.commune("81124", nom="Lacaune")
    factories.signalement(
        factories.departement("34"), created_at=timezone.now() - timedelta(minutes=61)
    )
    answers = [from_address(f"192.0.2.{n}").status_code for n in range(1, 5)]
    assert answers == [303, 303, 303, 429]
    elsewhere = Client(REMOTE_ADDR="192.0.2.5")
    assert send(elsewhere, jeton=jeton("/communes/81124/")).status_code == 303
    assert send(elsewhere, jeton=jeton("/donnees/")).status_code == 303


@pytest.fixture
def counters_gone(transactional_db):
    """Take the table of the counters away, as a base restored without it has none."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE pvd_compteurs RENAME TO pvd_compteurs_ailleurs")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE pvd_compteurs_ailleurs RENAME TO pvd_compteurs")


def test_a_report_is_kept_where_reports_cannot_be_counted(counters_gone, monkeypatch):
    monkeypatch.setattr(protection, "PER_DEPARTEMENT", 7)
    assert [from_address("192.0.2.1").status_code for _ in range(8)] == [303] * 7 + [429]
    assert Signalement.objects.count() == 7


def test_back_finds_what_was_typed_in_the_form():
    assert "no-store" not in Client().get("/signaler/")["Cache-Control"]


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
    assert "> Faux.\n> Vraiment.\n" in sent.body
    assert "> Voir l'acte." in sent.body
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
        mock.patch("pvd.signalements.courriels.send_mail", side_effect=failure),
    ):
        assert send(courriel=COURRIEL).status_code == 303
    assert Signalement.objects.count() == 1
    told = "\n".join(f"{record.getMessage()} {record.exc_text}" for record in caplog.records)
    assert "SMTPRecipientsRefused" in told
    for typed in (MESSAGE, COURRIEL, "ddtm@exemple"):
        assert typed not in told
