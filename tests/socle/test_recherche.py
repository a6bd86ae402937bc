"""Names found however people type them."""

import pytest

from communes.models import Commune
from socle.recherche import search_key
from tests import factories


@pytest.mark.parametrize(
    ("official", "typed"),
    [
        ("Saint-André-de-Sangonis", "St André de Sangonis"),
        ("Saint-André-de-Sangonis", "st. andre-de-sangonis"),
        ("Sainte-Foy-la-Grande", "Ste Foy la Grande"),
        ("Pézenas", "PEZENAS"),
        ("Clermont-l'Hérault", "clermont l’herault"),
        ("Cazouls-lès-Béziers", "Cazouls-les-Béziers"),
        ("L'Île-d'Yeu", "l ile d yeu"),
        ("Œting", "oeting"),
        ("CC Cœur de Charente", "cc coeur de charente"),
        ("L'Haÿ-les-Roses", "l'hay les roses"),
        ("Montpon-Ménestérol", "Montpon   Menesterol"),
        ("Bédarieux", "Be\N{COMBINING ACUTE ACCENT}darieux"),
        ("Le Puy-Sainte-Réparade", "le puy ste reparade"),
    ],
)
def test_one_name_written_two_ways_is_one_key(official, typed):
    assert search_key(official) == search_key(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Saint-Chinian", "Sainte-Chinian"), ("Ostheim", "Osaintheim"), ("Best", "Besaint")],
)
def test_st_is_written_in_full_only_where_it_is_a_word(one, other):
    assert search_key(one) != search_key(other)


@pytest.mark.parametrize("text", ["", "   ", "---", "'’", "…"])
def test_what_names_nothing_has_an_empty_key(text):
    assert search_key(text) == ""


@pytest.mark.parametrize(
    "typed", ["St-Pons", "saint pons de thomieres", "THOMIÈRES", "pons-de", "34284", " 34284 "]
)
def test_a_commune_is_found_by_a_part_of_its_name_or_by_its_code(db, typed):
    factories.commune("34284", nom="Saint-Pons-de-Thomières")
    factories.commune("34142", nom="Lodève")
    assert [commune.pk for commune in Commune.objects.search(typed)] == ["34284"]


def test_a_commune_of_corsica_is_found_by_its_code_in_small_letters(db):
    factories.commune("2A004", nom="Ajaccio")
    assert Commune.objects.search("2a004").count() == 1


def test_a_part_of_a_code_finds_nothing(db):
    factories.commune("34284", nom="Saint-Pons-de-Thomières")
    assert not Commune.objects.search("3428").exists()


def test_a_commune_is_found_by_the_name_that_it_no_longer_bears(db):
    commune = factories.commune("34142", nom="Lodève")
    commune.anciens_noms.create(nom="Luteva")
    commune.save()
    for typed in ("luteva", "lodeve"):
        assert Commune.objects.search(typed).count() == 1
    # Two names side by side are not one name.
    assert not Commune.objects.search("lodeve luteva").exists()
