"""Values in words: « 27 façades », « 62,5 % », « oui », « secret statistique »."""

from decimal import Decimal

from projects.indicateurs.models import EtatReleve, Unite
from socle.francais import euros, nombre, pour_cent


def valeur_en_mots(unite: str, valeur: Decimal | None, etat: str = "") -> str:
    """Return a value with its unit; without one, why there is none."""
    if valeur is None:
        return EtatReleve(etat).label if etat else "non renseigné"
    match unite:
        case Unite.OUI_NON:
            return "oui" if valeur else "non"
        case Unite.POURCENTAGE:
            return pour_cent(valeur)
        case Unite.EUROS:
            return euros(valeur)
    return f"{nombre(valeur)} {Unite(unite).label}"
