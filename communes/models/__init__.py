from communes.models.agents import Agent, Role
from communes.models.contours import (
    ContourCommune,
    ContourDepartement,
    FondDeCarte,
    bounds,
    convex_hull,
    svg_path,
)
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
    "ContourCommune",
    "ContourDepartement",
    "Departement",
    "FondDeCarte",
    "Intercommunalite",
    "JournalDroits",
    "Labellisation",
    "Millesime",
    "Nature",
    "Rattachement",
    "Region",
    "Role",
    "Tenue",
    "bounds",
    "convex_hull",
    "names_search_key",
    "svg_path",
]
