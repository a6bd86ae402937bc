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


def ecart_en_mots(unite: str, ecart: Decimal) -> str:
    """Return a change with its sign: « +15 façades », « −4 points », « sans changement »."""
    if not ecart:
        return "sans changement"
    sign = "+" if ecart > 0 else "−"
    if unite == Unite.POURCENTAGE:
        return f"{sign}{nombre(abs(ecart))} point{'s' if abs(ecart) >= 2 else ''}"
    if unite == Unite.OUI_NON:
        return "de non à oui" if ecart > 0 else "de oui à non"
    return f"{sign}{valeur_en_mots(unite, abs(ecart))}"
