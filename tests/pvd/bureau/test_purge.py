"""The identity of those gone for long is erased everywhere; their periods stay."""

import datetime
import os
import time

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from projects.models import Contact
from projects.postes.models import Occupation, Purge
from projects.postes.purge import erase, prepare
from pvd.signalements.models import Signalement
from socle.fichiers.depot import KEPT_SECONDS, folder
from tests import factories
from tests.factories import day
from tests.formulaires import filled, form_of

pytestmark = pytest.mark.django_db

JOUR = day("2026-03-01")
PERSON = {
    "titulaire": "Camille Exemple",
    "courriel": "camille@exemple.fr",
    "telephone": "0400000001",
}
SECRETS = list(PERSON.values())


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def poste():
    return factories.poste([factories.commune("34142")])


def told(*arguments, capsys):
    call_command("purger_donnees_personnelles", "--avant-annees", "5", *arguments)
    return capsys.readouterr().out


def kept():
    """Return the tables of the whole base that still tell something of the person."""
    return {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        for row in model._base_manager.values()
        if any(secret in str(value) for value in row.values() for secret in SECRETS)
    }


@pytest.mark.parametrize(
    ("fin", "gone"),
    [
        ("2021-02-27", True),
        ("2021-02-28", True),
        ("2021-03-01", False),
        ("2021-03-02", False),
        (None, False),
    ],
)
def test_gone_for_more_than_five_years(poste, fin, gone):
    """Gone since March 1 five years ago is exactly five years, not more."""
    person = factories.occupation(poste, "2020-01-01", fin, **PERSON)
    assert prepare(5, JOUR).occupations == ({person.pk} if gone else frozenset())


@pytest.mark.parametrize(
    ("jour", "gone"), [("2025-02-28", False), ("2025-03-01", False), ("2025-03-02", True)]
)
def test_gone_on_the_day_after_a_29th_of_february(poste, jour, gone):
    factories.occupation(poste, "2019-01-01", "2020-03-01", **PERSON)
    assert bool(prepare(5, day(jour)).occupations) == gone


@pytest.mark.parametrize(("fermeture", "gone"), [("2021-02-28", True), ("2021-03-01", False)])
def test_nobody_stays_on_a_closed_post(poste, fermeture, gone):
    poste.date_fermeture = day(fermeture)
    poste.save()
    factories.occupation(poste, "2020-01-01", **PERSON)
    assert bool(prepare(5, JOUR).occupations) == gone


def test_identity_leaves_the_records_and_their_history_and_the_periods_stay(poste):
    person = factories.occupation(poste, "2019-01-01", quotite=80, **PERSON)
    person.titulaire, person.courriel = "C. Exemple", ""
    person.save()
    person.fin, person.motif_depart = day("2020-01-01"), "mutation"
    person.because("Départ").save()
    staying = factories.occupation(poste, "2020-01-01", titulaire="Dominique Autre")
    trace = erase(prepare(5, JOUR), timezone.now(), "serveur")
    assert kept() == set()
    person.refresh_from_db()
    assert (person.titulaire, person.courriel, person.telephone) == ("", "", "")
    assert (person.debut, person.fin) == (day("2019-01-01"), day("2020-01-01"))
    assert (person.quotite, person.motif_depart) == (80, "mutation")
    assert [v.history_change_reason for v in person.history.all()] == [
        "Purge des données personnelles",
        "Départ",
        None,
        None,
    ]
    assert (trace.titulaires, trace.versions, trace.par) == (1, 3, "serveur")
    staying.refresh_from_db()
    assert staying.titulaire == staying.history.get().titulaire == "Dominique Autre"


def test_identity_leaves_the_history_of_what_was_removed(poste):
    ended = factories.occupation(poste, "2019-01-01", "2020-01-01", **PERSON)
    mistake = factories.occupation(poste, "2019-01-01", **PERSON)
    recent = factories.occupation(poste, "2019-01-01", titulaire="Dominique Autre")
    keys = [ended.pk, mistake.pk]
    poste.delete()
    removals = Occupation.history.filter(history_type="-")
    long_ago = datetime.datetime(2021, 2, 28, 23, 59, tzinfo=timezone.get_current_timezone())
    removals.filter(id=keys[1]).update(history_date=long_ago)
    removals.filter(id=recent.pk).update(history_date=long_ago + datetime.timedelta(minutes=1))
    effacement = prepare(5, JOUR)
    assert effacement.occupations == set(keys)
    erase(effacement, timezone.now(), "")
    assert kept() == set()
    assert Occupation.history.filter(titulaire="Dominique Autre").count() == 2


def test_the_command_says_first_and_changes_nothing(poste, capsys):
    factories.occupation(poste, "2019-01-01", "2020-01-01", **PERSON)
    before = kept()
    said = told(capsys=capsys)
    assert "dont l'identité est connue : 1\n" in said
    assert "qui les nomment : 1\n" in said
    assert "Rien n'a été changé : relancez avec --confirmer" in said
    assert not any(secret in said for secret in SECRETS)
    assert kept() == before == {"projects.Occupation", "projects.HistoricalOccupation"}
    assert not Purge.objects.exists()


def test_the_command_erases_once_and_leaves_a_trace_without_the_data(poste, capsys):
    factories.occupation(poste, "2019-01-01", "2020-01-01", **PERSON)
    assert "Effacés." in told("--confirmer", capsys=capsys)
    assert kept() == set()
    trace = Purge.objects.get()
    assert (trace.titulaires, trace.versions, trace.annees) == (1, 1, 5)
    versions = Occupation.history.count()
    again = told("--confirmer", capsys=capsys)
    assert "dont l'identité est connue : 0\n" in again
    assert "Il n'y a rien à effacer." in again
    assert (Purge.objects.count(), Occupation.history.count()) == (1, versions)


def test_contacts_gone_as_long_are_removed_and_counted(capsys):
    town = factories.commune("34142")
    factories.contact(town, nom="Camille Exemple", fin=day("2020-01-01"))
    staying = factories.contact(town, nom="Dominique Autre")
    assert "Contacts partis de même : 1\n" in told(capsys=capsys)
    assert kept() == {"projects.Contact", "projects.HistoricalContact"}
    told("--confirmer", capsys=capsys)
    assert kept() == set()
    assert Contact.objects.get() == staying
    assert Purge.objects.get().contacts == 1


@pytest.mark.parametrize("annees", ["0", "-1", "101"])
def test_a_number_of_years_that_cannot_be_is_refused(annees):
    with pytest.raises(CommandError, match="de 1 à 100"):
        call_command("purger_donnees_personnelles", f"--avant-annees={annees}")


def test_what_was_typed_in_the_back_office_is_kept_nowhere_else(agent_34, poste, capsys):
    """The journal of the back office, the sessions and the messages tell nothing of the person."""
    url = reverse("admin:projects_poste_change", args=[poste.pk])
    rows = {"occupations-TOTAL_FORMS": 1, "occupations-0-debut": "01/01/2019"}
    rows |= {f"occupations-0-{name}": value for name, value in PERSON.items()}
    page = form_of(agent_34, url)
    assert agent_34.post(url, filled(page, **rows)).status_code == 302
    correction = {"occupations-0-fin": "31/12/2019", "occupations-0-telephone": "0400000002"}
    correction["motif_correction"] = "Erreur"
    assert agent_34.post(url, filled(form_of(agent_34, url), **correction)).status_code == 302
    assert kept() == {"projects.Occupation", "projects.HistoricalOccupation"}
    told("--confirmer", capsys=capsys)
    assert kept() == set()


def test_import_files_that_expired_are_erased_and_the_others_wait(capsys):
    old, new = folder() / "vieux.json", folder() / "neuf.json"
    for path in (old, new):
        path.write_text("Camille Exemple")
    yesterday = time.time() - KEPT_SECONDS - 1
    os.utime(old, (yesterday, yesterday))
    assert "Fichiers d'import expirés : 1" in told(capsys=capsys)
    assert old.exists()
    told("--confirmer", capsys=capsys)
    assert [path.name for path in folder().iterdir()] == ["neuf.json"]
    assert Purge.objects.get().fichiers == 1


def test_reports_closed_a_year_ago_go_too(capsys):
    a_year = datetime.timedelta(days=366)
    factories.signalement(statut="corrige", answered_at=timezone.now() - a_year)
    kept_report = factories.signalement(statut="corrige", answered_at=timezone.now())
    assert "Signalements clos depuis un an : 1" in told(capsys=capsys)
    assert Signalement.objects.count() == 2
    told("--confirmer", capsys=capsys)
    assert list(Signalement.objects.all()) == [kept_report]
    assert Purge.objects.get().signalements == 1


def test_the_national_level_reads_the_trace_and_agents_do_not(national, agent_34):
    Purge.objects.create(
        moment=timezone.now(),
        annees=5,
        partis_avant=JOUR,
        titulaires=12,
        versions=30,
        fichiers=0,
    )
    url = reverse("admin:projects_purge_changelist")
    assert "30" in national.get(url).content.decode()
    assert agent_34.get(url).status_code == 403
    assert national.get(reverse("admin:projects_purge_add")).status_code == 403
