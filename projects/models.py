"""The records of the projet de territoire, a folder a subject; Django looks for them here."""

from projects.actions.models import (
    Action,
    ActionAdhesion,
    ActionCommune,
    ActionPartenaire,
    ActionSecteur,
    ActionTheme,
    Axe,
    Cout,
    Derogation,
    EffetAvenant,
    FaitAction,
    Prevision,
    Theme,
)
from projects.carnet.models import Contact, Fonction, Note
from projects.evaluations.models import Bilan, EcheanceAcceptee, Presentation
from projects.financements.models import (
    AlerteAcceptee,
    Dispositif,
    FaitFinancement,
    Financement,
    ReglePeriode,
)
from projects.postes.models.cofinancements import Alerte, CofinancementPoste, Financeur
from projects.postes.models.dessertes import Desserte
from projects.postes.models.occupations import MotifDepart, Occupation, TypeContrat
from projects.postes.models.postes import Etat, Poste
from projects.postes.models.purges import Purge
from projects.postes.models.recrutements import Recrutement
from projects.projet import ecriture, gel

__all__ = [
    "Action",
    "ActionAdhesion",
    "ActionCommune",
    "ActionPartenaire",
    "ActionSecteur",
    "ActionTheme",
    "Alerte",
    "AlerteAcceptee",
    "Axe",
    "Bilan",
    "CofinancementPoste",
    "Contact",
    "Cout",
    "Derogation",
    "Desserte",
    "Dispositif",
    "EcheanceAcceptee",
    "EffetAvenant",
    "Etat",
    "FaitAction",
    "FaitFinancement",
    "Financement",
    "Financeur",
    "Fonction",
    "MotifDepart",
    "Note",
    "Occupation",
    "Poste",
    "Presentation",
    "Prevision",
    "Purge",
    "Recrutement",
    "ReglePeriode",
    "Theme",
    "TypeContrat",
    "ecriture",
    "gel",
]
