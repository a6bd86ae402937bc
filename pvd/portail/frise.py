"""The timeline of a commune, drawn: two bars, numbered marks, and a line at the day asked for.

Places along the axis are percentages, so that the drawing has the width of the page, from 320 px to
paper, and its words keep their size.
"""

import datetime
from dataclasses import dataclass, field

from ort.regles import temps_couverts
from pvd.suivi.chronologie import coverages_of
from socle.dates import ONE_DAY, Precision

# The axis leaves room at both ends for the marks, which are round: percentages of the width.
GAUCHE, ETENDUE = 4, 92
# Two marks closer than that would touch at 320 px: the second goes under the first.
ECART = 8
# As many years as can be named side by side at 320 px.
ANNEES_NOMMEES = 6
# Heights, in pixels.
HAUT, COULOIR, ETAGE = 36, 34, 24
# Further to the right than that, what is written by a bar ends with the drawing.
PLACE_POUR_ECRIRE = 45


@dataclass
class Barre:
    """A stretch of time: `prevue`, the part of it that is still to come, is drawn in dashes."""

    x: str
    largeur: str
    prevue: bool = False


@dataclass
class Couloir:
    """A line of bars, and what they are."""

    nom: str
    genre: str
    y: int
    x: str
    ancre: str
    barres: list = field(default_factory=list)

    @property
    def y_nom(self):
        return self.y - 6


@dataclass
class Repere:
    """A fact, by its number in the list; `approche`, its day is not exactly known.

    What is still to come bears no number.
    """

    numero: int | None
    x: str
    y: int
    approche: bool

    @property
    def y_texte(self):
        return self.y + 4


class EchelleDuTemps:
    """Where the days fall, from the first day of a year to the last of another."""

    def __init__(self, first, last):
        self.premiere, self.derniere = first.year, last.year
        self.debut = datetime.date(first.year, 1, 1)
        self.jours = (datetime.date(last.year, 12, 31) - self.debut).days + 1

    def place(self, jour):
        """Return the place of the beginning of a day, in percents of the width."""
        return GAUCHE + ETENDUE * (jour - self.debut).days / self.jours

    def barre(self, debut, fin, prevue=False):
        """Return the bar that goes from `debut`, included, to `fin`, excluded."""
        start = self.place(debut)
        return Barre(percent(start), percent(self.place(fin) - start), prevue)

    @property
    def annees(self):
        """Return the places of the years, each with its name if there is room to write it."""
        years = range(self.premiere, self.derniere + 1)
        step = -(-len(years) // ANNEES_NOMMEES)
        return [
            (percent(self.place(datetime.date(y, 1, 1))), "" if (y - years[0]) % step else y)
            for y in years
        ]


def percent(value):
    """Write a share of the width as SVG wants it, whatever the language of the page."""
    return f"{value:.2f}%"


@dataclass
class Frise:
    """All that the template draws."""

    axe: EchelleDuTemps
    jour: datetime.date
    couloirs: list
    reperes: list
    hauteur: int

    @property
    def x_jour(self):
        return percent(self.axe.place(self.jour + ONE_DAY))

    @property
    def bas(self):
        return self.hauteur - 18

    @property
    def ancre_jour(self):
        """Return how the day is written beside its line: never out of the drawing."""
        place = self.axe.place(self.jour)
        return "start" if place < 25 else "end" if place > 75 else "middle"

    @property
    def approchee(self):
        return any(repere.approche for repere in self.reperes)

    @property
    def attendue(self):
        return any(repere.numero is None for repere in self.reperes)


def frise(situation, facts, conventions, suites):
    """Return the timeline of `facts` as a drawing, up to the last known day to come; None without fact."""
    if not facts:
        return None
    to_come = [suite for suite in suites if suite.jour]
    axe = EchelleDuTemps(facts[0].jour, max([situation.jour, *(suite.jour for suite in to_come)]))
    lines = [
        ("Dans le programme", "programme", stays(situation)),
        ("Couverte par une ORT", "ort", covers(situation, conventions)),
    ]
    couloirs = []
    for nom, genre, periods in lines:
        if periods:
            couloirs.append(couloir(axe, situation.jour, nom, genre, periods, len(couloirs)))
    reperes = marks(axe, facts, to_come, HAUT + COULOIR * len(couloirs))
    return Frise(axe, situation.jour, couloirs, reperes, max(r.y for r in reperes) + 34)


def stays(situation):
    """Return the times of the commune in the programme, as the day knows them."""
    return [(label.debut, label.fin) for label in situation.labellisations]


def covers(situation, conventions):
    """Return the times of the commune in an ORT, to their end if one is known on the day."""
    found = []
    for convention in (c for c in conventions if c.vaut_ort):
        for couverture in coverages_of(situation, convention):
            times = temps_couverts(couverture, situation.jour)
            found += [(begun.jour, end) for begun, end in times]
    return found


def couloir(axe, jour, nom, genre, periods, rank):
    """Return a line of bars; what lies after the day, and is already known, is set apart."""
    start = axe.place(min(debut for debut, _ in periods))
    ended = start > PLACE_POUR_ECRIRE
    line = Couloir(
        nom,
        genre,
        HAUT + COULOIR * rank,
        percent(GAUCHE + ETENDUE if ended else start),
        "end" if ended else "start",
    )
    after = jour + ONE_DAY
    for debut, fin in periods:
        line.barres.append(axe.barre(debut, min(fin or after, after)))
        if genre == "ort" and fin and fin > after:
            line.barres.append(axe.barre(after, fin, prevue=True))
    return line


def marks(axe, facts, to_come, top):
    """Return the mark of each fact, in the order of the list, then of what is to come: none over another."""
    found, last_of_floor = [], []
    for rank, fact in enumerate([*facts, *to_come]):
        place = axe.place(fact.jour)
        floor = next(
            (n for n, last in enumerate(last_of_floor) if place - last >= ECART),
            len(last_of_floor),
        )
        last_of_floor[floor:] = [place, *last_of_floor[floor + 1 :]]
        numero = rank + 1 if rank < len(facts) else None
        approche = fact.precision != Precision.JOUR
        found.append(Repere(numero, percent(place), top + ETAGE * floor, approche))
    return found
