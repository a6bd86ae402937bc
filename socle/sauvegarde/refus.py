"""What the machine or the base refuses while the site is saved or restored, told in one sentence."""

import errno
import sqlite3
import tarfile
import zlib
from contextlib import contextmanager
from gzip import BadGzipFile

from django.db import Error

from socle.sauvegarde import SauvegardeRefusee

FULL = "le disque est plein"
NO_RIGHT = "l'utilisateur du site n'en a pas le droit"
REASONS = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: "le fichier est plus gros que la machine ne le permet",
    errno.EROFS: "le disque ne s'écrit pas",
    errno.EACCES: NO_RIGHT,
    errno.EPERM: NO_RIGHT,
    errno.ENOENT: "il n'existe pas",
    errno.EEXIST: "il existe déjà",
    errno.ENOTDIR: "ce n'est pas un dossier",
    errno.EISDIR: "c'est un dossier",
}


@contextmanager
def told_in_french():
    """Raise `SauvegardeRefusee` for what an archive, a disk or a base refuses."""
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, BadGzipFile):
        message = "Ce fichier n'est pas une archive du site, ou il en manque un morceau."
        raise SauvegardeRefusee(message) from None
    except OSError as error:
        reason = REASONS.get(error.errno, error.strerror)
        where = f"« {error.filename} » : " if error.filename else "Écriture impossible : "
        raise SauvegardeRefusee(f"{where}{reason}.") from None
    except (sqlite3.Error, Error) as error:
        first = str(error).splitlines()[0]
        reason = FULL if "disk is full" in first else first
        raise SauvegardeRefusee(f"La base ne se lit pas ou ne s'écrit pas : {reason}.") from None
