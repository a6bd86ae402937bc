from projects.indicateurs.models.indicateurs import Indicateur, PerimetreIndicateur, Sens, Unite
from projects.indicateurs.models.mesures import OBJETS, Cible, EtatReleve, Releve

__all__ = [
    "OBJETS",
    "Cible",
    "EtatReleve",
    "Indicateur",
    "PerimetreIndicateur",
    "Releve",
    "Sens",
    "Unite",
]
