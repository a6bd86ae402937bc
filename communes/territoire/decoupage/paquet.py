"""The package of a vintage, as npm, a person or this project packs it: its four files, found inside."""

import io
import lzma
import tarfile
import zipfile
import zlib
from pathlib import PurePosixPath

from communes.territoire.decoupage.lecture import FILES, DecoupageError, read_decoupage

# France has files of 20 Mo; what is unpacked of a package stays far under what memory holds.
LARGEST_MEMBER = 100 * 1024 * 1024
LARGEST_TOTAL = 1024 * 1024 * 1024
BROKEN = (
    *(tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error),
    *(EOFError, OSError, RuntimeError, NotImplementedError),
)


def read_package(content, annee, *, floors=True):
    """Return the vintage whose four files are packed in `content`, a .tgz, .tar.xz or .zip, in any folder.

    In a package of several years, those of the folder of `annee`.
    """
    try:
        members = list(zip_members(content) if is_zip(content) else tar_members(content))
    except BROKEN as error:
        raise DecoupageError(
            "Le paquet est illisible : un fichier .tgz, .tar.xz ou .zip entier est attendu."
        ) from error
    return read_decoupage(chosen(members, annee), annee, floors=floors)


def is_zip(content):
    return zipfile.is_zipfile(io.BytesIO(content))


def zip_members(content):
    """Yield the path and the bytes of each file of a vintage in a .zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            if named(info.filename):
                refuse_huge(info.filename, info.file_size)
                with archive.open(info) as member:
                    yield PurePosixPath(info.filename), member.read(LARGEST_MEMBER)


def tar_members(content):
    """Yield the path and the bytes of each file of a vintage in a .tar, compressed or not."""
    total = 0
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:*") as archive:
        for member in archive:
            total += member.size
            if total > LARGEST_TOTAL:
                raise DecoupageError("Le paquet est trop grand pour être un millésime.")
            if member.isfile() and named(member.name):
                refuse_huge(member.name, member.size)
                yield PurePosixPath(member.name), archive.extractfile(member).read()


def named(path):
    return PurePosixPath(path).name in FILES


def refuse_huge(path, size):
    if size > LARGEST_MEMBER:
        raise DecoupageError(f"{path} : {size // 1024 // 1024} Mo, bien plus qu'un millésime.")


def chosen(members, annee):
    """Return the bytes of the four files, by name: each must be there once, or once for that year."""
    contents = {}
    for name in FILES:
        found = [(path, data) for path, data in members if path.name == name]
        of_year = [(path, data) for path, data in found if str(annee) in path.parts[:-1]]
        found = of_year or found
        if not found:
            raise DecoupageError(f"{name} : ce fichier n'est pas dans le paquet.")
        if len(found) > 1:
            paths = ", ".join(str(path) for path, _ in found[:5])
            raise DecoupageError(f"{name} : plusieurs fichiers de ce nom ({paths}).")
        contents[name] = found[0][1]
    return contents
