"""The columns of a file under the names that their Resource knows, and its cells put right."""

import re
from contextlib import suppress
from dataclasses import dataclass, field

from socle.dates import Precision, in_french, month_before_day, parse_date, parse_vague
from socle.fichiers.champs import CelluleRefusee
from socle.fichiers.champs_nombres import counts_wholes
from socle.fichiers.correspondance import (
    DATE_SITUATION,
    IGNOREE,
    names_read,
    names_told,
    sure_columns,
)
from socle.fichiers.tableau.dire import rows_told
from socle.fichiers.tableau.fichier import FichierRefuse
from socle.fichiers.tableau.lignes import WHOLE_ROW
from socle.fichiers.tableau.noms import bare_name
from socle.recherche import INVISIBLE

# What people write where they know nothing.
EMPTY_WORDS = {"na", "n/a", "nan", "null", "none", "nc", "n.c.", "nd", "n.d.", "-", "–", "—", "?"}
A_CODE = re.compile(r"\d[\dAB]?\d*", re.IGNORECASE)
# « 1001.0 », « 1001,0 »: a code that was taken for a number.
NO_DECIMALS = re.compile(r"(?<=\d)[.,]0+\b")
# Longer than the letter of « 2A004 »: a name, and no code.
A_WORD = re.compile(r"[^\W\d_]{3,}")
BETWEEN_NAMES = re.compile(r"[|,;/\n]")
# What people put between two codes.
BETWEEN_CODES = re.compile(r"[|,;/+&\n]|\bet\b")


@dataclass
class LigneLue:
    """A row by column; `reparations` are its cells put right: (column, as written, as read).

    `reconnus` are the records that its cells name otherwise than by their own key, told likewise.

    `montrees` gives the precision of the dates shown to the month or to the year, `fautes` why
    cells cannot be read, each a refusal.
    `temoins` are the names written beside its codes: (column of the code, header, name).
    `calculees` are the cells that our downloads compute, by column, and the day of which they do.
    """

    numero: int
    cellules: dict
    reparations: list = field(default_factory=list)
    reconnus: list = field(default_factory=list)
    temoins: list = field(default_factory=list)
    montrees: dict = field(default_factory=dict)
    fautes: list = field(default_factory=list)
    calculees: dict = field(default_factory=dict)


@dataclass
class TableLue:
    """The rows of a file for one Resource; `ignorees` are its columns that change nothing."""

    nom: str
    colonnes: list
    lignes: list
    ignorees: list


def known_names(ressource):
    """Return the bare names of all the columns that a file may have, be they written or not."""
    return {*names_read(ressource), *names_told(ressource)}


def refuse_another_day(fichier, jour):
    """Refuse one of our downloads that tells the situation of another day than `jour`.

    Its values were true then; written today, they would undo all that was recorded since.
    """
    for told in days_told(fichier):
        if told != jour:
            raise FichierRefuse(
                f"{fichier.nom} : fichier du {in_french(told)}, qui dit la situation de ce jour-là. "
                "Téléchargez-le à la date d'aujourd'hui ; si tout y est encore vrai, demandez à importer "
                "même un fichier d'un autre jour."
            )


def days_told(fichier):
    """Yield the days whose situation a file says that it tells."""
    places = [i for i, n in enumerate(fichier.entetes) if bare_name(n) == bare_name(DATE_SITUATION)]
    for cell in (cells[i] for _, cells in fichier.lignes for i in places):
        with suppress(ValueError):
            yield parse_date(cell)


def read_table(fichier, ressource, colonnes=None):
    """Return the `TableLue` of `fichier`: known columns renamed, informative ones set aside.

    `colonnes` says what each header is, as an agent did; without it all must be known, and
    `FichierRefuse` is raised for a column that is not, one written twice, or one that misses.
    """
    names = colonnes or sure_columns(fichier, ressource)
    positions = {names[header]: i for i, header in enumerate(fichier.entetes) if names[header]}
    lignes = [
        LigneLue(n, {c: cells[i] for c, i in positions.items()}) for n, cells in fichier.lignes
    ]
    note_what_was_read(fichier, positions, {ligne.numero: ligne for ligne in lignes})
    remise = Remise(ressource, {names[header] for header in names if counts_wholes(header)})
    for ligne in lignes:
        remise.put_right(ligne)
    remise.refuse_months_first(lignes, fichier.nom)
    note_names(fichier, ressource, lignes)
    note_computed(fichier, ressource, names, lignes)
    # A date shown to the month brings its precision, in a column that the file may not have.
    colonnes = dict.fromkeys(column for ligne in lignes for column in ligne.cellules)
    for ligne in lignes:
        ligne.cellules = {column: ligne.cellules.get(column, "") for column in colonnes}
    ignored = [header for header in fichier.entetes if not names[header]]
    return TableLue(fichier.nom, list(colonnes), lignes, ignored)


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


def note_computed(fichier, ressource, names, lignes):
    """Give each row the cells that our downloads compute, by column, and the day of which they do.

    A column is not computed where it is read, but for those that only a new record reads.
    """
    columns = {bare_name(column): column for column in (DATE_SITUATION, *ressource.calculees)}
    read = (IGNOREE, *ressource.extra_columns)
    places = {
        columns[bare_name(header)]: i
        for i, header in enumerate(fichier.entetes)
        if bare_name(header) in columns and names[header] in read
    }
    cells = dict(fichier.lignes)
    for ligne in lignes:
        ligne.calculees = {column: cells[ligne.numero][i] for column, i in places.items()}


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
    for number, place, precision in fichier.precisions:
        if place in columns:
            lignes[number].montrees[columns[place]] = precision


class Remise:
    """What puts the cells of a file right, each by the sort of its column; `wholes` are told in wholes."""

    def __init__(self, ressource, wholes=()):
        self.codes, self.wholes, self.brutes = ressource.codes, wholes, ressource.brutes
        self.widgets = {f.column_name: f.widget for f in ressource.get_import_fields()}
        self.precision_of = {date: of for _, date, of in ressource.dated_sources.values() if of}
        self.precision_of |= ressource.precisions
        self.dates = [c for c, widget in self.widgets.items() if hasattr(widget, "is_date")]

    def put_right(self, ligne):
        """Empty the cells that say nothing, put the others right, and keep what was changed."""
        for column, cell in list(ligne.cellules.items()):
            if column in self.brutes:
                continue
            if cell.casefold() in EMPTY_WORDS:
                ligne.cellules[column] = ""
            elif cell:
                read, told = self.right_cell(column, cell)
                ligne.cellules[column] = read
                if read != cell:
                    ligne.reparations.append((column, cell, told))
        for column in self.dates:
            if ligne.cellules.get(column):
                self.tell_precision(ligne, column)

    def right_cell(self, column, cell):
        """Return a cell put right, and how that is told."""
        if column in self.codes:
            read = whole_codes(cell, self.codes[column])
            return read, read
        widget = self.widgets.get(column)
        if column in self.wholes and hasattr(widget, "of_wholes"):
            read = widget.of_wholes(cell)
            return read, read
        read = widget.put_right(cell) if hasattr(widget, "put_right") else cell
        told = widget.told(cell, read) if read != cell and hasattr(widget, "told") else read
        return read, told

    def tell_precision(self, ligne, column):
        """Say to the month, or to the year, a date that is written or shown so.

        What the file says itself in the column of the precision comes first; where a date has no
        such column, only a day can be written.
        """
        cell, shown = ligne.cellules[column], ligne.montrees.get(column)
        vague = None if shown else parse_vague(cell)
        if not shown and not vague:
            return
        precision_column = self.precision_of.get(column)
        own = ligne.cellules.get(precision_column)
        if vague and precision_column and own in ("", None, vague[1]):
            ligne.cellules[column], shown = vague[0].isoformat(), vague[1]
            told = f"{ligne.cellules[column]}, {Precision(shown).label}"
            ligne.reparations.append((column, cell, told))
        elif vague or not precision_column:
            told = "un mois ou une année, alors qu'il faut ici le jour"
            ligne.fautes.append(CelluleRefusee(column, cell, told))
            return
        ligne.cellules[precision_column] = own or shown

    def refuse_months_first(self, lignes, nom):
        """Refuse a file where a date can only have its month first: so may have all its column."""
        for column in self.dates:
            cells = {ligne.numero: ligne.cellules.get(column, "") for ligne in lignes}
            if inverted := [n for n, cell in cells.items() if month_before_day(cell)]:
                raise FichierRefuse(
                    f"{nom} : colonne « {column} », {rows_told(inverted).lower()} : le mois y est écrit "
                    f"avant le jour (« {cells[inverted[0]]} »). Toute la colonne est donc douteuse : "
                    "écrivez ses dates JJ/MM/AAAA, ou AAAA-MM-JJ."
                )


def whole_codes(cell, width):
    """Return the codes of a cell, separated by « | », each with the one zero that it may have lost.

    Names may be there instead: « Dio-et-Valquières » is one.
    """
    if A_WORD.search(cell):
        return "|".join(name.strip() for name in BETWEEN_NAMES.split(cell))
    pieces = BETWEEN_CODES.split(NO_DECIMALS.sub("", INVISIBLE.sub("", cell)))
    codes = (whole_code(c, width) for piece in pieces for c in codes_in(piece, width))
    return "|".join(filter(None, codes))


def codes_in(piece, width):
    """Return the codes between two separators: « 34028 34069 » are two, « 243 400 819 » is one."""
    words = piece.split()
    if all(len(word) == width for word in words):
        return words
    joined = "".join(words)
    return [joined if A_CODE.fullmatch(joined) else piece.strip()]


def whole_code(code, width):
    """Return « 01001 » for « 1001 », and « 2A004 » for « 2a004 »."""
    if code.isdecimal() and len(code) == width - 1:
        return f"0{code}"
    return code.upper() if A_CODE.fullmatch(code) else code
