"""The reviews of an ORT on the pages, the printed sheet, and the page of what one froze."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import Departement, Tenue
from ort.models import Convention
from projects.models import Indicateur, Releve
from tests import factories
from tests.factories import day, rewrite
from tests.pages import read
from tests.projects.projet.scenes import lodeve

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
COMMUNE, ORT, WHOLE = "/communes/34142/", "/ort/ort-lodeve/", "/ort/ort-lodeve/projet/"
EVALUATION = "Évaluation des cinq ans"


@pytest.fixture
def ort():
    """The ORT of Lodève, signed on 16 July 2021, in a département that keeps all its reviews."""
    signed = lodeve()
    rewrite(Convention.objects.all(), date_signature=day("2021-07-16"))
    rewrite(Departement.objects.filter(pk="34"), tenue_bilans=Tenue.COMPLETE)
    signed.refresh_from_db()
    return signed


def told_on(client, address, jour):
    return read(client, f"{address}?au={jour}")


@pytest.mark.parametrize("page", [COMMUNE, ORT, WHOLE, "/communes/34142/projet/"])
def test_each_day_says_where_the_evaluation_stands(ort, client, page):
    before = told_on(client, page, "2026-01-15")
    assert f"{EVALUATION} à tenir le 16 juillet 2026" in before
    assert f"{EVALUATION} attendue depuis" not in before
    over = told_on(client, page, "2026-07-17")
    assert f"{EVALUATION} attendue depuis le 16 juillet 2026" in over
    assert "règle à vérifier" in over


@pytest.mark.parametrize(
    ("precision", "signed", "over", "told"),
    [
        ("jour", "2021-07-16", "2026-07-17", "depuis le 16 juillet 2026"),
        ("mois", "2021-07-01", "2026-08-01", "depuis juillet 2026"),
        ("annee", "2020-01-01", "2026-01-01", "depuis 2025"),
        ("au_plus_tard", "2021-07-16", "2026-07-17", "depuis le 16 juillet 2026 au plus tard"),
    ],
)
def test_what_is_over_is_told_as_it_is_known_and_as_each_nature_has_it(
    ort, client, precision, signed, over, told
):
    rewrite(Convention.objects.all(), date_signature=day(signed), precision_signature=precision)
    page = told_on(client, ORT, over)
    assert f"{EVALUATION} attendue {told}" in page
    # Of a year, the next one is due in its turn.
    yearly = "à tenir en 2026" if precision == "annee" else f"attendu {told}"
    assert f"Bilan annuel {yearly}" in page


def test_silence_is_unknown_where_reviews_are_not_all_kept(ort, client):
    rewrite(Departement.objects.all(), tenue_bilans=Tenue.AUCUNE)
    told = told_on(client, COMMUNE, "2026-07-17")
    due = "échéance du 16 juillet 2026, dont la tenue n'est pas renseignée"
    assert f"{EVALUATION} : {due}" in told
    assert f"Bilan annuel : {due}" in told
    assert "attendue depuis" not in told


def test_a_review_held_late_says_by_how_much_and_what_comes_next(ort, client):
    factories.bilan(ort, "2023-08-25", "2023-07-16")
    told = told_on(client, ORT, "2023-09-01")
    assert "Bilan annuel tenu le 25 août 2023, avec 40 jours de retard" in told
    assert "échéance suivante : 16 juillet 2024" in told
    assert "avec 40 jours" not in told_on(client, ORT, "2023-08-24")


def test_the_departement_tells_the_evaluations_that_are_near(ort, client):
    assert EVALUATION.lower() not in told_on(client, "/departements/34/", "2026-01-15").lower()
    told = told_on(client, "/departements/34/", "2026-01-16")
    assert "ORT de Lodève : évaluation des cinq ans à tenir le 16 juillet 2026" in told


def test_what_was_frozen_is_read_on_its_page_and_stays(ort, client):
    review = factories.bilan(
        ort, "2024-07-10", "2024-07-16", comite="Comité de projet", decisions="Continuer",
        note_interne="SECRET",
    )  # fmt: skip
    said = {"valeur": "2024-07-10", "valeur_brute": "10/07/2024"}
    review.affirmations.create(
        champ="tenu_le", source=factories.source(titre="Le compte rendu"),
        detail_interne="SECRET", **said
    )  # fmt: skip
    factories.presentation(ort, ort.couvertures.get().commune, "2024-09-01", review)
    factories.presentation(ort, ort.porteur, "2025-09-01", review)
    address = f"/ort/ort-lodeve/bilans/{review.identifiant}/"
    assert client.get(f"{address}?au=2024-07-09").status_code == 404
    page = told_on(client, address, "2024-10-01")
    for told in (
        "Bilan annuel, 10 juillet 2024",
        "Comité de projet",
        "Source : Le compte rendu",
        "Continuer",
        "A1 Réhabilitation d'un îlot",
        "en cours",
        "1 240 000 € HT",
        "372 000 €",
        "111 600 €",
        "Lodève, 1er septembre 2024",
    ):
        assert told in page, told
    assert "CC Lodévois et Larzac, 1er septembre 2025" not in page
    assert "SECRET" not in page
    factories.fait(ort.actions.get(), "fin", "2024-06-01")
    assert "achevée" not in told_on(client, address, "2024-10-01")
    assert "Page concernée : ORT de Lodève" in read(client, f"/signaler/?page={address}")
    assert client.get("/ort/ort-autre/bilans/" + review.identifiant + "/").status_code == 404


@pytest.mark.parametrize(
    ("facts", "state", "last"),
    [
        ([("abandon", "2024-07-10"), ("blocage", "2024-07-10")], "abandonnée", "abandon"),
        ([("blocage", "2024-07-10"), ("pause", "2024-07-10")], "bloquée", "blocage"),
        ([("abandon", "2024-07-09"), ("blocage", "2024-07-10")], "abandonnée", "blocage"),
        ([("blocage", "2024-07-10"), ("abandon", "2024-07-11")], "bloquée", "blocage"),
    ],
)
def test_the_last_fact_frozen_is_the_last_of_its_day_as_the_state_reads_it(
    ort, client, facts, state, last
):
    action = ort.actions.get()
    for nature, jour in facts:
        factories.fait(action, nature, jour)
    review = factories.bilan(ort, "2024-07-10")
    page = read(client, f"/ort/ort-lodeve/bilans/{review.identifiant}/")
    assert f"Réhabilitation d'un îlot {state} {last}, " in page


def test_the_sums_of_the_copy_say_what_they_leave_out(ort, client):
    factories.action([ort.couvertures.get().commune], ort, identifiant="lod-b1", intitule="Halles")
    review = factories.bilan(ort, "2024-07-10")
    page = read(client, f"/ort/ort-lodeve/bilans/{review.identifiant}/")
    assert "Versé : 111 600 €" in page


def test_the_readings_of_the_day_are_frozen_with_their_words(ort, client):
    action, facades = ort.actions.get(), factories.indicateur(libelle="Façades rénovées")
    other = factories.action([ort.couvertures.get().commune], identifiant="ailleurs")
    for sujet, valeur, jour in (
        (action, 12, "2024-07-10"),
        (action, 27, "2024-07-11"),
        (ort, "secret", "2024-01-01"),
        (other, 99, "2024-01-01"),
    ):
        factories.releve(sujet, valeur, jour, facades)
    review = factories.bilan(ort, "2024-07-10")
    factories.rewrite(Releve.objects.filter(valeur=12), valeur=13)
    factories.rewrite(Indicateur.objects.all(), libelle="Autre nom")
    page = read(client, f"/ort/ort-lodeve/bilans/{review.identifiant}/")
    assert "Façades rénovées Réhabilitation d'un îlot 10 juillet 2024 12 façades" in page
    assert "Façades rénovées l'ORT entière 1er janvier 2024 secret statistique" in page
    assert not [
        absent
        for absent in ("27 façades", "13 façades", "99 façades", "Autre nom")
        if absent in page
    ]


def test_frozen_readings_of_one_day_are_told_apart(ort, client):
    action, town = ort.actions.get(), ort.couvertures.get().commune
    named_alike = factories.indicateur(action.identifiant, libelle="Logements remis en vente")
    sector = factories.indicateur("secteur", libelle="Locaux vacants", perimetre="secteur")
    factories.releve(action, 6, "2024-01-01", named_alike)
    for nom in ("Centre", "Faubourg"):
        there = ort.secteurs.create(commune=town, nom=nom)
        factories.releve(town, 4, "2024-01-01", sector, secteur=there)
    factories.releve(town, 5, "2024-01-01", named_alike, serie="LOVAC 2024")
    review = factories.bilan(ort, "2024-07-10")
    page = read(client, f"/ort/ort-lodeve/bilans/{review.identifiant}/")
    for told in (
        "Logements remis en vente Réhabilitation d'un îlot 1er janvier 2024",
        "Logements remis en vente (LOVAC 2024) Lodève 1er janvier 2024",
        "Locaux vacants Lodève (Centre) 1er janvier 2024",
        "Locaux vacants Lodève (Faubourg) 1er janvier 2024",
    ):
        assert told in page, told


def test_a_review_says_the_due_date_that_it_holds_and_no_other(ort, client):
    first, second, third = (
        factories.bilan(ort, "2024-07-10", "2024-07-16"),
        factories.bilan(ort, "2024-08-10", "2024-07-16"),
        factories.bilan(ort, "2024-09-10"),
    )
    for review, told in (
        (first, "Échéance 16 juillet 2024 ("),
        (second, "aucune : un autre point, celle du 16 juillet 2024 étant déjà tenue"),
        (third, "aucune : un autre point"),
    ):
        assert told in read(client, f"/ort/ort-lodeve/bilans/{review.identifiant}/")
    factories.rewrite(
        type(ort).objects.all(), precision_signature="mois", date_signature="2021-07-01"
    )
    factories.rewrite(type(first).objects.filter(pk=first.pk), periode="2024-07-01")
    page = read(client, f"/ort/ort-lodeve/bilans/{first.identifiant}/")
    assert "Échéance juillet 2024 (" in page


def test_a_page_of_a_day_leads_to_the_review_as_of_that_day(ort, client):
    review = factories.bilan(ort, "2024-07-10", "2024-07-16")
    page = client.get("/ort/ort-lodeve/?au=2024-10-01").content.decode()
    assert f"/ort/ort-lodeve/bilans/{review.identifiant}/?au=2024-10-01" in page


def test_a_page_reads_as_many_queries_whatever_the_reviews(ort, client):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            told_on(client, ORT, "2026-11-26")
        return len(queries)

    factories.bilan(ort, "2023-07-20", "2023-07-16")
    cost()
    first = cost()
    for held in ("2023-08-20", "2024-07-20", "2024-07-21", "2025-07-20", "2025-07-21"):
        factories.bilan(ort, held)
    assert cost() == first
