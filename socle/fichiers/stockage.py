"""Where deposited files are kept."""

import errno
import os
from pathlib import Path

from django.core.files.storage import FileSystemStorage

from socle.essai import en_essai

MARQUE = ".documents-pvd"


class Stockage(FileSystemStorage):
    """A folder of files, which a trial leaves as it is: nothing is written to it nor deleted.

    It bears a mark. A disk that is not mounted leaves an empty folder in its place, or none: what
    is written there is lost when the disk comes back, so nothing is.
    """

    @property
    def marque(self):
        return Path(self.location, MARQUE)

    @property
    def is_marked(self):
        return self.marque.exists()

    @property
    def is_writable(self):
        return os.access(self.location, os.W_OK)

    def mark(self):
        """Make the folder, and say that it is the one."""
        mode = self.directory_permissions_mode or 0o700
        self.marque.parent.mkdir(mode=mode, parents=True, exist_ok=True)
        self.marque.touch(mode=0o600)

    def files(self):
        """Return the files of the folder, by their names, without its mark."""
        root = Path(self.location)
        found = (path for path in root.rglob("*") if path.is_file() and path != self.marque)
        return {path.relative_to(root).as_posix(): path for path in found}

    def _save(self, name, content):
        if en_essai():
            return name
        if not self.is_marked:
            raise OSError(errno.ENODEV, "Le dossier ne porte pas sa marque", str(self.marque))
        try:
            return super()._save(name, content)
        except OSError:
            # A disk that fills up leaves the beginning of the file.
            Path(self.path(name)).unlink(missing_ok=True)
            raise

    def delete(self, name):
        if not en_essai():
            super().delete(name)
