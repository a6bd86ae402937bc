"""What a vintage changes is the same, whether the whole territory is read or what it concerns alone."""

from datetime import date

import pytest

from communes.models import AncienCode, Commune
from communes.territoire.decoupage import (
    apply_vintage,
    compare,
    load_territoire,
    part_concernee,
    read_folder,
)
from communes.territoire.decoupage.ecarts import ecart
from tests.communes.territoire.decoupage_factory import (
    CLERMONTAIS,
    LODEVOIS,
    Histoire,
    commune,
    deleguee,
    epci,
)

pytestmark = pytest.mark.deux_bases

LODEVE = commune("34142", "Lodève", codesPostaux=["34700"])
FOZIERES = commune("34106", "Fozières", codesPostaux=["34700"])
OLMET = commune("34188", "Olmet-et-Villecun")
SOUBES = commune("34304", "Soubès", population=900)
FORMER = commune("34002", "Ancienne")
PARTIE = deleguee("34900", "Vieux-Bourg", "34142")
VINTAGES = {
    "nothing": [LODEVE, FOZIERES, OLMET, SOUBES, PARTIE],
    "a name": [{**LODEVE, "nom": "Lodève-la-Belle"}, FOZIERES, OLMET, SOUBES, PARTIE],
    "a population": [LODEVE, FOZIERES, OLMET, {**SOUBES, "population": 950}, PARTIE],
    "postcodes": [{**LODEVE, "codesPostaux": ["34700", "34701"]}, FOZIERES, OLMET, SOUBES, PARTIE],
    "no postcode": [commune("34142", "Lodève"), FOZIERES, OLMET, SOUBES, PARTIE],
    "a SIREN": [LODEVE, FOZIERES, OLMET, {**SOUBES, "siren": "213403049"}, PARTIE],
    "no SIREN": [LODEVE, FOZIERES, OLMET, {k: v for k, v in SOUBES.items() if k != "siren"}],
    "an article": [LODEVE, FOZIERES, {**OLMET, "typeLiaison": 1}, SOUBES, PARTIE],
    "a département": [LODEVE, FOZIERES, {**OLMET, "departement": "81"}, SOUBES, PARTIE],
    "a merger": [LODEVE, OLMET, SOUBES, PARTIE, deleguee("34106", "Fozières", "34142")],
    "a chain of mergers": [OLMET, SOUBES, deleguee("34142", "Lodève", "34188"),
                           deleguee("34106", "Fozières", "34188")],
    "a split": [LODEVE, FOZIERES, OLMET, SOUBES, commune("34900", "Vieux-Bourg")],
    "a code without a name": [LODEVE, FOZIERES, OLMET, SOUBES, {**PARTIE, "anciensCodes": []},
                              deleguee("34188", "Olmet", "34188")],
    "a commune that comes back": [LODEVE, FOZIERES, OLMET, SOUBES, PARTIE, FORMER],
    "a vanished commune without successor": [LODEVE, FOZIERES, OLMET, PARTIE],
}  # fmt: skip


def epcis(rows):
    """Return two intercommunalités: the last commune of the list is of the second."""
    codes = [row["code"] for row in rows if row["type"] == "commune-actuelle"]
    return [
        epci(LODEVOIS, "CC Lodévois", *codes[:-1]),
        epci(CLERMONTAIS, "CC Clermontais", *codes[-1:]),
    ]


@pytest.fixture
def histoire(tmp_path, db):
    """Three vintages: Soubès was of another name, and an earlier commune has passed to Lodève."""
    histoire = Histoire(tmp_path)
    before = [LODEVE, FOZIERES, OLMET, {**SOUBES, "nom": "Soubes"}, FORMER]
    histoire.load(2021, before, epcis(before))
    rows = [LODEVE, FOZIERES, OLMET, SOUBES, deleguee("34002", "Ancienne", "34142"), PARTIE]
    histoire.load(2022, rows, epcis(rows))
    return histoire


def applied(decoupage, part=None):
    """Return the changes of a vintage and what takes it back, reading `part` of the territory or all."""
    read = decoupage.seulement(part.communes) if part else decoupage
    before = load_territoire(decoupage.annee, *([part] if part else []))
    after = before.copy()
    apply_vintage(after, read)
    changes = compare(before, after, date(decoupage.annee, 1, 1), read.ailleurs)
    return {t: [c.texte for c in rows] for t, rows in changes.items()}, ecart(before, after)


@pytest.mark.parametrize("annee", [2022, 2023], ids=["delivered again", "of the year after"])
@pytest.mark.parametrize("rows", VINTAGES.values(), ids=VINTAGES)
def test_reading_what_a_vintage_concerns_tells_the_same_as_reading_all(histoire, rows, annee):
    histoire.write(annee, rows, epcis(rows))
    decoupage = read_folder(histoire.folder / str(annee), annee, floors=False)
    part = part_concernee(decoupage)

    assert applied(decoupage, part) == applied(decoupage)


def test_communes_that_a_vintage_leaves_as_they_are_are_not_read(histoire):
    rows = [{**LODEVE, "nom": "Lodève-la-Belle"}, FOZIERES, OLMET, SOUBES, PARTIE]
    histoire.write(2023, rows, epcis(rows))
    part = part_concernee(read_folder(histoire.folder / "2023", 2023, floors=False))

    state = load_territoire(2023, part)
    assert "34142" in state.communes
    assert "34106" not in state.communes
    assert set(state.codes) == set(AncienCode.objects.values_list("pk", flat=True))
    assert Commune.objects.count() == 5
