from socle.colonnes_retenues import ColonneRetenue
from socle.sources import Affirmation, Source

__all__ = ["Affirmation", "ColonneRetenue", "Source"]
