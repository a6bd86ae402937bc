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
from projects.club import ecriture as ecriture_du_club
from projects.club.models import (
    EvenementClub,
    EvenementDepartement,
    EvenementOrganisateur,
    Participation,
    RessourceClub,
)
from projects.etudes.models import Etude, EtudeAction, EtudeCommune, FaitEtude
from projects.evaluations.models import Bilan, EcheanceAcceptee, Presentation
from projects.financements.models import (
    AlerteAcceptee,
    Dispositif,
    FaitFinancement,
    Financement,
    ReglePeriode,
)
from projects.indicateurs import ecriture as ecriture_des_mesures
from projects.indicateurs.models import AttenteAcceptee, Cible, Indicateur, Releve
from projects.pieces.models import Piece
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
    "AttenteAcceptee",
    "Axe",
    "Bilan",
    "Cible",
    "CofinancementPoste",
    "Contact",
    "Cout",
    "Derogation",
    "Desserte",
    "Dispositif",
    "EcheanceAcceptee",
    "EffetAvenant",
    "Etat",
    "Etude",
    "EtudeAction",
    "EtudeCommune",
    "EvenementClub",
    "EvenementDepartement",
    "EvenementOrganisateur",
    "FaitAction",
    "FaitEtude",
    "FaitFinancement",
    "Financement",
    "Financeur",
    "Fonction",
    "Indicateur",
    "MotifDepart",
    "Note",
    "Occupation",
    "Participation",
    "Piece",
    "Poste",
    "Presentation",
    "Prevision",
    "Purge",
    "Recrutement",
    "ReglePeriode",
    "Releve",
    "RessourceClub",
    "Theme",
    "TypeContrat",
    "ecriture",
    "ecriture_des_mesures",
    "ecriture_du_club",
    "gel",
]
