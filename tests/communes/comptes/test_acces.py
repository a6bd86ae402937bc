"""A password that another knows is changed first, a lost one is had again, a reader is told so."""

import html
import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from communes.models import JournalDroits, Role
from socle import menage
from socle.web import saisie
from tests import factories
from tests.conftest import browser_of
from tests.formulaires import filled

SECRET = "tulipes-et-pinsons"
CHANGE = reverse("admin:password_change")
FORGOTTEN = reverse("admin_password_reset")


def text(answer):
    return html.unescape(answer.content.decode())


@pytest.fixture
def herault(db):
    return factories.departement("34")


@pytest.fixture
def newcomer(herault):
    return factories.agent(
        "nouvelle", [herault], email="nouvelle@exemple.fr", mot_de_passe_provisoire=True
    )


@pytest.fixture
def colleague(herault):
    return factories.agent("collegue", [herault], email="collegue@exemple.fr")


# A password that somebody else gave.


def open_account(browser, **typed):
    url = reverse("admin:communes_agent_add")
    data = {"username": "nouvelle", "password1": SECRET, "password2": SECRET, "role": Role.AGENT}
    data |= {"email": "nouvelle@exemple.fr", "departements": ["34"]}
    return browser.post(url, data | typed)


def test_whoever_opens_an_account_chooses_its_role_and_finds_its_departement_there(referent_34):
    form = referent_34.get(reverse("admin:communes_agent_add")).context["adminform"].form
    assert form["role"].value() == ""
    assert [str(pk) for pk in form["departements"].value()] == ["34"]
    told = open_account(referent_34, role="", email="").context["adminform"].form
    assert set(told.errors) == {"role", "email"}


def test_what_was_typed_for_an_account_is_still_there_after_a_refusal(referent_34):
    page = text(open_account(referent_34, role=""))
    assert page.count(f'value="{SECRET}"') == 2
    assert 'value="nouvelle@exemple.fr"' in page


def test_a_new_account_chooses_its_password_before_anything_else(referent_34):
    open_account(referent_34)
    browser = Client()
    typed = {"username": "nouvelle", "password": SECRET, "next": reverse("admin:index")}
    browser.post(reverse("admin:login"), typed)
    answer = browser.get(reverse("admin:communes_labellisation_changelist"))
    assert answer.url == CHANGE
    assert "choisissez le vôtre pour commencer" in text(browser.get(CHANGE))
    chosen = {"old_password": SECRET, "new_password1": "un-long-secret"}
    browser.post(CHANGE, chosen | {"new_password2": "un-long-secret"})
    assert browser.get(reverse("admin:communes_labellisation_changelist")).status_code == 200


def test_the_password_that_was_given_is_not_chosen_again(newcomer):
    browser = browser_of(newcomer)
    newcomer.set_password(SECRET)
    newcomer.save()
    browser.force_login(newcomer)
    kept = {"old_password": SECRET, "new_password1": SECRET, "new_password2": SECRET}
    assert "celui que vous avez déjà" in text(browser.post(CHANGE, kept))
    newcomer.refresh_from_db()
    assert newcomer.mot_de_passe_provisoire


def test_a_password_given_anew_is_changed_too_and_ones_own_page_gives_none(referent_34, colleague):
    url = reverse("admin:auth_user_password_change", args=[colleague.pk])
    referent_34.post(url, {"password1": SECRET, "password2": SECRET})
    colleague.refresh_from_db()
    assert colleague.check_password(SECRET)
    assert colleague.mot_de_passe_provisoire
    fiche = text(referent_34.get(reverse("admin:communes_agent_change", args=[colleague.pk])))
    assert "provisoire, à changer à la connexion" in fiche


def test_ones_own_password_has_one_page(national):
    url = reverse("admin:auth_user_password_change", args=[national.agent.pk])
    assert national.get(url).url == CHANGE


@pytest.mark.parametrize("name", ["communes_agent_change", "auth_user_password_change"])
def test_no_page_speaks_of_what_only_computers_know(name, referent_34, colleague):
    page = text(referent_34.get(reverse(f"admin:{name}", args=[colleague.pk])))
    assert not re.search("PBKDF2|pbkdf2|md5|Single Sign-On|LDAP|algorithme", page)


# A lost one.


def link():
    return re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1]


def ask_for(address, **browser):
    return Client(**browser).post(FORGOTTEN, {"email": address})


def test_a_lost_password_is_chosen_by_the_link_of_a_mail(colleague):
    assert FORGOTTEN in text(Client().get(reverse("admin:login")))
    ask_for("Collegue@exemple.fr")
    assert mail.outbox[-1].to == ["collegue@exemple.fr"]
    assert "« collegue »" in mail.outbox[-1].body
    browser = Client()
    page = browser.get(link(), follow=True)
    chosen = {"new_password1": SECRET, "new_password2": SECRET}
    answer = browser.post(page.redirect_chain[-1][0], chosen)
    assert answer.url == reverse("password_reset_complete")
    colleague.refresh_from_db()
    assert colleague.check_password(SECRET)
    line = JournalDroits.objects.get()
    assert (line.par_nom, line.agent_nom, line.droit, line.apres) == (
        "collegue",
        "collegue",
        "password",
        "changé",
    )
    assert "Échec lors de la mise à jour" in text(Client().get(link(), follow=True))


def test_a_link_frees_from_the_password_that_was_given(newcomer):
    ask_for("nouvelle@exemple.fr")
    browser = Client()
    page = browser.get(link(), follow=True).redirect_chain[-1][0]
    browser.post(page, {"new_password1": SECRET, "new_password2": SECRET})
    newcomer.refresh_from_db()
    assert not newcomer.mot_de_passe_provisoire


@pytest.mark.parametrize("fields", [{"is_active": False}, {"is_staff": False}])
def test_nobody_learns_who_has_an_account(fields, colleague):
    known = ask_for("collegue@exemple.fr")
    type(colleague).objects.update(**fields)
    closed, unknown = ask_for("collegue@exemple.fr"), ask_for("personne@exemple.fr")
    assert known.url == closed.url == unknown.url
    assert len(mail.outbox) == 1


def test_a_mailbox_is_not_filled_nor_a_home_left_to_try(colleague):
    for n in range(4):
        ask_for("collegue@exemple.fr", REMOTE_ADDR=f"192.0.2.{n}")
    assert len(mail.outbox) == 3
    tries = [ask_for(f"{n}@exemple.fr", REMOTE_ADDR="198.51.100.1").status_code for n in range(11)]
    assert tries == [302] * 10 + [429]


def test_a_mail_that_does_not_leave_is_no_error(colleague, monkeypatch):
    def refuse(*_):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    assert ask_for("collegue@exemple.fr").url == reverse("password_reset_done")


def test_without_mails_one_is_told_whom_to_ask(db, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    page = text(Client().get(FORGOTTEN))
    assert "au référent de votre département" in page
    assert "<form" not in page.split('id="content"')[1]


# What an account may do is told.


def test_a_reader_is_told_that_it_reads_only(herault):
    home = reverse("admin:index")
    reader = browser_of(factories.agent("lectrice", [herault], role=Role.LECTEUR))
    lost = browser_of(factories.agent("perdu", [], role=Role.AGENT))
    writer = browser_of(factories.agent("ecrivain", [herault]))
    assert "n'en change aucune" in text(reader.get(home))
    assert "Lecture seule." in text(reader.get(reverse("admin:ort_convention_changelist")))
    assert "n'est rattaché à aucun département" in text(lost.get(home))
    page = text(writer.get(home))
    assert "bureau-note" not in page
    assert "Lecture seule." not in page


# A session that ends.


@pytest.fixture
def typed(colleague):
    """Return the address of a form, and what an agent had filled in."""
    url = reverse("admin:ort_organisme_add")
    data = filled(browser_of(colleague).get(url), nom="Pays Cœur d'Hérault", nature="autre")
    return url, data


def test_what_was_typed_is_given_back_after_the_login(typed, colleague):
    url, data = typed
    browser = Client()
    login = browser.post(url, data).url
    browser.force_login(colleague)
    assert url in login
    page = browser.get(url)
    assert "n'est pas enregistré, et n'est pas perdu" in text(page)
    assert browser.post(url, dict(page.context["saisie"]["champs"])).status_code == 302
    names = (
        type(colleague)._meta.apps.get_model("ort.Organisme").objects.values_list("nom", flat=True)
    )
    assert "Pays Cœur d'Hérault" in names
    assert "n'est pas perdu" not in text(browser.get(url))


def test_what_was_typed_waits_for_its_page_and_not_for_ever(typed, colleague):
    url, data = typed
    browser = Client()
    browser.post(url, data)
    browser.force_login(colleague)
    assert "n'est pas perdu" not in text(browser.get(reverse("admin:index")))
    session = browser.session
    session["saisie"] |= {"quand": session["saisie"]["quand"] - 15 * 60 - 1}
    session.save()
    assert "n'est pas perdu" not in text(browser.get(url))
    assert "saisie" not in browser.session


@pytest.mark.parametrize("data", [{"nom": "x" * 60_000}, {"password": "secret"}, {}])
def test_neither_a_password_nor_a_heap_is_kept(data, db):
    browser = Client()
    browser.post(reverse("admin:ort_organisme_add"), data)
    assert "saisie" not in browser.session


def test_what_was_typed_goes_by_itself_and_a_login_lasts_as_any_other(typed, colleague, settings):
    url, data = typed
    lost, back = Client(), Client()
    for browser in (lost, back):
        browser.post(url, data)
        assert browser.session.get_expiry_age() <= saisie.KEPT_SECONDS
    back.force_login(colleague)
    assert back.session.get_expiry_age() == settings.SESSION_COOKIE_AGE
    for row in Session.objects.all():
        if row.get_decoded().get("saisie") and "_auth_user_id" not in row.get_decoded():
            row.expire_date = timezone.now() - timedelta(seconds=1)
            row.save()
    menage.forget_sessions()
    assert "Pays Cœur" not in "".join(
        str(row.get_decoded())
        for row in Session.objects.exclude(session_key=back.session.session_key)
    )
    assert "n'est pas enregistré, et n'est pas perdu" in text(back.get(url))


def test_one_home_has_so_many_forms_kept_and_the_next_home_its_own(db):
    def kept(address):
        browser = Client(REMOTE_ADDR=address)
        browser.post(reverse("admin:ort_organisme_add"), {"nom": "Pays"})
        return "saisie" in browser.session

    assert [kept("192.0.2.1") for _ in range(saisie.MOST_FORMS + 1)] == [
        True
    ] * saisie.MOST_FORMS + [False]
    assert kept("192.0.2.2")
