"""What a file is, told by what it holds and never by its name; what is no table is named."""

import io
import re
from enum import Enum
from zipfile import BadZipFile, ZipFile

from socle.fichiers.tableau.fichier import LISIBLES, FichierRefuse


class Genre(Enum):
    XLSX = "xlsx"
    ODS = "ods"
    XLS = "xls"
    TEXTE = "texte"


ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LARGEST_UNZIPPED = 100 * 1024 * 1024
AS_XLSX = "Ouvrez-le dans votre tableur, puis enregistrez-le en .xlsx."
PROTEGE = (
    "classeur protégé par un mot de passe ou une étiquette de confidentialité. "
    "Enlevez la protection (Fichier, Informations, Protéger le classeur), puis enregistrez-le."
)
ABIME = f"ce n'est pas un fichier {LISIBLES} lisible : il est abîmé. {AS_XLSX}"
TROP_GRAND = "le classeur est trop grand une fois ouvert. Gardez la seule feuille utile."
NUMBERS = "fichier Numbers d'Apple. Dans Numbers : Fichier, Exporter vers, Excel."
WORD = "document de traitement de texte. Copiez son tableau dans un tableur, enregistré en .xlsx."
# The start of what is no table, and what to do with it.
KNOWN_STARTS = {
    b"%PDF": "document PDF. Demandez le tableau dont il vient, en .xlsx ou .csv.",
    b"{\\rtf": WORD,
    b"\x89PNG": "image. Demandez le tableau dont elle vient, en .xlsx ou .csv.",
    b"\xff\xd8\xff": "image. Demandez le tableau dont elle vient, en .xlsx ou .csv.",
    b"GIF8": "image. Demandez le tableau dont elle vient, en .xlsx ou .csv.",
    b"7z\xbc\xaf": "archive. Sortez-en le tableau, puis envoyez-le seul.",
    b"Rar!": "archive. Sortez-en le tableau, puis envoyez-le seul.",
    b"\x1f\x8b": "archive. Sortez-en le tableau, puis envoyez-le seul.",
    b"MIME-Version": f"page web enregistrée. {AS_XLSX}",
}
WEB_PAGE = re.compile(
    rb"\s*(<!--.*?-->\s*)?<(!doctype\s+html|html|head|body|table|meta|style)\b",
    re.IGNORECASE | re.DOTALL,
)
# What a part of an archive, by its path, says that the archive is.
KNOWN_PARTS = {
    "xl/workbook.bin": f"classeur binaire d'Excel (.xlsb). {AS_XLSX}",
    "word/document.xml": WORD,
    "ppt/presentation.xml": "présentation. Copiez son tableau dans un tableur, enregistré en .xlsx.",
    "Index/Document.iwa": NUMBERS,
    "Index/CalculationEngine.iwa": NUMBERS,
    "Index.zip": NUMBERS,
}
# The names of the streams of an old document, as they are written in it.
STREAMS = {
    name: name.encode("utf-16-le")
    for name in ("EncryptedPackage", "WordDocument", "Workbook", "Book")
}


def genre_of(content: bytes) -> Genre:
    """Return the kind of a file that may be read; raises `FichierRefuse` naming any other."""
    if content.startswith(ZIP):
        return genre_of_archive(content)
    if content.startswith(OLE):
        return genre_of_ole(content)
    for start, name in KNOWN_STARTS.items():
        if content.startswith(start):
            raise FichierRefuse(name)
    head = content[:4096].removeprefix(b"\xef\xbb\xbf")
    if WEB_PAGE.match(head):
        raise FichierRefuse(
            f"page web (HTML), et non un classeur, même si son nom finit en .xls. {AS_XLSX}"
        )
    if head.lstrip().startswith(b"<?xml"):
        raise FichierRefuse(f"fichier XML. {AS_XLSX}")
    return Genre.TEXTE


def genre_of_ole(content: bytes) -> Genre:
    streams = {name for name, written in STREAMS.items() if written in content}
    if "EncryptedPackage" in streams:
        raise FichierRefuse(PROTEGE)
    if streams & {"Workbook", "Book"}:
        return Genre.XLS
    raise FichierRefuse(WORD if "WordDocument" in streams else ABIME)


def genre_of_archive(content: bytes) -> Genre:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            return genre_of_parts(archive)
    except BadZipFile:
        raise FichierRefuse(ABIME) from None


def genre_of_parts(archive: ZipFile) -> Genre:
    names = set(archive.namelist())
    for part, name in KNOWN_PARTS.items():
        if part in names:
            raise FichierRefuse(name)
    if sum(member.file_size for member in archive.infolist()) > LARGEST_UNZIPPED:
        raise FichierRefuse(TROP_GRAND)
    if any(member.flag_bits & 1 for member in archive.infolist()):
        raise FichierRefuse(PROTEGE)
    if "[Content_Types].xml" in names:
        return Genre.XLSX
    if "content.xml" not in names:
        raise FichierRefuse("archive ZIP. Sortez-en le tableau, puis envoyez-le seul.")
    if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read(
        "META-INF/manifest.xml"
    ):
        raise FichierRefuse(PROTEGE)
    if "mimetype" in names and b"spreadsheet" not in archive.read("mimetype"):
        raise FichierRefuse(WORD)
    return Genre.ODS
