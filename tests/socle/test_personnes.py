"""A text that seems to name somebody is known by what it says, or by the names that the base knows."""

import pytest

from socle import personnes
from socle.personnes import Noms, passages, texts_naming_someone


@pytest.fixture
def noms(monkeypatch):
    known = ["Mme Élodie Saint-Jean", "DURAND", "Lô", "Mairie", "Jean-Paul De La Tour", ""]
    monkeypatch.setattr(personnes, "NAMES_ABOVE", [lambda: known])
    return Noms()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Lettre de M. Dupont au préfet", ["M. Dupont"]),
        ("Départ de M.Dupont", ["M.Dupont"]),
        ("Mme Le Goff-Petit, maire", ["Mme Le Goff-Petit"]),
        ("Courrier de Monsieur Élie Faure", ["Monsieur Élie Faure"]),
        ("Acte reçu par Maître Éluard", ["Maître Éluard"]),
        ("Écrire à a.dupont@ville-lodeve.fr", ["a.dupont@ville-lodeve.fr"]),
        ("Appelez le 04 67 88 86 00", ["04 67 88 86 00"]),
        ("Tél. +33467888600", ["+33467888600"]),
        ("M. Dupont (0467888600)", ["M. Dupont", "0467888600"]),
    ],
)
def test_what_names_or_reaches_somebody_by_what_it_says(text, found, noms):
    assert passages(text, noms) == found


@pytest.mark.parametrize(
    "text",
    [
        "Arrêté de Monsieur le préfet",
        "Madame la maire de Lodève",
        "Maître d'ouvrage : la commune",
        "Avenant n° 2 du 06.07.2023, 200017341",
        "Note 2023-07-06, 12345678901234",
        "Mairie de Lodève",
        "Lô",
        "durandal",
        "Saint-Jean-de-Fos, Élodie",
        "",
    ],
)
def test_what_names_nobody(text, noms):
    assert passages(text, noms) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("départ d'ELODIE SAINT JEAN en mai", ["ELODIE SAINT JEAN"]),
        ("Jean Élodie Saint", ["Jean Élodie Saint"]),
        ("vu avec Durand, hier", ["Durand"]),
        ("Tour Jean Paul de la, en poste", ["Tour Jean Paul de la"]),
        ("Mme Durand", ["Mme Durand"]),
    ],
)
def test_a_name_that_the_base_knows_is_found_whole_word_by_word(text, found, noms):
    assert passages(text, noms) == found


def test_texts_are_read_by_their_names_and_an_empty_one_asks_for_no_name(monkeypatch):
    asked = []
    monkeypatch.setattr(personnes, "NAMES_ABOVE", [lambda: asked.append("lu") or ["Durand"]])
    assert texts_naming_someone({"objet": " ", "titre": None}) == {}
    assert asked == []
    texts = {"objet": "Avec Durand", "titre": "Avenant"}
    assert texts_naming_someone(texts) == {"objet": ["Durand"]}


def test_a_long_text_is_read_at_once(noms):
    assert passages("M. " + "Aa" * 2000, noms)
    assert passages("Mme " + "A-" * 2000 + "@", noms) is not None
