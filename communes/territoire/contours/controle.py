"""What a contour must be: in its département, longitude first, and never crossing itself.

Each refusal names the file, the territory and a point; what is mended is told likewise. A point that
somebody gives is to be in France, and not the wrong way round.
"""

import re

import shapely

from communes.territoire.contours.lecture import shipped_outlines
from communes.territoire.contours.projection import ORIGIN, OVERSEAS
from socle.fichiers.tableau.fichier import FichierRefuse

# In degrees. Outlines are simplified: a contour comes near, at five kilometres, and may straddle a
# limit, but none of its points is far out of the box of its département.
NEAR, ASTRAY = 0.05, 0.5
# In degrees: French Polynesia reaches that far from its middle.
AROUND = 18
# The part of a surface that mending may change without making another contour of it.
SLIGHT = 0.01


INVERSEES = (
    "La latitude et la longitude semblent inversées : ce point est hors de France, et y serait "
    "dans l'autre ordre."
)
HORS_DE_FRANCE = "Ce point est hors de France : vérifiez la latitude et la longitude."


def place_of(code):
    """Return where a département is: its outline, or what is around the middle of its drawing."""
    middle = OVERSEAS.get(code, ORIGIN)
    return shipped_outlines().get(code) or shapely.Point(middle).buffer(AROUND)


def in_france(longitude, latitude):
    """Tell whether a point, in degrees, is in France, or as near as outlines tell."""
    point = shapely.Point(longitude, latitude)
    places = [place_of(code) for code in {*shipped_outlines(), *OVERSEAS}]
    return bool((shapely.distance(places, point) <= NEAR).any())


def refuse_hors_de_france(longitude, latitude):
    """Refuse a point that is not in France; raises `ValueError`, which says if it is turned round."""
    if not in_france(longitude, latitude):
        raise ValueError(INVERSEES if in_france(latitude, longitude) else HORS_DE_FRANCE)


def refuse_elsewhere(where, forme, departement, place):
    """Refuse a shape that is not where its département is, latitude first or of another one."""
    point = point_astray(forme, place)
    if point is None:
        return
    if point_astray(shapely.transform(forme, lambda points: points[:, ::-1]), place) is None:
        raise FichierRefuse(
            f"{where} : le point « {point.x:g} ; {point.y:g} » donne la latitude d'abord ; un "
            "GeoJSON donne la longitude, puis la latitude."
        )
    raise FichierRefuse(
        f"{where} : le point « {point.x:g} ; {point.y:g} » est hors {departement.avec_de}."
    )


def point_astray(forme, place):
    """Return a point of a shape that cannot be in a place, or None when the shape can."""
    points = shapely.points(shapely.get_coordinates(forme))
    west, south, east, north = place.bounds
    box = shapely.box(west - ASTRAY, south - ASTRAY, east + ASTRAY, north + ASTRAY)
    outside = points[~shapely.covers(box, points)]
    if len(outside):
        return outside[0]
    return None if place.distance(shapely.multipoints(points)) <= NEAR else points[0]


def mended(where, forme):
    """Return a shape that does not cross itself, and what was mended, in French, or nothing.

    A shape that mending would change is refused: nobody knows which contour was meant.
    """
    if forme.is_valid:
        return forme, ""
    crossing = f"{where} : son contour se croise ou se recouvre{near(forme)}"
    whole = polygons_of(shapely.make_valid(forme))
    if abs(whole.area - forme.area) >= SLIGHT * whole.area:
        raise FichierRefuse(f"{crossing}, et le réparer en changerait la surface.")
    return whole, f"{crossing} : réparé, sa surface ne change pas."


def near(forme):
    """Say where a shape is not valid: « Self-intersection[3.33 43.74] » is what GEOS tells."""
    found = re.search(r"\[(\S+) (\S+)\]", shapely.is_valid_reason(forme))
    return f" près de « {float(found[1]):g} ; {float(found[2]):g} »" if found else ""


def polygons_of(geometry):
    """Keep the polygons of what `make_valid` returns, which may add lines and points."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return shapely.union_all([part for part in parts if part.geom_type == "Polygon"])
