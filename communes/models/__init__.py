from communes.models.agents import Agent, Role
from communes.models.journal import JournalDroits
from communes.models.programme import Labellisation
from communes.models.territoire import (
    AncienCode,
    AncienNomCommune,
    AncienNomIntercommunalite,
    Commune,
    Departement,
    Intercommunalite,
    Millesime,
    Nature,
    Rattachement,
    Region,
    Tenue,
    names_search_key,
)

__all__ = [
    "Agent",
    "AncienCode",
    "AncienNomCommune",
    "AncienNomIntercommunalite",
    "Commune",
    "Departement",
    "Intercommunalite",
    "JournalDroits",
    "Labellisation",
    "Millesime",
    "Nature",
    "Rattachement",
    "Region",
    "Role",
    "Tenue",
    "names_search_key",
]
