"""What a document must be to come in, and where it is kept: a PDF by its content, named by us."""

import secrets
import unicodedata
from pathlib import PurePath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import storages

from socle.fichiers.a_part import LectureArretee, read_apart
from socle.francais import nombre

PDF_READER = "socle.fichiers.pdf"
PDF_TOO_HEAVY = (
    "Ce PDF demande trop de mémoire ou de temps pour être lu. Enregistrez-le de nouveau en PDF, puis "
    "déposez cette copie."
)
KEPT_IN_A_NAME = " .-_'()"
LONGEST_NAME = 100
MEGABYTE = 1_000_000
FOLDER_AWAY = (
    "Le dossier des documents n'est pas là : son disque n'est sans doute pas monté. Rien n'y est déposé "
    "en attendant ; prévenez la personne qui tient le site."
)
FOLDER_READ_ONLY = (
    "Le dossier des documents ne s'écrit pas : prévenez la personne qui tient le site."
)


def documents_storage():
    """Return the folder of documents: no address of the site leads to it."""
    return storages["documents"]


def stored_name(document, filename):
    """Return a name drawn at random: nothing of what a user wrote is in the path."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name}.pdf"


def folder_fault(storage, known):
    """Say why nothing may be written in the folder, or return "": `known` are the files that are due there.

    A folder without mark is ours if nothing is due yet, or if the oldest file due is there: it then
    dates from before the mark.
    """
    if storage.is_marked:
        return "" if storage.is_writable else FOLDER_READ_ONLY
    ours = not known or storage.exists(known[0])
    return "" if ours else FOLDER_AWAY


def refuse_what_is_no_pdf(file):
    """Raise unless `file` is a whole PDF, which opens without password, of the size allowed at most."""
    most = settings.PVD_DOCUMENT_MAX_MO
    if file.size > most * MEGABYTE:
        message = f"Ce fichier pèse {in_megabytes(file.size)} : {most} Mo au plus."
        raise ValidationError({"fichier": message})
    file.seek(0)
    content = file.read()
    file.seek(0)
    try:
        refusal = read_apart(PDF_READER, content)["refus"]
    except LectureArretee:
        refusal = PDF_TOO_HEAVY
    if refusal:
        raise ValidationError({"fichier": refusal})


def refuse_what_is_lost(file):
    """Raise unless a file stored long ago is still there: a removed document comes back with it."""
    if not file.storage.exists(file.name):
        raise ValidationError({"fichier": "Le fichier de ce document n'est plus là."})


def download_name(filename):
    """Return the name of a file as it will be downloaded: its own letters and digits, and .pdf."""
    stem = unicodedata.normalize("NFC", PurePath(filename.replace("\\", "/")).stem)
    kept = "".join(c if c.isalnum() or c in KEPT_IN_A_NAME else " " for c in stem)
    return f"{' '.join(kept.split()).strip('. ')[:LONGEST_NAME] or 'document'}.pdf"


def in_megabytes(size):
    """Write a size in bytes: « 1,2 Mo »."""
    return f"{nombre(max(size / MEGABYTE, 0.1), 1)} Mo"
