"""What is measured, on the pages of an action and of a commune: before and after, and what is not known."""

import pytest

from projects.indicateurs.lecture import changements, mesures_montrees
from tests import factories
from tests.factories import day
from tests.pages import count_queries, read

DRAWN = "facades-renovees : relevés qui se comparent"
pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


@pytest.fixture
def pezenas():
    town = factories.commune(
        "34199", epci="new", nom="Pézenas", populations={2021: 8000, 2024: 8100}
    )
    town.populations.filter(millesime=2021).update(annee=2018)
    town.populations.filter(millesime=2024).update(annee=2021)
    factories.labellisation(town, "2020-12-01")
    return town


@pytest.fixture
def facades(pezenas):
    """40 façades aimed at from none: 12 in 2024, 27 in 2025, published a month later."""
    ort = factories.convention("2021-02-26", [pezenas])
    action = factories.action([pezenas], ort, identifiant="pez-2", intitule="Façades")
    factories.cible(
        action,
        40,
        "2024-01-01",
        reference=(0, "2024-01-01"),
        echeance_prevue=day("2027-12-31"),
    )
    first = factories.releve(action, 12, "2024-07-01")
    first.affirmations.create(
        champ="jour",
        valeur_brute="2024",
        source=factories.source(titre="Bilan de 2024"),
        detail_interne="SECRET-DETAIL",
    )
    factories.releve(action, 27, "2025-07-01", publie_le="2025-08-01")
    return action


def page(client, address, au):
    return (
        " ".join(read(client, f"{address}?au={au}").split())
        .replace("\u202f", " ")
        .replace("\u00a0", " ")
    )


def test_an_action_tells_what_was_measured_on_three_days(client, facades):
    before, between, after = (
        page(client, "/actions/pez-2/", au) for au in ("2023-12-31", "2025-07-31", "2025-08-01")
    )
    assert "Ce qui est mesuré" not in before
    assert "12 façades" in between
    assert "27 façades" not in between
    assert "+12 façades depuis le 1er janvier 2024 (0 façades)" in between
    assert "Cible : 40 façades, pour le 31/12/2027 ; 30 % du chemin" in between
    assert "+27 façades depuis le 1er janvier 2024" in after
    assert "67,50 % du chemin" in after
    assert "Bilan de 2024" in after
    assert "dernière nouvelle le 1er août 2025" in after
    assert "SECRET" not in after


def test_two_readings_of_a_series_are_drawn_with_the_target_and_told_in_a_table(client, facades):
    after = page(client, "/actions/pez-2/", "2025-08-01")
    assert "cible : 40 façades ; 01/07/2024 : 12 façades ; 01/07/2025 : 27 façades." in after
    assert DRAWN in after
    assert DRAWN not in page(client, "/actions/pez-2/", "2025-07-31")


def test_a_break_is_told_and_cuts_the_drawing(client, facades):
    factories.releve(facades, 5, "2025-09-01", rupture=True)
    after = page(client, "/actions/pez-2/", "2025-09-01")
    assert "Aucun autre relevé ne se compare à celui-ci" in after
    assert "rupture : ne se compare à rien d'avant" in after
    assert DRAWN not in after


def test_a_target_alone_is_told_and_its_reading_is_not_known(client, facades):
    told = page(client, "/actions/pez-2/", "2024-01-01")
    assert "Relevé non renseigné." in told
    assert "Cible : 40 façades" in told


def test_a_commune_says_what_is_not_known(client, pezenas):
    factories.indicateur("logements-vacants", libelle="Logements vacants", unite="logements")
    factories.indicateur("logements-vacants-2-ans", libelle="Depuis deux ans", unite="logements")
    told = {c.nom: c for c in changements("34199", day("2025-01-01"))}
    assert list(told) == ["Population municipale", "Logements vacants", "Depuis deux ans"]
    assert (told["Logements vacants"].avant, told["Logements vacants"].dernier) == (None, None)
    population = told["Population municipale"]
    assert (population.avant.jour, population.dernier.jour) == (
        day("2018-01-01"),
        day("2021-01-01"),
    )
    assert population.evolution == "+100"
    shown = page(client, "/communes/34199/", "2025-01-01")
    assert shown.count("non renseigné") >= 2
    assert "8 000 habitants" in shown


def test_a_commune_is_never_compared_with_the_smaller_one_that_it_was(client, pezenas):
    factories.commune("34999", fin=day("2022-01-01"), successeur=pezenas)
    before, after = (changements("34199", day(au))[0] for au in ("2021-12-31", "2025-01-01"))
    assert before.dernier.jour == day("2018-01-01")
    assert (after.avant, after.evolution) == (None, "")
    assert after.dernier.jour == day("2021-01-01")


def test_a_commune_tells_before_and_after_and_never_across_vintages(client, pezenas):
    vacant = factories.indicateur("logements-vacants", libelle="Vacants", unite="logements")
    for jour, valeur, serie, publie_le in (
        ("2024-01-01", 120, "LOVAC 2025", "2025-06-01"),
        ("2025-01-01", 110, "LOVAC 2025", "2025-06-01"),
        ("2026-01-01", 90, "LOVAC 2026", "2026-06-01"),
    ):
        factories.releve(
            pezenas,
            valeur,
            jour,
            mesure=vacant,
            serie=serie,
            publie_le=publie_le,
            precision="annee",
        )
    told = {
        au: changements("34199", day(au))[1] for au in ("2025-05-31", "2025-06-01", "2026-06-01")
    }
    assert told["2025-05-31"].dernier is None
    assert told["2025-06-01"].avant.texte == "120 logements"
    assert told["2025-06-01"].evolution == "−10 logements"
    assert (told["2026-06-01"].avant, told["2026-06-01"].evolution) == (None, "")
    assert "rien à quoi le comparer" in page(client, "/communes/34199/", "2026-06-01")


def test_an_ort_tells_what_is_measured_of_it_once_signed(client, facades):
    whole = factories.indicateur("ort", perimetre="ort", unite="locaux")
    signed = facades.convention
    planned = factories.convention(None, identifiant="ort-future")
    for ort in (signed, planned):
        factories.releve(ort, 12, "2020-01-01", mesure=whole)
    address = f"/ort/{signed.identifiant}/projet/"
    assert "12 locaux" in page(client, address, "2021-02-26")
    assert "12 locaux" not in page(client, address, "2021-02-25")
    assert "12 locaux" not in page(client, "/ort/ort-future/projet/", "2025-01-01")


def test_a_secret_is_said_and_is_no_zero(client, pezenas):
    vacant = factories.indicateur("logements-vacants", libelle="Vacants", unite="logements")
    factories.releve(pezenas, "secret", "2025-01-01", mesure=vacant)
    shown = page(client, "/communes/34199/", "2025-01-01")
    assert "secret statistique" in shown
    assert "0 logements" not in shown


def test_a_commune_out_of_the_programme_tells_none(client):
    factories.commune("34032", epci="new")
    assert "Ce qui a changé" not in page(client, "/communes/34032/", "2025-01-01")


def test_the_pages_do_not_grow_with_what_is_measured(client, pezenas, facades):
    addresses = ("/actions/pez-2/", "/communes/34199/")
    other = factories.indicateur("autre")
    factories.releve(pezenas, 1, "2024-01-01", mesure=other).affirmations.create(
        champ="jour", valeur_brute="2024", source=factories.source()
    )
    few = [count_queries(client, address) for address in addresses]
    for number in range(5):
        more = factories.indicateur(f"autre-{number}")
        for sujet in (pezenas, facades):
            read_then = factories.releve(sujet, number, "2024-03-01", mesure=more)
            read_then.affirmations.create(
                champ="jour", valeur_brute="2024", source=factories.source()
            )
            factories.cible(sujet, 40, "2024-03-01", mesure=more)
    assert [count_queries(client, address) for address in addresses] == few
    assert len(mesures_montrees("action", facades.pk, day("2025-08-01"))) == 6
