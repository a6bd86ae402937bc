"""What an ORT opens for a town: never an article that was not read, always its condition."""

from itertools import pairwise

import pytest

from ort.effets import EFFETS, Certitude, effets
from tests import factories
from tests.pages import read


def test_each_effect_has_its_condition_and_those_of_the_codes_their_article():
    assert all(effet.condition for effet in EFFETS)
    assert all("article L. " in effet.texte for effet in effets(Certitude.TEXTE))


def test_an_effect_says_the_days_that_the_law_gives():
    told = {effet.titre: effet.dit for effet in EFFETS}
    assert told["Réduction d'impôt « Denormandie » pour le logement ancien"].endswith(
        "; depuis le 1er janvier 2019 ; jusqu'au 31 décembre 2027"
    )
    assert told["Expérimentation sur les autorisations commerciales"].endswith(
        "; depuis le 1er janvier 2024 ; jusqu'en février 2028"
    )
    assert "5 000 m² (2 500 m² pour l'alimentaire)" in " ".join(told.values())


def test_what_no_source_confirms_bears_no_text():
    assert [effet.texte for effet in effets(Certitude.A_VERIFIER) if effet.texte] == []


def test_what_depends_on_a_sector_says_so():
    assert [e.titre for e in EFFETS if "secteur" in e.condition and not e.sous_reserve] == []


@pytest.fixture
def lodeve(db):
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town, adhesion="2021-03-26")
    return town


def test_effects_show_from_the_day_of_the_ort(client, lodeve):
    factories.convention("2021-07-16", [lodeve], duree_annees=5)
    before = read(client, "/communes/34142/?au=2021-07-15")
    assert "Ce qu'une ORT ouvrirait à la commune" in before
    page = read(client, "/communes/34142/?au=2021-07-16")
    assert "Ce que l'ORT ouvre à la commune" in page
    assert "article L. 152-6-4 du code de l'urbanisme" in page
    assert "textes lus en novembre 2026" in page
    assert "ouvrirait" in read(client, "/communes/34142/?au=2026-07-16")


def test_each_effect_is_told_once_under_the_words_of_its_class(client, lodeve):
    factories.convention("2021-07-16", [lodeve])
    page = read(client, "/communes/34142/")
    starts = [page.index(f"{certitude} (") for certitude in Certitude]
    for certitude, (start, end) in zip(Certitude, pairwise([*starts, len(page)]), strict=True):
        told = page[start:end]
        assert [e for e in EFFETS if e.titre in told] == effets(certitude)
    assert [e.titre for e in EFFETS if page.count(e.titre) > 1] == []


def test_a_convention_that_is_not_an_ort_opens_nothing(client, lodeve):
    factories.convention("2021-07-16", [lodeve], vaut_ort=False)
    page = read(client, "/communes/34142/")
    assert "ouvrirait" in page
    assert "Ce que l'ORT ouvre" not in page


def test_a_commune_outside_the_programme_is_promised_nothing(client, db):
    factories.commune("34172", nom="Montpellier")
    assert "à la commune" not in read(client, "/communes/34172/")


def test_recorded_sectors_of_the_town_are_named(client, lodeve):
    covered = factories.convention("2021-07-16", [lodeve])
    assert "Les secteurs de la commune ne sont pas renseignés." in read(client, "/communes/34142/")
    avenant = factories.avenant(covered, "2023-01-01")
    covered.secteurs.create(commune=lodeve, nom="Centre ancien", avenant=avenant)
    covered.secteurs.create(commune=factories.commune("34079"), nom="Rive gauche")
    page = read(client, "/communes/34142/?au=2023-01-01")
    assert "Secteurs enregistrés dans la commune : Centre ancien." in page
    assert "Rive gauche" not in page
    assert "Centre ancien" not in read(client, "/communes/34142/?au=2022-12-31")
