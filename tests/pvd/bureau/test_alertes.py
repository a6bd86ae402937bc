"""The warnings of the actions: told to who keeps them, closed by a geste, or accepted with a reason."""

import html

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.financements.models import AlerteAcceptee
from socle.dates import ONE_DAY, add_months, in_french
from tests import factories
from tests.conftest import browser_of
from tests.factories import day, today

PAGE = reverse("admin:alertes")


@pytest.fixture
def unpaid(db):
    """An action of Lodève of which a grant is unpaid for two years."""
    lodeve = factories.commune("34142", epci="new", nom="Lodève")
    signed = factories.convention("2021-07-16", [lodeve], intitule="ORT de Lodève")
    action = factories.action([lodeve], signed, numero="B1", intitule="Boutiques à l'essai")
    line = factories.financement(action, "bdt", "operateur")
    factories.fait_financement(line, "accord", str(today() - 730 * ONE_DAY), 20000)
    factories.fait(action, "point", str(today()))
    return line


def text(answer):
    return html.unescape(answer.content.decode())


def accepting(line):
    url = reverse("admin:accepter_une_alerte", args=[line.action_id, "accord_sans_versement"])
    return f"{url}?financement={line.pk}"


def test_the_home_counts_them_and_leads_to_their_page(unpaid, agent_34):
    home = text(agent_34.get("/admin/"))
    assert "Accord sans versement depuis un an" in home
    assert "la plus ancienne :" in home
    assert in_french(today() - 730 * ONE_DAY) in home.replace("\xa0", " ")
    page = text(agent_34.get(PAGE, {"sorte": "accord_sans_versement"}))
    assert "B1 Boutiques à l'essai" in page
    geste = reverse("admin:geste", args=["financement-enregistrer-un-versement", unpaid.pk])
    assert geste in page
    assert agent_34.get(geste).status_code == 200
    assert "Boutiques à l'essai" not in text(agent_34.get(PAGE, {"sorte": "caducite"}))
    assert agent_34.get(PAGE, {"sorte": "inconnue"}).status_code == 404


def notified(numero, jour):
    """Return an action of Lodève, of which nothing began and a grant was notified on `jour`."""
    action = factories.action([factories.commune("34142")], numero=numero, intitule="Halle")
    factories.fait(action, "point", str(today()))
    line = factories.financement(action, "detr")
    factories.fait_financement(line, "accord", str(jour), 10, date_notification=jour)
    return action


@pytest.mark.parametrize(
    ("sorte", "days", "told"),
    [("caducite", 800, "la plus ancienne"), ("caducite_proche", 700, "la plus proche")],
)
def test_the_grant_of_the_first_deadline_comes_first(sorte, days, told, agent_34):
    factories.regle(factories.dispositif("detr", "etat"), mois_commencement=24)
    first = today() - days * ONE_DAY
    notified("A1", first + ONE_DAY)
    notified("A2", first)
    page = text(agent_34.get(PAGE, {"sorte": sorte}))
    assert -1 < page.find("A2 Halle") < page.find("A1 Halle")
    home = text(agent_34.get("/admin/")).replace("\xa0", " ")
    assert f"{told} : " in home
    assert in_french(add_months(first, 24)) in home


def test_the_home_says_a_vague_day_as_it_is_known(unpaid, agent_34):
    year = today().year - 3
    grant = unpaid.faits.get()
    grant.jour, grant.precision = day(f"{year}-01-01"), "annee"
    grant.save()
    home = text(agent_34.get("/admin/"))
    assert f'la plus ancienne : <time datetime="{year}">{year}</time>' in home
    assert f"Accordé en {year}, et rien n'est versé." in text(agent_34.get(PAGE))


def test_one_is_accepted_with_a_reason_until_a_day(unpaid, agent_34):
    blank = agent_34.post(accepting(unpaid), {"motif": "", "jusqu_au": ""})
    assert "obligatoire" in text(blank)
    passed = agent_34.post(accepting(unpaid), {"motif": "Attendu", "jusqu_au": "01/01/2020"})
    assert "déjà passé" in text(passed)
    assert not AlerteAcceptee.objects.exists()
    answer = agent_34.post(accepting(unpaid), {"motif": "Solde en mars", "jusqu_au": "31/12/2099"})
    assert answer.url == reverse("admin:projects_action_page", args=[unpaid.action_id])
    told = AlerteAcceptee.objects.get()
    assert (told.financement, told.jour, told.motif) == (unpaid, today(), "Solde en mars")
    assert told.history.get().history_user.username == "agent34"
    assert "Aucune alerte" in text(agent_34.get(PAGE))
    assert "Solde en mars" not in text(browser_of(factories.agent("lecteur")).get(answer.url))


def test_it_is_told_again_after_that_day(unpaid, agent_34):
    AlerteAcceptee.objects.create(
        action=unpaid.action,
        financement=unpaid,
        sorte="accord_sans_versement",
        motif="Attendu",
        jour=today() - 30 * ONE_DAY,
        jusqu_au=today() - ONE_DAY,
    )
    assert "Boutiques" in text(agent_34.get(PAGE))


def test_another_departement_sees_none_and_accepts_none(unpaid):
    elsewhere = browser_of(factories.agent("tarn", [factories.departement("81")]))
    assert "Aucune alerte" in text(elsewhere.get(PAGE))
    assert elsewhere.get(accepting(unpaid)).status_code == 404
    assert elsewhere.post(accepting(unpaid), {"motif": "X"}).status_code == 404


@pytest.mark.parametrize("line", ["0", "x", "9" * 40, "²"])
def test_a_line_of_another_action_is_a_404(unpaid, agent_34, line):
    url = reverse("admin:accepter_une_alerte", args=[unpaid.action_id, "caducite"])
    assert agent_34.get(url, {"financement": line}).status_code == 404


def test_all_of_france_is_not_read_at_once(unpaid, national):
    assert "Choisissez un département" in text(national.get(PAGE))
    assert "Boutiques" in text(national.get(PAGE, {"departement": "34"}))


def test_more_actions_take_no_more_queries(unpaid, agent_34):
    counts = []
    for _ in range(2):
        agent_34.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            assert agent_34.get(PAGE).status_code == 200
        counts.append(len(queries))
        for _ in range(5):
            action = factories.action([unpaid.action.communes_liees.get().commune])
            line = factories.financement(action, "bdt", "operateur")
            factories.fait_financement(line, "accord", str(today() - 730 * ONE_DAY), 10)
    assert counts[0] == counts[1]
