"""A review is held, with what it freezes told beforehand, then presented to an assembly."""

import pytest
from django.urls import reverse

from communes.models import Departement
from projects.evaluations.models import Bilan, EcheanceAcceptee, Presentation
from tests import factories
from tests.factories import day, rewrite
from tests.projects.projet.scenes import accorde, verse
from tests.pvd.bureau.test_gestes import do, refusal
from tests.pvd.bureau.test_gestes_projet import preview, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
TENIR, PRESENTER = "tenir-un-bilan", "presenter-a-une-assemblee"


@pytest.fixture
def agde():
    """The ORT of Agde, whose evaluation is due since 26 February 2026; one of its actions is paid in part."""
    town = factories.commune("34003", epci="new", nom="Agde")
    ort = factories.convention(
        "2021-02-26", [town], identifiant="ort-agde", intitule="ORT d'Agde", duree_annees=10
    )
    rewrite(Departement.objects.all(), tenue_bilans="complete")
    action = factories.action([town], ort, identifiant="agd-1")
    factories.fait(action, "debut", "2025-01-01")
    verse(accorde(action, "1000.00", "2025-01-01"), "300.00", "2026-05-01")
    return ort


def held(**fields):
    return {"nature": "quinquennal", "date": "07/04/2026"} | fields


def test_the_evaluation_is_held_for_the_nearest_due_date(agent_34, agde):
    answer = do(agent_34, TENIR, agde, **held(comite="Comité de projet", note_interne="Tendu"))
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer.url == reverse("admin:ort_convention_page", args=[agde.pk])
    review = Bilan.objects.get()
    assert (review.tenu_le, review.periode) == (day("2026-04-07"), day("2026-02-26"))
    assert (review.comite, review.note_interne) == ("Comité de projet", "Tendu")
    assert review.gel["au"] == "2026-04-07"
    assert review.affirmations.get().valeur == "2026-04-07"
    assert review.history.get().history_change_reason.startswith("Bilan tenu")


def test_its_preview_tells_what_is_frozen_and_writes_nothing(agent_34, agde):
    answer = preview(agent_34, TENIR, agde, **held(note_interne="Tendu"))
    told = text_of(answer)
    assert "Répond à l'échéance du 26 février 2026" in told
    assert "règle à vérifier" in told
    assert "au 7 avril 2026 : 1 action : 1 en cours ; 1 000 € accordés, 0 € versé" in told
    assert "La note est gardée pour les services" in told
    [change] = [c for c in answer.context["effects"].changements if "des cinq ans" in c.chiffre]
    assert change.avant == "attendue depuis le 26 février 2026"
    assert change.apres == "tenue le 7 avril 2026, avec 40 jours de retard"
    assert not Bilan.objects.exists()


def test_another_due_date_may_be_chosen_or_none(agent_34, agde):
    do(agent_34, TENIR, agde, **held(nature="annuel", periode="2025-02-26"))
    assert Bilan.objects.get().periode == day("2025-02-26")
    do(agent_34, TENIR, agde, **held(periode="autre-point"))
    assert Bilan.objects.get(nature="quinquennal").periode is None


def test_a_second_review_of_one_date_is_another_point_and_says_so(agent_34, agde):
    factories.bilan(agde, "2026-04-01", "2026-02-26", "quinquennal")
    assert "C'est un autre point" in text_of(preview(agent_34, TENIR, agde, **held()))
    answer = preview(agent_34, TENIR, agde, **held(periode="2026-02-26"))
    assert "répond déjà à cette échéance" in text_of(answer)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"date": "25/02/2021"}, "signée que le 26 février 2021"),
        ({"date": "01/01/2099"}, "Cette date est à venir"),
        ({"periode": "2025-02-26"}, "n'a pas d'échéance ce jour-là"),
        ({"periode": "2025-02-27"}, "Sélectionnez un choix valide"),
    ],
)
def test_what_cannot_be_is_refused(agent_34, agde, fields, told):
    assert told in refusal(agent_34, TENIR, agde, **held(**fields))
    assert not Bilan.objects.exists()


def test_a_review_is_presented_to_the_councils_of_the_ort(agent_34, agde):
    review = factories.bilan(agde, "2026-04-07", "2026-02-26", "quinquennal")
    epci = agde.couvertures.get().commune.rattachements.get().intercommunalite
    for place, date in (("commune-34003", "05/05/2026"), (f"epci-{epci.pk}", "12/05/2026")):
        fields = {"bilan": review.pk, "assemblee": place, "date": date, "deliberation": "2026-7"}
        answer = do(agent_34, PRESENTER, agde, **fields)
        assert answer.status_code == 302, answer.context["form"].errors
    first, second = Presentation.objects.order_by("jour")
    assert (first.bilan, first.commune_id, first.deliberation) == (review, "34003", "2026-7")
    assert (second.intercommunalite, second.affirmations.get().valeur) == (epci, "2026-05-12")
    told = refusal(agent_34, PRESENTER, agde, **fields)
    assert "déjà enregistrée ce jour-là" in told


def test_the_convention_itself_is_presented_too(agent_34, agde):
    do(agent_34, PRESENTER, agde, bilan="", assemblee="commune-34003", date="05/05/2021")
    assert Presentation.objects.get().bilan is None


def test_a_convention_that_is_no_ort_has_no_review(agent_34, agde):
    rewrite(type(agde).objects.all(), vaut_ort=False)
    answer = agent_34.get(reverse("admin:geste", args=[TENIR, agde.pk]), follow=True)
    assert "n'est pas une ORT signée" in text_of(answer)


def proposed(client, ort):
    """Return what the form proposes: the nature, and the due dates in its order."""
    form = client.get(reverse("admin:geste", args=[TENIR, ort.pk])).context["form"]
    return form["nature"].value(), [label for _, label in form.fields["periode"].choices[1:-1]]


def test_what_is_most_due_is_proposed_first(agent_34, agde):
    for year in (2022, 2023, 2025):
        factories.bilan(agde, f"{year}-02-26", f"{year}-02-26")
    nature, days = proposed(agent_34, agde)
    assert nature == "annuel"
    assert days[:2] == [
        "26 février 2024 (attendu : bilan annuel)",
        "26 février 2026 (attendu : évaluation des cinq ans et bilan annuel)",
    ]
    assert days[-3:] == ["26 février 2025", "26 février 2023", "26 février 2022"]
    factories.bilan(agde, "2024-02-26", "2024-02-26")
    assert proposed(agent_34, agde)[0] == "quinquennal"
    factories.bilan(agde, "2026-04-07", "2026-02-26", "quinquennal")
    nature, days = proposed(agent_34, agde)
    assert (nature, days[0]) == ("annuel", "26 février 2026 (attendu : bilan annuel)")


def test_what_is_accepted_or_held_is_proposed_as_any_other(agent_34, agde):
    for year in range(2022, 2027):
        factories.bilan(agde, f"{year}-02-26", f"{year}-02-26")
    assert proposed(agent_34, agde)[0] == "quinquennal"
    EcheanceAcceptee.objects.create(
        convention=agde,
        nature="quinquennal",
        periode=day("2026-02-26"),
        motif="Reportée",
        jour=day("2026-03-01"),
    )
    nature, days = proposed(agent_34, agde)
    assert nature == "annuel"
    assert "26 février 2026" in days
