from projects.indicateurs.models.indicateurs import Indicateur, Perimetre, Sens, Unite
from projects.indicateurs.models.mesures import OBJETS, Cible, EtatReleve, Releve

__all__ = [
    "OBJETS",
    "Cible",
    "EtatReleve",
    "Indicateur",
    "Perimetre",
    "Releve",
    "Sens",
    "Unite",
]
