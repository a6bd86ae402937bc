"""The files of contours as they are read: the usual GeoJSON, its features with a code and a shape.

They are those of IGN and those made from them (contours-administratifs of Etalab, france-geojson…):
a Polygon or a MultiPolygon, in longitude and latitude. A refusal names the file, the feature and
the value.
"""

import json
import tarfile
from functools import cache
from typing import NamedTuple

import numpy
import shapely
from django.conf import settings
from shapely.geometry import shape

from communes.territoire.decoupage.lecture import CODE_INSEE, CODE_TERRITOIRE
from socle.fichiers.lecture import FichierRefuse

SHIPPED = settings.BASE_DIR / "communes" / "donnees" / "contours.tar.xz"
# The property that holds the code, by the habits of those who publish; the first one present tells.
CODE_KEYS = (
    "code",
    "insee_com",
    "code_insee",
    "codgeo",
    "insee",
    "codeinsee",
    "com_code",
    "insee_dep",
    "code_dept",
    "dep",
    "dep_code",
)
POLYGONS = {"Polygon", "MultiPolygon"}


class Trait(NamedTuple):
    """A feature of a file: what code it bears, and its shape in longitude and latitude."""

    fichier: str
    code: str
    forme: shapely.Geometry


def read_archive(path):
    """Return the vintage, the attribution and the features of the contours that are shipped."""
    traits = []
    with tarfile.open(path) as archive:
        source = json.load(archive.extractfile("source.json"))
        for member in archive:
            if member.name.endswith(".geojson"):
                traits += read_geojson(member.name, archive.extractfile(member).read())
    return source["annee"], source["attribution"], traits


@cache
def shipped_outlines():
    """Return the outlines of the départements that the project ships, in longitude and latitude."""
    name = "departements.geojson"
    with tarfile.open(SHIPPED) as archive:
        traits = read_geojson(name, archive.extractfile(name).read())
    return {trait.code: trait.forme for trait in traits}


def read_geojson(fichier, content):
    """Return the features of a GeoJSON, given as bytes; raises `FichierRefuse`."""
    try:
        collection = json.loads(content)
    except (ValueError, RecursionError):
        raise FichierRefuse(f"{fichier} : ce n'est pas un fichier JSON lisible.") from None
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or not features:
        raise FichierRefuse(
            f"{fichier} : « features » est absent ou vide, une FeatureCollection GeoJSON est attendue."
        )
    return [read_feature(fichier, number, found) for number, found in enumerate(features, 1)]


def read_feature(fichier, number, feature):
    """Return a feature, with its code in capitals; `number` names it in a refusal until then."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        raise FichierRefuse(f"{fichier}, élément {number} : « properties » est absent.")
    code = code_of(properties)
    if code is None:
        raise FichierRefuse(
            f"{fichier}, élément {number} : aucune propriété ne donne son code "
            f"(attendu : {', '.join(CODE_KEYS[:4])}…)."
        )
    if not (CODE_INSEE.fullmatch(code) or CODE_TERRITOIRE.fullmatch(code)):
        raise FichierRefuse(
            f"{fichier}, élément {number} : le code « {code[:60]} » n'est ni celui d'une commune "
            "ni celui d'un département."
        )
    return Trait(fichier, code, read_shape(f"{fichier}, élément {code}", feature.get("geometry")))


def code_of(properties):
    """Return the code of a feature as text, or None."""
    values = {str(key).lower(): value for key, value in properties.items()}
    for key in CODE_KEYS:
        value = values.get(key)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, str | int) and str(value).strip():
            return str(value).strip().upper()
    return None


def read_shape(where, geometry):
    """Return a polygon whose points may be in longitude and latitude."""
    kind = geometry.get("type") if isinstance(geometry, dict) else geometry
    if kind not in POLYGONS:
        raise FichierRefuse(
            f"{where} : géométrie « {str(kind)[:60]} », Polygon ou MultiPolygon est attendu."
        )
    try:
        polygon = shapely.force_2d(shape(geometry))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.GEOSException):
        raise FichierRefuse(f"{where} : ses coordonnées sont illisibles.") from None
    points = shapely.get_coordinates(polygon)
    if not len(points):
        raise FichierRefuse(f"{where} : son contour est vide.")
    outside = ~(numpy.abs(points) <= (180, 90)).all(axis=1)
    if outside.any():
        x, y = points[outside][0]
        raise FichierRefuse(
            f"{where} : le point « {x:g} ; {y:g} » n'est pas une longitude et une latitude (WGS 84)."
        )
    return polygon
