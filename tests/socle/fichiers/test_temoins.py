"""The name beside a code: what agrees with the record, and what names another one."""

import pytest

from socle.fichiers.temoins import says_another

CAZOULS = ["cazouls les beziers"]
LODEVOIS = ["lodevois et larzac", "lodevois"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Cazouls-lès-Béziers", CAZOULS),
        ("CAZOULS LES BEZIERS", CAZOULS),
        ("Cazouls", CAZOULS),
        ("Commune de Cazouls-lès-Béziers (34)", CAZOULS),
        ("Mairie de Cazouls - 34370", CAZOULS),
        ("CC Lodévois et Larzac", LODEVOIS),
        ("Communauté de communes du Lodévois-Larzac", LODEVOIS),
        ("CCLL", LODEVOIS),
        ("St Mathieu", ["saint mathieu"]),
        ("Saint-Mathieu-de-Tréviers", ["saint mathieu de treviers"]),
        ("34028", CAZOULS),
        ("", CAZOULS),
        ("Le Pays", ["le pays"]),
    ],
)
def test_a_name_as_people_write_it_agrees(text, names):
    assert not says_another(text, names)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Bédarieux", CAZOULS),
        ("Gignac", ["marseillan"]),
        ("Grand Orb", LODEVOIS),
        ("CC Grand Orb", LODEVOIS),
        ("Saint-Pons", ["saint mathieu"]),
        ("Communauté de communes du Clermontais", LODEVOIS),
    ],
)
def test_the_name_of_another_does_not(text, names):
    assert says_another(text, names)


def test_a_short_name_in_capitals_is_an_acronym_only_where_there_are_some():
    assert not says_another("CABM", LODEVOIS)
    assert says_another("GIGNAC", ["marseillan"], sigles=False)
    assert not says_another("GIGNAC", ["gignac"], sigles=False)
