"""What a line of money is worth on a day, a stage apart from the others."""

from decimal import Decimal

import pytest

from projects.financements import regles
from projects.financements.faits import FaitFinancementDate, FinancementDate
from projects.financements.regles import EtatFinancement
from tests.factories import day
from tests.projects.actions.test_regles import ACTION

LIGNE = FinancementDate(
    pk=1,
    objet=1,
    dispositif="detr",
    nature="etat",
    public=True,
    forme="subvention",
    annee=2024,
    financeur_organisme=7,
    financeur_commune=None,
    financeur_intercommunalite=None,
    faits=[],
)


def fait(nature, jour, montant=None, sorte="", precision="jour", **fields):
    paid = sorte or "acompte" if nature == "versement" else ""
    withdrawn = "renonciation" if nature == "retrait" else ""
    values = {
        "date_notification": None,
        "depense_subventionnable": None,
        "base": "",
        "taux": None,
        "delai": "",
        "date_limite_prevue": None,
        "suppose": False,
    } | fields
    amount = None if montant is None else Decimal(montant)
    return FaitFinancementDate(
        day(jour),
        precision,
        nature,
        amount,
        sorte_versement=paid,
        sorte_retrait=withdrawn,
        **values,
    )


def a_line(*faits, **fields):
    return LIGNE._replace(faits=list(faits), **fields)


# LOD-C1 of the demonstration: granted, paid in three times, balance below the grant.
PLACE = a_line(
    fait("prevision", "2022-01-01", "200000"),
    fait("demande", "2022-03-01", "190000"),
    fait("accord", "2022-06-15", "183600"),
    fait("versement", "2022-09-01", "55080", "avance"),
    fait("versement", "2023-05-01", "91800"),
    fait("versement", "2024-02-01", "32615.23", "solde"),
)


@pytest.mark.parametrize(
    ("jour", "etat", "prevu", "demande", "attente", "accorde", "verse", "reste"),
    [
        ("2021-12-31", "non_renseigne", None, None, None, None, "0", None),
        ("2022-01-01", "prevu", "200000", None, None, None, "0", None),
        ("2022-03-01", "demande", "200000", "190000", "190000", None, "0", None),
        ("2022-06-14", "demande", "200000", "190000", "190000", None, "0", None),
        ("2022-06-15", "accorde", "200000", "190000", None, "183600", "0", "183600"),
        ("2022-09-01", "verse_en_partie", "200000", "190000", None, "183600", "55080", "128520"),
        ("2024-01-31", "verse_en_partie", "200000", "190000", None, "183600", "146880", "36720"),
        ("2024-02-01", "solde", "200000", "190000", None, "179495.23", "179495.23", "0"),
    ],
)
def test_the_life_of_a_grant(jour, etat, prevu, demande, attente, accorde, verse, reste):
    jour = day(jour)
    told = [
        regles.etat(PLACE, jour).value,
        regles.prevu(PLACE, jour),
        regles.demande(PLACE, jour),
        regles.en_attente(PLACE, jour),
        regles.accorde(PLACE, jour),
        regles.montant_verse(PLACE, jour),
        regles.reste_a_verser(PLACE, jour),
    ]
    amounts = [
        None if v is None else Decimal(v) for v in (prevu, demande, attente, accorde, verse, reste)
    ]
    assert told == [etat, *amounts]
    assert regles.accorde_initial(PLACE, day("2024-02-01")) == Decimal(183600)


def test_a_refusal_as_late_as_the_demand_ends_the_wait_and_a_new_demand_begins_it_again():
    ligne = a_line(
        fait("demande", "2023-01-10", "100000"),
        fait("refus", "2023-01-10"),
        fait("demande", "2023-06-01", "80000"),
    )
    waits = [regles.en_attente(ligne, day(d)) for d in ("2023-01-10", "2023-05-31", "2023-06-01")]
    assert waits == [None, None, Decimal(80000)]
    told = [regles.etat(ligne, day(d)) for d in ("2023-01-10", "2023-06-01")]
    assert told == [EtatFinancement.REFUSE, EtatFinancement.DEMANDE]


def test_a_grant_follows_its_modification_and_its_withdrawal():
    ligne = a_line(
        fait("accord", "2023-01-10", "45000"),
        fait("modification", "2023-03-01", "40000"),
        fait("retrait", "2023-06-01", "0"),
    )
    days = ("2023-02-28", "2023-03-01", "2023-05-31", "2023-06-01")
    granted = [regles.accorde(ligne, day(d)) for d in days]
    assert granted == [Decimal(45000), Decimal(40000), Decimal(40000), Decimal(0)]
    assert regles.etat(ligne, day("2023-06-01")) == EtatFinancement.RETIRE
    partly = a_line(fait("accord", "2023-01-10", "45000"), fait("retrait", "2023-06-01", "20000"))
    assert regles.etat(partly, day("2023-06-01")) == EtatFinancement.ACCORDE


def test_an_unknown_grant_is_not_zero():
    ligne = a_line(fait("accord", "2023-01-10", None, precision="au_plus_tard", suppose=True))
    assert regles.accorde(ligne, day("2023-01-10")) is None
    assert regles.reste_a_verser(ligne, day("2023-01-10")) is None
    assert regles.etat(ligne, day("2023-01-10")) == EtatFinancement.ACCORDE
    sums = regles.sommes([ligne, PLACE], day("2022-06-15"))
    assert (sums.accorde.lignes, sums.accorde.sans_montant) == (1, 0)
    sums = regles.sommes([ligne, PLACE], day("2023-01-10"))
    assert sums.accorde == (Decimal(183600), 2, 1)


def test_what_is_paid_back_is_paid_no_more():
    ligne = a_line(
        fait("accord", "2023-01-10", "1000"),
        fait("versement", "2023-02-01", "1000", "unique"),
        fait("reversement", "2023-03-01", "200.01"),
    )
    assert regles.montant_verse(ligne, day("2023-03-01")) == Decimal("799.99")
    assert regles.accorde(ligne, day("2023-03-01")) == Decimal("799.99")
    assert regles.etat(ligne, day("2023-03-01")) == EtatFinancement.SOLDE


def test_refused_and_withdrawn_lines_have_sums_of_their_own():
    refused = a_line(fait("demande", "2023-01-01", "100000"), fait("refus", "2023-02-01"))
    withdrawn = a_line(fait("accord", "2023-01-01", "45000"), fait("retrait", "2023-02-01", "0"))
    waiting = a_line(fait("demande", "2023-01-01", "30000"))
    sums = regles.sommes([refused, withdrawn, waiting], day("2023-02-01"))
    assert sums.refuse == (Decimal(100000), 1, 0)
    assert sums.retire == (Decimal(45000), 1, 0)
    assert sums.en_attente == (Decimal(30000), 1, 0)
    assert sums.accorde == (Decimal(0), 0, 0)


def test_the_share_of_the_owner_is_no_grant():
    own = a_line(financeur_organisme=None, financeur_commune="34142")
    assert regles.propre(own, ACTION, day("2024-01-01"))
    assert regles.propre(a_line(nature="fonds_propres"), ACTION, day("2024-01-01"))
    assert not regles.propre(LIGNE, ACTION, day("2024-01-01"))


def test_the_internal_facts_change_nothing_of_the_public_line():
    internal = [
        fait("prevision", "2022-01-01", "1"),
        fait("demande", "2022-01-02", "2"),
        fait("dossier_complet", "2022-01-03"),
        fait("refus", "2022-01-04"),
        fait("sans_suite", "2022-01-05"),
        fait("prorogation", "2022-07-01", delai="achevement", date_limite_prevue=day("2027-01-01")),
        fait("constat", "2022-08-01"),
    ]
    decided = a_line(fait("accord", "2022-06-15", "183600"), fait("versement", "2022-09-01", "10"))
    assert regles.publics(decided._replace(faits=[*internal, *decided.faits])) == decided


def test_cents_are_rounded_half_up():
    told = [regles.au_cent(Decimal(a)) for a in ("0.005", "2.675", "1.004999")]
    assert told == [Decimal("0.01"), Decimal("2.68"), Decimal("1.00")]
