"""The archive of the site: one .tar.gz, which only its owner reads, and which is whole or is not there."""

import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import FileField
from django.utils import timezone

from socle.fichiers.stockage import Stockage
from socle.sauvegarde import SauvegardeRefusee, base
from socle.sauvegarde.refus import told_in_french

DOCUMENTS, CLE = "documents", "cle_secrete"
NAMES = {*base.FILES.values(), CLE}


@dataclass
class Sauvegarde:
    """What was saved or restored: the documents, those that are named and lost, or that stay beside."""

    documents: int
    perdus: int = 0
    gardes: int = 0
    cle: Path | None = None


def documents():
    """Return the files of the documents by their names; what is hidden is a mark or a trial."""
    root = settings.PVD_DOCUMENTS_DIR
    found = {p.relative_to(root): p for p in sorted(root.rglob("*")) if p.is_file()}
    return {name.as_posix(): path for name, path in found.items() if not is_hidden(name)}


def is_hidden(name):
    return any(part.startswith(".") for part in name.parts)


def named_documents():
    """Return the names of the files that the records of the base speak of."""
    fields = (field for model in apps.get_models() for field in model._meta.fields)
    there = base.tables()
    return {
        name
        for field in fields
        if isinstance(field, FileField) and field.model._meta.db_table in there
        for name in field.model._base_manager.values_list(field.name, flat=True)
    }


def write(folder, with_key):
    """Write the archive in `folder`; return its path and what it holds. Raises `SauvegardeRefusee`."""
    with told_in_french():
        refuse_folder(folder)
        path = folder / f"pvd-{timezone.localtime():%Y-%m-%d-%H%M%S}.tar.gz"
        if path.exists():
            raise SauvegardeRefusee(f"« {path} » existe déjà : recommencez dans une seconde.")
        with TemporaryDirectory(prefix=".pvd-", dir=folder) as made:
            work = Path(made)
            # Before the documents, which are never changed: all those that the base names are there.
            contents = {(saved := base.save(work)).name: saved}
            found = documents()
            lost = named_documents() - set(found)
            if lost and not found:
                raise SauvegardeRefusee(
                    f"La base nomme {len(lost)} documents, et « {settings.PVD_DOCUMENTS_DIR} » n'en a "
                    "aucun : son disque n'est sans doute pas monté. Rien n'a été sauvegardé."
                )
            contents |= {f"{DOCUMENTS}/{name}": file for name, file in found.items()}
            if with_key:
                contents[CLE] = work / CLE
                contents[CLE].write_text(settings.SECRET_KEY)
            pack(contents, work / path.name)
            # Only whole does it take its name.
            (work / path.name).rename(path)
    return path, Sauvegarde(documents=len(found), perdus=len(lost))


def refuse_folder(folder):
    """Refuse a folder that is not there, or whose files are shown to all or saved with the documents."""
    if not folder.is_dir():
        raise SauvegardeRefusee(f"Le dossier « {folder} » n'existe pas : créez-le d'abord.")
    kept_clear = (settings.PVD_DOCUMENTS_DIR, settings.STATIC_ROOT, *settings.STATICFILES_DIRS)
    if any(folder.resolve().is_relative_to(Path(root).resolve()) for root in kept_clear):
        raise SauvegardeRefusee(f"« {folder} » est un dossier du site : choisissez-en un autre.")


def pack(contents, path):
    with base.open_for_its_owner(path) as file, tarfile.open(fileobj=file, mode="w:gz") as tar:
        for name, source in contents.items():
            tar.add(source.resolve(), name, recursive=False, filter=without_owner)


def without_owner(member):
    """Say nothing in the archive of the users of this machine."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def restore(path, force):
    """Make of the site what the archive holds; return what was restored. Raises `SauvegardeRefusee`.

    Nothing is touched before the whole archive has been read and judged.
    """
    root = settings.PVD_DOCUMENTS_DIR
    with told_in_french(), tarfile.open(path, "r:gz") as tar:
        members = checked(tar)
        if not force:
            refuse_what_is_there()
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        # On the disk of the documents, where each then takes its place at once.
        with TemporaryDirectory(prefix=".restauration-", dir=root) as made:
            work = Path(made)
            extract(tar, members, work)
            saved = work / base.FILES[connection.vendor]
            base.check(saved)
            base.restore(saved)
            restored = put_documents(work / DOCUMENTS)
            # From now on the folder is the one that the base speaks of.
            Stockage(root).mark()
            key = put_key(work / CLE)
    return Sauvegarde(documents=restored, gardes=len(documents()) - restored, cle=key)


def checked(tar):
    """Return the members of an archive of this sort of base; refuse what is not one of ours.

    What is a link, or would be written elsewhere than under our folder, was put there by someone.
    """
    members = tar.getmembers()
    for member in members:
        name = PurePosixPath(member.name)
        ours = name.parts[0] == DOCUMENTS if len(name.parts) > 1 else member.name in NAMES
        if not (ours and member.isreg()) or is_hidden(name):
            raise SauvegardeRefusee(
                f"Cette archive contient « {member.name} », que le site n'y met pas : rien n'est restauré."
            )
    held = {member.name for member in members}
    if base.FILES[connection.vendor] not in held:
        raise SauvegardeRefusee(
            "Cette archive n'a pas de base "
            f"{connection.display_name} : elle vient d'une autre sorte de base, ou n'est pas du site."
        )
    return members


def refuse_what_is_there():
    if count := len(base.tables()):
        raise SauvegardeRefusee(
            f"La base n'est pas vide ({count} tables) : rien n'est restauré. FORCE=1 la remplace."
        )
    if count := len(documents()):
        raise SauvegardeRefusee(
            f"« {settings.PVD_DOCUMENTS_DIR} » n'est pas vide ({count} fichiers) : rien n'est restauré. "
            "FORCE=1 remplace ceux de même nom et garde les autres."
        )


def extract(tar, members, work):
    for member in members:
        path = work / member.name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with base.open_for_its_owner(path) as file:
            shutil.copyfileobj(tar.extractfile(member), file)
    # The sum that proves the archive comes after its last file.
    while tar.fileobj.read(tar.copybufsize):
        pass


def put_documents(folder):
    """Move the documents to where the site reads them; return how many they are."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in files:
        place = settings.PVD_DOCUMENTS_DIR / path.relative_to(folder)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.replace(place)
    return len(files)


def put_key(path):
    """Put the key, if the archive has one, where a site without PVD_SECRET_KEY reads it."""
    if not path.exists():
        return None
    place = settings.VAR_DIR / CLE
    place.unlink(missing_ok=True)
    with base.open_for_its_owner(place) as file:
        file.write(path.read_bytes())
    return place
