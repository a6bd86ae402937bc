"""What the commands that read a file share: their exit codes, the file itself, and the rows set aside."""

from pathlib import Path

from django.core.management.base import CommandError

from socle.fichiers.formats import csv_stream

# 0: the file was read, rows set aside included.
REFUSED, BAD_ARGUMENTS = 1, 2


def bad(message):
    """Return the error of an argument that cannot be."""
    return CommandError(message, returncode=BAD_ARGUMENTS)


def content_of(path: Path) -> bytes:
    """Return the content of a file; raises `CommandError` for one that cannot be opened."""
    try:
        return path.read_bytes()
    except OSError:
        raise bad(f"{path} : fichier introuvable ou illisible.") from None


def write_gaps(path: Path | None, header, rows):
    """Write the rows set aside as a CSV, where one is asked for; raises `CommandError` if it cannot be."""
    if path is None:
        return
    try:
        path.write_text("".join(csv_stream(header, rows)), encoding="utf-8", newline="")
    except OSError:
        raise bad(f"{path} : impossible d'y écrire.") from None
