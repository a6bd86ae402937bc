from socle.sources import Affirmation, Source

__all__ = ["Affirmation", "Source"]
