"""The contours of the maps: the files that come in, what they become, how they are drawn."""

import json
from io import StringIO
from pathlib import Path

import pytest
import shapely
from django.core.management import CommandError, call_command

from communes.models import (
    AncienCode,
    ContourCommune,
    ContourDepartement,
    FondDeCarte,
    FondDeFrance,
)
from socle.dessin.svg import svg_path
from tests import factories
from tests.communes.territoire.polygones import holes_of, polygon_of
from tests.factories import day

# As they were found: a small square of the Lodévois, its coordinates in the other order, or crossed.
GEOJSON = Path(__file__).parent / "geojson"


def square(west, south, size=0.1):
    """Return the ring of a square, its sides cut in ten so that there is something to simplify."""
    steps = [i * size / 10 for i in range(10)]
    ring = [[west + s, south] for s in steps]
    ring += [[west + size, south + s] for s in steps]
    ring += [[west + size - s, south + size] for s in steps]
    ring += [[west, south + size - s] for s in steps]
    return [*ring, ring[0]]


def feature(code, ring, key="code", kind="Polygon"):
    coordinates = [ring] if kind == "Polygon" else [[ring]]
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": {key: code, "nom": "x"}, "geometry": geometry}


@pytest.fixture
def charger(db, tmp_path):
    """Return a function that loads features, or the text of a file, and returns what is said."""

    def load(*features, name="communes.geojson", content=None, **options):
        path = tmp_path / name
        collection = {"type": "FeatureCollection", "features": list(features)}
        path.write_text(json.dumps(collection) if content is None else content)
        out = StringIO()
        options = {"annee": 2026, "attribution": "IGN, Licence Ouverte 2.0"} | options
        call_command("charger_contours", str(path), stdout=out, **options)
        return out.getvalue()

    return load


@pytest.fixture
def lodeve(db):
    return factories.commune("34142", nom="Lodève")


@pytest.fixture
def agde(db):
    return factories.commune("34003", nom="Agde")


def test_a_file_gives_a_contour_with_its_vintage_and_attribution(charger, lodeve):
    assert "1 commune, 0 département" in charger(feature("34142", square(3.3, 43.7)))
    contour = lodeve.contour
    assert (contour.annee, contour.attribution) == (2026, "IGN, Licence Ouverte 2.0")
    # A tenth of a degree is 11.1 km from south to north, and 8.05 km from west to east there.
    left, top, right, bottom = contour.cadre
    assert abs(bottom - top - 1112) < 15
    assert abs(right - left - 805) < 15
    assert shapely.Point(contour.centre_x, contour.centre_y).within(polygon_of(contour))


@pytest.mark.parametrize("key", ["code", "INSEE_COM", "insee_com", "codgeo", "insee", "com_code"])
@pytest.mark.parametrize("kind", ["Polygon", "MultiPolygon"])
def test_the_usual_files_are_read(charger, lodeve, key, kind):
    charger(feature("34142", square(3.3, 43.7), key, kind))
    assert ContourCommune.objects.filter(pk="34142").exists()


def test_a_list_of_one_code_is_read(charger, lodeve):
    charger(feature(["34142"], square(3.3, 43.7), "com_code"))
    assert ContourCommune.objects.filter(pk="34142").exists()


def test_two_neighbours_keep_one_common_border(charger, lodeve, agde):
    charger(feature("34142", square(3.3, 43.7)), feature("34003", square(3.4, 43.7)))
    first, second = polygon_of(lodeve.contour), polygon_of(agde.contour)
    assert first.intersection(second).area == 0
    assert not holes_of(first.union(second))
    assert first.union(second).geom_type == "Polygon"
    # Forty points a side have gone: the sides are straight.
    assert len(lodeve.contour.anneaux[0]) < 30


def test_communes_deleguees_are_dissolved_in_the_commune_of_today(charger):
    whole = factories.commune("34144", nom="Lunas-les-Châteaux")
    factories.commune("34093", fin=day("2025-01-01"), successeur=whole)
    AncienCode.objects.create(code="34999", nature="deleguee", commune=whole)
    charger(
        feature("34144", square(3.2, 43.7)),
        feature("34093", square(3.3, 43.7)),
        feature("34999", square(3.4, 43.7)),
    )
    assert list(ContourCommune.objects.values_list("pk", flat=True)) == ["34144"]
    left, _, right, _ = whole.contour.cadre
    assert abs(right - left - 3 * 805) < 30


def test_a_territory_overseas_is_drawn_around_its_own_middle(charger):
    commune = factories.commune("97105", departement=factories.departement("971"))
    charger(feature("97105", square(-61.6, 16.0)))
    assert max(map(abs, commune.contour.cadre)) < 3000


def test_outlines_of_departements_are_loaded_too(charger, lodeve):
    assert "0 commune, 1 département" in charger(feature("34", square(3, 43, 1)))
    assert ContourDepartement.objects.get().pk == "34"
    assert not FondDeCarte.objects.exists()


def test_the_background_of_france_follows_its_outlines(charger, lodeve):
    charger(feature("34", square(3, 43, 1)))
    before = FondDeFrance.objects.get()
    assert list(before.lieux) == ["34"]
    factories.departement("971")
    charger(feature("971", square(-62, 16, 1)))
    after = FondDeFrance.objects.get()
    assert list(after.lieux) == ["34", "971"]
    assert [nom for nom, *_ in after.cartouches] == ["Département 971"]
    assert after.empreinte != before.empreinte


def test_a_base_whose_contours_are_older_gets_the_background_of_france(charger, lodeve):
    charger(feature("34", square(3, 43, 1)))
    drawn = FondDeFrance.objects.get().terre
    FondDeFrance.objects.all().delete()
    call_command("charger_contours", stdout=StringIO())
    assert FondDeFrance.objects.get().terre == drawn


def test_a_second_file_replaces_the_same_territories_only(charger, lodeve, agde):
    charger(feature("34142", square(3.3, 43.7)), feature("34003", square(3.4, 43.7)))
    before = FondDeCarte.objects.get().empreinte
    charger(feature("34142", square(3.2, 43.7)), annee=2027)
    assert ContourCommune.objects.get(pk="34142").annee == 2027
    assert ContourCommune.objects.get(pk="34003").annee == 2026
    assert FondDeCarte.objects.get().empreinte != before


def test_what_is_missing_is_said(charger, lodeve, agde):
    hollow = feature("34142", square(3.3, 43.7))
    hollow["geometry"]["coordinates"].append(square(3.34, 43.74, 0.02))
    said = charger(hollow, feature("34998", square(3.5, 43.7)))
    assert "1 code inconnu, sans effet : 34998" in said
    assert "Hérault (34) : sans contour, Agde (34003)" in said
    assert "un trou de 3.6 km² entre 34142" in said


def test_without_a_file_nothing_is_done_where_contours_are_loaded(charger, lodeve):
    charger(feature("34142", square(3.3, 43.7)))
    out = StringIO()
    call_command("charger_contours", stdout=out)
    assert out.getvalue() == "Contours : déjà chargés.\n"
    assert ContourCommune.objects.get().annee == 2026


GOOD = feature("34142", square(3.3, 43.7))
LAMBERT = feature("34142", [[700000, 6200000], [700001, 6200000], [700001, 6200001]])


@pytest.mark.parametrize(
    ("features", "options", "expected"),
    [
        ([], {"content": "{"}, "communes.geojson : ce n'est pas un fichier JSON lisible"),
        ([], {"content": "[" * 100_000}, "ce n'est pas un fichier JSON lisible"),
        ([], {}, "communes.geojson : « features » est absent ou vide"),
        ([], {"content": "[1]"}, "« features » est absent ou vide"),
        (["x"], {}, "élément 1 : « properties » est absent"),
        ([{"properties": {"nom": "Lodève"}}], {}, "élément 1 : aucune propriété ne donne son code"),
        ([GOOD, feature("3414", [])], {}, "élément 2 : le code « 3414 » n'est ni"),
        ([feature("34142", [], kind="Point")], {}, "élément 34142 : géométrie « Point »"),
        ([{"properties": {"code": "34142"}, "geometry": None}], {}, "géométrie « None »"),
        ([feature("34142", [["a", "b"]])], {}, "élément 34142 : ses coordonnées sont illisibles"),
        ([LAMBERT], {}, "« 700000 ; 6.2e+06 » n'est pas une longitude et une latitude"),
        ([GOOD, GOOD], {}, "élément 34142 : déjà donné par communes.geojson"),
        ([feature("34998", square(3, 43))], {}, "Aucun code connu parmi 1 élément (34998)"),
        ([GOOD], {"annee": None}, "--annee est obligatoire"),
        ([GOOD], {"annee": 26}, "--annee est obligatoire"),
        ([GOOD], {"attribution": " "}, "--attribution est obligatoire"),
        ([GOOD], {"attribution": "x" * 201}, "--attribution est trop longue"),
    ],
)
def test_a_bad_file_is_refused_and_nothing_is_written(charger, lodeve, features, options, expected):
    with pytest.raises(CommandError, match=".") as refusal:
        charger(*features, **options)
    assert expected in str(refusal.value)
    assert not ContourCommune.objects.exists()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("latitude-avant-longitude", "le point « 43.72 ; 3.3 » donne la latitude d'abord"),
        ("qui-se-croise", "se croise ou se recouvre près de « 3.33 ; 43.74 », et le réparer"),
    ],
)
def test_a_file_that_draws_a_commune_amiss_is_refused_by_name(charger, lodeve, name, expected):
    content = (GEOJSON / f"{name}.geojson").read_text()
    with pytest.raises(CommandError) as refusal:
        charger(content=content)
    assert str(refusal.value).startswith("communes.geojson, élément 34142 (Lodève) : ")
    assert expected in str(refusal.value)
    assert str(refusal.value).endswith("Rien n'est écrit.")
    assert not ContourCommune.objects.exists()


@pytest.mark.parametrize(
    ("west", "south", "size", "refused"),
    [
        (3.3, 43.7, 0.1, False),
        # Vabre and Mazamet, in the Tarn.
        (2.4, 43.68, 0.05, True),
        (2.35, 43.45, 0.05, True),
        # Over the limit of two départements, as communes nouvelles are.
        (3.4, 43.9, 0.1, False),
        # One point of it in the Lozère.
        (3.4, 43.9, 0.6, True),
        (2.35, 48.85, 0.1, True),
    ],
)
def test_a_contour_is_in_its_departement(charger, lodeve, agde, west, south, size, refused):
    drawn = feature("34142", square(west, south, size))
    if not refused:
        assert "1 commune" in charger(drawn)
        return
    with pytest.raises(CommandError, match=r"34142 \(Lodève\) : le point .* est hors de l'Hérault"):
        charger(feature("34003", square(3.4, 43.3)), drawn)
    assert not ContourCommune.objects.exists()


def test_the_outline_of_a_departement_is_in_it(charger, lodeve):
    factories.commune("81124")
    with pytest.raises(CommandError, match=r"élément 81 \(.*\) : le point .* est hors"):
        charger(feature("34", square(3, 43.3, 0.6)), feature("81", square(3.6, 43.3, 0.5)))


@pytest.mark.parametrize(
    ("code", "west", "south", "refusal"),
    [
        ("98719", -136, -23, "n'est pas une longitude et une latitude"),
        ("97502", -56.2, 46.8, "donne la latitude d'abord"),
    ],
)
def test_a_territory_without_outline_is_around_its_middle(charger, code, west, south, refusal):
    factories.commune(code, departement=factories.departement(code[:3]))
    assert "1 commune" in charger(feature(code, square(west, south)))
    with pytest.raises(CommandError, match=refusal):
        charger(feature(code, square(south, west)))


def test_what_is_mended_is_told(charger, lodeve):
    """A loop of eleven metres at a corner is a slip, that no map shows."""
    ring = square(3.3, 43.7)
    looped = [*ring[:-1], [3.3001, 43.6999], [3.2999, 43.6999], ring[0]]
    said = charger(feature("34142", looped))
    assert "communes.geojson, élément 34142 (Lodève) : son contour se croise" in said
    assert "réparé, sa surface ne change pas" in said
    assert lodeve.contour.anneaux


def test_a_contour_without_surface_is_refused(charger, lodeve):
    with pytest.raises(CommandError, match="34142"):
        charger(feature("34142", [[3.3, 43.7], [3.4, 43.7], [3.3, 43.7], [3.3, 43.7]]))


def test_a_file_that_is_not_there_is_refused(charger, lodeve, tmp_path):
    with pytest.raises(CommandError, match="absent.geojson : fichier introuvable"):
        call_command("charger_contours", tmp_path / "absent.geojson", annee=2026, attribution="IGN")


def test_the_territory_comes_first(db):
    with pytest.raises(CommandError, match="charger_territoire"):
        call_command("charger_contours")


def test_a_path_is_short_and_closed():
    assert svg_path([[0, 0, 5, -6, 12, -1, 0, 0]]) == "M0 0l5-6 7 5z"
    assert svg_path([[3, 4, 5, 4]], closed=False) == "M3 4l2 0"
