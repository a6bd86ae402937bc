"""What is read of a file, as plain data, and the refusal of what cannot be read."""

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any, ClassVar

LARGEST_FILE = 5 * 1024 * 1024
MOST_ROWS = 5000
MOST_COLUMNS = 200
# A list of all of France, which a program publishes and nobody fills by hand.
LARGEST_LIST = 50 * 1024 * 1024
MOST_ROWS_OF_LIST = 100_000
# A cell that holds more would be no cell of ours, and a page shows each of them.
LONGEST_CELL = 5000
LISIBLES = "CSV, XLSX, XLS ou ODS"


@dataclass(frozen=True)
class Limites:
    """How many bytes and how many rows a file may have: those of an agent, unless it is told."""

    octets: int = LARGEST_FILE
    lignes: int = MOST_ROWS

    @property
    def taille(self) -> str:
        return f"{self.octets // 1024**2} Mo"


DES_AGENTS = Limites()
DES_LISTES = Limites(LARGEST_LIST, MOST_ROWS_OF_LIST)


class FichierRefuse(Exception):
    """A file that cannot be read at all; its message, in French, says why and what to do.

    `feuilles` names the sheets of a workbook among which only the agent can choose.
    """

    def __init__(self, message: str, feuilles: list[str] | None = None) -> None:
        super().__init__(message)
        self.feuilles = feuilles or []


@dataclass
class Fichier:
    """What was read of a file: its header, and its rows, each under its number in the file.

    A cell is known by the number of its row and its place in the header. `fautes` says why one
    cannot be read; `precisions`, that a date is shown to the month or to the year; `reparations`,
    what was written in a cell that was put right, and what is read. `feuille` is the sheet read,
    `bandeaux` the words above the header, which may say what its columns are about; `ecartees`, the
    rows that are no record: totals, notes, units. `coupee` is the number of the last row of a text that
    stops before its last cell, 0 where none does.
    """

    TUPLES: ClassVar = ("lignes", "fautes", "precisions", "reparations", "ecartees")

    nom: str
    entetes: list[str]
    lignes: list[tuple[int, list[str]]]
    remarques: list[str] = field(default_factory=list)
    fautes: list[tuple[int, int, str]] = field(default_factory=list)
    precisions: list[tuple[int, int, str]] = field(default_factory=list)
    reparations: list[tuple[int, int, str, str]] = field(default_factory=list)
    feuille: str = ""
    bandeaux: list[str] = field(default_factory=list)
    ecartees: list[tuple[int, list[str]]] = field(default_factory=list)
    coupee: int = 0

    @classmethod
    def restored(cls, held: dict[str, Any]) -> "Fichier":
        """Return a `Fichier` from its JSON, which knows no tuples."""
        told = {name: [tuple(line) for line in held.get(name, ())] for name in cls.TUPLES}
        return cls(**{**held, **told})

    def keep_rows(self, numbers: Container[int]) -> None:
        """Keep the rows of these numbers, and what is said of their cells."""
        self.lignes = [line for line in self.lignes if line[0] in numbers]
        self.fautes = [told for told in self.fautes if told[0] in numbers]
        self.precisions = [told for told in self.precisions if told[0] in numbers]
        self.reparations = [told for told in self.reparations if told[0] in numbers]

    def drop_rows(self, numbers: Container[int]) -> None:
        """Set aside rows that are no record."""
        self.ecartees += [line for line in self.lignes if line[0] in numbers]
        self.keep_rows({number for number, _ in self.lignes if number not in numbers})

    def drop_columns(self, places: Container[int]) -> None:
        """Forget whole columns, what they hold and what is said of it."""
        kept = [place for place in range(len(self.entetes)) if place not in places]
        moved = {place: rank for rank, place in enumerate(kept)} | {-1: -1}
        self.entetes = [self.entetes[place] for place in kept]
        for name in ("lignes", "ecartees"):
            rows = getattr(self, name)
            setattr(self, name, [(n, [cells[place] for place in kept]) for n, cells in rows])
        for name in ("fautes", "precisions", "reparations"):
            told = [line for line in getattr(self, name) if line[1] in moved]
            setattr(self, name, [(line[0], moved[line[1]], *line[2:]) for line in told])
