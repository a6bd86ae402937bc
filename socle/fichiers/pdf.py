"""A PDF that comes in, opened by a reader of PDF in the process apart, and never by ours."""

import io
import logging
from typing import IO, Any

from pypdf import PasswordType, PdfReader

from socle.fichiers.enfant import tell_where

HEADER, TRAILER = b"%PDF-", b"%%EOF"
# Some writers put a few bytes after the mark that ends the file.
WHERE_THE_TRAILER_IS = 2048

NO_PDF = "Ce fichier n'est pas un PDF, quel que soit son nom."
CUT = "Ce PDF est incomplet : il s'arrête avant sa fin. Déposez-le de nouveau."
BROKEN = (
    "Ce PDF est abîmé : ses pages ne se lisent pas. Ouvrez-le, enregistrez-le de nouveau en PDF, puis "
    "déposez cette copie."
)
LOCKED = (
    "Ce PDF demande un mot de passe pour s'ouvrir. Enregistrez-en une copie sans mot de passe, puis "
    "déposez celle-ci."
)
EMPTY = "Ce PDF n'a aucune page. Vérifiez que c'est le bon fichier."


def answer(asked: IO[bytes]) -> dict[str, Any]:
    """Return why the file that `asked` holds is refused, or "" if each of its pages is found."""
    # A reader that repairs tells each of its repairs.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        return {"refus": refusal(asked.read())}
    except MemoryError:
        raise
    except Exception as error:
        # A broken file breaks its reader in a hundred ways; the parent keeps the trace.
        tell_where(error)
        return {"refus": BROKEN}


def refusal(content: bytes) -> str:
    """Say why `content` is not a PDF whose pages anyone can open; raise whatever its reader raises."""
    if not content.startswith(HEADER):
        return NO_PDF
    if TRAILER not in content[-WHERE_THE_TRAILER_IS:]:
        return CUT
    reader = PdfReader(io.BytesIO(content))
    # Closed to printing or changes only, it opens with an empty password.
    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        return LOCKED
    return "" if list(reader.pages) else EMPTY
