"""Time cut where a fact changes: between two cuts, each row of a table of the day says the same thing.

No rule is told here. The rows of a day are asked of whoever tells those of the table of the day, once
for each day on which a fact begins or ends; neighbours that say the same are one period.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from communes.territoire.colonnes import colonne_precision
from pvd.portail.partage.etendue import HISTORIQUE
from socle.dates import Precision
from socle.fichiers.colonnes import Colonne, Table
from socle.periodes import Etape, etapes

# The least exact first: a period whose days are told by several facts is known as the least of them.
DE_MOINS_EN_PLUS = (
    Precision.ANNEE,
    Precision.MOIS,
    Precision.AU_PLUS_TARD,
    Precision.JOUR,
)


class Borne(NamedTuple):
    """A day on which a fact begins or ends, how exactly it is known, and the keys of who says it.

    `colonnes` are those that the fact may change, None for any.
    """

    jour: datetime.date
    precision: str = Precision.JOUR
    sources: tuple[str, ...] = ()
    colonnes: frozenset[str] | None = None


@dataclass
class Bord:
    """An end of a period: its day, None without end, how exactly it is known, and who says it."""

    jour: datetime.date | None
    precision: str | None = None
    sources: str = ""


@dataclass
class LigneHistoire:
    """A row of a history: what `cellules`, in the order of its own columns, said from `debut` to `fin`."""

    debut: Bord
    fin: Bord
    cellules: tuple[Any, ...]


# What a day says: by the key of each row, its cells in the order of the columns.
Lignes = dict[Any, tuple[Any, ...]]


def periodes(
    bornes: Iterable[Borne],
    lignes_au: Callable[[datetime.date], Lignes],
    colonnes: list[str],
    presence: str,
    horizon: datetime.date,
) -> Iterator[LigneHistoire]:
    """Yield the periods of the rows that `lignes_au` gives on a day, in the order of keys then of days.

    `presence` is the column whose facts bring a row into its table, and take it out. Nothing that comes
    after `horizon` shows: the period that runs then has no end.
    """

    def bord(jour: datetime.date | None, before: Etape, after: Etape) -> Bord:
        if jour is None:
            return Bord(None)
        return told_by(jour, by_day[jour], changed(before, after, colonnes) or {presence})

    by_day: dict[datetime.date, list[Borne]] = {}
    for borne in bornes:
        if borne.jour <= horizon:
            by_day.setdefault(borne.jour, []).append(borne)
    stretches = etapes(by_day or [horizon], lignes_au)
    keys = {key for stretch in stretches for key in stretch.valeur}
    for key in sorted(keys):
        told = one_row([stretch._replace(valeur=stretch.valeur.get(key)) for stretch in stretches])
        for before, here, after in with_neighbours(told):
            if here.valeur is not None:
                debut, fin = bord(here.debut, before, here), bord(here.fin, here, after)
                yield LigneHistoire(debut, fin, here.valeur)


def one_row(stretches: list[Etape]) -> list[Etape]:
    """Return the stretches of one row, those that follow each other and say the same being one."""
    found = stretches[:1]
    for stretch in stretches[1:]:
        if stretch.valeur == found[-1].valeur:
            found[-1] = found[-1]._replace(fin=stretch.fin)
        else:
            found.append(stretch)
    return found


def with_neighbours(stretches: list[Etape]) -> Iterator[tuple[Etape, Etape, Etape]]:
    """Yield each stretch between the one before and the one after: at the ends, nothing is told."""
    nothing = Etape(None, None, None)
    yield from zip([nothing, *stretches], stretches, [*stretches[1:], nothing], strict=False)


def changed(before: Etape, after: Etape, colonnes: list[str]) -> set[str]:
    """Return the columns whose cells are not the same on both sides; none when a side has no row."""
    if before.valeur is None or after.valeur is None:
        return set()
    cells = zip(colonnes, before.valeur, after.valeur, strict=True)
    return {nom for nom, one, other in cells if one != other}


def told_by(jour: datetime.date, there: list[Borne], moved: set[str]) -> Bord:
    """Return an end of a period, by the facts of that day that move the columns which change there."""
    moving = [b for b in there if b.colonnes is None or not b.colonnes.isdisjoint(moved)]
    # A column that no fact is known to move is told by all those of the day.
    told = moving or there
    precision = min((borne.precision for borne in told), key=DE_MOINS_EN_PLUS.index)
    keys = sorted({key for borne in told for key in borne.sources})
    return Bord(jour, str(precision), "|".join(keys))


DEBUT = Colonne(
    "debut",
    lambda ligne: ligne.debut.jour,
    "Premier jour où la ligne vaut, compris ; vide : elle vaut depuis toujours, ou l'on ne sait pas "
    "depuis quand.",
    "date",
)
FIN = Colonne(
    "fin",
    lambda ligne: ligne.fin.jour,
    "Premier jour où la ligne ne vaut plus ; vide : elle vaut toujours.",
    "date",
)
PRECISION_DEBUT = colonne_precision(
    "debut_precision",
    lambda ligne: ligne.debut.precision,
    "ce premier jour : de plusieurs faits d'un même jour, le moins précis",
)
PRECISION_FIN = colonne_precision(
    "fin_precision", lambda ligne: ligne.fin.precision, "la fin, premier jour où elle ne vaut plus"
)
SOURCES_DEBUT = Colonne(
    "debut_sources",
    lambda ligne: ligne.debut.sources,
    "Clés des sources qui disent ce premier jour, celles du fichier des sources, séparées par « | » ; "
    "vide si aucune n'est publiée.",
)
SOURCES_FIN = Colonne(
    "fin_sources",
    lambda ligne: ligne.fin.sources,
    "Clés des sources qui disent le premier jour où elle ne vaut plus.",
)
DE_PERIODE = (DEBUT, FIN, PRECISION_DEBUT, PRECISION_FIN, SOURCES_DEBUT, SOURCES_FIN)


@dataclass(frozen=True)
class TableHistoire(Table):
    """A history: the days of each row, then its own columns, which are read once a period."""

    d_un_jour: ClassVar[bool] = False

    @property
    def colonnes(self) -> tuple[Colonne, ...]:
        return (*DE_PERIODE, *self.propres)

    @property
    def noms(self) -> list[str]:
        """Return the names of its own columns, in their order."""
        return [colonne.nom for colonne in self.propres]

    def cellules(self, row: Any) -> tuple[Any, ...]:
        """Return what its own columns say of a row of the day; None is an empty cell."""
        cells = (colonne.valeur(row) for colonne in self.propres)
        return tuple(None if cell == "" else cell for cell in cells)

    def lignes(
        self, rows: Iterable[LigneHistoire], jour: datetime.date, annee_cog: int | None
    ) -> Iterator[list[Any]]:
        """Yield the cells of each period, in the order of the columns: neither a day nor its vintage."""
        for row in rows:
            told = (colonne.valeur(row) for colonne in DE_PERIODE)
            yield [*(None if cell == "" else cell for cell in told), *row.cellules]


def sans_unicite(colonne: Colonne) -> Colonne:
    """Return a column of a table of the day as its history has it: a key comes back in each period."""
    kept = {name: rule for name, rule in colonne.contraintes.items() if name != "unique"}
    return Colonne(colonne.nom, colonne.valeur, colonne.description, colonne.type, kept)


def histoire_de(
    table: Table, ligne: str, hors: Iterable[str] = (), en_plus: Iterable[Colonne] = ()
) -> TableHistoire:
    """Return the history of a table of the day: its columns, but those that no period holds, in `hors`."""
    kept = [sans_unicite(c) for c in table.propres if c.nom not in set(hors)]
    return TableHistoire(
        f"{HISTORIQUE}{table.nom}", f"{table.titre} : l'histoire", ligne, (*kept, *en_plus)
    )
