"""Random facts, told by the rules and by a plain writing of them that goes the other way about."""

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.actions import regles
from projects.actions.faits import FaitDate, actions_datees
from projects.actions.models import FaitAction, NatureFait
from projects.financements import regles as argent
from projects.financements.faits import FaitCompte, financements_dates
from projects.financements.models import FaitFinancement, NatureFinancement
from projects.projet.du_jour import ActionDuJour
from projects.projet.totaux import Totaux
from socle.dates import ONE_DAY
from socle.historique import sans_historique
from tests import factories
from tests.factories import day
from tests.projects.actions.test_regles import ACTION
from tests.projects.financements.test_regles import a_line, fait

FIRST = day("2022-01-30")
DAYS = st.integers(0, 40).map(lambda n: FIRST + n * ONE_DAY)
PHASES = st.sampled_from(["etude", "operation"])


def days_around(faits):
    """Return the days on which something may change, and each day before."""
    return {FIRST} | {moment for f in faits for moment in (f.jour - ONE_DAY, f.jour)}


@st.composite
def facts(draw):
    nature = draw(st.sampled_from(NatureFait.values))
    phase = draw(PHASES) if nature in ("debut", "fin") else ""
    return FaitDate(draw(DAYS), "jour", nature, phase)


def replayed(action, jour):
    """Return the state of an action by going forward through its facts, flags in hand."""
    order = NatureFait.values
    dropped = ended = blocked = paused = begun = known = False
    for fact in sorted(
        action.faits, key=lambda f: (f.jour, order.index(f.nature), f.phase == "operation")
    ):
        if fact.jour > jour:
            break
        known = True
        match fact.nature:
            case "debut":
                begun = True
            case "fin":
                begun, ended = True, ended or fact.phase == action.aboutissement
            case "pause" | "reprise":
                paused = fact.nature == "pause"
            case "blocage" | "levee":
                blocked = fact.nature == "blocage"
            case "abandon":
                dropped = True
            case "relance":
                dropped = ended = False
    told = {
        "abandonnee": dropped,
        "achevee": ended,
        "bloquee": blocked,
        "en_pause": paused,
        "en_cours": begun,
        "a_venir": known,
        "non_renseignee": True,
    }
    return next(state for state, holds in told.items() if holds)


@given(st.lists(facts(), max_size=9), PHASES, st.randoms(use_true_random=False))
def test_states_are_those_of_a_plain_replay(faits, aboutissement, chance):
    action = ACTION._replace(faits=faits, aboutissement=aboutissement)
    shuffled = action._replace(faits=chance.sample(faits, len(faits)))
    for jour in days_around(faits):
        state = regles.etat(action, jour)
        assert state.value == replayed(action, jour)
        assert regles.etat(shuffled, jour) == state
        since = regles.etat_depuis(action, jour)
        assert regles.etat_depuis(shuffled, jour) == since
        if since and state != "a_venir":
            held = {f.jour for f in faits if since.jour <= f.jour <= jour}
            assert {replayed(action, held_day) for held_day in held} == {state.value}


AMOUNTS = st.integers(1, 10**9).map(lambda cents: Decimal(cents) / 100)


@st.composite
def money(draw):
    nature = draw(st.sampled_from(NatureFinancement.values))
    kinds = ["avance", "acompte", "solde", "unique"]
    kind = draw(st.sampled_from(kinds)) if nature == "versement" else ""
    jour = draw(DAYS).isoformat()
    return fait(nature, jour, draw(AMOUNTS), kind, **extension(nature))


def extension(nature):
    said = {"delai": "achevement", "date_limite_prevue": day("2030-01-01")}
    return said if nature == "prorogation" else {}


def once_a_day(faits):
    """Keep one fact of a nature a day, as the base does, but for payments."""
    kept = {}
    for rank, fact in enumerate(faits):
        many = rank if fact.nature in ("versement", "reversement") else None
        kept.setdefault((fact.jour, fact.nature, many), fact)
    return list(kept.values())


def looked_back(faits, jour):
    """Return prévu, demandé, en attente, accordé, versé of a line by looking for the last of each."""
    order = NatureFinancement.values
    come = sorted(
        (f for f in faits if f.jour <= jour), key=lambda f: (f.jour, order.index(f.nature))
    )

    def last(*natures):
        return next((f for f in reversed(come) if f.nature in natures), None)

    def amount(fact):
        return fact and fact.montant

    asked, answered = last("demande"), last("accord", "refus", "sans_suite")
    waiting = asked and not (answered and answered.jour >= asked.jour)
    paid = [f for f in come if f.nature == "versement"]
    net = sum(f.montant for f in paid) - sum(f.montant for f in come if f.nature == "reversement")
    closed = any(f.sorte_versement in ("solde", "unique") for f in paid)
    granted = net if closed else amount(last("accord", "modification", "retrait"))
    return (
        amount(last("prevision")),
        amount(asked),
        asked.montant if waiting else None,
        granted,
        net,
    )


@given(st.lists(money(), max_size=9).map(once_a_day), st.randoms(use_true_random=False))
def test_amounts_are_those_of_a_plain_look_back(faits, chance):
    told_by = [a_line(*faits), a_line(*chance.sample(faits, len(faits)))]
    for jour in days_around(faits):
        for line in told_by:
            told = (
                argent.prevu(line, jour),
                argent.demande(line, jour),
                argent.en_attente(line, jour),
                argent.accorde(line, jour),
                argent.montant_verse(line, jour),
            )
            assert told == looked_back(faits, jour)
        assert argent.etat(told_by[0], jour) == argent.etat(told_by[1], jour)


PLACES = ["34142", "34114", "34239", "81124"]


@given(
    st.lists(
        st.tuples(st.sets(st.sampled_from(PLACES), min_size=1), st.lists(AMOUNTS, max_size=3)),
        max_size=8,
    )
)
def test_an_action_counts_once_in_each_total_whatever_its_communes(plan):
    jour = day("2024-01-01")
    actions = [
        ActionDuJour(ACTION, [granted(amount) for amount in amounts], sorted(places), jour)
        for places, amounts in plan
    ]
    france = Totaux(actions, jour)
    assert len(france) == len(plan)
    assert france.sommes.accorde.montant == sum(sum(amounts) for _, amounts in plan)
    for code in ("34", "81"):
        there = [place for place in PLACES if place.startswith(code)]
        kept = [amounts for places, amounts in plan if places.intersection(there)]
        assert len(france.de(there)) == len(kept)
        assert france.de(there).sommes.accorde.montant == sum(map(sum, kept))
    for place in PLACES:
        alone = [amounts for places, amounts in plan if places == {place}]
        shared = [a for places, a in plan if place in places and len(places) > 1]
        assert france.seules(place).sommes.accorde.montant == sum(map(sum, alone))
        assert france.partagees(place).sommes.accorde.montant == sum(map(sum, shared))


def granted(amount):
    return a_line(fait("accord", "2023-01-01", amount))


@pytest.mark.django_db
@pytest.mark.deux_bases
def test_both_bases_give_back_the_facts_whoever_typed_first():
    chance = random.Random(34)
    lodeve = factories.commune("34142", epci="new")
    ort = factories.convention("2021-07-16", [lodeve])
    for _ in range(6):
        faits = list({facts_drawn(chance) for _ in range(6)})
        action, line, money_told = written(faits, ort, lodeve, chance)
        dated = actions_datees([action.pk])[action.pk]
        (read,) = financements_dates([action.pk])[action.pk]
        for jour in {f.jour for f in faits}:
            assert regles.etat(dated, jour).value == replayed(dated._replace(faits=faits), jour)
        for jour in {f.jour for f in money_told}:
            assert argent.accorde(read, jour) == looked_back(money_told, jour)[3]
            assert argent.montant_verse(read, jour) == looked_back(money_told, jour)[4]
        # What the totals read of it alone comes to the same.
        (light,) = financements_dates([action.pk], datee=FaitCompte)[action.pk]
        for jour in {f.jour for f in money_told}:
            assert argent.sommes([light], jour) == argent.sommes([read], jour)


def facts_drawn(chance):
    nature = chance.choice(NatureFait.values)
    phase = chance.choice(["etude", "operation"]) if nature in ("debut", "fin") else ""
    return FaitDate(FIRST + chance.randrange(40) * ONE_DAY, "jour", nature, phase)


def written(faits, ort, lodeve, chance):
    """Write facts past the rules, in any order: they may be any of those that a base can hold."""
    action = factories.action([lodeve], ort)
    line = factories.financement(action)
    amounts = [Decimal(chance.randrange(1, 10**7)) / 100 for _ in range(4)]
    told = [fait("accord", "2022-02-01", sum(amounts))]
    told += [fait("versement", f"2022-02-{n + 2:02}", a) for n, a in enumerate(amounts)]
    with sans_historique():
        FaitAction.objects.bulk_create(
            FaitAction(action=action, **f._asdict()) for f in chance.sample(faits, len(faits))
        )
        FaitFinancement.objects.bulk_create(
            FaitFinancement(financement=line, **f._asdict()) for f in chance.sample(told, len(told))
        )
    return action, line, told
