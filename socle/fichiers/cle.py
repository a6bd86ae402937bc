"""The key that a row of our downloads bears for good, by which it comes back to its own record."""

import re
from dataclasses import dataclass

from django.db.models import Model, Q

from socle.fichiers.colonnes import Colonne


@dataclass(frozen=True)
class Cle:
    """How the rows of a table name their record: `titulaire-12`, in the column `titulaire_cle`.

    `porteurs` are the fields that no correction of a row changes, the post of a holder for instance:
    by them is told a row that a sort, or a copy, has set apart from its key. A record that bears its
    own key has it in the field `champ`, and its column under a name of its own.
    """

    sorte: str
    porteurs: tuple[str, ...]
    colonne: str
    champ: str = "pk"

    def of(self, record: Model) -> str:
        """Return the key of a record."""
        held = getattr(record, self.champ)
        return f"{self.sorte}-{held}" if self.champ == "pk" else held

    def named(self, keys: set[str]) -> Q:
        """Return the condition that keeps the records of `keys`, as they are written in a file."""
        if self.champ != "pk":
            return Q(**{f"{self.champ}__dans": sorted(keys)})
        numbers = (re.fullmatch(rf"{self.sorte}-([1-9]\d{{0,17}})", key) for key in keys)
        return Q(pk__dans=[int(found.group(1)) for found in numbers if found])

    def interne(self) -> Colonne:
        """Return the column of the key in an internal table."""
        return Colonne(self.colonne, self.of, "Interne.")


def cle_interne(sorte: str, *porteurs: str) -> Cle:
    """Return the key of records that no public file names."""
    return Cle(sorte, porteurs, f"{sorte}_cle")
