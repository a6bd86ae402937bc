from projects.financements.models.dispositifs import Dispositif, NatureFinanceur, ReglePeriode
from projects.financements.models.financements import (
    FINANCEURS,
    AlerteAcceptee,
    FaitFinancement,
    Financement,
    Forme,
    NatureFinancement,
    SorteRetrait,
    SorteVersement,
)

__all__ = [
    "FINANCEURS",
    "AlerteAcceptee",
    "Dispositif",
    "FaitFinancement",
    "Financement",
    "Forme",
    "NatureFinancement",
    "NatureFinanceur",
    "ReglePeriode",
    "SorteRetrait",
    "SorteVersement",
]
