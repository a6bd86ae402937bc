"""Values in words: « 27 façades », « 62,5 % », « oui », « secret statistique »."""

from decimal import Decimal

from projects.indicateurs.models import EtatReleve, Unite
from socle.fichiers.champs_nombres import refuse_a_share
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


def refuse_l_ecriture(unite: str, texte: str) -> None:
    """Refuse a value that is written in another unit, and a percentage that may be a share of one.

    « 12 logements » are no façades; « 0,8 » may be 80 %, and « 0,8 % » is said. Raises `ValueError`, in
    French.
    """
    texte = texte.strip()
    other = next((u for u in Unite if texte.endswith(u.value) and u.value != unite), None)
    if other:
        raise ValueError(f"l'unité de cet indicateur est « {unite} », et non « {other.value} »")
    if unite == Unite.POURCENTAGE:
        refuse_a_share(texte)
