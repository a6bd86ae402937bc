"""The columns and the words of the national list of the ORT (DGALN and ANCT), exactly as it writes them.

Whoever reads the list and whoever answers it name its columns from here.
"""

from enum import StrEnum

# The sheet of the national workbook that holds the rows.
FEUILLE = "Suivi conventions"
# « 13-05-2026 09:41 », as « Dernière actualisation » writes the moment of a row.
FORMAT_ACTUALISATION = "%d-%m-%Y %H:%M"


class ColonneNationale(StrEnum):
    """A column of the list, in its order; the comma of some is part of their name."""

    COMMUNE = "Commune"
    EPCI = "EPCI"
    DEPARTEMENT = "Département"
    REGION = "Région"
    CODE_COMMUNE = "Code commune"
    STATUT_COMMUNE = "Statut de la commune"
    SIGNEE = "Signée ?"
    DATE_SIGNATURE = "Si signée, date de signature"
    DATE_ENVISAGEE = "Si non signée, date de signature envisagée"
    DUREE = "Durée (en années)"
    DATE_FIN = "Date de fin estimée"
    REMARQUES = "Remarques"
    AVANCEMENT = "Avancement"
    ACV = "ACV"
    PVD = "PVD"
    LONGITUDE = "longitude"
    LATITUDE = "latitude"
    ACTUALISATION = "Dernière actualisation"
    ACTUALISE_PAR = "Actualisé par"


class StatutNational(StrEnum):
    """What a commune is for the list: the values of « Statut de la commune »."""

    ACV = "1. Commune ACV"
    PVD = "2. Commune PVD"
    AUTRE = "3. Autre"


class SigneeNationale(StrEnum):
    """Where the convention of a row stands: the values of « Signée ? »."""

    SIGNEE = "Signée"
    NON_SIGNEE = "Non signée"
    EN_COURS = "En cours"
    TERMINEE = "Terminée"


def commune_prefixee(departement: str, nom: str) -> str:
    """Write a commune as « Commune » does, « 26 - Valence »: the département, then the name."""
    return f"{departement} - {nom}"
