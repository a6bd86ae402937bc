"""The shape of a national list: by its headers it is told from any other file, before a row is read."""

from dataclasses import dataclass

from socle.fichiers.tableau.dire import quoted
from socle.fichiers.tableau.fichier import FichierRefuse
from socle.fichiers.tableau.noms import bare_name


@dataclass(frozen=True)
class FormeDeListe:
    """What a list is called, and the headers that it always has."""

    nom: str
    entetes: tuple[str, ...]

    def absentes(self, fichier):
        """Return the headers of the list that a file has not."""
        there = {bare_name(header) for header in fichier.entetes}
        return [header for header in self.entetes if bare_name(header) not in there]

    def refuse_otherwise(self, fichier, autres=()):
        """Raise `FichierRefuse` for a file of another shape; if it is one of `autres`, name that list."""
        absentes = self.absentes(fichier)
        if not absentes:
            return
        for autre in autres:
            if not autre.absentes(fichier):
                raise FichierRefuse(
                    f"{fichier.nom} : c'est {autre.nom}, et non {self.nom}. Envoyez chaque liste sous "
                    "son nom."
                )
        are = "colonne absente" if len(absentes) == 1 else "colonnes absentes"
        raise FichierRefuse(
            f"{fichier.nom} : ce n'est pas {self.nom} ({are} : {quoted(absentes)})."
        )
