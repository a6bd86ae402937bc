from projects.etudes.models.etudes import (
    BENEFICIAIRES,
    Etude,
    EtudeAction,
    EtudeCommune,
    NatureEtude,
    NiveauEtude,
    RegimeEtude,
)
from projects.etudes.models.faits import FaitEtude, NatureFaitEtude

__all__ = [
    "BENEFICIAIRES",
    "Etude",
    "EtudeAction",
    "EtudeCommune",
    "FaitEtude",
    "NatureEtude",
    "NatureFaitEtude",
    "NiveauEtude",
    "RegimeEtude",
]
