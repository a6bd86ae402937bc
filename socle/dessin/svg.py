"""Lines of integers as SVG paths, and the geometry that maps need of them."""

import hashlib
from itertools import pairwise


def fingerprint(drawing):
    """Return the mark of a drawing, given as text: another drawing has another mark."""
    return hashlib.sha256(drawing.encode()).hexdigest()[:16]


def svg_path(lines, closed=True):
    """Return the SVG path of `lines`, each a flat list of integers [x, y, x, y…]."""
    return "".join(svg_line(line, closed) for line in lines)


def svg_line(line, closed):
    """Return one line, its first point absolute and its next ones relative: half the weight."""
    steps = [value - line[i] for i, value in enumerate(line[2:])]
    if closed and line[:2] == line[-2:]:
        steps = steps[:-2]
    # A minus sign separates two numbers as well as a space does.
    drawn = "".join(f"{step}" if step < 0 else f" {step}" for step in steps).lstrip()
    return f"M{line[0]} {line[1]}l{drawn}" + ("z" if closed else "")


def bounds(lines):
    """Return the smallest frame around `lines`, as (left, top, right, bottom)."""
    x = [value for line in lines for value in line[::2]]
    y = [value for line in lines for value in line[1::2]]
    return min(x), min(y), max(x), max(y)


def centroid(rings):
    """Return the centre of gravity of what `rings`, closed, fill by the rule evenodd; it may be outside."""
    area = x = y = 0
    for ring in rings:
        around = sum(encloses(other, middle_of_side(ring)) for other in rings if other is not ring)
        own, own_x, own_y = moments(ring)
        # A ring may turn either way: whether it is a hole is told by those around it.
        sign = (-1 if around % 2 else 1) * (1 if own > 0 else -1)
        area, x, y = area + sign * own, x + sign * own_x, y + sign * own_y
    return x / (3 * area), y / (3 * area)


def moments(ring):
    """Return twice the area of a ring, negative if it turns the other way, and six times its moments."""
    area = x = y = 0
    for (x1, y1), (x2, y2) in sides(ring):
        cross = x1 * y2 - x2 * y1
        area, x, y = area + cross, x + cross * (x1 + x2), y + cross * (y1 + y2)
    return area, x, y


def encloses(ring, point):
    """Tell whether a ring goes around a point that is not on it: a line from there crosses it once more."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in sides(ring):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
            inside = not inside
    return inside


def sides(ring):
    """Return the sides of a ring, each as two points."""
    return pairwise(zip(ring[::2], ring[1::2], strict=True))


def middle_of_side(ring):
    """Return a point of a ring where another does not touch it, as it may at a corner."""
    x1, y1, x2, y2 = ring[:4]
    return (x1 + x2) / 2, (y1 + y2) / 2


def convex_hull(lines):
    """Return the smallest convex ring around `lines`, as a flat closed list of integers.

    Andrew's monotone chain: the points from left to right, and back, turning one way only.
    """
    points = sorted({point for line in lines for point in zip(line[::2], line[1::2], strict=True)})
    ring = half_hull(points)[:-1] + half_hull(points[::-1])
    return [value for point in ring for value in point]


def half_hull(points):
    """Return the points of one side of the hull."""
    kept = []
    for x, y in points:
        while len(kept) > 1 and not turns_left(*kept[-2:], (x, y)):
            kept.pop()
        kept.append((x, y))
    return kept


def turns_left(a, b, c):
    return (b[0] - a[0]) * (c[1] - a[1]) > (b[1] - a[1]) * (c[0] - a[0])
