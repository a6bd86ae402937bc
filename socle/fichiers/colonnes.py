"""What a table that goes out is made of: one ordered list of columns, for every format."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Prefetch

from socle.sources import Affirmation


@dataclass(frozen=True)
class Colonne:
    """A column: its name, which never changes, how to read it from a row, and what it means.

    `type` is one of Table Schema: string, date, integer, boolean.
    """

    nom: str
    valeur: Callable
    description: str
    type: str = "string"
    contraintes: dict = field(default_factory=dict)

    @property
    def titre(self):
        return self.nom.replace("_", " ")


DATE_SITUATION = Colonne(
    "date_situation",
    None,
    "Jour dont le fichier dit la situation.",
    "date",
    {"required": True},
)
ANNEE_COG = Colonne(
    "annee_cog",
    None,
    "Millésime du code officiel géographique en vigueur ce jour-là.",
    "integer",
    {"required": True},
)


@dataclass(frozen=True)
class Table:
    """A public table: `colonnes` in their order, after the day of the situation and the vintage."""

    nom: str
    titre: str
    ligne: str
    propres: tuple

    @property
    def colonnes(self):
        return (DATE_SITUATION, ANNEE_COG, *self.propres)

    @property
    def entete(self):
        return [colonne.nom for colonne in self.colonnes]

    def lignes(self, rows, jour, annee_cog):
        """Yield the cells of each of `rows`, in the order of the columns; None is an empty cell."""
        for row in rows:
            cells = (colonne.valeur(row) for colonne in self.propres)
            yield [jour, annee_cog, *(None if cell == "" else cell for cell in cells)]

    def schema(self):
        """Return the Table Schema of the file, as a dictionary."""
        return {
            "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
            "name": self.nom,
            "title": self.titre,
            "description": self.ligne,
            "fields": [
                {
                    "name": colonne.nom,
                    "title": colonne.titre,
                    "description": colonne.description,
                    "type": colonne.type,
                    **({"constraints": colonne.contraintes} if colonne.contraintes else {}),
                }
                for colonne in self.colonnes
            ],
        }


@dataclass(frozen=True)
class Export:
    """An internal table: its `colonnes`, and how the records of a list become its rows on a day."""

    titre: str
    colonnes: tuple
    rows: Callable

    @property
    def entete(self):
        return ["date_situation", *(colonne.nom for colonne in self.colonnes)]

    def lignes(self, records, jour):
        for row in self.rows(records, jour):
            yield [jour, *(colonne.valeur(row) for colonne in self.colonnes)]


def dits(lookup="affirmations"):
    """Return the prefetch of what sources say, and the records hold, as `dits` on each record."""
    said = Affirmation.objects.retenues().select_related("source").order_by("pk")
    return Prefetch(lookup, said, to_attr="dits")


def source_of(champ, record=lambda row: row):
    """Return how to read the key of the source, the last one, of a date of a row."""

    def read(row):
        keys = [said.source.cle for said in record(row).dits if said.champ == champ]
        return keys[-1] if keys else None

    return read


def colonne_champ(name, attribute=None, record=lambda row: row):
    """Return the column of a field of the record, internal and as the base holds it."""
    attribute = attribute or name
    return Colonne(name, lambda row: getattr(record(row), attribute), "Interne.")


def colonne_source(name, champ, record=lambda row: row):
    """Return the column of the source of a date."""
    return Colonne(name, source_of(champ, record), "Interne.")
