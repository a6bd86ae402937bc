"""The reviews that are awaited, on the home of the agents and on their page; one is accepted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from communes.models import Departement
from projects.evaluations.models import EcheanceAcceptee
from socle.dates import ONE_DAY, add_months
from tests import factories
from tests.conftest import browser_of
from tests.factories import day, rewrite
from tests.pvd.bureau.test_gestes_projet import text_of
from tests.vues import SansLaPage

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
PAGE = "/admin/bilans/"
TODAY = timezone.localdate()
# Signed five years and ten days ago: both a yearly review and the evaluation are over.
SIGNED = add_months(TODAY - 10 * ONE_DAY, -60)
DUE = add_months(SIGNED, 60)


@pytest.fixture(scope="module")
def ort(scene):
    town = factories.commune("34142", epci="new")
    signed = factories.convention(str(SIGNED), [town], intitule="ORT de Lodève")
    rewrite(Departement.objects.filter(pk="34"), tenue_bilans="complete")
    for years in range(1, 6):
        anniversary = str(add_months(SIGNED, 12 * years))
        factories.bilan(signed, anniversary, anniversary)
    return signed


def fiche_of(browser, ort):
    return text_of(browser.get(reverse("admin:ort_convention_page", args=[ort.pk])))


def accepting(ort, key=f"quinquennal-{DUE}"):
    return reverse("admin:accepter_une_echeance", args=[ort.pk, key])


def test_the_home_and_the_page_tell_what_is_awaited(ort, agent_34):
    for page in ("/admin/", PAGE):
        told = text_of(agent_34.get(page))
        assert "évaluation des cinq ans attendue depuis le" in told
        assert "bilan annuel" not in told
    assert "Attendue depuis le" in fiche_of(agent_34, ort)
    geste = reverse("admin:geste", args=["tenir-un-bilan", ort.pk])
    geste += f"?nature=quinquennal&periode={DUE}"
    assert geste in text_of(agent_34.get(PAGE))
    form = SansLaPage(agent_34).get(geste).context["form"]
    assert (form["nature"].value(), form["periode"].value()) == ("quinquennal", str(DUE))
    factories.bilan(ort, str(TODAY), str(DUE), "quinquennal")
    assert "Bilans attendus" not in text_of(agent_34.get("/admin/"))
    assert "Aucun bilan n'est attendu" in text_of(agent_34.get(PAGE))


def test_where_reviews_are_not_all_kept_the_last_one_alone_is_asked(ort, agent_34):
    rewrite(Departement.objects.all(), tenue_bilans="aucune")
    ort.bilans.all().delete_each()
    told = text_of(agent_34.get(PAGE))
    # The last evaluation, and the last yearly review.
    assert told.count("dont la tenue n'est pas renseignée") == 2
    assert "attendue depuis" not in told


def test_one_is_accepted_with_a_reason_until_a_day(ort, agent_34):
    assert "obligatoire" in text_of(agent_34.post(accepting(ort), {"motif": ""}))
    passed = {"motif": "Reporté", "jusqu_au": "01/01/2020"}
    assert "déjà passé" in text_of(agent_34.post(accepting(ort), passed))
    answer = agent_34.post(accepting(ort), {"motif": "Reporté", "jusqu_au": "31/12/2099"})
    assert answer.url == reverse("admin:ort_convention_page", args=[ort.pk])
    told = EcheanceAcceptee.objects.get()
    assert (told.nature, told.periode, told.motif) == ("quinquennal", DUE, "Reporté")
    assert "Aucun bilan n'est attendu" in text_of(agent_34.get(PAGE))
    assert "Attendue depuis le" not in fiche_of(agent_34, ort)
    rewrite(EcheanceAcceptee.objects.all(), jour=day("2020-01-01"), jusqu_au=TODAY)
    assert "Attendue depuis le" not in fiche_of(agent_34, ort)
    rewrite(EcheanceAcceptee.objects.all(), jusqu_au=TODAY - ONE_DAY)
    assert "attendue depuis" in text_of(agent_34.get(PAGE))
    assert "Attendue depuis le" in fiche_of(agent_34, ort)


@pytest.mark.parametrize(
    "key",
    [
        *("quinquennal-2020-01-01", "semestriel-2026-01-01", "annuel", "-"),
        # Years that nobody means, and to the last of which no month can be added.
        *("annuel-9999-12-31", "quinquennal-2101-01-01", "annuel-0001-01-01"),
    ],
)
def test_what_is_no_due_date_is_not_accepted(ort, agent_34, key):
    assert agent_34.get(accepting(ort, key)).status_code == 404


def test_another_departement_sees_none_and_accepts_none(ort):
    elsewhere = browser_of(factories.agent("tarn", [factories.departement("81")]))
    assert "Aucun bilan n'est attendu" in text_of(elsewhere.get(PAGE))
    assert elsewhere.post(accepting(ort), {"motif": "X"}).status_code == 404


def test_all_of_france_is_not_read_at_once(ort, national):
    assert "Choisissez un département" in text_of(national.get(PAGE))
    assert "ORT de Lodève" in text_of(national.get(PAGE, {"departement": "34"}))


def test_more_ort_take_no_more_queries(ort, agent_34):
    counts = []
    for _ in range(2):
        agent_34.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            assert agent_34.get(PAGE).status_code == 200
        counts.append(len(queries))
        for _ in range(5):
            signed = factories.convention(str(SIGNED), [factories.commune("34142")])
            factories.bilan(signed, str(TODAY))
    assert counts[0] == counts[1]
