"""The journal of rights: nothing is given or taken unseen, and nobody rewrites it."""

import pytest
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.urls import reverse

from communes.comptes.journal import watched
from communes.models import Agent, JournalDroits, Role
from pvd.settings import mail as mail_settings
from tests import factories
from tests.formulaires import filled


def journal():
    """Return the lines of the journal, the oldest first: who, to whom, what, before, after."""
    lines = JournalDroits.objects.order_by("pk")
    return [(j.par_nom, j.agent_nom, j.droit, j.avant, j.apres) for j in lines]


def change(browser, agent, **fields):
    """Send by hand the form of an account, whose page a browser filled in."""
    url = reverse("admin:communes_agent_change", args=[agent.pk])
    kept = {"departements": [d.pk for d in agent.departements.all()]}
    return browser.post(url, filled(browser.get(url), **(kept | fields)))


def set_password(browser, agent, **fields):
    data = {"password1": "un-long-secret", "password2": "un-long-secret"} | fields
    return browser.post(reverse("admin:auth_user_password_change", args=[agent.pk]), data)


@pytest.fixture
def account(db):
    return factories.agent("lui", [factories.departement("34")], role=Role.LECTEUR)


@pytest.fixture
def administrators(settings):
    settings.ADMINS = [("admin", "admin@exemple.fr")]


def test_a_new_account_is_written_with_all_that_it_holds(referent_34):
    data = {"username": "nouveau", "password1": "un-long-secret", "password2": "un-long-secret"}
    data |= {"role": Role.AGENT, "departements": ["34"], "email": "nouveau@exemple.fr"}
    assert referent_34.post(reverse("admin:communes_agent_add"), data).status_code == 302
    assert journal() == [
        ("referent34", "nouveau", "compte", "", "ouvert"),
        ("referent34", "nouveau", "role", "", "agent"),
        ("referent34", "nouveau", "departements", "", "34"),
        ("referent34", "nouveau", "is_staff", "", "oui"),
    ]
    line = JournalDroits.objects.first()
    assert (line.par, line.agent.username) == (referent_34.agent, "nouveau")


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"role": Role.REFERENT}, ("role", "lecteur", "référent départemental")),
        ({"departements": ["34", "81"]}, ("departements", "34", "34, 81")),
        ({"departements": ["81"]}, ("departements", "34", "81")),
        ({"departements": []}, ("departements", "34", "")),
        ({"is_superuser": "on"}, ("is_superuser", "", "oui")),
        ({"is_staff": None}, ("is_staff", "oui", "")),
        ({"is_active": None}, ("compte", "ouvert", "fermé")),
        ({"username": "autre"}, ("username", "lui", "autre")),
        ({"last_name": "Dupont"}, ("last_name", "", "Dupont")),
        ({"first_name": "Zoé"}, ("first_name", "", "Zoé")),
        ({"email": "zoe@exemple.fr"}, ("email", "", "zoe@exemple.fr")),
    ],
)
def test_each_right_is_written_as_it_was_and_as_it_is(fields, line, national, account):
    factories.departement("81")
    assert change(national, account, **fields).status_code == 302
    assert journal() == [("national", fields.get("username", "lui"), *line)]


def test_a_page_saved_as_it_was_writes_nothing(national, account):
    assert change(national, account).status_code == 302
    assert journal() == []


def test_what_is_refused_writes_nothing(referent_34, agent_34, account):
    factories.departement("81")
    assert change(referent_34, account, departements=["81"]).status_code == 200
    change(referent_34, account, is_superuser="on", is_staff="")
    url = reverse("admin:communes_agent_change", args=[account.pk])
    assert agent_34.post(url, {"role": Role.REFERENT}).status_code == 403
    assert set_password(agent_34, account).status_code == 403
    assert journal() == []


def test_a_password_changed_by_another_is_written_and_not_told(referent_34, account):
    assert set_password(referent_34, account).status_code == 302
    assert journal() == [("referent34", "lui", "password", "", "changé")]


def test_ones_own_password_is_written_too(agent_34):
    data = {"old_password": "secret", "new_password1": "un-long-secret"}
    data["new_password2"] = data["new_password1"]
    answer = agent_34.post(reverse("admin:password_change"), data)
    assert answer.url == reverse("admin:password_change_done")
    assert journal() == [("agent34", "agent34", "password", "", "changé")]


def test_a_password_given_on_the_command_line_is_written_too(account, monkeypatch):
    """The terminal where it is typed twice cannot be had here."""
    monkeypatch.setattr("getpass.getpass", lambda prompt="": "un-long-secret")
    call_command("changepassword", "lui", verbosity=0)
    assert journal() == [("ligne de commande", "lui", "password", "", "changé")]


def test_a_password_taken_away_is_written_and_no_page_does_it(national, account):
    answer = set_password(national, account, usable_password="false", **{"unset-password": "1"})
    assert answer.status_code == 302
    assert journal() == [("national", "lui", "password", "", "changé")]
    with watched(None, account):
        account.set_unusable_password()
        account.save()
    assert journal()[1:] == [("ligne de commande", "lui", "password", "", "retiré")]


@pytest.mark.parametrize("door", ["page", "action"])
def test_an_account_deleted_leaves_its_lines_and_one_more(door, national, account):
    change(national, account, role=Role.AGENT)
    if door == "page":
        url = reverse("admin:communes_agent_delete", args=[account.pk])
        assert national.post(url, {"post": "yes"}).status_code == 302
    else:
        data = {"action": "delete_selected", "_selected_action": [account.pk], "post": "yes"}
        national.post(reverse("admin:communes_agent_changelist"), data)
    assert not Agent.objects.filter(username="lui").exists()
    assert journal()[:2] == [
        ("national", "lui", "role", "lecteur", "agent"),
        ("national", "lui", "compte", "ouvert", ""),
    ]
    assert ("national", "lui", "departements", "34", "") in journal()
    assert "$" not in str(journal())


def test_the_accounts_of_the_command_line_are_written_too(db, settings):
    settings.PVD_DEPARTEMENT = "34"
    factories.departement("34")
    call_command("creer_comptes", afficher=True, verbosity=0)
    Agent.objects.create_superuser("chef", password="secret")
    told = [line for line in journal() if line[2] in {"is_superuser", "departements"}]
    assert told == [
        ("ligne de commande", "agent34", "departements", "", "34"),
        ("ligne de commande", "national", "is_superuser", "", "oui"),
        ("ligne de commande", "chef", "is_superuser", "", "oui"),
    ]


# The mail.


def test_the_administrators_are_told_in_one_mail(
    administrators, national, account, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        change(national, account, role=Role.AGENT, is_superuser="on")
    (mail,) = mailoutbox
    assert mail.to == ["admin@exemple.fr"]
    assert mail.subject == "[Petites villes de demain] Droits de lui"
    assert mail.body.startswith("Par national, le ")
    assert "lui : rôle : lecteur → agent\n" in mail.body
    assert "lui : niveau national : aucun → oui" in mail.body


@pytest.fixture
def told(db, administrators, mailoutbox, django_capture_on_commit_callbacks):
    """Return the function that does something, and says whom a mail told, in order."""

    def tell(act, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            act(*args, **kwargs)
        sent = [mail.to for mail in mailoutbox]
        mailoutbox.clear()
        assert all(len(to) == 1 for to in sent)
        return sorted(to[0] for to in sent)

    return tell


@pytest.fixture
def colleagues(account):
    """The person has an address, and its two départements have référents."""
    Agent.objects.filter(pk=account.pk).update(email="ancien@exemple.fr")
    account.refresh_from_db()
    for name, code, active in [("r34", "34", True), ("r81", "81", True), ("clos", "34", False)]:
        factories.agent(
            name,
            [factories.departement(code)],
            role=Role.REFERENT,
            email=f"{name}@exemple.fr",
            is_active=active,
        )
    return account


ADMIN, OLD, NEW = "admin@exemple.fr", "ancien@exemple.fr", "nouveau@exemple.fr"


def test_a_new_address_is_told_at_the_former_and_at_the_new(told, colleagues, referent_34):
    found = told(change, referent_34, colleagues, email=NEW)
    assert found == [ADMIN, OLD, NEW, "r34@exemple.fr"]


@pytest.mark.parametrize(
    "fields",
    [{"username": "autre"}, {"last_name": "X"}, {"role": Role.AGENT}, {"is_active": None}],
)
def test_whatever_changes_is_told_to_those_concerned(fields, told, colleagues, referent_34):
    found = told(change, referent_34, colleagues, **fields)
    assert found == [ADMIN, OLD, "r34@exemple.fr"]


def test_the_referents_of_the_departement_left_and_of_the_new_one_are_told(
    told, colleagues, national
):
    found = told(change, national, colleagues, departements=["81"])
    assert found == [ADMIN, OLD, "r34@exemple.fr", "r81@exemple.fr"]


def test_who_did_it_is_not_told(told, colleagues, referent_34):
    Agent.objects.filter(pk=referent_34.agent.pk).update(email="moi@exemple.fr")
    assert told(set_password, referent_34, colleagues) == [ADMIN, OLD, "r34@exemple.fr"]


def test_the_person_of_a_deleted_account_is_told(told, colleagues, national):
    url = reverse("admin:communes_agent_delete", args=[colleagues.pk])
    found = told(national.post, url, {"post": "yes"})
    assert found == [ADMIN, OLD, "r34@exemple.fr"]


def test_a_mail_that_cannot_be_sent_undoes_nothing_and_is_logged(
    administrators, national, account, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def down(self, messages):
        if not self.fail_silently:
            raise OSError("serveur de courriel injoignable")

    monkeypatch.setattr(EmailBackend, "send_messages", down)
    with django_capture_on_commit_callbacks(execute=True):
        assert change(national, account, role=Role.AGENT).status_code == 302
    account.refresh_from_db()
    assert account.role == Role.AGENT
    assert journal() == [("national", "lui", "role", "lecteur", "agent")]
    assert "serveur de courriel injoignable" in caplog.text


@pytest.mark.parametrize(
    ("url", "host", "port", "ssl", "tls"),
    [
        ("smtp://relais.fr", "relais.fr", 25, False, False),
        ("smtp://moi:a%40b@relais.fr:587?tls=1", "relais.fr", 587, False, True),
        ("smtps://moi:a%40b@relais.fr", "relais.fr", 465, True, False),
    ],
)
def test_the_server_of_mails_is_read_from_one_address(url, host, port, ssl, tls):
    read = mail_settings(url)
    assert (read["EMAIL_HOST"], read["EMAIL_PORT"]) == (host, port)
    assert (read["EMAIL_USE_SSL"], read["EMAIL_USE_TLS"]) == (ssl, tls)
    assert read["EMAIL_HOST_PASSWORD"] == ("a@b" if "moi" in url else "")


def test_without_a_server_the_mails_are_written_on_the_console():
    assert mail_settings("") == {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}


@pytest.mark.parametrize("url", ["relais.fr", "http://relais.fr", "smtp://"])
def test_a_bad_server_of_mails_stops_the_start(url):
    with pytest.raises(ImproperlyConfigured, match="PVD_COURRIEL_URL"):
        mail_settings(url)


# Nobody rewrites it.


@pytest.fixture
def line(national, account):
    change(national, account, role=Role.AGENT)
    return JournalDroits.objects.get()


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda line: line.save(),
        lambda line: line.delete(),
        lambda line: JournalDroits.objects.update(apres="lecteur"),
        lambda line: JournalDroits.objects.all().delete(),
    ],
)
def test_a_line_is_never_changed_nor_removed(rewrite, line):
    with pytest.raises(PermissionDenied):
        rewrite(line)
    assert JournalDroits.objects.get().apres == "agent"


def test_the_back_office_shows_it_and_writes_nothing_in_it(line, national):
    url = reverse("admin:communes_journaldroits_change", args=[line.pk])
    assert national.get(url).status_code == 200
    assert national.post(url, {"apres": "x"}).status_code == 403
    assert national.get(reverse("admin:communes_journaldroits_add")).status_code == 403
    delete = reverse("admin:communes_journaldroits_delete", args=[line.pk])
    assert national.post(delete, {"post": "yes"}).status_code == 403


def test_a_referent_reads_the_lines_of_its_departement(line, national, referent_34, agent_34):
    elsewhere = factories.agent("tarn", [factories.departement("81")])
    change(national, elsewhere, role=Role.LECTEUR)
    # One who left the département: the référent still sees the line that says so.
    change(national, line.agent, departements=["81"])
    changelist = reverse("admin:communes_journaldroits_changelist")
    seen = referent_34.get(changelist).context["cl"].queryset
    assert {(j.agent_nom, j.apres) for j in seen} == {("lui", "agent"), ("lui", "81")}
    assert agent_34.get(changelist).status_code == 403
    theirs = JournalDroits.objects.get(agent=elsewhere)
    url = reverse("admin:communes_journaldroits_change", args=[theirs.pk])
    assert referent_34.get(url).status_code == 302
