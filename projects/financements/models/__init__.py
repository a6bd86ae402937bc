from projects.financements.models.dispositifs import Dispositif, NatureFinanceur, ReglePeriode
from projects.financements.models.financements import (
    FINANCEURS,
    PUBLICS,
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
    "PUBLICS",
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
