"""From the bytes of a file to its table: what the reading process does, and nothing else."""

import io
from collections.abc import Container
from zipfile import ZipFile

from socle.fichiers.tableau import feuilles
from socle.fichiers.tableau.fichier import DES_AGENTS, Fichier
from socle.fichiers.tableau.genre import Genre, genre_of
from socle.fichiers.tableau.grille import Feuille
from socle.fichiers.tableau.lignes import table_of


def table(
    content: bytes,
    nom: str,
    known: Container[str] = (),
    wanted: str = "",
    au_plus: int = DES_AGENTS.lignes,
) -> Fichier:
    """Return the `Fichier` of `content`, whatever program wrote it.

    `known` are the bare names of the columns that may be there, `wanted` the sheet that the agent
    names, `au_plus` how many rows an import accepts. Raises `FichierRefuse` for what is no table, or
    too much of one.
    """
    remarques: list[str] = []
    sheets = sheets_of(content, known, remarques, au_plus)
    sheet, header = feuilles.chosen(sheets, known, wanted)
    fichier = table_of(sheet, header, nom)
    fichier.remarques = [*remarques, *feuilles.told(sheets, sheet), *fichier.remarques]
    return fichier


def sheets_of(
    content: bytes, known: Container[str], remarques: list[str], au_plus: int
) -> list[Feuille]:
    """Return the sheets of a file; each reader is imported by the files that need it."""
    genre = genre_of(content)
    if genre is Genre.TEXTE:
        from socle.fichiers.tableau.texte import text_sheets

        return text_sheets(content, known, remarques, au_plus)
    if genre is Genre.XLS:
        from socle.fichiers.tableau.xls import xls_sheets

        return list(xls_sheets(content, au_plus))
    with ZipFile(io.BytesIO(content)) as archive:
        if genre is Genre.ODS:
            from socle.fichiers.tableau.ods import ods_sheets

            return list(ods_sheets(archive, au_plus))
        from socle.fichiers.tableau.xlsx import Xlsx

        return list(Xlsx(archive).sheets(au_plus))
