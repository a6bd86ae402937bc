"""The back office of the projet de territoire, a module a subject; Django looks for it here."""

from projects.actions import admin as actions
from projects.carnet import admin as carnet
from projects.financements import admin as financements
from projects.pieces import admin as pieces
from projects.postes import admin as postes

__all__ = ["actions", "carnet", "financements", "pieces", "postes"]
