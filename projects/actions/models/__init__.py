from projects.actions.models.actions import (
    MAITRES_D_OUVRAGE,
    Action,
    EntreePar,
    Etendue,
    Phase,
    PlanSigne,
)
from projects.actions.models.faits import (
    BaseMontant,
    Cout,
    FaitAction,
    NatureCout,
    NatureFait,
    Prevision,
)
from projects.actions.models.liens import (
    ANCIENS,
    ActionAdhesion,
    ActionCommune,
    ActionPartenaire,
    ActionSecteur,
    ActionTheme,
    Derogation,
    EffetAvenant,
)
from projects.actions.models.themes import Axe, Theme

__all__ = [
    "ANCIENS",
    "MAITRES_D_OUVRAGE",
    "Action",
    "ActionAdhesion",
    "ActionCommune",
    "ActionPartenaire",
    "ActionSecteur",
    "ActionTheme",
    "Axe",
    "BaseMontant",
    "Cout",
    "Derogation",
    "EffetAvenant",
    "EntreePar",
    "Etendue",
    "FaitAction",
    "NatureCout",
    "NatureFait",
    "Phase",
    "PlanSigne",
    "Prevision",
    "Theme",
]
