"""Charts drawn on the server: one drawing in SVG for lines and for stacked steps, with its table.

No script and no style: shapes have classes, and the stylesheet gives each its colour, its dashes
and its pattern, so that colour is never alone to tell.
"""

import datetime
import math
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from socle.dates import ONE_DAY, add_months

WIDTH, HEIGHT = 400, 220
LEFT, RIGHT, TOP, BOTTOM = 34, 34, 14, 30
# No more lines than this across the drawing, and this much room for each figure at its end.
GRADUATIONS_AT_MOST = 5
LABEL_HEIGHT = 15
# A year needs this much room under the drawing.
YEAR_WIDTH = 40


def period_ends(start, jour, months):
    """Return the days of a chart: the eve of `start`, each end of a period of `months`, then `jour`."""
    ends = []
    while start <= jour:
        ends.append(start - ONE_DAY)
        start = add_months(start, months)
    return [*ends, jour]


@dataclass(frozen=True)
class Serie:
    """A series of whole numbers: one value for each day of its chart, which holds up to the next."""

    nom: str
    valeurs: list


@dataclass(frozen=True)
class Trace:
    """A series once drawn: its rank, its path, and its last value with the height to write it at."""

    rang: int
    serie: Serie
    chemin: str
    hauteur: int

    @property
    def valeur(self):
        return self.serie.valeurs[-1]


@dataclass
class Graphique:
    """A chart: series over `jours`, drawn as lines, or stacked when `empile`, and told in a table.

    `cle` tells apart the charts of a page; `titre` and `legende` name the drawing and the table, of
    which `entetes` and `lignes` are the headers and the rows; `notes` say what the drawing does not.
    """

    cle: str
    titre: str
    jours: list
    series: list
    entetes: list
    lignes: list
    empile: bool = False
    legende: str = ""
    notes: list = field(default_factory=list)

    @cached_property
    def plus_grand(self):
        """Return the greatest value to be drawn, that of the whole stack if the series are stacked."""
        columns = zip(*(serie.valeurs for serie in self.series), strict=True)
        return max(1, *(sum(column) if self.empile else max(column) for column in columns))

    @cached_property
    def pas(self):
        """Return the number between two lines across: 1, 2 or 5, with as many zeros as needed."""
        steps = (n * 10**power for power in range(12) for n in (1, 2, 5))
        return next(n for n in steps if self.plus_grand / n <= GRADUATIONS_AT_MOST)

    @cached_property
    def sommet(self):
        """Return the number at the top of the drawing."""
        return math.ceil(self.plus_grand / self.pas) * self.pas

    def x(self, jour):
        """Return where a day stands, from left to right."""
        whole = (self.jours[-1] - self.jours[0]).days or 1
        share = (jour - self.jours[0]).days / whole
        return round(LEFT + share * (WIDTH - LEFT - RIGHT))

    def y(self, valeur):
        """Return where a number stands, from top to bottom."""
        return round(HEIGHT - BOTTOM - valeur / self.sommet * (HEIGHT - TOP - BOTTOM))

    @property
    def cadre(self):
        """Return the edges that the template needs."""
        return {
            "largeur": WIDTH,
            "hauteur": HEIGHT,
            "gauche": LEFT,
            "droite": WIDTH - RIGHT,
            "bas": HEIGHT - BOTTOM,
        }

    @property
    def graduations(self):
        """Return the lines across: (number, height)."""
        return [(n, self.y(n)) for n in range(0, self.sommet + 1, self.pas)]

    @property
    def annees(self):
        """Return the years to write under the drawing: (year, place), those that have room."""
        first, last = self.jours[0].year, self.jours[-1].year
        starts = [datetime.date(year, 1, 1) for year in range(first + 1, last + 1)]
        places = [(start.year, self.x(start)) for start in starts]
        every = math.ceil(len(places) * YEAR_WIDTH / (WIDTH - LEFT - RIGHT)) or 1
        return [place for place in places if place[0] % every == 0]

    @property
    def traces(self):
        """Return the series drawn, in their order, their last values far enough apart to be read."""
        floors = [0] * len(self.jours)
        drawn = []
        for rang, serie in enumerate(self.series):
            tops = [floor + value for floor, value in zip(floors, serie.valeurs, strict=True)]
            if self.empile:
                middle = (floors[-1] + tops[-1]) / 2
                drawn.append((rang, serie, self.area(floors, tops), self.y(middle)))
                floors = tops
            else:
                drawn.append((rang, serie, self.steps(serie.valeurs), self.y(serie.valeurs[-1])))
        heights = spread([height for *_, height in drawn])
        return [
            Trace(*drawing, height) for (*drawing, _), height in zip(drawn, heights, strict=True)
        ]

    def steps(self, values):
        """Return the path of a line that holds each value up to the next day."""
        points = list(zip(self.jours, values, strict=True))
        path = [f"M{self.x(points[0][0])} {self.y(points[0][1])}"]
        for (_, before), (jour, value) in pairwise(points):
            path.append(f"H{self.x(jour)}")
            if value != before:
                path.append(f"V{self.y(value)}")
        return "".join(path)

    def area(self, floors, tops):
        """Return the path of a band, from `floors` to `tops`."""
        *before, (last, floor) = zip(self.jours, floors, strict=True)
        path = [self.steps(tops), f"L{self.x(last)} {self.y(floor)}"]
        path += [f"V{self.y(floor)}H{self.x(jour)}" for jour, floor in reversed(before)]
        return "".join(path) + "Z"

    @property
    def description(self):
        """Say what a reader would see: the last values, and the first day."""
        values = ", ".join(f"{serie.nom} {serie.valeurs[-1]}" for serie in self.series)
        return f"De {self.jours[0].year} à {self.jours[-1].year}. Dernières valeurs : {values}."


def spread(heights):
    """Move apart, downwards then back up, the heights of labels that would cover each other."""
    order = sorted(range(len(heights)), key=lambda rank: heights[rank])
    placed = list(heights)
    for above, below in pairwise(order):
        placed[below] = max(placed[below], placed[above] + LABEL_HEIGHT)
    lowest = HEIGHT - BOTTOM
    for below in reversed(order):
        placed[below] = min(placed[below], lowest)
        lowest = placed[below] - LABEL_HEIGHT
    return placed


def changes_only(rows):
    """Keep the rows, (label, values), whose values are not those of the row before, and the last."""
    kept = rows[:1]
    for row in rows[1:]:
        if row[1] != kept[-1][1] or row is rows[-1]:
            kept.append(row)
    return kept
