"""Where migration 0003 looks for what `socle.fichiers.documents` now holds for all the rooms."""

from socle.fichiers.documents import documents_storage, stored_name

__all__ = ["documents_storage", "stored_name"]
