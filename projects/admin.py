"""The back office of the projet de territoire, a module a subject; Django looks for it here."""

from projects.actions import admin as actions
from projects.carnet import admin as carnet
from projects.evaluations import admin as evaluations
from projects.financements import admin as financements
from projects.postes import admin as postes

__all__ = ["actions", "carnet", "evaluations", "financements", "postes"]
