"""What each column of a file is taken for: by its name, by what was said before, or as a guess."""

from dataclasses import dataclass
from difflib import get_close_matches

from socle.fichiers.tableau.fichier import Fichier, FichierRefuse
from socle.fichiers.tableau.noms import bare_name

# Why a row was refused, in the file that sends it back.
REFUS = "pourquoi"
DATE_SITUATION = "date_situation"
# Written by our own downloads, and of no use here.
ALWAYS_IGNORED = (REFUS, DATE_SITUATION, "annee_cog", "tenue", "tenue_departement")
# Written by our exports before their rows had a key: it told of nothing that an import checked.
OLD_KEY = "pk"
# What a column is taken for when nothing of it is read.
IGNOREE = ""
SHOWN_VALUES = 3
# Two names that share less are not taken for one another.
CLOSE_ENOUGH = 0.75


@dataclass
class ColonneDuFichier:
    """A column of a file: its first values, and what it is taken for.

    `colonne` is one of the Resource, `IGNOREE`, or None when nobody knows. `sure` tells whether that
    needs no question: the name is known, or an agent has said so before (`retenue`). `unite` is that
    of its amounts, where an agent has said it.
    """

    entete: str
    valeurs: list[str]
    colonne: str | None = None
    sure: bool = False
    retenue: bool = False
    unite: str = ""


def correspondance(fichier: Fichier, ressource, retenues: dict[str, str]) -> list[ColonneDuFichier]:
    """Return the columns of `fichier`, each with what it is taken for.

    `retenues` is what agents have said before, by bare name of a header. Of two columns that would
    be the same, the first is, and the other is asked. Raises `FichierRefuse` for a header written
    twice.
    """
    known = known_columns(fichier, ressource)
    columns, taken = [], set()
    for place, header in enumerate(fichier.entetes):
        if header in fichier.entetes[:place]:
            raise FichierRefuse(f"{fichier.nom} : colonne « {header} » écrite deux fois.")
        name = bare_name(header)
        if name == OLD_KEY:
            raise FichierRefuse(
                f"{fichier.nom} : ce tableau vient d'un ancien export, dont les lignes ne disent pas "
                "sûrement de quelle fiche elles sont. Exportez de nouveau la liste, ou retirez la "
                f"colonne « {header} »."
            )
        found = ColonneDuFichier(header, first_values(fichier, place))
        if name in retenues:
            found.colonne, found.sure, found.retenue = retenues[name], True, True
        elif name in known:
            found.colonne, found.sure = known[name], True
        if found.colonne and found.colonne in taken:
            found.colonne, found.sure = None, False
        taken.add(found.colonne)
        columns.append(found)
    name_in_place_of_code(columns, ressource)
    for found in columns:
        if found.colonne is None and found.entete not in ressource.a_dire:
            found.colonne = guess(found.entete, ressource, taken)
            taken.add(found.colonne)
    return columns


def name_in_place_of_code(columns: list[ColonneDuFichier], ressource) -> None:
    """Take the column of a name for that of the code that it usually goes with, where there is no code."""
    for code in missing_columns(columns, ressource):
        names = {bare_name(name) for name in ressource.temoins.get(code, ())}
        named = [f for f in columns if bare_name(f.entete) in names and not f.retenue]
        for found in named[:1]:
            found.colonne, found.sure = code, True


def all_sure(columns: list[ColonneDuFichier], ressource) -> bool:
    """Tell whether a file can be read without a question."""
    return all(found.sure for found in columns) and not missing_columns(columns, ressource)


def sure_columns(
    fichier: Fichier, ressource, retenues: dict[str, str] | None = None
) -> dict[str, str]:
    """Return what each header of a file is, when all of them are known and none is missing.

    `retenues` is what agents have said before. Raises `FichierRefuse`, which names the column.
    """
    columns = correspondance(fichier, ressource, retenues or {})
    for found in columns:
        if not found.sure:
            raise FichierRefuse(f"{fichier.nom} : {doubt(found, columns, fichier, ressource)}")
    if absent := missing_columns(columns, ressource):
        raise FichierRefuse(f"{fichier.nom} : colonne « {absent[0]} » absente.")
    return {found.entete: found.colonne for found in columns}


def doubt(unsure: ColonneDuFichier, columns, fichier: Fichier, ressource) -> str:
    """Return why a column is not known for sure."""
    meant = known_columns(fichier, ressource).get(bare_name(unsure.entete))
    for found in columns:
        if meant and found.colonne == meant and found is not unsure:
            return f"les colonnes « {found.entete} » et « {unsure.entete} » disent toutes deux « {meant} »."
    possible = ", ".join(ressource.columns)
    return f"colonne « {unsure.entete} » inconnue. Colonnes possibles : {possible}."


def names_read(ressource) -> dict[str, str]:
    """Return the columns that are read, each by the bare form of all its names."""
    read = {bare_name(alias): column for alias, column in ressource.autres_noms.items()}
    read |= {bare_name(column): column for column in ressource.columns}
    if ressource.cle:
        read[bare_name(ressource.cle.colonne)] = ressource.cle.colonne
    return read


def names_told(ressource) -> set[str]:
    """Return the bare names of the columns that tell, and are not read."""
    told = (*ressource.informatives, *ressource.calculees, *ALWAYS_IGNORED)
    return {bare_name(name) for name in told}


def known_columns(fichier: Fichier, ressource) -> dict[str, str]:
    """Return what is known of the names of columns, by bare name; `IGNOREE` for what only tells."""
    present = {bare_name(name) for name in (*fichier.entetes, *fichier.bandeaux)}
    misleading = {
        bare_name(name)
        for name, markers in ressource.trompeuses.items()
        if present & {bare_name(marker) for marker in markers}
    }
    read = {n: column for n, column in names_read(ressource).items() if n not in misleading}
    return dict.fromkeys(names_told(ressource) | misleading, IGNOREE) | read


def guess(header: str, ressource, taken: set) -> str | None:
    """Return the column whose name, or another of its names, is closest to `header`, or None."""
    free = {n: column for n, column in names_read(ressource).items() if column not in taken}
    found = get_close_matches(bare_name(header), free, n=1, cutoff=CLOSE_ENOUGH)
    return free[found[0]] if found else None


def first_values(fichier: Fichier, place: int) -> list[str]:
    """Return the first values of a column, each once."""
    cells = (cells[place] for _, cells in fichier.lignes if cells[place])
    return list(dict.fromkeys(cells))[:SHOWN_VALUES]


def missing_columns(columns, ressource) -> list[str]:
    """Return the columns without which the rows cannot be read, and that none of `columns` is."""
    there = {found.colonne for found in columns}
    return [
        column
        for column in ressource.required_columns
        if column not in there and not there.issuperset(ressource.a_defaut.get(column, (column,)))
    ]
