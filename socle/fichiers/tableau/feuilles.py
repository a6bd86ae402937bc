"""Which sheet of a workbook is read: the visible one that has known columns."""

from collections.abc import Container

from socle.fichiers.tableau.dire import quoted
from socle.fichiers.tableau.entete import Entete, find_header
from socle.fichiers.tableau.fichier import FichierRefuse
from socle.fichiers.tableau.grille import Feuille

CHOOSE = "Dites laquelle lire dans « Feuille », ou gardez-la seule dans le classeur."


def chosen(sheets: list[Feuille], known: Container[str], wanted: str) -> tuple[Feuille, Entete]:
    """Return the sheet to read and its header: the one that the agent names, else the only that fits.

    A hidden sheet is never read. Raises `FichierRefuse`, which names them, when several fit.
    """
    visible = [sheet for sheet in sheets if sheet.lignes and not sheet.cachee]
    if wanted:
        visible = [named(sheets, wanted)]
    if not visible:
        raise FichierRefuse(f"le fichier est vide{told_hidden(sheets)}.")
    headers = [(sheet, find_header(sheet, known)) for sheet in visible]
    fitting = those_that_fit(headers)
    if len(fitting) > 1:
        names = [sheet.nom for sheet, _ in fitting]
        known_or_not = "des colonnes connues" if fitting[0][1].connus else "un tableau"
        raise FichierRefuse(
            f"plusieurs feuilles ont {known_or_not} : {quoted(names)}. {CHOOSE}", names
        )
    return fitting[0]


def told_hidden(sheets: list[Feuille]) -> str:
    """Return what is added for a workbook of which all that is visible is empty."""
    hidden = [sheet.nom for sheet in sheets if sheet.cachee]
    if not hidden:
        return ""
    return f" : la feuille {quoted(hidden)} est masquée. Affichez-la pour qu'elle soit lue"


def named(sheets: list[Feuille], wanted: str) -> Feuille:
    """Return the sheet that the agent names."""
    for sheet in sheets:
        if sheet.nom.strip().casefold() == wanted.strip().casefold():
            if sheet.cachee:
                raise FichierRefuse(
                    f"la feuille « {sheet.nom} » est masquée. Affichez-la dans le classeur."
                )
            if not sheet.lignes:
                raise FichierRefuse(f"la feuille « {sheet.nom} » est vide.")
            return sheet
    names = [sheet.nom for sheet in sheets if sheet.lignes and not sheet.cachee]
    raise FichierRefuse(
        f"pas de feuille « {wanted} ». Feuilles du fichier : {quoted(names)}.", names
    )


def those_that_fit(headers: list[tuple[Feuille, Entete]]) -> list[tuple[Feuille, Entete]]:
    """Keep the sheets that have known columns, about as many as the best; else what looks like a table.

    A notice that names one column is no rival of the table that has them all.
    """
    best = max(header.connus for _, header in headers)
    if best:
        return [(s, header) for s, header in headers if 2 * header.connus >= best]
    tables = [(s, header) for s, header in headers if len(header.noms) > 1 and len(s.lignes) > 1]
    return tables or headers[:1]


def told(sheets: list[Feuille], read: Feuille) -> list[str]:
    """Say which sheet is read when there are others, and why those are not."""
    others = [s for s in sheets if s is not read and (s.lignes or s.cachee)]
    seen = [s.nom for s in others if not s.cachee]
    hidden = [s.nom for s in others if s.cachee]
    left = [quoted(seen)] if seen else []
    if hidden:
        left.append(f"{quoted(hidden)}, {'masquées' if len(hidden) > 1 else 'masquée'}")
    if not left:
        return []
    return [f"Seule la feuille « {read.nom} » est lue. Laissées de côté : {' ; '.join(left)}."]
