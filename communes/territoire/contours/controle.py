"""What a contour must be: in its département, longitude first, and never crossing itself.

Each refusal names the file, the territory and a point; what is mended is told likewise.
"""

import re

import shapely

from socle.fichiers.lecture import FichierRefuse

# In degrees. Outlines are simplified: a contour comes near, at five kilometres, and may straddle a
# limit, but none of its points is far out of the box of its département.
NEAR, ASTRAY = 0.05, 0.5
# The part of a surface that mending may change without making another contour of it.
SLIGHT = 0.01


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
