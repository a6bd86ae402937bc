"""The point of a commune: the centroid of its contour, whatever way its rings turn."""

import numpy
import pytest

from communes.models import ContourCommune
from communes.territoire.contours.centroides import centroides
from communes.territoire.contours.projection import OVERSEAS, project, unproject
from socle.dessin.svg import centroid
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.une_base]


def square(x, y, size):
    return [x, y, x + size, y, x + size, y + size, x, y + size, x, y]


def backward(ring):
    """Return a ring that turns the other way."""
    points = list(zip(ring[::2], ring[1::2], strict=True))[::-1]
    return [value for point in points for value in point]


WHOLE, HOLE, APART = square(0, 0, 60), square(30, 10, 20), square(100, 0, 60)


@pytest.mark.parametrize("turned", [WHOLE, backward(WHOLE)])
@pytest.mark.parametrize("hole", [HOLE, backward(HOLE)])
def test_a_hole_weighs_less_than_nothing_whichever_way_it_turns(turned, hole):
    # A ninth of the square is missing around (40, 20): its middle, (30, 30), moves away from there.
    assert centroid([turned, hole]) == pytest.approx((28.75, 31.25))
    assert centroid([hole, turned]) == pytest.approx((28.75, 31.25))


@pytest.mark.parametrize("apart", [APART, backward(APART)])
def test_a_part_beside_the_other_weighs_as_much(apart):
    assert centroid([WHOLE, apart]) == pytest.approx((80, 30))


@pytest.mark.parametrize("zone", ["", *OVERSEAS])
def test_what_is_drawn_is_found_again_on_the_earth(zone):
    there = {"": (3.3, 43.7), "986": (-176.2, -13.3)}.get(zone) or OVERSEAS[zone]
    x, y = project(zone, numpy.array([there]))[0]
    assert unproject(zone, x, y) == pytest.approx(there)


def drawn(code, zone, west, south):
    """Draw a commune as a square of a tenth of a degree."""
    ring = [(0, 0), (0.1, 0), (0.1, 0.1), (0, 0.1), (0, 0)]
    points = project(zone, numpy.array([(west + x, south + y) for x, y in ring]))
    return ContourCommune.objects.create(
        commune=factories.commune(code, departement=factories.departement(zone or code[:2])),
        annee=2026,
        attribution="IGN",
        anneaux=[numpy.rint(points).astype(int).ravel().tolist()],
        centre_x=0,
        centre_y=0,
    )


def test_a_commune_is_at_its_middle_and_one_that_is_not_drawn_is_nowhere():
    drawn("34142", "", 3.3, 43.7)
    drawn("97411", "974", 55.4, -21.0)
    factories.commune("34301")
    found = centroides(["34142", "97411", "34301"])
    assert found.keys() == {"34142", "97411"}
    assert found["34142"] == pytest.approx((3.35, 43.75), abs=2e-4)
    assert found["97411"] == pytest.approx((55.45, -20.95), abs=2e-4)


def test_all_are_read_at_once(django_assert_num_queries):
    codes = [drawn(f"340{n:02}", "", 3 + n / 10, 43.7).pk for n in range(10, 15)]
    with django_assert_num_queries(1):
        assert len(centroides(codes)) == 5
