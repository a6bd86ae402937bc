"""Where a commune is, as one point: the centroid of its contour, as the official files give it.

It is the centre of gravity, which may be out of a commune bent around another; the contours are
simplified, so that four decimals, some ten metres, are all that it is worth. Where no contour is
loaded, nothing is known.
"""

from communes.territoire.contours.models import ContourCommune
from communes.territoire.contours.projection import unproject, zone_of
from socle.dessin.svg import centroid

DECIMALS = 4


def centroides(codes):
    """Return {code: (longitude, latitude)} of the communes of these codes, in degrees (WGS 84)."""
    contours = ContourCommune.objects.filter(pk__dans=list(codes)).order_by()
    return {
        code: centroide(code, anneaux) for code, anneaux in contours.values_list("pk", "anneaux")
    }


def centroide(code, anneaux):
    longitude, latitude = unproject(zone_of(code), *centroid(anneaux))
    return round(longitude, DECIMALS), round(latitude, DECIMALS)
