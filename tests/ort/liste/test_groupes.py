"""The national list grouped into ORT: what the rule says, and what it leaves to someone to decide."""

from datetime import date
from itertools import count

import pytest

from ort.liste.colonnes import StatutNational
from ort.liste.groupes import (
    ActeTenu,
    ConventionTenue,
    CouvertureTenue,
    LigneDOrt,
    agrees,
    read_groups,
)

SETE, THAU = "200066355", "200000001"
JUILLET, JANVIER = date(2023, 7, 6), date(2024, 1, 11)
NUMEROS = count(2)


def ligne(code, jour=JUILLET, **values):
    row = {
        "numero": next(NUMEROS),
        "commune": code,
        "nom": f"Commune {code}",
        "departement": "34",
        "porteur": SETE,
        "signataire": values.get("porteur", SETE),
        "statut": StatutNational.PVD,
        "jour": jour,
        "prevue": None,
        "duree": 5,
    }
    return LigneDOrt(**(row | values))


def tenue(pk=1, jour=JUILLET, **values):
    held = {
        "pk": pk,
        "identifiant": f"ort-{pk}",
        "intitule": f"ORT {pk}",
        "origine": "PVD",
        "porteurs": frozenset({SETE}),
        "jour": jour,
        "precision": "jour",
        "prevue": None,
        "fin": None,
    }
    return ConventionTenue(**(held | values))


def read(*lignes, conventions=(), couvertures=(), **options):
    return read_groups(lignes, conventions, couvertures, **options)


def test_the_first_day_is_a_convention_and_the_days_that_follow_its_avenants():
    lecture = read(
        ligne("34157", JANVIER), ligne("34301", statut=StatutNational.ACV), ligne("34150")
    )
    assert {(e.ligne.commune, e.avenant) for e in lecture.entrees} == {
        ("34301", None),
        ("34150", None),
        ("34157", JANVIER),
    }
    (groupe,) = {e.convention for e in lecture.entrees}
    assert [li.commune for li in groupe.hotes] == ["34301"]
    assert not lecture.a_decider


def test_two_intercommunalites_are_two_ort():
    lecture = read(ligne("34301"), ligne("34150", porteur=THAU))
    assert len({e.convention for e in lecture.entrees}) == 2


def test_a_host_that_signs_after_the_others_is_to_be_decided_and_what_follows_with_it():
    first, host = ligne("34150"), ligne("34301", JANVIER, statut=StatutNational.ACV)
    after = ligne("34157", date(2025, 2, 1))
    lecture = read(first, host, after)
    assert [e.ligne for e in lecture.entrees] == [first]
    assert "Action cœur de ville" in lecture.a_decider[host.numero]
    assert "qui précède" in lecture.a_decider[after.numero]


@pytest.mark.parametrize(
    ("jour", "avenant"),
    [(date(2028, 7, 5), True), (date(2028, 7, 6), False), (date(2028, 7, 7), False)],
)
def test_what_is_signed_once_the_ort_is_over_is_no_avenant(jour, avenant):
    later = ligne("34157", jour)
    lecture = read(ligne("34301", duree=5), later)
    assert (later.numero not in lecture.a_decider) is avenant


def test_two_signatories_of_one_day_since_merged_are_to_be_decided():
    one, other = ligne("34301"), ligne("34150", signataire=THAU)
    lecture = read(one, other)
    assert set(lecture.a_decider) == {one.numero, other.numero}


def test_a_commune_in_two_ort_and_a_row_written_twice_are_told():
    one = ligne("34301")
    twice, again = ligne("34301"), ligne("34301", JANVIER)
    lecture = read(one, twice, again)
    assert lecture.a_decider[twice.numero] == f"en double de la ligne {one.numero}"
    assert lecture.a_decider[again.numero] == f"la commune est déjà à la ligne {one.numero}"
    assert [e.ligne for e in lecture.entrees] == [one]


def test_a_host_without_a_sure_day_leaves_its_intercommunalite_to_be_decided():
    other = ligne("34150")
    assert other.numero in read(other, hotes_sans_jour={SETE}).a_decider


def test_a_commune_of_no_intercommunalite_is_to_be_decided():
    alone = ligne("85113", porteur=None)
    assert alone.numero in read(alone).a_decider


def test_what_is_not_signed_is_a_convention_that_is_planned_or_an_avenant_of_the_one_that_runs():
    planned = ligne("34150", None, prevue=JANVIER)
    assert [e.avenant for e in read(planned).entrees] == [None]
    beside = read(planned, ligne("34301"))
    assert [(e.avenant, e.avenant_prevu) for e in beside.entrees] == [
        (None, False),
        (JANVIER, True),
    ]
    ort = tenue()
    (joining,) = read(planned, conventions=[ort]).entrees
    assert (joining.convention, joining.avenant) == (ort, JANVIER)
    unsigned = tenue(jour=None, prevue=JANVIER)
    (founding,) = read(planned, conventions=[unsigned]).entrees
    assert (founding.convention, founding.avenant) == (unsigned, None)


@pytest.mark.parametrize(
    ("others", "options"),
    [
        ([ligne("34157", None, prevue=JUILLET)], {}),
        ([ligne("34157", JANVIER, statut=StatutNational.ACV), ligne("34301")], {}),
        ([ligne("34301", duree=1), ligne("34157", None, prevue=date(2024, 7, 6))], {}),
        ([], {"conventions": [tenue(), tenue(2)]}),
        ([], {"conventions": [tenue(fin=JANVIER)]}),
        ([], {"conventions": [tenue(jour=None, prevue=JUILLET)]}),
    ],
)
def test_a_plan_of_which_one_would_have_to_guess_the_act_is_to_be_decided(others, options):
    planned = ligne("34150", None, prevue=JANVIER)
    lecture = read(planned, *others, **options)
    assert planned.numero in lecture.a_decider
    assert planned not in [e.ligne for e in lecture.entrees]


def test_an_avenant_planned_after_the_end_of_the_ort_is_to_be_decided():
    end = date(2024, 7, 6)
    for jour, decided in ((date(2024, 7, 5), False), (end, True)):
        planned = ligne("34150", None, prevue=jour)
        assert (planned.numero in read(planned, ligne("34301", duree=1)).a_decider) is decided


def test_what_the_base_holds_already_is_known():
    ort = tenue()
    row = ligne("34301")
    held = CouvertureTenue("34301", ort, None)
    lecture = read(row, conventions=[ort], couvertures=[held])
    assert lecture.connues == [(row, held)]
    assert not [*lecture.entrees, *lecture.differences, *lecture.a_decider]


def test_another_day_than_ours_is_a_difference_and_changes_nothing():
    ort = tenue(jour=date(2023, 7, 7))
    covered = CouvertureTenue("34301", ort, None)
    row = ligne("34301")
    lecture = read(row, conventions=[ort], couvertures=[covered])
    assert [(d.ligne, d.tenue) for d in lecture.differences] == [(row, covered)]
    assert not lecture.entrees


def test_a_convention_planned_here_and_signed_there_takes_the_day_of_the_list():
    ort = tenue(jour=None, prevue=JANVIER)
    row = ligne("34301")
    lecture = read(row, conventions=[ort], couvertures=[CouvertureTenue("34301", ort, None)])
    assert [d.ligne for d in lecture.signees] == [row]


def test_new_communes_join_the_act_of_their_day_in_an_ort_that_we_hold():
    avenant = ActeTenu(7, JANVIER, "jour", None)
    ort = tenue(avenants=(avenant,))
    lecture = read(
        ligne("34150"), ligne("34157", JANVIER), ligne("34108", date(2025, 3, 1)), conventions=[ort]
    )
    assert [e.avenant for e in lecture.entrees] == [None, JANVIER, date(2025, 3, 1)]
    assert {e.convention for e in lecture.entrees} == {ort}


def test_a_day_before_our_ort_or_shared_by_two_of_them_is_to_be_decided():
    early = ligne("34150", date(2020, 1, 1))
    assert "n'est pas en vigueur" in read(early, conventions=[tenue()]).a_decider[early.numero]
    late = ligne("34150", JANVIER)
    two = read(late, conventions=[tenue(1), tenue(2)])
    assert "plusieurs ORT" in two.a_decider[late.numero]


def test_a_row_of_an_ort_that_covers_the_commune_twice_is_to_be_decided():
    one, two = tenue(1), tenue(2, jour=date(2022, 1, 1))
    row = ligne("34301", JANVIER)
    held = [CouvertureTenue("34301", ort, None) for ort in (one, two)]
    assert row.numero in read(row, conventions=[one, two], couvertures=held).a_decider


@pytest.mark.parametrize(
    ("held", "precision", "jour", "open_to"),
    [
        (date(2023, 1, 1), "mois", date(2023, 1, 31), True),
        (date(2023, 1, 1), "mois", date(2023, 2, 1), False),
        (date(2023, 1, 1), "annee", date(2023, 12, 31), True),
        (date(2023, 1, 1), "annee", date(2024, 1, 1), False),
        (date(2023, 1, 12), "au_plus_tard", date(2023, 1, 12), True),
        (date(2023, 1, 12), "au_plus_tard", date(2023, 1, 13), False),
        (date(2023, 1, 12), "jour", date(2023, 1, 13), False),
    ],
)
def test_a_vague_day_agrees_with_those_that_it_leaves_open(held, precision, jour, open_to):
    couverture = CouvertureTenue("34301", tenue(jour=held, precision=precision), None)
    assert agrees(couverture, jour) is open_to
