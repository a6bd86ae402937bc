"""The contours that come with the project, on the true territory."""

import gzip

import numpy
import pytest
import shapely

from communes.management.commands.charger_contours import SHIPPED
from communes.models import Commune, ContourCommune, FondDeCarte
from communes.territoire.contours.centroides import centroides
from communes.territoire.contours.lecture import read_archive
from communes.territoire.contours.projection import project
from tests.communes.territoire.polygones import holes_of, polygon_of

pytestmark = pytest.mark.django_db


def polygons(departement):
    contours = ContourCommune.objects.filter(commune__departement=departement)
    return {contour.pk: polygon_of(contour) for contour in contours}


def test_they_are_complete_and_said_so(shipped):
    said = shipped["charger_contours"]
    assert said == "Contours chargés : 1\u202f723 communes, 101 départements.\n"


def test_every_commune_of_today_is_drawn():
    for code in ("34", "81", "30", "11", "12"):
        today = Commune.objects.filter(departement=code, fin=None).values_list("pk", flat=True)
        assert polygons(code).keys() == set(today)


def test_no_hole_is_left_in_a_departement():
    for code in ("34", "81", "30", "11", "12"):
        union = shapely.union_all(list(polygons(code).values()), grid_size=1)
        assert [hole for hole in holes_of(union) if shapely.Polygon(hole).area > 100] == []


def test_the_herault_has_its_true_surface():
    # 6 101 km² for Insee, which leaves out the lagoons: about 120 km² more.
    assert 6_101 < sum(p.area for p in polygons("34").values()) / 1e4 < 6_300


def test_the_point_of_a_commune_is_the_centroid_of_what_the_file_draws():
    _, _, traits = read_archive(SHIPPED)
    drawn = {trait.code: trait.forme.centroid for trait in traits if len(trait.code) == 5}
    found = centroides(drawn)
    assert len(found) == 1723
    # In metres: a degree is 111 km from south to north, and 80 km from west to east there.
    apart = {
        code: max(abs(drawn[code].x - longitude) * 80_000, abs(drawn[code].y - latitude) * 111_000)
        for code, (longitude, latitude) in found.items()
    }
    assert max(apart.values()) < 50
    assert found["34142"] == (3.3059, 43.7307)


def test_dio_et_valquieres_is_in_the_commune_that_it_joined():
    village = shapely.Point(project("", numpy.array([[3.222, 43.669]]))[0])
    assert [code for code, p in polygons("34").items() if p.contains(village)] == ["34144"]


def test_the_background_of_the_herault_is_light():
    fond = FondDeCarte.objects.get(pk="34")
    assert len(gzip.compress((fond.terre + fond.limites).encode(), 6)) < 25_000
    assert fond.annee == 2024
    assert fond.attribution == "IGN, ADMIN EXPRESS, Licence Ouverte 2.0"


def test_the_archive_is_small():
    assert SHIPPED.stat().st_size < 400_000
