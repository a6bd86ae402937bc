"""The readings that are late, on the home of agents and on their page; one is accepted."""

import pytest
from django.urls import reverse
from django.utils import timezone

from projects.models import AttenteAcceptee
from pvd.bureau.perimetre import Perimetre
from pvd.bureau.releves import releves_attendus
from socle.dates import ONE_DAY, add_years
from tests import factories
from tests.conftest import browser_of
from tests.factories import day, rewrite
from tests.pvd.bureau.test_gestes_projet import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
PAGE = "/admin/releves-attendus/"
TODAY = timezone.localdate()
EXPECTED = TODAY - ONE_DAY
NONE = "Aucun relevé n'est attendu"


@pytest.fixture
def lodeve():
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town)
    return town


def agent_of(code):
    return factories.agent(departements=[factories.departement(code)])


def late(code, jour):
    return [
        (str(r.cible.objet), r.jour) for r in releves_attendus(Perimetre(agent_of(code)), day(jour))
    ]


def test_a_reading_is_late_the_day_after_to_whom_it_is_of(lodeve):
    action = factories.action([lodeve], intitule="Façades")
    factories.cible(action, 40, "2024-01-01")
    factories.cible(lodeve, 3, "2024-02-01", mesure=factories.indicateur("autre"))
    assert late("34", "2025-01-01") == []
    assert late("34", "2025-01-02") == [("Façades", day("2025-01-01"))]
    assert [name for name, _ in late("34", "2025-02-02")] == ["Façades", "Lodève"]
    assert late("81", "2025-02-02") == []
    factories.releve(action, 12, "2024-06-01")
    assert [name for name, _ in late("34", "2025-02-02")] == ["Lodève"]


def test_the_home_leads_to_the_geste(agent_34, lodeve):
    action = factories.action([lodeve], intitule="Façades")
    expected = timezone.localdate() - ONE_DAY
    factories.cible(action, 40, add_years(expected, -1).isoformat())
    page = agent_34.get("/admin/").content.decode()
    assert "Relevés d'indicateurs attendus" in page.replace("&#x27;", "'")
    assert f"/admin/gestes/action-relever-un-indicateur/{action.pk}/" in page


def test_it_takes_as_many_queries_whatever_their_number(lodeve, django_assert_num_queries):
    perimetre = Perimetre(agent_of("34"))
    for count in (1, 6):
        for number in range(count):
            mesure = factories.indicateur(f"mesure-{count}-{number}")
            factories.cible(lodeve, 40, "2024-01-01", mesure=mesure)
        with django_assert_num_queries(4):
            assert releves_attendus(perimetre, day("2026-01-01"))


def test_what_is_measured_is_told_with_what_changed(agent_34, national, lodeve):
    action = factories.action([lodeve], intitule="Façades")
    factories.releve(action, 12, "2024-06-01")
    factories.releve(lodeve, 3, "2024-06-01", mesure=factories.indicateur("vacants"))
    for browser in (agent_34, national):
        page = browser.get("/admin/").content.decode()
        assert "ajout : relevé (facades-renovees)" in page
        assert "ajout : relevé (vacants)" in page


def test_the_pages_of_agents_tell_what_is_measured(agent_34, lodeve):
    action = factories.action([lodeve], intitule="Façades")
    factories.cible(action, 40, "2024-01-01", reference=(0, "2024-01-01"))
    for sujet, page in ((action, "projects/action"), (lodeve, "communes/commune")):
        factories.releve(sujet, 12, "2024-06-01")
        told = agent_34.get(f"/admin/{page}/{sujet.pk}/").content.decode()
        assert "Ce qui est mesuré" in told
        assert "12 façades" in told.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.fixture
def awaited(lodeve):
    """A target set a year and a day ago, of which nothing was read since."""
    return factories.cible(lodeve, 40, add_years(EXPECTED, -1).isoformat())


def accepting(cible, jour=EXPECTED):
    return reverse("admin:accepter_une_attente", args=[cible.pk, str(jour)])


def test_their_page_leads_to_what_closes_each(agent_34, awaited, lodeve):
    signed = factories.convention(communes=[lodeve], intitule="ORT de Lodève")
    of_ort = factories.indicateur("m2", perimetre="ort")
    factories.cible(signed, 3, awaited.fixee_le.isoformat(), mesure=of_ort)
    told = text_of(agent_34.get(PAGE))
    assert reverse("admin:communes_commune_page", args=["34142"]) in told
    assert reverse("admin:geste", args=["ort-relever-un-indicateur", signed.pk]) in told
    assert accepting(awaited) in told


def test_one_is_accepted_with_a_reason_until_a_day(agent_34, awaited):
    assert "obligatoire" in text_of(agent_34.post(accepting(awaited), {"motif": ""}))
    passed = {"motif": "Comptage reporté", "jusqu_au": "01/01/2020"}
    assert "déjà passé" in text_of(agent_34.post(accepting(awaited), passed))
    assert not AttenteAcceptee.objects.exists()
    until = {"motif": "Comptage reporté", "jusqu_au": "31/12/2099"}
    answer = agent_34.post(accepting(awaited), until)
    assert answer.url == reverse("admin:communes_commune_page", args=["34142"])
    told = AttenteAcceptee.objects.get()
    assert (told.cible, told.attendu_le, told.motif) == (awaited, EXPECTED, "Comptage reporté")
    assert told.history.get().history_user.username == "agent34"
    assert NONE in text_of(agent_34.get(PAGE))
    assert "Relevés d'indicateurs attendus" not in text_of(agent_34.get("/admin/"))


@pytest.mark.parametrize(("days", "silent"), [(0, True), (-1, False)])
def test_it_is_silent_until_its_last_day_included(agent_34, awaited, days, silent):
    jusqu_au = factories.in_days(days)
    AttenteAcceptee.objects.create(
        cible=awaited, attendu_le=EXPECTED, motif="X", jour=jusqu_au, jusqu_au=jusqu_au
    )
    assert (NONE in text_of(agent_34.get(PAGE))) == silent


def test_the_next_reading_is_awaited_all_the_same(agent_34, awaited, lodeve):
    agent_34.post(accepting(awaited), {"motif": "Pas compté cette année"})
    assert NONE in text_of(agent_34.get(PAGE))
    rewrite(type(awaited).objects.all(), fixee_le=day("2020-01-01"))
    factories.releve(lodeve, 12, "2021-01-01")
    assert "1er janvier 2022" in text_of(agent_34.get(PAGE))


def test_only_what_is_late_is_accepted(agent_34, awaited, lodeve):
    for jour in (TODAY, "2020-02-30", "demain"):
        assert agent_34.get(accepting(awaited, jour)).status_code == 404
    newer = factories.cible(lodeve, 50, (EXPECTED - ONE_DAY).isoformat())
    for cible in (awaited, newer):
        assert agent_34.get(accepting(cible)).status_code == 404


def test_who_does_not_keep_it_sees_none_and_accepts_none(awaited, lecteur_34):
    elsewhere = browser_of(agent_of("81"))
    assert NONE in text_of(elsewhere.get(PAGE))
    assert elsewhere.post(accepting(awaited), {"motif": "X"}).status_code == 404
    assert lecteur_34.post(accepting(awaited), {"motif": "X"}).status_code == 403
    assert accepting(awaited) not in text_of(lecteur_34.get(PAGE))
    assert not AttenteAcceptee.objects.exists()


def test_all_of_france_is_not_read_at_once(awaited, national):
    assert "Choisissez un département" in text_of(national.get(PAGE))
    assert "Lodève" in text_of(national.get(PAGE, {"departement": "34"}))
