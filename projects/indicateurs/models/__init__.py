from projects.indicateurs.models.indicateurs import Indicateur, PerimetreIndicateur, Sens, Unite
from projects.indicateurs.models.mesures import OBJETS, AttenteAcceptee, Cible, EtatReleve, Releve

__all__ = [
    "OBJETS",
    "AttenteAcceptee",
    "Cible",
    "EtatReleve",
    "Indicateur",
    "PerimetreIndicateur",
    "Releve",
    "Sens",
    "Unite",
]
