"""What became of each row of a file, and how it is told to the agent."""

import datetime
import hashlib
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum

from django.db import models
from django.db.models import Q

from socle.dates import parse_date
from socle.fichiers.champs import CelluleRefusee
from socle.fichiers.tableau.dire import enumerated
from socle.fichiers.tableau.noms import en_clair
from socle.francais import liste, pluriel
from socle.lignes import plain_lines
from socle.recherche import INVISIBLE


class Sort(StrEnum):
    """What becomes of a row."""

    REFUSEE = "refusée"
    MODIFIEE = "modifiée"
    NOUVELLE = "nouvelle"
    INCHANGEE = "inchangée"


@dataclass(frozen=True)
class CelluleChangee:
    """A cell that changes its record: its column, and what is read before and after.

    `mot` is how the column is called to an agent whose file may not have it; `herite`, whether the
    row says nothing itself, and has what is above.
    """

    colonne: str
    avant: str
    apres: str
    mot: str = field(default="", compare=False, repr=False)
    herite: bool = field(default=False, compare=False, repr=False)


@dataclass
class LigneTraitee:
    """A row, and what becomes of it: `refus`, why it is refused, as `CelluleRefusee`."""

    lue: object
    sort: Sort = Sort.INCHANGEE
    fiche: str = ""
    # The record itself.
    objet: object = None
    changements: list = field(default_factory=list)
    refus: list = field(default_factory=list)
    # Where a row gives several records: how many of each sort, by (what they are, what becomes of them).
    faites: Counter = field(default_factory=Counter)
    # What the row would change, and that an agent has written otherwise: it stays.
    gardes: list = field(default_factory=list)
    # What looks wrong in the record, and does not keep the row from being written.
    remarques: list = field(default_factory=list)

    def refuse(self, refus):
        """Refuse the row, and tell nothing of the record, which may be a neighbour's."""
        self.sort, self.changements, self.refus = Sort.REFUSEE, [], refus
        self.remarques, self.faites = [], Counter()

    @property
    def numero(self):
        return self.lue.numero

    @property
    def reparations(self):
        return self.lue.reparations

    @property
    def reconnus(self):
        return self.lue.reconnus


class LigneRefusee(Exception):
    def __init__(self, refus):
        super().__init__()
        self.refus = refus


def passed(lue, pass_row):
    """Return what a row does by `pass_row`, which is given it as a `LigneTraitee`, or why it is refused."""
    ligne = LigneTraitee(lue)
    try:
        if lue.fautes:
            raise LigneRefusee(lue.fautes)
        pass_row(ligne)
    except LigneRefusee as error:
        ligne.refuse(error.refus)
    return ligne


def refused(column, value, reason):
    return LigneRefusee([CelluleRefusee(column, value, reason)])


def moved(lignes, columns):
    """Return the rows that make their record, or change one of `columns` of it."""
    return [
        ligne
        for ligne in lignes
        if ligne.sort is Sort.NOUVELLE
        or any(change.colonne in columns for change in ligne.changements)
    ]


class Apercu:
    """The rows after a passage, by what became of them."""

    def __init__(self, lignes):
        self.lignes = lignes
        self.comptes = Counter(ligne.sort for ligne in lignes)

    def of(self, sort):
        return [ligne for ligne in self.lignes if ligne.sort == sort]

    @property
    def a_ecrire(self):
        """Return how many rows would be written."""
        return self.comptes[Sort.NOUVELLE] + self.comptes[Sort.MODIFIEE]

    def in_words_of(self, colonnes):
        """Name the columns as the file does: `colonnes` gives what each of its headers is."""
        headers = {column: header for header, column in colonnes.items() if column}
        for ligne in self.lignes:
            ligne.changements = [
                replace(
                    change,
                    colonne=headers.get(change.colonne, change.colonne),
                    mot=headers.get(change.colonne) or en_clair(change.colonne),
                )
                for change in ligne.changements
            ]
            for refus in ligne.refus:
                if isinstance(refus, CelluleRefusee):
                    refus.mot = headers.get(refus.colonne) or en_clair(refus.colonne)
                    refus.colonne = headers.get(refus.colonne, refus.colonne)
            for told in (ligne.reparations, ligne.reconnus):
                told[:] = [(headers.get(column, column), *cells) for column, *cells in told]

    @property
    def bilan(self):
        """Return how many records the rows created, changed and left alone, in words."""
        sorts = {"créées": Sort.NOUVELLE, "modifiées": Sort.MODIFIEE, "inchangées": Sort.INCHANGEE}
        return {words: self.comptes[sort] for words, sort in sorts.items()}

    @property
    def de_soi_meme(self):
        """Return what the reading did by itself, by sort: (column, as written, as read, rows), each once."""
        sorts = {
            "Reconnu": [(ligne, told) for ligne in self.lignes for told in ligne.reconnus],
            "Remis en forme": [
                (ligne, told) for ligne in self.lignes for told in ligne.reparations
            ],
        }
        return {sort: grouped(told) for sort, told in sorts.items() if told}

    @property
    def fiches(self):
        """Return how many records of each sort the rows make and change, where a row gives several."""
        faites = sum((ligne.faites for ligne in self.lignes), Counter())
        words = {Sort.NOUVELLE: "nouvelle,nouvelles", Sort.MODIFIEE: "modifiée,modifiées"}
        told = {}
        for (what, sort), count in faites.items():
            told.setdefault(what, []).append(pluriel(count, words[sort]))
        return {what: liste(counts) for what, counts in told.items()}

    @property
    def effacements(self):
        """Return how many values of records would be emptied, each because a cell asks for it."""
        changes = (c for ligne in self.of(Sort.MODIFIEE) for c in ligne.changements)
        return sum(bool(change.avant and not change.apres) for change in changes)

    @property
    def empreinte(self):
        """Return a mark of all that was shown: another one means that the preview no longer holds."""
        shown_rows = [
            (li.numero, li.sort, li.changements, list(map(str, li.refus))) for li in self.lignes
        ]
        return hashlib.sha256(repr(shown_rows).encode()).hexdigest()


def grouped(told):
    """Return what was done of cells, each once with the numbers of its rows."""
    numbers = {}
    for ligne, cell in told:
        numbers.setdefault(tuple(cell), []).append(ligne.numero)
    return [
        (*cell, enumerated(rows)) for cell, rows in sorted(numbers.items(), key=lambda c: c[0][0])
    ]


def located_cell(text, attribute, ressource, row):
    """Return a refusal, with the column and the value when one cell is to blame."""
    for champ in ressource.get_import_fields():
        if champ.attribute == attribute:
            return CelluleRefusee(champ.column_name, row.get(champ.column_name, ""), text)
    return ValueError(located(text, attribute, ressource, row))


def located(error, attribute, resource, row):
    """Return `error` with the cells of `row` that it is about, unless it names one already."""
    if error.startswith("colonne «"):
        return error
    attributes = {attribute} | concerned(error, resource._meta.model)
    cells = [
        f"colonne « {field.column_name} », valeur « {row[field.column_name]} »"
        for field in resource.get_import_fields()
        if field.attribute in attributes and field.column_name in row
    ]
    return f"{', '.join(cells)} : {error}" if cells else error


def concerned(error, model):
    """Return the fields of the constraint of `model` whose message is `error`."""
    for constraint in model._meta.constraints:
        if constraint.violation_error_message == error:
            fields = getattr(constraint, "fields", ())
            return {*fields, *(constraint.condition or Q()).referenced_base_fields}
    return set()


def as_read(text):
    """Return a text as it is read of a file that holds it, without the signs that nobody sees."""
    return INVISIBLE.sub("", plain_lines(text)).strip()


def says(cell, value):
    """Tell whether a cell of a file says `value`, whatever program wrote it; codes may lack a zero."""
    if isinstance(value, datetime.date):
        with suppress(ValueError):
            return parse_date(cell) == value
    return without_zeros(cell) == without_zeros(str(value or ""))


def without_zeros(codes):
    return [code.lstrip("0") for code in codes.split("|")]


def shown(value):
    """Write a value as an agent reads it in a preview."""
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, models.Model):
        return str(value)
    return str(getattr(value, "value", value))
