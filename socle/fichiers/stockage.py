"""Where deposited files are kept."""

from django.core.files.storage import FileSystemStorage

from socle.essai import en_essai


class Stockage(FileSystemStorage):
    """A folder of files, which a trial leaves as it is: nothing is written to it nor deleted."""

    def _save(self, name, content):
        return name if en_essai() else super()._save(name, content)

    def delete(self, name):
        if not en_essai():
            super().delete(name)
