"""The columns of a file under the names that their Resource knows, and its cells put right."""

from dataclasses import dataclass, field

from socle.fichiers.champs import CelluleRefusee
from socle.fichiers.tableau.fichier import FichierRefuse
from socle.fichiers.tableau.lignes import WHOLE_ROW
from socle.fichiers.tableau.noms import bare_name

REFUS = "motif_du_refus"
# Written by our own downloads, and of no use here.
ALWAYS_IGNORED = (REFUS, "date_situation", "annee_cog", "pk")
EMPTY_WORDS = {"na", "n/a", "nan", "null"}


@dataclass
class LigneLue:
    """A row by column; `reparations` are its cells put right: (column, as written, as read).

    `fautes` are its cells that cannot be read, each a refusal.
    """

    numero: int
    cellules: dict
    reparations: list = field(default_factory=list)
    fautes: list = field(default_factory=list)


@dataclass
class TableLue:
    """The rows of a file for one Resource; `ignorees` are its columns that change nothing."""

    colonnes: list
    lignes: list
    ignorees: list


def known_names(ressource):
    """Return the bare names of all the columns that a file may have, be they written or not."""
    names = (*ressource.columns, *ressource.autres_noms, *ressource.informatives, *ALWAYS_IGNORED)
    return {bare_name(name) for name in names}


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
    note_what_was_read(fichier, positions, {ligne.numero: ligne for ligne in lignes})
    for ligne in lignes:
        put_right(ligne, ressource.codes)
    return TableLue(list(positions), lignes, [h for h in fichier.entetes if not names[h]])


def note_what_was_read(fichier, positions, lignes):
    """Give each row what the reading said of its cells, by column; what is not imported is left."""
    columns = {i: column for column, i in positions.items()}
    for number, place, text in fichier.fautes:
        if place == WHOLE_ROW:
            lignes[number].fautes.append(ValueError(text))
        elif place in columns:
            cell = lignes[number].cellules[columns[place]]
            lignes[number].fautes.append(CelluleRefusee(columns[place], cell, text))
    for number, place, before, after in fichier.reparations:
        if place in columns:
            lignes[number].reparations.append((columns[place], before, after))


def recognised(fichier, ressource):
    """Return, for each header of the file, the column it names, or None if it is informative."""
    known = {bare_name(alias): column for alias, column in ressource.autres_noms.items()}
    known |= {bare_name(column): column for column in ressource.columns}
    ignored = {bare_name(name) for name in (*ressource.informatives, *ALWAYS_IGNORED)}
    present = {bare_name(name) for name in (*fichier.entetes, *fichier.bandeaux)}
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
