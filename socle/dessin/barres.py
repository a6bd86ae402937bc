"""Bars drawn on the server, lying on one scale, told in a table too; a mark may stand across them.

No script and no style: shapes have classes, as those of the other charts. A bar of which nothing is
known is not drawn, and its name says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

Number = int | Decimal

WIDTH, BAR, ROW = 400, 18, 46
# Room over the bars for what the mark says, and under the last.
TOP, BOTTOM = 26, 6
# What the name of a bar takes over it.
NAME = 20


@dataclass(frozen=True)
class Mesure:
    """A value and how it reads: `texte` is what the table says of it; None is not known."""

    nom: str
    valeur: Number | None
    texte: str


@dataclass(frozen=True)
class BarreTracee:
    """A bar once drawn: the height of its name, its own, and its length."""

    rang: int
    mesure: Mesure
    y_nom: int
    y: int
    longueur: int


@dataclass
class Barres:
    """Some measures on one scale, from zero, and perhaps a mark across them: `repere`.

    `cle` tells apart the drawings of a page; `titre` names the drawing and its table, whose headers
    are `entetes`. `notes` say what the drawing does not.
    """

    cle: str
    titre: str
    mesures: Sequence[Mesure]
    entetes: tuple[str, str]
    repere: Mesure | None = None
    notes: list[str] = field(default_factory=list)
    # Bars of one kind have one pattern: each is told by its name.
    semblables: bool = False

    largeur, barre = WIDTH, BAR

    @property
    def motifs(self) -> list[int]:
        """Return the ranks of the patterns."""
        return [0] if self.semblables else list(range(len(self.mesures)))

    @property
    def haut(self) -> int:
        return TOP if self.repere else 0

    @property
    def hauteur(self) -> int:
        return self.haut + ROW * len(self.mesures) + BOTTOM

    @cached_property
    def plus_grand(self) -> Number:
        """Return the value that fills the width."""
        shown = [*self.mesures, *([self.repere] if self.repere else [])]
        return max([mesure.valeur for mesure in shown if mesure.valeur], default=1)

    def x(self, valeur: Number) -> int:
        """Return where a value stands; one that is not zero is seen."""
        place = round(valeur / self.plus_grand * (WIDTH - 2))
        return max(place, 2) if valeur else 0

    @property
    def tracees(self) -> list[BarreTracee]:
        """Return the bars, from top to bottom."""
        drawn = []
        for rang, mesure in enumerate(self.mesures):
            top = self.haut + rang * ROW
            length = self.x(mesure.valeur or 0)
            motif = 0 if self.semblables else rang
            drawn.append(BarreTracee(motif, mesure, top + NAME - 6, top + NAME, length))
        return drawn

    @property
    def x_repere(self) -> int:
        """Return where the mark stands."""
        known = self.repere is not None and self.repere.valeur is not None
        return self.x(self.repere.valeur) if known else 0

    @property
    def ancre(self) -> str:
        """Return which end of its words the mark bears, so that they stay in the drawing."""
        return "end" if self.x_repere > WIDTH // 2 else "start"

    @property
    def lignes(self) -> list[Mesure]:
        """Return the rows of the table: the mark first."""
        return [*([self.repere] if self.repere else []), *self.mesures]

    @property
    def description(self) -> str:
        """Say what a reader would see."""
        return " ; ".join(f"{mesure.nom} : {mesure.texte}" for mesure in self.lignes) + "."
