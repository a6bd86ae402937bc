"""The back office of the projet de territoire, a module a subject; Django looks for it here."""

from projects.carnet import admin as carnet
from projects.postes import admin as postes

__all__ = ["carnet", "postes"]
