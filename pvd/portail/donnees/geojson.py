"""The communes and the ORT as GeoJSON (RFC 7946): the rows of their tables, each with where it is.

A commune is the centroid of its contour; an ORT, the centroids of the communes that it covers. With
`geometrie=contours`, the contours themselves. Where no contour is loaded, the place is not known.
"""

import json

import shapely
from django.http import Http404, HttpResponse, StreamingHttpResponse

from communes.models import ContourCommune
from communes.territoire.contours.centroides import centroide
from communes.territoire.contours.projection import unproject, zone_of
from pvd.portail.donnees.telechargements import TELECHARGEMENTS, nom_du_fichier
from socle.dessin.svg import encloses, middle_of_side, moments
from socle.fichiers.formats import chunks, json_value
from socle.web.jour import jour_of
from socle.web.refus import DemandeInvalide, lecture_seule, quoted

TYPE = "application/geo+json"
# The column of a table that names its communes, and how a row is identified.
CODES = {"communes": "code_insee", "ort": "communes_couvertes"}
CLES = {"communes": "code_insee", "ort": "ort_identifiant"}
GEOMETRIES = ("points", "contours")
# A unit of the drawing is ten metres: a fifth decimal keeps it, a sixth would be invented.
DECIMALS = 5
GRID = 10**-DECIMALS
CHUNK = 500


@lecture_seule
def geojson(request, nom):
    """Send a table as a collection of features, with the filters and the day of its other formats."""
    if nom not in CODES:
        raise Http404
    jour, contours = jour_of(request), geometrie_of(request) == "contours"
    telechargement = TELECHARGEMENTS[nom]
    filtres = telechargement.filtres_de(request, jour)
    filename = f"{nom_du_fichier(nom, filtres)}.geojson"
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    if request.method == "HEAD":
        return HttpResponse(content_type=TYPE, headers=headers)
    content = collection(nom, *telechargement.lignes(filtres), contours)
    return StreamingHttpResponse(content, content_type=TYPE, headers=headers)


def geometrie_of(request):
    """Return the geometry asked for, and leave in the request what the table itself reads."""
    asked = request.GET.copy()
    if "colonnes" in asked:
        raise DemandeInvalide("Un GeoJSON a toutes les colonnes du tableau : retirez « colonnes ».")
    geometrie = (asked.pop("geometrie", [""])[-1]).strip() or "points"
    if geometrie not in GEOMETRIES:
        raise DemandeInvalide(
            f"Le critère « geometrie={quoted(geometrie)} » n'existe pas : une géométrie se demande par "
            f"{' ou '.join(GEOMETRIES)}."
        )
    request.GET = asked
    return geometrie


def collection(nom, header, rows, contours):
    """Yield the text of a collection of features, their geometries read by chunks of rows."""
    start = '{"type": "FeatureCollection", "features": [\n'
    for chunk in chunks(rows, CHUNK):
        told = [dict(zip(header, row, strict=True)) for row in chunk]
        named = [(row[CODES[nom]] or "").split("|") for row in told]
        read = polygones if contours else points
        where = read({code for codes in named for code in codes})
        features = (
            feature(
                row[CLES[nom]],
                row,
                geometry([where[c] for c in codes if c in where], nom, contours),
            )
            for row, codes in zip(told, named, strict=True)
        )
        yield start + ",\n".join(features)
        start = ",\n"
    yield "\n]}\n" if start == ",\n" else start + "]}\n"


def feature(cle, row, geometry):
    return json.dumps(
        {"type": "Feature", "id": cle, "geometry": geometry, "properties": row},
        ensure_ascii=False,
        default=json_value,
    )


def geometry(places, nom, contours):
    """Return the geometry of a row from those of its communes, or None when none is known."""
    if not places:
        return None
    if contours:
        polygons = [polygon for place in places for polygon in place]
        whole = dissolved(polygons) if len(places) > 1 else polygons
        return {"type": "MultiPolygon", "coordinates": whole}
    if nom == "communes":
        return {"type": "Point", "coordinates": places[0]}
    return {"type": "MultiPoint", "coordinates": places}


def dissolved(polygons):
    """Return the polygons of communes without the limits between them, each still as RFC 7946 turns it.

    Polygons of one geometry that share a side are valid GeoJSON, and refused by what draws or measures maps.
    """
    whole = shapely.union_all([shapely.Polygon(p[0], p[1:]) for p in polygons], grid_size=GRID)
    parts = shapely.get_parts(shapely.orient_polygons(whole))
    return [
        [positions(ring) for ring in (part.exterior, *part.interiors)]
        for part in parts
        if isinstance(part, shapely.Polygon)
    ]


def positions(ring):
    return [[round(degrees, DECIMALS) for degrees in pair] for pair in ring.coords]


def points(codes):
    """Return, by code, the longitude and the latitude of communes."""
    return {code: centroide(code, anneaux) for code, anneaux in anneaux_de(codes)}


def polygones(codes):
    """Return, by code, the polygons of communes: each an outer ring, then its holes."""
    return {code: polygons_of(code, anneaux) for code, anneaux in anneaux_de(codes)}


def anneaux_de(codes):
    found = ContourCommune.objects.filter(pk__dans=codes).order_by()
    return found.values_list("pk", "anneaux")


def polygons_of(code, rings):
    """Return the polygons that `rings`, filled by the rule evenodd, draw; outer rings turn left."""
    depths = [
        sum(encloses(other, middle_of_side(ring)) for other in rings if other is not ring)
        for ring in rings
    ]
    outers = [
        (ring, [on_earth(code, ring, left=True)])
        for ring, depth in zip(rings, depths, strict=True)
        if depth % 2 == 0
    ]
    for ring, depth in zip(rings, depths, strict=True):
        if depth % 2:
            around = [found for found in outers if encloses(found[0], middle_of_side(ring))]
            # Of those around a hole, the nearest is the smallest.
            _, polygon = min(around, key=lambda found: abs(moments(found[0])[0]))
            polygon.append(on_earth(code, ring, left=False))
    return [polygon for _, polygon in outers]


def on_earth(code, ring, left):
    """Return a ring as positions, closed, turning to the left or to the right (RFC 7946, 3.1.6)."""
    zone = zone_of(code)
    # The drawing goes down to the south: what turns left on it turns right on the Earth.
    turned = ring if (moments(ring)[0] < 0) == left else reverse(ring)
    pairs = zip(turned[::2], turned[1::2], strict=True)
    return [[round(degrees, DECIMALS) for degrees in unproject(zone, x, y)] for x, y in pairs]


def reverse(ring):
    return [value for pair in zip(ring[-2::-2], ring[::-2], strict=True) for value in pair]
