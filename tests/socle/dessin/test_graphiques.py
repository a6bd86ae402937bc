"""The drawing of charts, whatever they speak of."""

import re

import pytest
from django.template.loader import render_to_string

from socle.dessin.graphiques import (
    HEIGHT,
    LABEL_HEIGHT,
    WIDTH,
    Graphique,
    Serie,
    changes_only,
    spread,
)
from tests.factories import day

DAYS = [day("2021-12-31"), day("2022-12-31"), day("2023-12-31")]


def chart(*values, **fields):
    series = [Serie(f"série {rank}", list(row)) for rank, row in enumerate(values)]
    fields = {"cle": "essai", "titre": "Un essai", "jours": DAYS} | fields
    return Graphique(series=series, entetes=["Jour"], lignes=[], **fields)


def test_a_line_holds_each_value_up_to_the_next_day():
    drawn = chart([0, 2, 2])
    left, middle, right = (drawn.x(jour) for jour in DAYS)
    low, high = drawn.y(0), drawn.y(2)
    assert drawn.traces[0].chemin == f"M{left} {low}H{middle}V{high}H{right}"


def test_bands_are_stacked_and_closed():
    drawn = chart([1, 1, 1], [0, 2, 2], empile=True)
    left, middle, right = (drawn.x(jour) for jour in DAYS)
    zero, one, three = (drawn.y(n) for n in (0, 1, 3))
    first, second = (trace.chemin for trace in drawn.traces)
    assert first == (
        f"M{left} {one}H{middle}H{right}L{right} {zero}V{zero}H{middle}V{zero}H{left}Z"
    )
    assert second == (
        f"M{left} {one}H{middle}V{three}H{right}L{right} {one}V{one}H{middle}V{one}H{left}Z"
    )


@pytest.mark.parametrize(
    ("greatest", "step", "top"),
    [(0, 1, 1), (1, 1, 1), (5, 1, 5), (6, 2, 6), (18, 5, 20), (1646, 500, 2000)],
)
def test_the_scale_is_in_round_numbers(greatest, step, top):
    drawn = chart([0, 0, greatest])
    assert (drawn.pas, drawn.sommet) == (step, top)
    assert drawn.graduations[0] == (0, drawn.y(0))
    assert drawn.graduations[-1][0] == top
    assert len(drawn.graduations) <= 6


def test_years_have_room():
    assert [year for year, _ in chart([0, 1, 2]).annees] == [2022, 2023]
    long = chart([0, 1, 2], jours=[day("1990-06-01"), day("2000-01-01"), day("2026-11-23")])
    places = [place for _, place in long.annees]
    assert all(after - before >= 35 for before, after in zip(places, places[1:], strict=False))


@pytest.mark.parametrize("heights", [[50, 50], [50, 52, 49], [185, 190, 188], [20, 100], [190] * 3])
def test_labels_never_cover_each_other(heights):
    placed = sorted(spread(heights))
    gaps = [after - before for before, after in zip(placed, placed[1:], strict=False)]
    assert all(gap >= LABEL_HEIGHT for gap in gaps)
    assert placed[0] >= 0
    assert placed[-1] <= HEIGHT


def test_only_what_changes_is_told_and_the_last():
    rows = [("a", (0,)), ("b", (1,)), ("c", (1,)), ("d", (2,)), ("e", (2,)), ("f", (2,))]
    assert changes_only(rows) == [("a", (0,)), ("b", (1,)), ("d", (2,)), ("f", (2,))]
    assert changes_only([("a", (0,))]) == [("a", (0,))]


@pytest.mark.parametrize("empile", [True, False])
def test_the_page_holds_no_style_and_names_the_drawing(empile):
    drawn = chart([0, 1000, 1200], [3, 0, 0], empile=empile)
    page = render_to_string("includes/graphique.html", {"graphique": drawn})
    assert "style" not in page
    assert "<script" not in page
    assert f'viewBox="0 0 {WIDTH} {HEIGHT}"' in page
    assert 'role="img"' in page
    assert 'aria-labelledby="essai-titre"' in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(ids)
    assert "1\u202f200" in page
    assert "<caption>" in page
