"""From the Earth to the drawing, where a longitude and a latitude are on our maps, and back."""

import math

import numpy

# A unit of the drawing is ten metres.
UNIT = 10
EARTH_RADIUS = 6_371_000 / UNIT
# The parallels that Lambert-93 keeps true, and the point it starts from (decree 2000-1276).
TRUE_NORTH, TRUE_SOUTH, ORIGIN = math.radians(49), math.radians(44), (3, 46.5)
# Each territory overseas is drawn around its own middle (longitude, latitude).
OVERSEAS = {
    "971": (-61.5, 16.2),
    "972": (-61.0, 14.6),
    "973": (-53.0, 4.0),
    "974": (55.5, -21.1),
    "975": (-56.3, 46.9),
    "976": (45.2, -12.8),
    "977": (-62.8, 17.9),
    "978": (-63.1, 18.1),
    "986": (-177.0, -13.8),
    "987": (-149.5, -17.6),
    "988": (165.5, -21.3),
}


def zone_of(code):
    """Return what `OVERSEAS` calls the territory of a code, or an empty text for the mainland."""
    return code[:3] if code[:3] in OVERSEAS else ""


def project(zone, points):
    """Return `points`, in longitude and latitude, in units of the drawing, y to the south.

    On a sphere: it is for drawing, not for measuring.
    """
    longitude, latitude = numpy.radians(points).T
    x0, y0 = map(math.radians, OVERSEAS.get(zone, ORIGIN))
    if zone:
        x, y = (longitude - x0) * math.cos(y0), latitude - y0
        return EARTH_RADIUS * numpy.column_stack((x, -y))
    n, scale = cone()
    radius, origin = scale / meridional(latitude) ** n, scale / meridional(y0) ** n
    angle = n * (longitude - x0)
    return numpy.column_stack((radius * numpy.sin(angle), radius * numpy.cos(angle) - origin))


def unproject(zone, x, y):
    """Return the longitude and the latitude, in degrees, of a point of the drawing: see `project`."""
    x0, y0 = map(math.radians, OVERSEAS.get(zone, ORIGIN))
    if zone:
        longitude, latitude = x0 + x / EARTH_RADIUS / math.cos(y0), y0 - y / EARTH_RADIUS
        return math.degrees(longitude), math.degrees(latitude)
    n, scale = cone()
    down = y + scale / meridional(y0) ** n
    longitude = x0 + math.atan2(x, down) / n
    latitude = 2 * math.atan((scale / math.hypot(x, down)) ** (1 / n)) - math.pi / 2
    return math.degrees(longitude), math.degrees(latitude)


def cone():
    """Return the constant of the cone that cuts the Earth at the true parallels, and its scale."""
    n = math.log(math.cos(TRUE_SOUTH) / math.cos(TRUE_NORTH)) / math.log(
        meridional(TRUE_NORTH) / meridional(TRUE_SOUTH)
    )
    return n, EARTH_RADIUS * math.cos(TRUE_SOUTH) * meridional(TRUE_SOUTH) ** n / n


def meridional(latitude):
    return numpy.tan(math.pi / 4 + latitude / 2)
