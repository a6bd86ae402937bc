"""The records of the communes, a module a subject; Django looks for them here."""

from communes.comptes.journal import JournalDroits
from communes.comptes.models import Agent, Role
from communes.interlocuteurs.models import Interlocuteur
from communes.programme.annonces import Programme
from communes.programme.models import Labellisation
from communes.programme.relectures import Relecture
from communes.territoire.contours.models import (
    ContourCommune,
    ContourDepartement,
    FondDeCarte,
    FondDeFrance,
)
from communes.territoire.departements import Departement, Region, Tenue
from communes.territoire.designations import AncienCode, CodePostal
from communes.territoire.interruptions import (
    InterruptionCommune,
    InterruptionIntercommunalite,
)
from communes.territoire.models import (
    AncienNomCommune,
    AncienNomIntercommunalite,
    Commune,
    Intercommunalite,
    Millesime,
    Nature,
    Rattachement,
    Succession,
    names_search_key,
)
from communes.territoire.mouvements import Mouvement
from communes.territoire.populations import Population

__all__ = [
    "Agent",
    "AncienCode",
    "AncienNomCommune",
    "AncienNomIntercommunalite",
    "CodePostal",
    "Commune",
    "ContourCommune",
    "ContourDepartement",
    "Departement",
    "FondDeCarte",
    "FondDeFrance",
    "Intercommunalite",
    "Interlocuteur",
    "InterruptionCommune",
    "InterruptionIntercommunalite",
    "JournalDroits",
    "Labellisation",
    "Millesime",
    "Mouvement",
    "Nature",
    "Population",
    "Programme",
    "Rattachement",
    "Region",
    "Relecture",
    "Role",
    "Succession",
    "Tenue",
    "names_search_key",
]
