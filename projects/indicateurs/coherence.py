"""What a measure cannot be: of the wrong object, or with a value that its unit does not have."""

from decimal import Decimal
from typing import Any, NamedTuple


class RefusMesure(NamedTuple):
    """Why a row cannot be, in French, and the field to look at."""

    texte: str
    champ: str


PLUS_TARD = "Un relevé est du jour même ou d'avant : ce qui est attendu est une cible."
CIBLE_A_VENIR = (
    "Ce jour est à venir : une cible est fixée, et sa référence lue, au plus tard ce jour."
)
CIBLE_AVANT = "L'échéance vient après le jour où la cible est fixée."
REFERENCE_APRES = "La référence d'une cible est du jour où elle est fixée, ou d'avant."
DEUX_RELEVES = (
    "Un relevé de ce jour et de cette série existe déjà : corrigez-le, ou nommez l'autre série."
)
DEUX_CIBLES = "Une autre cible est déjà fixée ce jour-là : corrigez-la."
NEGATIVE = "Cette valeur n'est pas négative."
AU_DELA_DE_CENT = "Une part va de 0 à 100, en pourcentage."
ENTIERE = "Cette unité se compte : écrivez un nombre entier."
OUI_OU_NON = "Écrivez 1 pour oui, 0 pour non."
# What is counted one by one.
COMPTEES = ("logements", "locaux", "façades", "habitants", "élèves")
PAR_COMMUNE = "Cet indicateur se relève par commune : choisissez la commune, ou l'action."
PAR_ORT = "Cet indicateur se relève pour toute l'ORT : choisissez sa convention, ou l'action."
SECTEUR_VOULU = "Cet indicateur se relève par secteur : dites lequel."
SECTEUR_DE_TROP = "Cet indicateur ne se relève pas par secteur."
SECTEUR_D_ACTION = "Une action se fait dans ses propres secteurs : n'en choisissez pas ici."
SECTEUR_D_AILLEURS = "Ce secteur est celui d'une autre {}."
LOCAL_AILLEURS = "Cet indicateur est celui d'un autre département."


def refus_de_l_objet(mesure: Any) -> RefusMesure | None:
    """Return why an indicator is not measured there: an action is measured whatever the perimeter."""
    perimetre, secteur = mesure.indicateur.perimetre, mesure.secteur
    if mesure.action_id:
        return RefusMesure(SECTEUR_D_ACTION, "secteur") if secteur else None
    if perimetre != "secteur" and secteur:
        return RefusMesure(SECTEUR_DE_TROP, "secteur")
    if perimetre == "secteur" and not secteur:
        return RefusMesure(SECTEUR_VOULU, "secteur")
    if perimetre == "commune" and mesure.convention_id:
        return RefusMesure(PAR_COMMUNE, "convention")
    if perimetre == "ort" and mesure.commune_id:
        return RefusMesure(PAR_ORT, "commune")
    return refus_du_secteur(mesure)


def refus_du_secteur(mesure: Any) -> RefusMesure | None:
    """Refuse the sector of another convention, or of another commune."""
    for name in ("convention", "commune") if mesure.secteur else ():
        own = getattr(mesure, f"{name}_id")
        if own and own != getattr(mesure.secteur, f"{name}_id"):
            return RefusMesure(SECTEUR_D_AILLEURS.format(name), "secteur")
    return None


def refus_de_l_indicateur(mesure: Any) -> RefusMesure | None:
    """Refuse the indicator of a département for a commune of another."""
    local = mesure.indicateur.departement_id
    if local and mesure.commune_id and mesure.commune.departement_id != local:
        return RefusMesure(LOCAL_AILLEURS, "indicateur")
    return None


def refus_de_la_valeur(indicateur: Any, valeur: Decimal | None) -> str | None:
    """Return why an indicator does not have this value, or None; a percentage is kept from 0 to 100."""
    if valeur is None:
        return None
    if indicateur.unite == "oui/non" and valeur not in (0, 1):
        return OUI_OU_NON
    if indicateur.est_une_part and not 0 <= valeur <= 100:
        return AU_DELA_DE_CENT
    if valeur < 0 and indicateur.unite not in ("%", "€"):
        return NEGATIVE
    if indicateur.unite in COMPTEES and valeur % 1:
        return ENTIERE
    return None
