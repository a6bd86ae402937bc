"""Contours as a browser fills them, to be measured."""

import shapely


def polygon_of(contour):
    """Return what a browser fills: the rings of the contour, by the rule evenodd."""
    whole = shapely.Polygon()
    for ring in contour.anneaux:
        part = shapely.Polygon(list(zip(ring[::2], ring[1::2], strict=True)))
        whole = whole.symmetric_difference(shapely.make_valid(part))
    return whole


def holes_of(geometry):
    return [ring for part in shapely.get_parts(geometry) for ring in part.interiors]
