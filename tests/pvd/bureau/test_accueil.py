"""The home of the back office: what waits for an agent, in its départements, in few queries."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from communes.models import Agent, Interlocuteur
from projects.postes.models import Recrutement
from projects.projet.plan.ressource import PlanDActions
from pvd.bureau.accueil.attend import (
    ending_contracts,
    ending_fundings,
    ending_ort,
    late_ort,
    posts_to_fill,
)
from pvd.bureau.changements import recent_changes
from pvd.bureau.perimetre import Perimetre
from socle.dates import add_months
from tests import factories
from tests.formulaires import filled, form_of
from tests.pages import boites, without_tags
from tests.vues import SansLaPage

HOME = "/admin/"
JOUR = datetime.date(2023, 1, 12)


def everywhere():
    return Perimetre(factories.agent(is_superuser=True))


def test_an_ort_is_late_the_day_after_its_eighteen_months(db):
    town = factories.commune("34001")
    factories.labellisation(town, adhesion="2021-07-12")
    for jour, late in ((JOUR, False), (JOUR + datetime.timedelta(days=1), True)):
        (row,) = late_ort(everywhere(), jour)
        assert row.en_retard == late
    factories.convention("2023-01-13", [town])
    assert late_ort(everywhere(), datetime.date(2023, 1, 13)) == []


def test_an_ort_due_within_three_months_is_told(db):
    factories.labellisation(adhesion="2021-10-12")
    assert late_ort(everywhere(), datetime.date(2023, 1, 11)) == []
    assert len(late_ort(everywhere(), JOUR)) == 1


def test_an_ort_that_ends_within_twelve_months(db):
    signed = factories.convention("2020-01-12", duree_annees=4)
    assert ending_ort(everywhere(), datetime.date(2023, 1, 11)) == []
    assert ending_ort(everywhere(), JOUR) == [signed]
    assert ending_ort(everywhere(), datetime.date(2024, 1, 11)) == [signed]
    (ended,) = ending_ort(everywhere(), datetime.date(2024, 1, 12))
    assert (ended.terminee, ended.fin) == (True, datetime.date(2024, 1, 12))
    assert not ending_ort(everywhere(), datetime.date(2024, 1, 11))[0].terminee
    assert ending_ort(everywhere(), datetime.date(2025, 1, 11)) == [signed]
    assert ending_ort(everywhere(), datetime.date(2025, 1, 12)) == []
    factories.avenant(signed, "2022-01-01", duree_annees=9)
    assert ending_ort(everywhere(), JOUR) == []


def test_posts_vacant_or_in_recruitment(db):
    held, vacant = factories.poste(), factories.poste(date_ouverture=datetime.date(2022, 1, 1))
    factories.poste()
    factories.occupation(held, "2022-01-01")
    assert posts_to_fill(everywhere(), JOUR) == [vacant]


def test_posts_to_fill_are_told_since_when_the_longest_first(db):
    recent = factories.poste(date_ouverture=datetime.date(2023, 1, 1))
    long_held = factories.poste(date_ouverture=datetime.date(2021, 1, 1))
    factories.occupation(long_held, "2021-02-01", "2022-12-31")
    vague = factories.poste(date_ouverture=datetime.date(2022, 1, 1), precision_ouverture="annee")
    offered = factories.poste()
    factories.occupation(offered, "2021-01-01", "2023-01-11")
    Recrutement.objects.create(poste=offered, date_publication=JOUR)
    told = {poste: poste.phrase for poste in posts_to_fill(everywhere(), JOUR)}
    assert told == {
        vague: "vacant depuis 2022",
        long_held: "vacant depuis le 31 décembre 2022, soit 12 jours",
        recent: "vacant depuis le 1er janvier 2023, soit 11 jours",
        offered: "en recrutement, engagé le 12 janvier 2023 ; sans personne depuis le "
        "11 janvier 2023, soit 1 jour",
    }
    assert list(told) == [vague, long_held, recent, offered]


@pytest.mark.parametrize(
    ("last_day", "told"),
    [("2023-01-11", False), ("2023-01-12", True), ("2023-07-12", True), ("2023-07-13", False)],
)
def test_contracts_and_fundings_that_end_within_six_months(last_day, told, db):
    poste = factories.poste()
    fin = factories.day(last_day) + datetime.timedelta(days=1)
    factories.occupation(poste, "2022-01-01", fin_contrat_prevue=fin)
    factories.cofinancement(poste, fin=fin)
    for ending in (ending_contracts, ending_fundings):
        assert [row.dernier_jour for row in ending(everywhere(), JOUR)] == (
            [factories.day(last_day)] if told else []
        )


def test_recent_changes_tell_who_what_and_why(agent_34):
    signed = factories.convention()
    signed.because("Date lue sur l'acte").save()
    (change,) = recent_changes(Perimetre(agent_34.agent), timezone.now())
    assert change.url == reverse("admin:ort_convention_change", args=[signed.pk])
    assert change.quoi == ["Date lue sur l'acte", "ajout : convention"]
    later = timezone.now() + datetime.timedelta(days=8)
    assert recent_changes(Perimetre(agent_34.agent), later) == []


def test_a_removal_is_told_without_a_link(agent_34):
    gone = factories.labellisation(factories.commune("34142", nom="Lodève"))
    gone.delete()
    (change,) = recent_changes(Perimetre(agent_34.agent), timezone.now())
    assert (change.fiche, change.url) == ("Lodève", "")


def test_the_home_stops_at_the_departements_of_the_agent(agent_34, agent_81):
    town = factories.commune("34001", nom="Lodève")
    factories.labellisation(town, adhesion="2021-01-01")
    poste = factories.poste([town], date_ouverture=datetime.date(2022, 1, 1))
    held, soon = factories.poste([town]), timezone.localdate() + datetime.timedelta(days=30)
    factories.occupation(held, "2022-01-01", fin_contrat_prevue=soon, titulaire="Camille")
    factories.cofinancement(held, fin=soon)
    page = agent_34.get(HOME)
    assert "Camille" in page.content.decode()
    assert [boites(page)[name].total for name in ("contrats", "cofinancements")] == [1, 1]
    assert [row.commune for row in boites(page)["retards"].lignes] == [town]
    assert boites(page)["postes"].lignes == [poste]
    assert "Lodève" not in agent_81.get(HOME).content.decode()
    neighbour = boites(SansLaPage(agent_81).get(HOME))
    assert not any(boite for nom, boite in neighbour.items() if nom != "interlocuteurs")


def test_the_national_level_chooses_a_departement(national, agent_34):
    for code in ("34001", "12001"):
        factories.labellisation(factories.commune(code), adhesion="2021-01-01")
    assert boites(SansLaPage(national).get(HOME))["retards"].total == 2
    assert boites(SansLaPage(national).get(HOME, {"departement": "12"}))["retards"].total == 1
    assert agent_34.get(HOME, {"departement": "12"}).status_code == 404


@pytest.mark.une_base
def test_an_empty_home_says_so_once_and_shows_no_empty_box(agent_34):
    factories.interlocuteur()
    page = agent_34.get(HOME).content.decode()
    assert page.count("Rien n'attend") == 1
    assert '<span class="compte">0</span>' not in page
    factories.labellisation(factories.commune("34001"), adhesion="2020-01-01")
    page = agent_34.get(HOME).content.decode()
    assert "Rien n'attend" not in page
    assert "ORT attendues" in page
    assert '<span class="compte">0</span>' not in page


TODAY = timezone.localdate()
SOON = TODAY + datetime.timedelta(days=30)


def waits_for_an_ort(town):
    factories.labellisation(town, adhesion="2020-01-01")


def ort_that_ended(town):
    signed = add_months(TODAY, -12 * 5 - 6)
    factories.convention(f"{signed}", [town], duree_annees=5)


def held_poste(town, **contract):
    poste = factories.poste([town])
    factories.occupation(poste, "2022-01-01", **contract)
    return poste


def action_of(town):
    """Return an action of which there is news, and that awaits nothing."""
    action = factories.action([town])
    factories.fait(action, "point", f"{TODAY}")
    return action


def unpaid_grant(town):
    line = factories.financement(action_of(town), "bdt", "operateur")
    factories.fait_financement(line, "accord", f"{TODAY - datetime.timedelta(days=730)}", 20000)


def plan_not_read_whole(town):
    agent = Agent.objects.get()
    factories.importe(agent, titre=PlanDActions.titre, moment=timezone.now(), non_lues=["Calage"])


# What alone makes each box of the home appear, from a commune.
BOXES = {
    "rappels": lambda town: factories.note(town, rappel=TODAY),
    "retards": waits_for_an_ort,
    "echeances": ort_that_ended,
    "postes": lambda town: factories.poste([town], date_ouverture=datetime.date(2022, 1, 1)),
    "contrats": lambda town: held_poste(town, fin_contrat_prevue=SOON),
    "cofinancements": lambda town: factories.cofinancement(held_poste(town), fin=SOON),
    "signalements": lambda town: factories.signalement(town.departement),
    "propositions": lambda town: factories.proposition(
        factories.convention(f"{TODAY}", [town], duree_annees=9)
    ),
    "releves": lambda town: factories.cible(action_of(town), 40, f"{add_months(TODAY, -13)}"),
    "alertes": unpaid_grant,
    "plans": plan_not_read_whole,
    "evenements": lambda town: factories.evenement(f"{SOON}", [town.departement]),
    # A département that is kept: nobody said yet who answers for it.
    "interlocuteurs": lambda town: Interlocuteur.objects.get().delete(),
}
# What is to be checked, and what was changed, come with any record; the reviews, with any ORT.
WITH_ALL = {"bilans", "constats", "changements"}


@pytest.mark.une_base
@pytest.mark.parametrize("box", BOXES)
def test_a_box_is_shown_when_it_holds_something_and_alone(box, agent_34):
    factories.interlocuteur()
    BOXES[box](factories.commune("34001"))
    page = agent_34.get(HOME)
    shown = re.findall(r'<h2 id="titre-(\w+)"', page.content.decode())
    assert [name for name in shown if name not in WITH_ALL] == [box]
    assert boites(page).keys() == BOXES.keys() | WITH_ALL


def test_what_waits_is_sorted_by_day_in_each_box(agent_34):
    towns = [factories.commune(f"3400{number}") for number in range(3)]
    for town, days in zip(towns, (20, 0, 10), strict=True):
        ago = datetime.timedelta(days=days)
        factories.note(town, rappel=TODAY - ago)
        factories.labellisation(town, adhesion=f"{datetime.date(2021, 3, 1) + ago}")
        held_poste(town, fin_contrat_prevue=SOON + ago)
        factories.cofinancement(held_poste(town), fin=SOON + ago)
        ended = add_months(TODAY, -12 * 5) - ago
        factories.convention(
            f"{ended}", [factories.commune(f"3411{days // 10}", epci="new")], duree_annees=5
        )
    shown = boites(SansLaPage(agent_34).get(HOME))
    for box, day in (
        ("rappels", "rappel"),
        ("retards", "echeance_ort"),
        ("echeances", "fin"),
        ("contrats", "dernier_jour"),
        ("cofinancements", "dernier_jour"),
    ):
        days = [getattr(line, day) for line in shown[box].lignes]
        assert (days, len(days)) == (sorted(days), 3), box


def test_an_expired_ort_is_said_expired_and_never_awaited(agent_34):
    """Signed within the eighteen months, as Clermont's: it was not late, and is over."""
    town = factories.commune("34079", nom="Clermont-l'Hérault")
    factories.labellisation(town, adhesion=f"{add_months(TODAY, -12 * 5 - 8)}")
    ort_that_ended(town)
    for browser, address in (
        (agent_34, HOME),
        (agent_34, reverse("admin:communes_commune_page", args=["34079"])),
    ):
        page = without_tags(browser.get(address).content.decode())
        assert "terminée" in page
        assert "délai passé" not in page
        assert "attendue" not in page


def test_an_ort_without_duration_is_told_rather_than_a_reassuring_nought(agent_34):
    signed = factories.convention("2022-01-12", [factories.commune("34001")])
    factories.convention("2022-01-12", [factories.commune("34002")], duree_annees=5)
    page = agent_34.get(HOME).content.decode()
    assert "1 ORT sans durée enregistrée" in page
    assert listed(agent_34, "ort_convention", etat="sans_duree") == {signed}


def test_reminders_are_told_from_their_day_to_those_who_keep_notes(
    agent_34, lecteur_34, agent_81, national
):
    today = timezone.localdate()
    town = factories.commune("34142", nom="Lodève")
    due = factories.note(town, "Rappeler la mairie", rappel=today)
    factories.note(town, "Plus tard", rappel=today + datetime.timedelta(days=1))
    factories.note(town, "Fait", rappel=today, rappel_fait=True)
    for browser in (agent_34, national):
        assert boites(SansLaPage(browser).get(HOME))["rappels"].lignes == [due]
    assert boites(SansLaPage(national).get(HOME, {"departement": "34"}))["rappels"].total == 1
    assert boites(SansLaPage(national).get(HOME, {"departement": "81"}))["rappels"].total == 0
    page = agent_34.get(HOME).content.decode()
    assert reverse("admin:communes_commune_page", args=["34142"]) in page
    for browser in (lecteur_34, agent_81):
        assert "Rappeler la mairie" not in browser.get(HOME).content.decode()


@pytest.mark.une_base
def test_an_agent_of_no_departement_is_told_so(client, db):
    client.force_login(factories.agent())
    assert "rattaché à aucun département" in client.get(HOME).content.decode()


@pytest.mark.une_base
def test_a_lecteur_is_offered_no_guided_action(lecteur_34, agent_34):
    assert SansLaPage(lecteur_34).get(HOME).context["gestes"] == []
    assert "Enregistrer ce qui" not in lecteur_34.get(HOME).content.decode()
    assert len(SansLaPage(agent_34).get(HOME).context["gestes"]) == 8


@pytest.mark.une_base
def test_the_lists_come_in_plain_order(national):
    names = [a["app_label"] for a in SansLaPage(national).get(HOME).context["app_list"]]
    assert names == ["communes", "ort", "projects", "socle", "suivi"]
    assert national.get(reverse("admin:app_list", args=["ort"])).status_code == 200


def make_some():
    town = factories.commune(epci="new")
    factories.labellisation(town, adhesion="2020-01-01")
    ending = factories.convention("2020-01-01", [factories.commune(epci="new")])
    ending.duree_annees = timezone.localdate().year - 2020 + 1
    ending.date_signature = add_months(timezone.localdate(), -12 * (ending.duree_annees - 1) + -6)
    ending.save()
    factories.poste([town], date_ouverture=datetime.date(2022, 1, 1))
    held = factories.poste([town])
    soon = timezone.localdate() + datetime.timedelta(days=30)
    factories.occupation(held, "2022-01-01", fin_contrat_prevue=soon)
    factories.cofinancement(held, fin=soon)


def test_the_home_takes_no_more_queries_when_there_is_more(agent_34):
    make_some()
    agent_34.get(HOME)
    # Session, user, départements; reminders; the facts of the ORT that are late (5) and their
    # communes (2); ending ORT and their avenants, those without duration; the dates of the posts (6),
    # those to fill and their communes (2); contracts; fundings; reports; changes; vintages and data to
    # check; the warnings of the actions (8); the plans to read again; the events of the Club to come;
    # the reviews awaited, with their presentations (4); the readings and the targets (3).
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            page = agent_34.get(HOME)
        assert len(queries) <= 45
        sections = ("retards", "echeances", "postes", "contrats", "cofinancements")
        assert all(boites(page)[name].total for name in sections)
        for _ in range(5):
            make_some()


def choices(client, page, parameter):
    """Return what a filter of a list offers."""
    specs = client.get(reverse(f"admin:{page}_changelist")).context["cl"].filter_specs
    (spec,) = [s for s in specs if getattr(s, "parameter_name", "") == parameter]
    return [value for value, _ in spec.lookup_choices]


def listed(client, page, **query):
    return set(client.get(reverse(f"admin:{page}_changelist"), query).context["cl"].queryset)


def test_lists_are_filtered_by_intercommunalite_of_the_departement(agent_34):
    here, other = factories.commune("34001", epci="new"), factories.commune("34002", epci="new")
    factories.commune("12001", epci="new")
    epci = here.rattachements.get().intercommunalite
    ours = {
        "communes_labellisation": factories.labellisation(here),
        "communes_commune": here,
        "ort_convention": factories.convention(communes=[here]),
        "projects_poste": factories.poste([here]),
    }
    factories.labellisation(other), factories.convention(communes=[other]), factories.poste([other])
    for page, record in ours.items():
        assert set(choices(agent_34, page, "epci")) == {
            epci.pk,
            other.rattachements.get().intercommunalite_id,
        }
        assert listed(agent_34, page, epci=epci.pk) == {record}


def test_lists_are_filtered_by_statut_and_by_missing_source(agent_34):
    signed = factories.labellisation(factories.commune("34001"), adhesion="2021-05-01")
    covered = factories.labellisation(factories.commune("34002"), adhesion="2021-05-01")
    factories.convention(communes=[covered.commune])
    page = "communes_labellisation"
    assert listed(agent_34, page, statut="adhesion_signee") == {signed}
    assert listed(agent_34, page, statut="ort_signee") == {covered}
    assert listed(agent_34, page, source="manquante") == {signed, covered}


def test_the_filters_of_a_list_are_kept_after_saving(agent_34):
    record = factories.labellisation(factories.commune("34001"), adhesion="2021-05-01")
    page = reverse("admin:communes_labellisation_change", args=[record.pk])
    url = f"{page}?_changelist_filters=statut%3Dadhesion_signee"
    answer = agent_34.post(url, filled(form_of(agent_34, url)))
    assert answer.status_code == 302
    assert answer.url.endswith("/labellisation/?statut=adhesion_signee")
