"""The timeline drawn: the same facts as the list, each at its place, on any width."""

import re

import pytest

from pvd.portail.frise import ECART, frise
from pvd.suivi.chronologie import labellisations_connues, read_conventions, timeline
from pvd.suivi.suite import suites
from tests import factories, lecture
from tests.factories import day

pytestmark = pytest.mark.django_db


@pytest.fixture
def pezenas():
    town = factories.commune("34199", epci="new", nom="Pézenas")
    factories.labellisation(town, adhesion="2021-05-20", precision_debut="au_plus_tard")
    signed = factories.convention("2021-02-26", [], intitule="ORT d'Agde", duree_annees=9)
    factories.avenant(signed, "2023-01-11", [town])
    return town


def drawn(jour, code="34199"):
    situation = lecture.situation(code, day(jour))
    conventions = read_conventions(situation)
    labels = labellisations_connues([code], day(jour))
    facts = timeline(situation, labels, conventions)
    return frise(situation, facts, conventions, suites(situation))


def share(place):
    return float(place.removesuffix("%"))


def test_a_commune_without_fact_has_none(pezenas):
    assert drawn("2021-01-21") is None


def test_each_fact_has_its_mark_and_what_comes_next_too(pezenas):
    drawing = drawn("2023-01-11")
    assert [mark.numero for mark in drawing.reperes] == [1, 2, 3, 4, None]
    assert [mark.approche for mark in drawing.reperes] == [True, False, False, False, False]
    assert (drawing.axe.premiere, drawing.axe.derniere) == (2021, 2030)


def test_places_follow_the_days_and_stay_in_the_drawing(pezenas):
    drawing = drawn("2023-06-01")
    places = [share(mark.x) for mark in drawing.reperes]
    assert places == sorted(places)
    assert places[0] > 0
    assert places[-1] < 100
    assert places[3] < share(drawing.x_jour) < places[4]


def test_no_mark_hides_another(pezenas):
    marks = drawn("2023-06-01").reperes
    for floor in {mark.y for mark in marks}:
        places = [share(mark.x) for mark in marks if mark.y == floor]
        gaps = [b - a for a, b in zip(places, places[1:], strict=False)]
        assert all(gap >= ECART - 0.1 for gap in gaps)
    # The end of the delay and the entry, seven weeks later.
    assert marks[2].y != marks[3].y


def test_what_is_to_come_is_drawn_apart(pezenas):
    programme, ort = drawn("2023-06-01").couloirs
    assert [barre.prevue for barre in programme.barres] == [False]
    assert [barre.prevue for barre in ort.barres] == [False, True]
    assert [couloir.genre for couloir in drawn("2023-01-10").couloirs] == ["programme"]


def test_time_in_the_programme_ends_with_it():
    town = factories.commune("34276", epci="new")
    factories.labellisation(town, fin="2023-12-01")
    (before,) = drawn("2023-11-30", "34276").couloirs[0].barres
    (after,) = drawn("2024-12-31", "34276").couloirs[0].barres
    assert share(before.x) + share(before.largeur) == pytest.approx(93.4, abs=0.5)
    assert share(after.x) + share(after.largeur) == pytest.approx(71, abs=0.5)


def test_page_draws_it_without_style_nor_comma(client, pezenas):
    page = client.get("/communes/34199/?au=2023-06-01").content.decode()
    (drawing,) = re.findall(r'<svg width="100%".*?</svg>', page, re.DOTALL)
    assert 'role="img"' in drawing
    assert "<title" in drawing
    assert "<desc" in drawing
    assert re.findall(r"\d,\d", drawing) == []
    assert "style=" not in page
    assert drawing.count("<circle") == 5
