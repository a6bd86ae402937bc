"""What a person types to find a commune, read."""

import pytest

from communes.territoire.saisie import LONGEST, Saisie, lire

DEPARTEMENTS = {"herault": "34", "la reunion": "974"}


def read(text):
    return lire(text, lambda: DEPARTEMENTS)


@pytest.mark.parametrize(
    "typed", ["34142", " 34 142 ", "34-142", "34.142", "34\N{NO-BREAK SPACE}142", "３４１４２"]
)
def test_a_code_is_read_in_one_or_several_pieces(typed):
    assert read(typed) == Saisie(code="34142")


def test_a_code_of_corsica_may_be_in_small_letters():
    assert read("2a 004").code == "2A004"


@pytest.mark.parametrize(
    ("typed", "cle", "code", "departement"),
    [
        ("Lodève (34)", "lodeve", "", "34"),
        ("lodeve 34", "lodeve", "", "34"),
        ("34 Lodève", "lodeve", "", "34"),
        ("Ajaccio (2a)", "ajaccio", "", "2A"),
        ("Lodève (Hérault)", "lodeve", "", "34"),
        ("Saint-Denis, La Réunion", "saint denis", "", "974"),
        ("gignac 34150", "gignac", "34150", ""),
        ("34150 GIGNAC", "gignac", "34150", ""),
        ("34700 Lodève Cedex 2", "lodeve", "34700", ""),
        ("Mairie de Lodève", "lodeve", "", ""),
        ("la mairie d'Olonzac", "olonzac", "", ""),
        ("Commune du Vigan", "vigan", "", ""),
        ("Hôtel de ville de Lodève", "lodeve", "", ""),
        ("Vigan (Le)", "vigan", "", ""),
        ("Château-Chinon (Ville)", "chateau chinon ville", "", ""),
        ("Clermont-l'Hérault", "clermont herault", "", ""),
        ("La Salvetat s/ Agout", "salvetat sur agout", "", ""),
        ("Stes-Maries & les autres", "saintes maries autres", "", ""),
    ],
)
def test_what_is_said_beside_a_name_is_told_apart(typed, cle, code, departement):
    found = read(typed)
    assert (found.cle, found.code, found.departement) == (cle, code, departement)


def test_a_name_that_begins_as_ville_de_is_read_both_ways():
    found = read("Ville-d'Avray")
    assert (found.cle, found.sinon) == ("ville avray", "avray")
    assert read("Villeneuve").sinon == ""


@pytest.mark.parametrize("typed", ["", "   ", "%", "_", "'", "🏰", "\0", "a" * (LONGEST + 1)])
def test_nothing_is_read_of_what_says_nothing(typed):
    assert read(typed) == Saisie()


@pytest.mark.parametrize("typed", ["34", "3414", "341421", "2A", "(34)", "mairie"])
def test_a_number_or_a_word_alone_is_read_as_a_name(typed):
    found = read(typed)
    assert found.cle
    assert (found.code, found.departement) == ("", "")


def test_the_departements_are_asked_for_only_where_one_may_be_named():
    def never():
        raise AssertionError("Personne n'a nommé de département.")

    for typed in ("Lodève", "Lodève (34)", "34700 Lodève"):
        assert lire(typed, never)
