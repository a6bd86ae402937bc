"""What a table that goes out is made of: one ordered list of columns, for every format."""

import datetime
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from django.db.models import Prefetch

from socle.coordonnees import coordonnees_cachees
from socle.sources import Affirmation

Reader = Callable[[Any], Any]


def itself(row: Any) -> Any:
    """Return the record of a row that is one."""
    return row


@dataclass(frozen=True)
class Colonne:
    """A column: its name, which never changes, how to read it from a row, and what it means.

    `type` is one of Table Schema: string, date, integer, number, boolean.
    """

    nom: str
    valeur: Reader
    description: str
    type: str = "string"
    contraintes: dict[str, Any] = field(default_factory=dict)

    @property
    def titre(self) -> str:
        return self.nom.replace("_", " ")


DATE_SITUATION = Colonne(
    "date_situation",
    itself,
    "Jour dont le fichier dit la situation.",
    "date",
    {"required": True},
)
ANNEE_COG = Colonne(
    "annee_cog",
    itself,
    "Millésime du code officiel géographique en vigueur ce jour-là.",
    "integer",
    {"required": True},
)


@dataclass(frozen=True)
class Table:
    """A public table: `colonnes` in their order, after the day of the situation and the vintage.

    `d_un_jour` tells whether it is asked for a day; that of all days is a history.
    """

    nom: str
    titre: str
    ligne: str
    propres: tuple[Colonne, ...]
    d_un_jour: ClassVar[bool] = True

    @property
    def colonnes(self) -> tuple[Colonne, ...]:
        return (DATE_SITUATION, ANNEE_COG, *self.propres)

    @property
    def entete(self) -> list[str]:
        return [colonne.nom for colonne in self.colonnes]

    def lignes(
        self, rows: Iterable[Any], jour: datetime.date, annee_cog: int | None
    ) -> Iterator[list[Any]]:
        """Yield the cells of each of `rows`, in the order of the columns; None is an empty cell."""
        for row in rows:
            cells = (colonne.valeur(row) for colonne in self.propres)
            yield [jour, annee_cog, *(None if cell == "" else cell for cell in cells)]


@dataclass(frozen=True)
class Export:
    """An internal table: its `colonnes`, and how the records of a list become its rows on a day.

    Those of `coordonnees` tell how to reach a person.
    """

    titre: str
    colonnes: tuple[Colonne, ...]
    rows: Callable[[Any, datetime.date], Iterable[Any]]
    coordonnees: tuple[str, ...] = ()

    def for_user(self, user: Any) -> "Export":
        """Return the table that `user` may take away: who only reads leaves how to reach people."""
        cachees = coordonnees_cachees(user, self)
        return replace(self, colonnes=tuple(c for c in self.colonnes if c.nom not in cachees))

    @property
    def entete(self) -> list[str]:
        return ["date_situation", *(colonne.nom for colonne in self.colonnes)]

    def lignes(self, records: Any, jour: datetime.date) -> Iterator[list[Any]]:
        for row in self.rows(records, jour):
            yield [jour, *(colonne.valeur(row) for colonne in self.colonnes)]

    def feuille(self, records: Any, jour: datetime.date) -> tuple[list[str], Iterable[list[Any]]]:
        """Return the header, and the rows, of the file: some have the columns that their rows need."""
        return self.entete, self.lignes(records, jour)


def cells_of(colonnes: Iterable[Colonne], names: Container[str], row: Any) -> dict[str, Any]:
    """Return what the columns of these names say of a row, by name."""
    return {colonne.nom: colonne.valeur(row) for colonne in colonnes if colonne.nom in names}


def dits(lookup: str = "affirmations") -> Any:
    """Return the prefetch of what sources say, and the records hold, as `dits` on each record."""
    said = Affirmation.objects.retenues().select_related("source").order_by("pk")
    return Prefetch(lookup, said, to_attr="dits")


def source_of(champ: str, record: Reader = itself) -> Reader:
    """Return how to read the key of the source, the last one, of a date of a row."""

    def read(row: Any) -> Any:
        keys = [said.source.cle for said in record(row).dits if said.champ == champ]
        return keys[-1] if keys else None

    return read


def colonne_champ(name: str, attribute: str | None = None, record: Reader = itself) -> Colonne:
    """Return the column of a field of the record, internal and as the base holds it."""
    read = attribute or name
    return Colonne(name, lambda row: getattr(record(row), read), "Interne.")


def colonne_source(name: str, champ: str, record: Reader = itself) -> Colonne:
    """Return the column of the source of a date."""
    return Colonne(name, source_of(champ, record), "Interne.")
