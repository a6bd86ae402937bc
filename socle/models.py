from socle.fichiers.imports import Import
from socle.sources import Affirmation, Source

__all__ = ["Affirmation", "Import", "Source"]
