"""The columns of a file under the names that their Resource knows, and its cells put right."""

import re
import unicodedata
from dataclasses import dataclass, field

from socle.fichiers.lecture import FichierRefuse

REFUS = "motif_du_refus"
# « Date d'entrée », « Date de l'avenant »: words that name nothing by themselves.
LINK_WORDS = {"d", "de", "du", "des", "l", "la", "le", "les"}
# Written by our own downloads, and of no use here.
ALWAYS_IGNORED = (REFUS, "date_situation", "annee_cog", "pk")
EMPTY_WORDS = {"na", "n/a", "nan", "null"}


@dataclass
class LigneLue:
    """A row by column, and the codes that were put right: (column, as written, as read).

    `temoins` are the names written beside its codes: (column of the code, header, name).
    """

    numero: int
    cellules: dict
    reparations: list = field(default_factory=list)
    temoins: list = field(default_factory=list)


@dataclass
class TableLue:
    """The rows of a file for one Resource; `ignorees` are its columns that change nothing."""

    nom: str
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
    lignes = [
        LigneLue(n, {c: cells[i] for c, i in positions.items()}) for n, cells in fichier.lignes
    ]
    for ligne in lignes:
        put_right(ligne, ressource.codes)
    note_names(fichier, ressource, lignes)
    ignored = [header for header in fichier.entetes if not names[header]]
    return TableLue(fichier.nom, list(positions), lignes, ignored)


def note_names(fichier, ressource, lignes):
    """Give each row the names that its file writes beside its codes: see `Ressource.temoins`."""
    beside = {
        (bare_name(name), code) for code, names in ressource.temoins.items() for name in names
    }
    places = [
        (code, header, place)
        for place, header in enumerate(fichier.entetes)
        for name, code in sorted(beside)
        if bare_name(header) == name
    ]
    cells = dict(fichier.lignes)
    for ligne in lignes:
        ligne.temoins = [
            (code, header, cells[ligne.numero][place])
            for code, header, place in places
            if cells[ligne.numero][place]
        ]


def recognised(fichier, ressource):
    """Return, for each header of the file, the column it names, or None if it is informative."""
    known = {bare_name(alias): column for alias, column in ressource.autres_noms.items()}
    known |= {bare_name(column): column for column in ressource.columns}
    ignored = {bare_name(name) for name in (*ressource.informatives, *ALWAYS_IGNORED)}
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
