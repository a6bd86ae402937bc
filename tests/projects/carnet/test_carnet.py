"""Contacts and notes: typed from the page of what they are about, and read by those who keep it."""

import datetime
import logging

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from communes.models import Role
from projects.carnet.purge import ContactsPartis
from projects.models import Contact, Note
from tests import factories
from tests.conftest import browser_of
from tests.factories import day
from tests.formulaires import errors, filled, form_of
from tests.vues import SansLaPage

pytestmark = pytest.mark.django_db

PERSON = {
    "nom": "Alix Exemple",
    "courriel": "alix@exemple.fr",
    "telephone": "04 00 00 00 01",
}


@pytest.fixture
def lodeve():
    return factories.commune("34142", epci="new", nom="Lodève")


def add(browser, model, sujet="commune=34142", **fields):
    """Fill in the form to which the page of a record leads, and return the answer."""
    url = f"{reverse(f'admin:projects_{model}_add')}?{sujet}"
    return browser.post(url, filled(form_of(browser, url), **fields))


def in_days(days):
    return f"{timezone.localdate() + datetime.timedelta(days=days):%d/%m/%Y}"


def test_a_contact_is_added_from_the_page_of_a_commune_and_leads_back_there(agent_34, lodeve):
    answer = add(agent_34, "contact", fonction="maire", **PERSON)
    assert answer.url == reverse("admin:communes_commune_page", args=["34142"])
    contact = Contact.objects.get()
    assert (contact.sujet, contact.nom) == (lodeve, "Alix Exemple")


def test_a_form_asks_for_nothing_that_the_page_has_said(agent_34, lodeve):
    url = reverse("admin:projects_contact_add")
    asked = SansLaPage(agent_34).get(f"{url}?commune=34142").context["adminform"].form.fields
    assert {"commune", "intercommunalite", "convention"} & {*asked} == {"commune"}
    asked = SansLaPage(agent_34).get(url).context["adminform"].form.fields
    assert {"commune", "intercommunalite", "convention"} <= {*asked}


def test_a_contact_without_function_is_refused(agent_34, lodeve):
    answer = add(agent_34, "contact", **PERSON)
    assert "Dites sa fonction" in errors(answer)
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"fonction": "autre", "nom": "Alix"}, "dites quelle est sa fonction"),
        ({"fonction": "maire"}, "un nom, un courriel ou un téléphone"),
        ({"fonction": "maire", "courriel": "alix"}, "adresse"),
        ({"fonction": "maire", "nom": "A", "debut": "2/1/2024", "fin": "31/12/2023"}, "fin"),
        ({"fonction": "maire", "nom": "A", "commune": ""}, "obligatoire"),
        ({"fonction": "maire", "nom": "A", "commune": "12001"}, "choix"),
    ],
)
def test_what_a_contact_cannot_be(fields, said, agent_34, lodeve):
    factories.commune("12001")
    answer = add(agent_34, "contact", **fields)
    assert said in errors(answer).lower()
    assert not Contact.objects.exists()


def test_a_contact_is_of_one_record_only(agent_34, lodeve):
    signed = factories.convention(communes=[lodeve])
    for both in ("", f"commune=34142&convention={signed.pk}"):
        answer = add(agent_34, "contact", both, fonction="maire", nom="Alix")
        assert "une seule" in errors(answer)
    assert not Contact.objects.exists()


def test_a_phone_number_is_corrected_without_saying_why(agent_34, lodeve):
    contact = factories.contact(lodeve, **PERSON)
    url = reverse("admin:projects_contact_change", args=[contact.pk])
    page = agent_34.get(url)
    assert "motif_correction" not in page.content.decode()
    answer = agent_34.post(url, filled(page, telephone="04 00 00 00 02"))
    assert answer.url == reverse("admin:communes_commune_page", args=["34142"])
    contact.refresh_from_db()
    assert contact.telephone == "04 00 00 00 02"


def test_two_agents_do_not_write_over_each_other(agent_34, lodeve):
    contact = factories.contact(lodeve, **PERSON)
    url = reverse("admin:projects_contact_change", args=[contact.pk])
    data = filled(form_of(agent_34, url), telephone="04 00 00 00 02")
    contact.telephone = "04 00 00 00 03"
    contact.save()
    assert "cette fiche a changé" in errors(agent_34.post(url, data))


def test_a_note_is_of_today_and_leads_back_to_its_page(agent_34, lodeve):
    url = f"{reverse('admin:projects_note_add')}?commune=34142"
    page = form_of(agent_34, url)
    assert filled(page)["jour"] == in_days(0)
    answer = agent_34.post(url, filled(page, texte="Appel de la mairie", rappel=in_days(12)))
    assert answer.url == reverse("admin:communes_commune_page", args=["34142"])
    assert list(Note.objects.a_relancer()) == [Note.objects.get()]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rappel": -1}, "Ce jour est passé"),
        ({"jour": 1}, "Une note dit ce qui a eu lieu"),
        ({"jour": 0, "rappel": None}, None),
        ({"rappel": 0}, None),
    ],
)
def test_a_reminder_is_not_in_the_past_nor_a_note_to_come(fields, said, agent_34, lodeve):
    typed = {name: "" if days is None else in_days(days) for name, days in fields.items()}
    answer = add(agent_34, "note", texte="Relancer", **typed)
    assert Note.objects.exists() == (said is None)
    if said:
        assert said in errors(answer)


def test_a_past_reminder_stays_when_its_note_is_corrected(agent_34, lodeve):
    note = factories.note(lodeve, rappel=day("2024-03-20"))
    url = reverse("admin:projects_note_change", args=[note.pk])
    assert agent_34.post(url, filled(form_of(agent_34, url), texte="Relu")).status_code == 302
    note.refresh_from_db()
    assert (note.texte, note.rappel) == ("Relu", day("2024-03-20"))


def test_a_reminder_is_done_in_one_click(agent_34, lodeve):
    note = factories.note(lodeve, rappel=day("2024-03-20"))
    answer = agent_34.post(reverse("admin:projects_note_fait", args=[note.pk]))
    assert answer.url == reverse("admin:communes_commune_page", args=["34142"])
    assert not Note.objects.a_relancer().exists()


def test_a_lecteur_or_a_neighbour_does_nothing_to_a_reminder(lecteur_34, agent_81, lodeve):
    note = factories.note(lodeve, rappel=day("2024-03-20"))
    for browser in (lecteur_34, agent_81):
        url = reverse("admin:projects_note_fait", args=[note.pk])
        assert browser.post(url).status_code == 404
    assert Note.objects.a_relancer().exists()


@pytest.mark.parametrize("make", [factories.contact, factories.note])
def test_who_reads_what_is_kept_of_a_commune_an_intercommunalite_and_an_ort(make, lodeve):
    """An intercommunalité or an ORT over two départements is of the agents of both."""
    lacaune = factories.commune("81124", lodeve.rattachements.get().intercommunalite)
    signed = factories.convention(communes=[lodeve, lacaune])
    kept = [make(lodeve), make(lodeve.rattachements.get().intercommunalite), make(signed)]
    herault, tarn = lodeve.departement, lacaune.departement
    readers = {
        "agent": (factories.agent(departements=[herault]), kept),
        "référent": (factories.agent(departements=[herault], role=Role.REFERENT), kept),
        "voisin": (factories.agent(departements=[tarn]), kept[1:]),
        "ailleurs": (factories.agent(departements=[factories.departement("12")]), []),
        "lecteur": (factories.agent(departements=[herault], role=Role.LECTEUR), []),
        "nulle part": (factories.agent(), []),
        "fermé": (factories.agent(departements=[herault], is_active=False), []),
        "national": (factories.agent(is_superuser=True), kept),
    }
    for who, (agent, expected) in readers.items():
        assert set(type(kept[0]).objects.for_user(agent)) == set(expected), who


def test_a_removed_contact_comes_back_for_who_kept_it(agent_34, lecteur_34, agent_81, lodeve):
    contact = factories.contact(lodeve, **PERSON)
    contact.because("en double").delete()
    removed = Contact.history.removed().get()
    url = reverse("admin:projects_contact_restore", args=[removed.history_id])
    assert lecteur_34.post(url, {"motif": "non"}).status_code == 403
    assert agent_81.post(url, {"motif": "non"}).status_code == 404
    agent_34.post(url, {"motif": "il y est toujours"})
    assert Contact.objects.get().nom == "Alix Exemple"


def kept():
    """Return the tables of the whole base that tell something of the person."""
    return {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        for row in model._base_manager.values()
        if any(secret in str(value) for value in row.values() for secret in PERSON.values())
    }


def test_what_is_typed_of_a_contact_is_kept_nowhere_else(agent_34, lodeve, caplog):
    """Neither the journal of the back office, nor a session, nor what is logged tells of the person."""
    caplog.set_level(logging.DEBUG)
    add(agent_34, "contact", fonction="maire", **PERSON)
    url = reverse("admin:projects_contact_change", args=[Contact.objects.get().pk])
    agent_34.post(url, filled(form_of(agent_34, url), precision="réélue"))
    page = agent_34.get(reverse("admin:communes_commune_page", args=["34142"]))
    assert PERSON["nom"] in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert kept() == {"projects.Contact", "projects.HistoricalContact"}
    assert not any(secret in caplog.text for secret in PERSON.values())


JOUR = day("2026-03-01")


@pytest.mark.parametrize(
    ("fin", "gone"),
    [("2021-02-28", True), ("2021-03-01", False), (None, False)],
)
def test_a_contact_gone_for_more_than_five_years_is_removed_whole(fin, gone, lodeve):
    contact = factories.contact(lodeve, fin=fin and day(fin), **PERSON)
    contact.telephone = "04 00 00 00 02"
    contact.save()
    partis = ContactsPartis(5, JOUR)
    assert len(partis) == gone
    partis.erase()
    assert kept() == (set() if gone else {"projects.Contact", "projects.HistoricalContact"})


def aged(versions, years):
    """Tell the versions as if they had been written that many years ago."""
    versions.update(history_date=timezone.now() - datetime.timedelta(days=366 * years))


def test_who_was_written_over_years_ago_leaves_the_history(lodeve):
    contact = factories.contact(lodeve, **PERSON)
    aged(Contact.history, 6)
    contact.nom, contact.courriel, contact.telephone = "Sacha Autre", "", ""
    contact.save()
    partis = ContactsPartis(5, timezone.localdate())
    assert (len(partis), len(partis.versions)) == (0, 1)
    partis.erase()
    assert kept() == set()
    assert Contact.objects.get().nom == Contact.history.get().nom == "Sacha Autre"


def test_a_contact_removed_years_ago_leaves_the_history(lodeve):
    contact = factories.contact(lodeve, **PERSON)
    contact.delete()
    assert len(ContactsPartis(5, timezone.localdate())) == 0
    aged(Contact.history, 6)
    ContactsPartis(5, timezone.localdate()).erase()
    assert kept() == set()


def test_a_note_tells_who_wrote_it_first(agent_34, lodeve):
    agent_34.agent.first_name, agent_34.agent.last_name = "Camille", "Martin"
    agent_34.agent.save()
    add(agent_34, "note", texte="Appel")
    colleague = browser_of(factories.agent("collegue", [lodeve.departement]))
    url = reverse("admin:projects_note_change", args=[Note.objects.get().pk])
    colleague.post(url, filled(form_of(colleague, url), texte="Appel, relu"))
    assert Note.objects.with_auteur().get().auteur == "Camille Martin"
    factories.note(lodeve)
    assert Note.objects.with_auteur().get(texte="Appel de la mairie").auteur is None
