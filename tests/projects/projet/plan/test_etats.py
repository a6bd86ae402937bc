"""The status of a plan, compared with the state that the facts known on its day give by the rule."""

import pytest

from projects.models import FaitAction
from tests import factories
from tests.factories import day
from tests.fichiers import confirm, motives
from tests.projects.projet.plan.conftest import export_of, told_by_row, told_of

RELANCE, REPRISE = "enregistrez une relance", "enregistrez une reprise"
LEVEE, RIEN = "enregistrez la levée du blocage", "rien n'en est écrit"
# The facts of an action, the phase of a beginning or of an end between brackets.
DEUX_ABANDONS = (
    "abandon 2025-01-01, relance 2025-02-01, fin 2025-03-01, relance 2025-04-01, abandon 2025-05-01"
)
DEUX_FINS = (
    "fin 2025-01-01, relance 2025-02-01, abandon 2025-03-01, relance 2025-04-01, fin 2025-05-01"
)
BATIE, LAISSEE = "debut 2024-01-01, fin 2025-06-01", "debut 2024-01-01, abandon 2025-06-01"
REPARTIE = "debut 2024-01-01, fin 2025-05-01, relance 2025-06-01"
# (facts, status of the file, day of the status)
DITS = [
    (DEUX_ABANDONS, "abandonnée", "2025-05-01"),
    (DEUX_ABANDONS, "abandonnée", "2025-06-01"),
    (DEUX_ABANDONS, "achevée", "2025-03-01"),
    (DEUX_FINS, "achevée", "2025-06-01"),
    (BATIE, "en cours", "2025-05-31"),
    (BATIE, "achevée", "2025-06-01"),
    (LAISSEE, "en cours", "2025-05-31"),
    (REPARTIE, "achevée", "2025-05-31"),
    (REPARTIE, "en cours", "2025-06-01"),
    # Facts of one day, in the order of the rule.
    ("debut 2024-01-01, reprise 2025-06-01, pause 2025-06-01", "en cours", "2025-06-01"),
    ("blocage 2025-06-01, abandon 2025-06-01", "abandonnée", "2025-06-01"),
    # The end of a study is not what is relaunched.
    ("fin(etude) 2025-01-01, abandon 2025-02-01, relance 2025-03-01", "étude terminée", "2025-06-01"),
    # The same is known of a later day.
    ("debut 2025-07-01", "en cours", "2025-06-30"),
    ("debut 2025-07-01", "en cours", "2025-07-01"),
    ("debut 2025-07-01, pause 2025-08-01", "en cours", "2025-06-30"),
    ("debut 2024-01-01, fin 2025-07-01", "achevée", "2025-06-30"),
]  # fmt: skip
# (facts, status of the file, day of the status): what is said, after « la fiche dit l'action »
CONTREDITS = {
    (BATIE, "en cours", "2025-06-01"): f"achevée le 1er juin 2025 : {RELANCE}",
    (BATIE, "en cours", "2025-06-02"): f"achevée le 2 juin 2025 : {RELANCE}",
    ("fin 2025-06-01", "en cours", "2025-06-01"): f"achevée le 1er juin 2025 : {RELANCE}",
    (BATIE, "étude en cours", "2025-06-01"): f"achevée le 1er juin 2025 : {RELANCE}",
    (BATIE, "suspendue", "2025-06-01"): f"achevée le 1er juin 2025 : {RELANCE}",
    (LAISSEE, "en cours", "2025-06-01"): f"abandonnée le 1er juin 2025 : {RELANCE}",
    (LAISSEE, "achevée", "2025-06-01"): f"abandonnée le 1er juin 2025 : {RELANCE}",
    (REPARTIE, "en cours", "2025-05-31"): f"achevée le 31 mai 2025 : {RELANCE}",
    (REPARTIE, "achevée", "2025-06-01"): f"en cours le 1er juin 2025 : {RIEN}",
    ("blocage 2025-06-01, abandon 2025-06-01", "bloquée", "2025-06-01"):
        f"abandonnée le 1er juin 2025 : {RELANCE}",
    ("debut 2024-01-01, pause 2025-06-01", "en cours", "2025-06-01"):
        f"en pause le 1er juin 2025 : {REPRISE}",
    ("blocage 2025-06-01", "en pause", "2025-06-01"): f"bloquée le 1er juin 2025 : {LEVEE}",
    ("debut 2024-01-01, pause 2025-06-01, reprise 2025-06-01", "en pause", "2025-06-01"):
        f"en cours le 1er juin 2025 : {RIEN}",
    ("abandon 2025-05-01, relance 2025-06-01", "abandonnée", "2025-06-01"):
        f"à venir le 1er juin 2025 : {RIEN}",
}  # fmt: skip
# (facts, status of the file, day of the status): the fact that is written
NOUVEAUX = {
    # A phase that has come farther, whatever the state.
    ("debut(etude) 2024-01-01", "travaux en cours", "2025-06-01"): "début de l'opération",
    ("debut 2024-01-01", "étude en cours", "2025-06-01"): "début de l'étude",
    ("debut(etude) 2024-01-01", "étude terminée", "2025-06-01"): "fin de l'étude",
    ("fin 2025-07-01", "en cours", "2025-06-30"): "début de l'opération",
    # What was closed comes again.
    (REPARTIE, "achevée", "2025-06-02"): "fin de l'opération",
    ("abandon 2025-05-01, relance 2025-06-01", "abandonnée", "2025-06-02"): "abandon",
    ("pause 2025-05-01, reprise 2025-06-01", "en pause", "2025-06-02"): "mise en pause",
    ("blocage 2025-05-01, levee 2025-06-01", "bloquée", "2025-06-02"): "blocage",
    ("debut 2024-01-01, pause 2025-05-01", "bloquée", "2025-06-01"): "blocage",
    (BATIE, "abandonnée", "2025-06-01"): "abandon",
}
EXPORTES = [
    DEUX_ABANDONS,
    DEUX_FINS,
    REPARTIE,
    "debut(etude) 2024-01-01, debut 2025-01-01",
    "debut(etude) 2024-01-01, fin(etude) 2025-01-01",
    "debut 2024-01-01, pause 2025-06-01, blocage 2025-06-01",
    "abandon 2025-01-01, relance 2025-06-01",
]


@pytest.fixture
def plan(lodeve):
    """Record actions A0, A1… of Lodève, each with the facts that are told of it."""

    def record(told, **fields):
        town = lodeve.couvertures.get(commune="34142").commune
        return [
            with_facts(factories.action([town], lodeve, numero=f"A{rank}", **fields), faits)
            for rank, faits in enumerate(told)
        ]

    return record


def with_facts(action, faits):
    for nature, jour in (fait.split() for fait in faits.split(", ")):
        nature, _, phase = nature.rstrip(")").partition("(")
        late = "au_plus_tard" if nature == "fin" else "jour"
        factories.fait(action, nature, jour, phase, precision=late)
    return action


def sheet(cases, actions):
    """Return a plan in which each action is of a status on a day."""
    rows = [
        f"{action.numero};{action.intitule};{statut};{jour}"
        for action, (_, statut, jour) in zip(actions, cases, strict=True)
    ]
    return "\n".join(["N°;Action;Statut;État au", *rows, ""])


def test_a_status_that_the_facts_of_its_day_give_tells_nothing_new(plan, sent):
    page = sent(sheet(DITS, plan(faits for faits, _, _ in DITS)), jour="2025-10-01")
    told = dict(zip(DITS, told_by_row(page), strict=True))
    assert told == dict.fromkeys(DITS, ("inchangée", ""))


def test_a_status_that_the_facts_of_its_day_contradict_is_told(plan, sent):
    page = sent(sheet(CONTREDITS, plan(faits for faits, _, _ in CONTREDITS)), jour="2025-10-01")
    told = dict(zip(CONTREDITS, told_by_row(page), strict=True))
    assert told == {
        case: ("inchangée", f"la fiche dit l'action {said}") for case, said in CONTREDITS.items()
    }


def test_a_status_that_the_facts_of_its_day_do_not_give_is_one_fact(agent_34, plan, sent):
    actions = plan(faits for faits, _, _ in NOUVEAUX)
    before = set(FaitAction.objects.values_list("pk", flat=True))
    page = sent(sheet(NOUVEAUX, actions), jour="2025-10-01")
    assert told_by_row(page) == [("modifiée", "")] * len(NOUVEAUX)
    confirm(agent_34, page)
    new = FaitAction.objects.exclude(pk__in=before)
    written = {fait.action: (str(fait), fait.jour, fait.precision) for fait in new}
    assert len(new) == len(NOUVEAUX)
    assert {case: written[action] for case, action in zip(NOUVEAUX, actions, strict=True)} == {
        case: (fait, day(case[2]), "au_plus_tard") for case, fait in NOUVEAUX.items()
    }
    again = sent(sheet(NOUVEAUX, actions), jour="2025-10-01")
    assert told_by_row(again) == [("inchangée", "")] * len(NOUVEAUX)


@pytest.mark.parametrize(
    ("vague", "jour", "known"),
    [
        ("mars 2025", "2025-10-01", "2025-03-31"),
        ("mars 2025", "2025-03-31", "2025-03-31"),
        ("mars 2025", "2025-03-30", "2025-03-30"),
        ("mars 2025", "2025-03-01", "2025-03-01"),
        ("T1 2025", "2025-10-01", "2025-03-31"),
        ("2024", "2025-10-01", "2024-12-31"),
        ("au plus tard 15/03/2025", "2025-10-01", "2025-03-15"),
    ],
)
def test_a_status_of_a_month_is_true_by_its_last_day_or_by_the_day_of_the_file(
    agent_34, plan, sent, vague, jour, known
):
    (action,) = plan(["point 2024-01-01"])
    confirm(agent_34, sent(sheet([("", "en cours", vague)], [action]), jour=jour))
    fait = action.faits.get(nature="debut")
    assert (fait.jour, fait.precision) == (day(known), "au_plus_tard")


def test_a_status_of_a_month_that_has_not_come_on_the_day_of_the_file_is_refused(plan, sent):
    (action,) = plan(["point 2024-01-01"])
    page = sent(sheet([("", "en cours", "mars 2025")], [action]), jour="2025-02-28")
    assert "un état ne se constate pas après le jour du fichier" in motives(page)[2]


def test_the_beginning_of_a_phase_is_written_while_the_action_is_paused_and_the_pause_told(
    agent_34, plan, sent
):
    (action,) = plan(["pause 2025-05-01"])
    text = sheet([("", "en cours", "2025-06-01")], [action])
    for sort in ("modifiée", "inchangée"):
        page = sent(text, jour="2025-10-01")
        told = f"la fiche dit l'action en pause le 1er juin 2025 : {REPRISE}"
        assert told_of(page) == (sort, told)
        confirm(agent_34, page)
    assert str(action.faits.latest("pk")) == "début de l'opération"


def test_the_end_of_a_study_is_that_of_an_action_which_it_completes(agent_34, plan, sent):
    (action,) = plan(["debut(etude) 2024-01-01"], aboutissement="etude")
    confirm(agent_34, sent(sheet([("", "achevée", "2025-06-01")], [action]), jour="2025-10-01"))
    assert str(action.faits.latest("pk")) == "fin de l'étude"
    over = f"la fiche dit l'action achevée le 1er juin 2025 : {RELANCE}"
    for statut, told in (("étude terminée", ""), ("achevée", ""), ("étude en cours", over)):
        page = sent(sheet([("", statut, "2025-06-01")], [action]), jour="2025-10-01")
        assert told_of(page) == ("inchangée", told)


def test_a_state_exported_comes_back_unchanged(agent_34, plan, sent):
    plan(EXPORTES)
    page = sent(export_of(agent_34), jour="2025-10-01")
    assert told_by_row(page) == [("inchangée", "")] * len(EXPORTES)
