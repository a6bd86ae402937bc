"""The columns of a file under the names that their Resource knows, and its cells put right."""

import re
import unicodedata
from dataclasses import dataclass, field

from socle.fichiers.lecture import FichierRefuse

REFUS = "motif_du_refus"
# « Date d'entrée », « Date de l'avenant »: words that name nothing by themselves.
LINK_WORDS = {"d", "de", "du", "des", "l", "la", "le", "les"}
# Written by our own downloads, and of no use here.
DAY = "date_situation"
ALWAYS_IGNORED = (REFUS, DAY, "annee_cog")
# Written by our exports before their rows had a key: it told of nothing that an import checked.
OLD_KEY = "pk"
EMPTY_WORDS = {"na", "n/a", "nan", "null"}


@dataclass
class LigneLue:
    """A row by column, and the codes that were put right: (column, as written, as read).

    `calculees` are the cells that our downloads compute, by column, and the day of which they do.
    """

    numero: int
    cellules: dict
    reparations: list = field(default_factory=list)
    calculees: dict = field(default_factory=dict)


@dataclass
class TableLue:
    """The rows of a file for one Resource; `ignorees` are its columns that change nothing."""

    colonnes: list
    lignes: list
    ignorees: list


def bare_name(text):
    """Return a column name without case, accents, signs nor link words.

    « Code INSEE » is `codeinsee`, « Date d'entrée » is `dateentree`.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return "".join(w for w in re.findall(r"[^\W_]+", plain) if w not in LINK_WORDS)


def read_table(fichier, ressource):
    """Return the `TableLue` of `fichier`: known columns renamed, informative ones set aside.

    Raises `FichierRefuse` for a column that nobody knows, one written twice, or one that misses.
    """
    names = recognised(fichier, ressource)
    absent = [column for column in ressource.required_columns if column not in names.values()]
    if absent:
        raise FichierRefuse(f"{fichier.nom} : colonne « {absent[0]} » absente.")
    positions = {names[header]: i for i, header in enumerate(fichier.entetes) if names[header]}
    computed = computed_columns(fichier, ressource, names)
    lignes = []
    for number, cells in fichier.lignes:
        ligne = LigneLue(number, {column: cells[i] for column, i in positions.items()})
        put_right(ligne, ressource.codes)
        ligne.calculees = {column: cells[i] for column, i in computed.items()}
        lignes.append(ligne)
    return TableLue(list(positions), lignes, [h for h in fichier.entetes if not names[h]])


def recognised(fichier, ressource):
    """Return, for each header of the file, the column it names, or None if it is informative."""
    known = {bare_name(alias): column for alias, column in ressource.autres_noms.items()}
    known |= {bare_name(column): column for column in ressource.columns}
    if ressource.cle:
        known[bare_name(ressource.cle.colonne)] = ressource.cle.colonne
    told = (*ressource.informatives, *ressource.calculees, *ALWAYS_IGNORED)
    ignored = {bare_name(name) for name in told}.difference(known)
    present = {bare_name(header) for header in fichier.entetes}
    misleading = {
        bare_name(name)
        for name, markers in ressource.trompeuses.items()
        if present & {bare_name(marker) for marker in markers}
    }
    names, taken = {}, {}
    for header in fichier.entetes:
        name = bare_name(header)
        if header in names:
            raise FichierRefuse(f"{fichier.nom} : colonne « {header} » écrite deux fois.")
        if name == OLD_KEY:
            raise FichierRefuse(
                f"{fichier.nom} : ce tableau vient d'un ancien export, dont les lignes ne disent pas "
                "sûrement de quelle fiche elles sont. Exportez de nouveau la liste, ou retirez la "
                f"colonne « {header} »."
            )
        if name in ignored or name in misleading:
            names[header] = None
        elif name not in known:
            raise FichierRefuse(
                f"{fichier.nom} : colonne « {header} » inconnue. "
                f"Colonnes possibles : {', '.join(ressource.columns)}."
            )
        elif known[name] in taken:
            raise FichierRefuse(
                f"{fichier.nom} : les colonnes « {taken[known[name]]} » et « {header} » "
                f"disent toutes deux « {known[name]} »."
            )
        else:
            names[header] = known[name]
            taken[known[name]] = header
    return names


def computed_columns(fichier, ressource, names):
    """Return where are the columns of a file that our downloads compute, by column.

    A column is not computed where it is read, but for those that only a new record reads.
    """
    columns = {bare_name(column): column for column in (DAY, *ressource.calculees)}
    told = (None, *ressource.extra_columns)
    return {
        columns[bare_name(header)]: i
        for i, header in enumerate(fichier.entetes)
        if bare_name(header) in columns and names[header] in told
    }


def put_right(ligne, codes):
    """Empty the cells that say « NA », and give back to short codes the zero that they lost."""
    for column, cell in ligne.cellules.items():
        if cell.casefold() in EMPTY_WORDS:
            ligne.cellules[column] = ""
        elif column in codes:
            read = whole_codes(cell, codes[column])
            ligne.cellules[column] = read
            if read != cell:
                ligne.reparations.append((column, cell, read))


def whole_codes(cell, width):
    """Return the codes of a cell, separated by « | », each with the one zero that it may have lost."""
    return "|".join(whole_code(code.strip(), width) for code in cell.split("|"))


def whole_code(code, width):
    """Return « 01001 » for « 1001 », « 1001.0 » or « 1001,0 », and « 2A004 » for « 2a004 »."""
    digits = code.removesuffix(".0").removesuffix(",0")
    if digits.isdecimal() and len(digits) == width - 1:
        return f"0{digits}"
    return digits if digits.isdecimal() else code.upper()
