"""The rows of a table under its header, and those that are set aside because they are no record."""

import re
from dataclasses import dataclass, field

from socle.fichiers.tableau.dire import counted, enumerated, quoted, rows_told
from socle.fichiers.tableau.entete import Entete
from socle.fichiers.tableau.fichier import (
    LONGEST_CELL,
    MOST_COLUMNS,
    Fichier,
    FichierRefuse,
)
from socle.fichiers.tableau.grille import LAST_COLUMN, Cellule, Feuille, letters

TOTAL = re.compile(r"(sous[ -]?)?tota(l|ux)\b|(moyenne|ensemble)\s*:?$", re.IGNORECASE)
NOTE = re.compile(
    r"(sources?|notes?|n\.?b\.?|légende|lecture|champ|extraction|mise à jour|màj|édité|dernière mise à jour)"
    r"\s*[:(]|\(\d\)|\*|source\b",
    re.IGNORECASE,
)
UNIT = re.compile(
    r"\(?(en )?(k?€|m€|%|euros?|etp|nb|nombre|ans?|années?|mois|jours?|hab\.?|texte|date|nombre entier|"
    r"oui ?/ ?non|jj/mm/aaaa|aaaa-mm-jj|aaaa|jj/mm/aa|k€ ttc|€ ?(ttc|ht))\)?",
    re.IGNORECASE,
)
# The place of a fault that is that of a whole row.
WHOLE_ROW = -1


@dataclass
class Tri:
    """The rows under a header: those that are read, and those set aside, each with its first words."""

    lues: list[tuple[int, dict[int, Cellule]]] = field(default_factory=list)
    ecartees: dict[int, str] = field(default_factory=dict)


def table_of(sheet: Feuille, header: Entete, nom: str) -> Fichier:
    """Return the `Fichier` of a sheet; raises `FichierRefuse` when it holds too much, or nothing."""
    columns = list(header.noms)
    if len(columns) > MOST_COLUMNS:
        raise FichierRefuse(f"{len(columns)} colonnes ont un nom, c'est trop.")
    fichier = Fichier(nom, list(header.noms.values()), [], feuille=sheet.nom)
    fichier.remarques += told_above(sheet, header, fichier)
    bands = bands_of(sheet)
    if spread := sheet.spread(header.derniere):
        fichier.remarques.append(
            "Cellules fusionnées : leur valeur est donnée à "
            f"{counted(spread, 'autre cellule couverte', 'autres cellules couvertes')}."
        )
    tri = sorted_rows(sheet, header, bands)
    refuse_size(sheet, tri.lues)
    fichier.ecartees = [
        (number, texts_of(sheet.lignes[number], columns)) for number in tri.ecartees
    ]
    if tri.ecartees:
        are = "est laissée" if len(tri.ecartees) == 1 else "sont laissées"
        fichier.remarques.append(
            f"{rows_told(list(tri.ecartees))} {are} de côté : {quoted(tri.ecartees.values())}."
        )
    fichier.remarques += told_hidden(sheet, tri.lues)
    fichier.remarques += told_hidden_columns(sheet, header)
    fichier.remarques += told_nameless(sheet, header, tri.lues)
    refuse_shifted(sheet, header, tri.lues, fichier)
    fichier.coupee = cut_row(sheet, header)
    for number, cells in tri.lues:
        keep_row(fichier, columns, number, cells)
    return fichier


def told_above(sheet: Feuille, header: Entete, fichier: Fichier) -> list[str]:
    """Say which rows are passed over above the header, and keep their words."""
    above = [number for number in sorted(sheet.lignes) if number < header.premiere]
    texts = [cell.texte for n in above for cell in sheet.lignes[n].values()]
    fichier.bandeaux = [text for text in texts if len(text) <= 60]
    if not above:
        return []
    is_passed = "est passée" if len(above) == 1 else "sont passées"
    return [
        f"{rows_told(above)} {is_passed} ({quoted(texts[:3])}) : "
        f"les colonnes sont nommées à la ligne {header.premiere}."
    ]


def bands_of(sheet: Feuille) -> set[int]:
    """Return the rows of which all that is written is one cell merged with its neighbours."""
    return {
        first
        for first, last, left, right in sheet.fusions
        if first == last and right > left and len(sheet.lignes.get(first, ())) == 1
    }


def sorted_rows(sheet: Feuille, header: Entete, bands: set[int]) -> Tri:
    """Part the rows that are records from units, totals, notes, bands and repeated headers."""
    tri, names = Tri(), list(header.noms.values())
    for number, cells in sheet.rows():
        if number <= header.derniere:
            continue
        texts = [cell.texte for _, cell in sorted(cells.items())]
        first = next(filter(None, texts), "")
        if (
            number in bands
            or TOTAL.match(first)
            or (len(cells) == 1 and len(names) > 1 and NOTE.match(first))
            or (number == header.derniere + 1 and all(UNIT.fullmatch(t) for t in texts))
            or texts == names
        ):
            tri.ecartees[number] = first
        elif any(column in header.noms for column in cells):
            tri.lues.append((number, cells))
    return tri


def refuse_size(sheet: Feuille, rows: list[tuple[int, dict[int, Cellule]]]) -> None:
    if not rows and not sheet.trop_longue:
        raise FichierRefuse("le fichier n'a pas d'autre ligne que celle des colonnes.")
    if sheet.trop_longue or len(rows) > sheet.au_plus:
        found = f"plus de {sheet.au_plus}" if sheet.trop_longue else str(len(rows))
        raise FichierRefuse(
            f"{found} lignes, alors qu'un import en accepte {sheet.au_plus}. Coupez-le en plusieurs fichiers."
        )


def told_hidden(sheet: Feuille, rows: list[tuple[int, dict[int, Cellule]]]) -> list[str]:
    """Say how many hidden rows are read like the others."""
    hidden = sum(number in sheet.lignes_masquees for number, _ in rows)
    if not hidden:
        return []
    by = " par un filtre" if sheet.filtree else ""
    return [
        f"1 ligne masquée{by} est lue aussi."
        if hidden == 1
        else f"{hidden} lignes masquées{by} sont lues aussi."
    ]


def told_hidden_columns(sheet: Feuille, header: Entete) -> list[str]:
    """Name the hidden columns, which are read like the others."""
    hidden = [name for column, name in header.noms.items() if column in sheet.colonnes_masquees]
    if not hidden:
        return []
    are = (
        "La colonne masquée {} est lue"
        if len(hidden) == 1
        else "Les colonnes masquées {} sont lues"
    )
    return [f"{are.format(quoted(hidden))} aussi."]


def refuse_shifted(
    sheet: Feuille, header: Entete, rows: list[tuple[int, dict[int, Cellule]]], fichier: Fichier
) -> None:
    """Refuse the rows of a text that have more cells than its header: « 27,5 » cut in two shifts them."""
    width = sheet.largeurs.get(header.derniere)
    for number, cells in rows if width else ():
        if width and max(cells) > width:
            told = f"{max(cells)} cellules pour {counted(width, 'colonne', 'colonnes')}"
            way_out = "une valeur qui contient le séparateur se met entre guillemets"
            fichier.fautes.append((number, WHOLE_ROW, f"{told} : {way_out}"))


def cut_row(sheet: Feuille, header: Entete) -> int:
    """Return the last row of a text that ends in the middle of it, before its last cell; else 0."""
    last = max(sheet.largeurs, default=0)
    cut = sheet.inachevee and sheet.largeurs[last] < sheet.largeurs.get(header.derniere, 0)
    return last if cut else 0


def told_nameless(
    sheet: Feuille, header: Entete, rows: list[tuple[int, dict[int, Cellule]]]
) -> list[str]:
    """Say which columns are not read for want of a name."""
    width = sheet.largeurs.get(header.derniere, LAST_COLUMN)
    nameless: dict[int, list[str]] = {}
    for _, cells in rows:
        for column in cells.keys() - header.noms.keys():
            if column <= width:
                nameless.setdefault(column, []).append(cells[column].texte)
    if not nameless:
        return []
    names = enumerated(letters(column) for column in sorted(nameless))
    numbers = all(text.isdecimal() for texts in nameless.values() for text in texts)
    why = "des numéros" if numbers else quoted(texts[0] for _, texts in sorted(nameless.items()))
    if len(nameless) == 1:
        return [f"La colonne {names}, sans nom, n'est pas lue ({why})."]
    return [f"Les colonnes {names}, sans nom, ne sont pas lues ({why})."]


def texts_of(cells: dict[int, Cellule], columns: list[int]) -> list[str]:
    """Return what the cells of a row say, in the order of `columns`."""
    empty = Cellule("")
    return [cells.get(column, empty).texte for column in columns]


def keep_row(fichier: Fichier, columns: list[int], number: int, cells: dict[int, Cellule]) -> None:
    """Add a row to a `Fichier`, with what is to be told of each of its cells."""
    empty = Cellule("")
    row = [cells.get(column, empty) for column in columns]
    fichier.lignes.append((number, [cell.texte for cell in row]))
    for place, cell in enumerate(row):
        if len(cell.texte) > LONGEST_CELL:
            raise FichierRefuse(f"ligne {number} : une cellule est trop longue.")
        if cell.faute:
            fichier.fautes.append((number, place, cell.faute))
        if cell.precision:
            fichier.precisions.append((number, place, cell.precision))
        if cell.ecrit:
            fichier.reparations.append((number, place, cell.ecrit, cell.texte))
