"""How a file is read without losing the zeros of its codes: one line a program, made from the columns."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recette:
    """A line to copy for a program, or, without `code`, what is done in it; `essayee`, the tests run it."""

    programme: str
    texte: str
    essayee: bool
    code: bool = True


def textes_de(colonnes):
    """Return the names of the columns that a program could take for numbers: codes, numbers of acts."""
    return [
        colonne.nom
        for colonne in colonnes
        if colonne.type == "string" and "enum" not in colonne.contraintes
    ]


def of_type(colonnes, type):
    return [colonne.nom for colonne in colonnes if colonne.type == type]


def recettes(colonnes, adresse):
    """Return how the CSV at `adresse` is read by each program."""
    textes, jours = textes_de(colonnes), of_type(colonnes, "date")
    return [
        Recette("pandas (Python)", pandas(adresse, textes, jours), True),
        Recette("DuckDB", duckdb(adresse, textes), True),
        Recette("R", r(adresse, textes), False),
        Recette("QGIS", qgis(adresse), False, code=False),
    ]


def pandas(adresse, textes, jours):
    dtype = ", ".join(f'"{nom}": "string"' for nom in textes)
    dates = ", ".join(f'"{nom}"' for nom in jours)
    return f'pandas.read_csv("{adresse}", dtype={{{dtype}}}, parse_dates=[{dates}])'


def duckdb(adresse, textes):
    types = ", ".join(f"'{nom}': 'VARCHAR'" for nom in textes)
    return f"SELECT * FROM read_csv('{adresse}', header = true, types = {{{types}}})"


def r(adresse, textes):
    types = ", ".join(f'{nom} = "c"' for nom in textes)
    return f'readr::read_csv("{adresse}", col_types = readr::cols({types}))'


def qgis(adresse):
    return (
        f"Couche > Ajouter une couche > Texte délimité, adresse {adresse}, séparateur virgule, « Détecter le "
        "type des champs » décoché : tout y reste du texte."
    )
