from projects.club.models.evenements import (
    EvenementClub,
    EvenementDepartement,
    EvenementOrganisateur,
    NatureEvenement,
    NatureRessource,
    RessourceClub,
)
from projects.club.models.participations import PARTICIPANTS, Participation

__all__ = [
    "PARTICIPANTS",
    "EvenementClub",
    "EvenementDepartement",
    "EvenementOrganisateur",
    "NatureEvenement",
    "NatureRessource",
    "Participation",
    "RessourceClub",
]
