"""The columns that an address asks for: `?colonnes=code_insee,nom_commune`, in that order."""

from dataclasses import dataclass

from socle.fichiers.colonnes import Table
from socle.web.refus import DemandeInvalide, quoted


@dataclass(frozen=True)
class ColonnesChoisies:
    """The columns of a table that go out, by their names: all of them unless some are asked for."""

    table: Table
    noms: tuple[str, ...]

    @property
    def colonnes(self):
        by_name = {colonne.nom: colonne for colonne in self.table.colonnes}
        return tuple(by_name[nom] for nom in self.noms)

    @property
    def toutes(self):
        return list(self.noms) == self.table.entete

    def of(self, header, rows):
        """Return the header and the rows of a file with these columns alone."""
        if self.toutes:
            return header, rows
        places = [header.index(nom) for nom in self.noms]
        return list(self.noms), ([row[place] for place in places] for row in rows)


def colonnes_demandees(request, table):
    """Return the columns that `?colonnes=` asks for.

    Raises `DemandeInvalide` for one that the table has not, or that is asked for twice.
    """
    text = request.GET.get("colonnes", "").strip()
    if not text:
        return ColonnesChoisies(table, tuple(table.entete))
    noms = [nom.strip() for nom in text.split(",")]
    for rank, nom in enumerate(noms):
        if not nom:
            raise DemandeInvalide(
                f"Le critère « colonnes={quoted(text)} » a une virgule de trop : une colonne s'y nomme entre "
                "deux virgules."
            )
        if nom not in table.entete:
            raise DemandeInvalide(
                f"Le critère « colonnes={quoted(text)} » ne peut être suivi : ce tableau n'a pas de colonne "
                f"« {quoted(nom)} ». Son dictionnaire est dans la page des données."
            )
        if nom in noms[:rank]:
            raise DemandeInvalide(
                f"Le critère « colonnes={quoted(text)} » demande deux fois « {nom} »."
            )
    return ColonnesChoisies(table, tuple(noms))
