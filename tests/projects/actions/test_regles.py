"""What an action is on a day: read in its facts alone."""

import datetime

import pytest

from projects.actions import regles
from projects.actions.faits import ActionDatee, CoutDate, FaitDate, PrevisionDatee, TransfertDate
from projects.actions.regles import EtatAction, PhaseAction
from tests.factories import day

ACTION = ActionDatee(
    pk=1,
    identifiant="lod-a1",
    aboutissement="operation",
    entree_par="convention",
    convention=1,
    etendue="communes",
    investissement=None,
    entree_le=day("2021-07-16"),
    precision_entree="jour",
    sortie_le=None,
    maitre_ouvrage=("34142", None, None),
    communes=("34142",),
    faits=[],
    previsions=[],
    couts=[],
    transferts=[],
)


def fait(nature, jour, phase="", precision="jour"):
    phase = phase or ("operation" if nature in ("debut", "fin") else "")
    return FaitDate(day(jour), precision, nature, phase)


def an_action(*faits, **fields):
    return ACTION._replace(faits=list(faits), **fields)


def forecast(date_prevue, etablie_le, precision="jour", objet="fin"):
    return PrevisionDatee(objet, day(date_prevue), precision, day(etablie_le))


def states(action, *days):
    return [regles.etat(action, day(jour)).value for jour in days]


def test_an_action_of_which_nothing_is_known_but_its_act_is_not_to_come():
    assert states(ACTION, "2021-07-16", "2026-01-01") == ["non_renseignee"] * 2
    assert regles.etat_depuis(ACTION, day("2026-01-01")) is None


@pytest.mark.parametrize(
    "known",
    [
        {"faits": [fait("point", "2024-03-12")]},
        {"previsions": [forecast("2027-01-01", "2024-03-12")]},
        {"couts": [CoutDate(day("2024-03-12"), "jour", "estime", 100, "HT")]},
    ],
)
def test_it_is_to_come_from_the_first_day_that_anything_is_known(known):
    action = ACTION._replace(**known)
    assert states(action, "2024-03-11", "2024-03-12") == ["non_renseignee", "a_venir"]
    assert regles.etat_depuis(action, day("2025-01-01")).jour == day("2024-03-12")


def test_what_is_known_of_its_money_counts_as_news():
    others = [day("2024-03-12")]
    before, on = (regles.etat(ACTION, day(jour), others) for jour in ("2024-03-11", "2024-03-12"))
    assert (before, on) == (EtatAction.NON_RENSEIGNEE, EtatAction.A_VENIR)
    assert regles.derniere_nouvelle(ACTION, day("2025-01-01"), others) == day("2024-03-12")


def test_each_fact_counts_from_its_day():
    action = an_action(
        fait("debut", "2023-01-10"),
        fait("pause", "2023-03-01"),
        fait("reprise", "2023-05-01"),
        fait("blocage", "2023-07-01"),
        fait("levee", "2023-09-01"),
        fait("fin", "2024-06-30"),
        fait("relance", "2024-09-01"),
        fait("abandon", "2024-12-01"),
    )
    told = {
        "2023-01-09": "non_renseignee",
        "2023-01-10": "en_cours",
        "2023-02-28": "en_cours",
        "2023-03-01": "en_pause",
        "2023-05-01": "en_cours",
        "2023-07-01": "bloquee",
        "2023-09-01": "en_cours",
        "2024-06-29": "en_cours",
        "2024-06-30": "achevee",
        "2024-09-01": "en_cours",
        "2024-12-01": "abandonnee",
    }
    assert states(action, *told) == list(told.values())
    assert regles.etat_depuis(action, day("2023-02-28")).jour == day("2023-01-10")
    assert regles.etat_depuis(action, day("2023-06-30")).jour == day("2023-05-01")
    assert regles.etat_depuis(action, day("2025-01-01")).jour == day("2024-12-01")


def test_blocked_is_told_before_paused_and_dropped_before_finished():
    facts = [
        fait("debut", "2023-01-01"),
        fait("pause", "2023-02-01"),
        fait("blocage", "2023-03-01"),
    ]
    assert states(an_action(*facts), "2023-03-01") == ["bloquee"]
    ended = [*facts, fait("fin", "2023-04-01"), fait("abandon", "2023-05-01")]
    assert states(an_action(*ended), "2023-04-30", "2023-05-01") == ["achevee", "abandonnee"]


def test_facts_of_one_day_follow_their_order_whoever_typed_first():
    facts = [fait("fin", "2023-01-01"), fait("debut", "2023-01-01")]
    assert states(an_action(*facts), "2023-01-01") == ["achevee"]
    assert states(an_action(*reversed(facts)), "2023-01-01") == ["achevee"]


def test_the_end_of_a_study_completes_only_what_is_a_study():
    facts = [fait("debut", "2023-01-01", "etude"), fait("fin", "2023-06-01", "etude")]
    assert states(an_action(*facts), "2023-06-01") == ["en_cours"]
    study = an_action(*facts, aboutissement="etude")
    assert states(study, "2023-05-31", "2023-06-01") == ["en_cours", "achevee"]
    assert regles.fin(study, day("2023-06-01")).jour == day("2023-06-01")


def test_a_phase_has_begun_by_its_beginning_or_by_its_end():
    action = an_action(
        fait("fin", "2023-01-01", "etude", "au_plus_tard"), fait("debut", "2024-01-01")
    )
    phases = [
        regles.phase(action, day(d))
        for d in ("2022-12-31", "2023-01-01", "2023-12-31", "2024-01-01")
    ]
    expected = [PhaseAction.IDEE, PhaseAction.ETUDE, PhaseAction.ETUDE, PhaseAction.OPERATION]
    assert phases == expected


@pytest.mark.parametrize(
    ("precision", "stored", "last"),
    [
        ("jour", "2025-03-15", "2025-03-15"),
        ("mois", "2025-03-01", "2025-03-31"),
        ("annee", "2025-01-01", "2025-12-31"),
    ],
)
def test_an_action_is_late_from_the_day_after_the_last_that_was_announced(precision, stored, last):
    action = an_action(previsions=[forecast(stored, "2024-01-01", precision)])
    after = day(last) + datetime.timedelta(days=1)
    assert [regles.en_retard(action, jour) for jour in (day(last), after)] == [False, True]
    assert regles.statut_communs(action, day(last)) == "En cours"
    assert regles.statut_communs(action, after) == "En retard"


def test_what_is_finished_or_dropped_is_not_late_and_a_new_forecast_puts_it_off():
    made = [forecast("2024-06-30", "2023-01-01"), forecast("2025-06-30", "2024-09-01")]
    action = an_action(fait("debut", "2023-05-01"), previsions=made)
    late = [regles.en_retard(action, day(d)) for d in ("2024-08-31", "2024-09-01", "2025-07-01")]
    assert late == [True, False, True]
    ended = an_action(fait("debut", "2023-05-01"), fait("fin", "2025-08-01"), previsions=made)
    assert not regles.en_retard(ended, day("2025-08-01"))


def test_the_slip_goes_from_the_first_forecast_to_the_last():
    made = [forecast("2024-06-30", "2023-01-01"), forecast("2025-06-30", "2024-09-01")]
    action = an_action(previsions=made)
    assert regles.glissement_jours(action, day("2024-08-31")) == 0
    assert regles.glissement_jours(action, day("2024-09-01")) == 365
    assert regles.glissement_jours(action, day("2022-12-31")) is None
    vague = an_action(previsions=[*made, forecast("2026-01-01", "2025-01-01", "annee")])
    assert regles.glissement_jours(vague, day("2025-01-01")) is None


def test_it_is_in_its_plan_from_one_act_to_another():
    action = ACTION._replace(sortie_le=day("2024-02-01"))
    held = [
        regles.au_plan(action, day(jour))
        for jour in ("2021-07-15", "2021-07-16", "2024-01-31", "2024-02-01")
    ]
    assert held == [False, True, True, False]
    assert not regles.au_plan(ACTION._replace(entree_le=None), day("2024-01-01"))


def test_a_relevee_is_from_its_first_dated_fact_on():
    action = an_action(fait("debut", "2023-11-06"), entree_par="", entree_le=None)
    told = [regles.relevee(action, day(jour)) for jour in ("2023-11-05", "2023-11-06")]
    assert told == [False, True]
    assert not regles.au_plan(action, day("2024-01-01"))


def test_the_owner_is_the_former_one_until_the_day_of_the_avenant():
    action = ACTION._replace(
        maitre_ouvrage=(None, "200017341", None),
        transferts=[TransfertDate(day("2024-02-01"), "34142", None, None)],
    )
    owners = [regles.maitre_ouvrage(action, day(d))[0] for d in ("2024-01-31", "2024-02-01")]
    assert owners == ["34142", None]


def test_the_words_of_the_communs():
    facts = [fait("debut", "2023-01-01")]
    words = {
        "Terminé": [*facts, fait("fin", "2023-02-01")],
        "Bloqué": [*facts, fait("blocage", "2023-02-01")],
        "En pause": [*facts, fait("pause", "2023-02-01")],
        "Abandonné": [*facts, fait("abandon", "2023-02-01")],
        "En cours": facts,
        "": [],
    }
    told = {w: regles.statut_communs(an_action(*f), day("2023-02-01")) for w, f in words.items()}
    assert told == {word: word for word in words}


def test_the_cost_is_the_definitive_one_else_the_last_told():
    told = [("2022-01-01", "estime", 612000), ("2024-01-01", "definitif", 598317)]
    told.append(("2024-06-01", "estime", 700000))
    action = ACTION._replace(
        couts=[CoutDate(day(d), "jour", nature, amount, "HT") for d, nature, amount in told]
    )
    days = ("2021-12-31", "2022-01-01", "2023-12-31", "2024-01-01", "2024-06-01")
    found = [regles.cout(action, day(d)) for d in days]
    assert [cost and cost.montant for cost in found] == [None, 612000, 612000, 598317, 598317]
