"""A sheet as every format gives it: the cells that hold something, by row and column, from 1."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from socle.fichiers.tableau.fichier import MOST_COLUMNS, MOST_ROWS, FichierRefuse

# Titles and notes come on top of the rows that an import accepts.
BEYOND = 200
WIDEST = MOST_COLUMNS * 2
LAST_COLUMN = 16_384
MOST_MERGED = 1_000_000


@dataclass(frozen=True, slots=True)
class Cellule:
    """A cell as its sheet shows it: why it cannot be read, how exact its date is, what it was."""

    texte: str
    faute: str = ""
    precision: str = ""
    ecrit: str = ""


# First and last row, first and last column.
Plage = tuple[int, int, int, int]


@dataclass
class Feuille:
    """The filled cells of a sheet; `trop_longue` when there are more rows than anyone would read.

    `au_plus` is how many rows an import accepts. `largeurs` gives, of a text, how many cells each row
    has: their order is their only place; `inachevee`, that it ends in the middle of a line.
    """

    nom: str
    au_plus: int = MOST_ROWS
    lignes: dict[int, dict[int, Cellule]] = field(default_factory=dict)
    cachee: bool = False
    fusions: list[Plage] = field(default_factory=list)
    lignes_masquees: set[int] = field(default_factory=set)
    colonnes_masquees: set[int] = field(default_factory=set)
    filtree: bool = False
    trop_longue: bool = False
    largeurs: dict[int, int] = field(default_factory=dict)
    inachevee: bool = False

    @property
    def gardees(self) -> int:
        """Return how many rows are kept: more would be refused."""
        return self.au_plus + BEYOND

    def put(self, row: int, column: int, cell: Cellule) -> None:
        """Keep a cell that holds something."""
        if cell.texte or cell.faute:
            self.lignes.setdefault(row, {})[column] = cell
            self.trop_longue = self.trop_longue or len(self.lignes) > self.gardees

    def hide(self, first: int, last: int) -> None:
        """Keep that columns are hidden, as far as a table of ours goes."""
        self.colonnes_masquees.update(range(first, min(last, WIDEST) + 1))

    def rows(self) -> Iterator[tuple[int, dict[int, Cellule]]]:
        for number in sorted(self.lignes):
            yield number, self.lignes[number]

    def spread(self, header: int) -> int:
        """Give the value of each range merged below the row `header` to every cell that it covers.

        Return how many cells got one. A range alone on its row is a title, left as it is written.
        """
        given, looked_at, last_row = 0, 0, max(self.lignes, default=0)
        for first, last, left, right in self.fusions:
            cell = self.lignes.get(first, {}).get(left)
            if cell is None or first <= header or (first == last and len(self.lignes[first]) == 1):
                continue
            rows = range(first, min(last, last_row) + 1)
            columns = range(left, min(right, WIDEST) + 1)
            looked_at += len(rows) * len(columns)
            if looked_at > MOST_MERGED:
                raise FichierRefuse("trop de cellules fusionnées : défaites ces fusions.")
            for row in rows:
                for column in columns:
                    if row in self.lignes and column not in self.lignes[row]:
                        self.put(row, column, cell)
                        given += 1
        return given


def letters(column: int) -> str:
    """Return the letters of a column as a spreadsheet names it: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def address(row: int, column: int) -> str:
    return f"{letters(column)}{row}"
