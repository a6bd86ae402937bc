"""The communes and the ORT as GeoJSON: valid by RFC 7946, with the rows of their tables."""

import json

import pytest
import shapely
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from communes.models import ContourCommune
from communes.territoire.contours.projection import project
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
# A square with a square hole, and an island beside it, in the units of the drawing.
CARRE = [0, 0, 1000, 0, 1000, 1000, 0, 1000, 0, 0]
TROU = [400, 400, 400, 600, 600, 600, 600, 400, 400, 400]
ILE = [2000, 0, 2000, 500, 2500, 500, 2500, 0, 2000, 0]


def contour(commune, rings=(CARRE,)):
    x, y = map(int, project("", [(3.3, 43.7)])[0])
    placed = [[v + (y if i % 2 else x) for i, v in enumerate(ring)] for ring in rings]
    ContourCommune.objects.create(
        commune=commune, annee=2026, attribution="IGN", anneaux=placed, centre_x=x, centre_y=y
    )


@pytest.fixture
def lodeve():
    factories.millesime(2021)
    lodeve = factories.commune("34142", "new", nom="Lodève « ; »")
    loupian = factories.commune("34143", "new", nom="Loupian")
    for town in (lodeve, loupian, factories.commune("34003", "new")):
        factories.labellisation(town)
    contour(lodeve, [CARRE, TROU, ILE])
    contour(loupian)
    factories.convention("2022-01-01", [lodeve, loupian], identifiant="ort-lodeve")
    return lodeve


def read(client, nom, **params):
    answer = client.get(f"/donnees/{nom}.geojson", {"au": "2023-07-06"} | params)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/geo+json"
    told = json.loads(answer.getvalue())
    assert set(told) == {"type", "features"}
    assert told["type"] == "FeatureCollection"
    for feature in told["features"]:
        assert set(feature) == {"type", "id", "geometry", "properties"}
        check(feature["geometry"])
    return told["features"]


def check(geometry):
    """Hold a geometry to RFC 7946: degrees of WGS 84, closed rings, the outer one to the left."""
    if geometry is None:
        return
    kind, where = geometry["type"], geometry["coordinates"]
    positions = {"Point": [where], "MultiPoint": where}.get(kind) or []
    for polygon in where if kind == "MultiPolygon" else []:
        for rank, ring in enumerate(polygon):
            assert ring[0] == ring[-1]
            assert len(ring) >= 4
            assert (area(ring) > 0) == (rank == 0)
            positions += ring
    assert positions
    for longitude, latitude in positions:
        assert 3 < longitude < 4
        assert 43 < latitude < 44.5


def area(ring):
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:], strict=False))


def test_a_commune_is_a_point_with_the_columns_of_its_table(lodeve, client):
    found = {feature["id"]: feature for feature in read(client, "communes")}
    assert {code: f["geometry"] and f["geometry"]["type"] for code, f in found.items()} == {
        "34003": None,
        "34142": "Point",
        "34143": "Point",
    }
    rows = json.loads(client.get("/donnees/communes.json?au=2023-07-06").getvalue())
    assert [f["properties"] for f in found.values()] == rows


def test_an_ort_is_the_points_of_the_communes_that_it_covers(lodeve, client):
    [ort] = read(client, "ort")
    assert ort["id"] == "ort-lodeve"
    assert ort["geometry"]["type"] == "MultiPoint"
    assert len(ort["geometry"]["coordinates"]) == 2
    assert read(client, "ort", au="2021-12-31") == []


def test_contours_are_sent_when_they_are_asked_for(lodeve, client):
    alone, holed, square = read(client, "communes", geometrie="contours")
    assert alone["geometry"] is None
    assert [len(polygon) for polygon in holed["geometry"]["coordinates"]] == [2, 1]
    assert [len(polygon) for polygon in square["geometry"]["coordinates"]] == [1]
    # The second commune lies upon the first, and fills its hole; the island stays apart.
    [ort] = read(client, "ort", geometrie="contours")
    assert [len(polygon) for polygon in ort["geometry"]["coordinates"]] == [1, 1]


def test_an_ort_is_drawn_without_the_limits_of_its_communes(lodeve, client):
    """Two neighbours are one polygon, whose corners are theirs; one that touches by a corner is another."""
    towns = [factories.commune(code, "new") for code in ("34011", "34012", "34013")]
    for town, (right, down) in zip(towns, [(0, 0), (1000, 0), (2000, 1000)], strict=True):
        factories.labellisation(town)
        contour(town, [[v + (down if i % 2 else right) for i, v in enumerate(CARRE)]])
    factories.convention("2022-01-01", towns, identifiant="ort-a-trois")
    drawn = {f["id"]: f["geometry"] for f in read(client, "ort", geometrie="contours")}
    [side, corner] = sorted(
        drawn["ort-a-trois"]["coordinates"], key=lambda polygon: len(polygon[0])
    )
    communes = {f["id"]: f["geometry"] for f in read(client, "communes", geometrie="contours")}
    [[third]] = communes["34013"]["coordinates"]
    assert set(map(tuple, side[0])) == set(map(tuple, third))
    assert len(corner) == 1
    assert shapely.from_geojson(json.dumps(drawn["ort-a-trois"])).is_valid


def test_the_filters_and_the_name_are_those_of_the_table(lodeve, client):
    answer = client.get("/donnees/communes.geojson?departement=34&au=2023-07-06&tri=-nom&q=lo")
    ids = [feature["id"] for feature in json.loads(answer.getvalue())["features"]]
    assert ids == ["34143", "34142"]
    expected = 'attachment; filename="pvd-communes-lo-34-20230706.geojson"'
    assert answer["Content-Disposition"] == expected


@pytest.mark.parametrize(
    "query", ["geometrie=lignes", "departement=99", "departemnt=34", "au=hier", "au=2999-01-01"]
)
@pytest.mark.parametrize("nom", ["communes", "ort"])
def test_what_cannot_be_answered_is_refused_in_json(client, nom, query):
    answer = client.get(f"/donnees/{nom}.geojson?{query}")
    assert answer.status_code == 400
    assert f"« {query} »" in answer.json()["erreur"]


def test_other_tables_have_no_place_and_nothing_is_written(client):
    absent = client.get("/donnees/avenants.geojson")
    assert (absent.status_code, list(absent.json())) == (404, ["erreur"])
    written = Client(enforce_csrf_checks=True).post("/donnees/communes.geojson")
    assert (written.status_code, list(written.json())) == (405, ["erreur"])
    assert written["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("nom", ["communes", "ort"])
@pytest.mark.parametrize("geometrie", ["points", "contours"])
def test_more_features_take_no_more_queries(lodeve, client, nom, geometrie):
    def count():
        with CaptureQueriesContext(connection) as queries:
            read(client, nom, geometrie=geometrie)
        return len(queries)

    count()
    few = count()
    for code in range(34201, 34206):
        town = factories.commune(str(code), "new")
        factories.labellisation(town)
        factories.convention("2022-01-01", [town])
        contour(town)
    assert count() == few
