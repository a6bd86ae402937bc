"""The back office of the projet de territoire, a module a subject; Django looks for it here."""

from projects.actions import admin as actions
from projects.carnet import admin as carnet
from projects.club import admin as club
from projects.etudes import admin as etudes
from projects.evaluations import admin as evaluations
from projects.financements import admin as financements
from projects.indicateurs import admin as indicateurs
from projects.pieces import admin as pieces
from projects.postes import admin as postes

__all__ = [
    "actions",
    "carnet",
    "club",
    "etudes",
    "evaluations",
    "financements",
    "indicateurs",
    "pieces",
    "postes",
]
