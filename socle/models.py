from socle.colonnes_retenues import ColonneRetenue
from socle.fichiers.imports import Import
from socle.sources import Affirmation, Source

__all__ = ["Affirmation", "ColonneRetenue", "Import", "Source"]
