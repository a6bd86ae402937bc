"""How a post is called where nobody has said it otherwise."""

from socle.francais import liste

METIER = "Chef de projet Petites villes de demain"


def intitule_usuel(communes):
    """Return a title that tells the post from others: « Chef de projet … de Gignac et Ganges »."""
    first, *others = communes
    return f"{METIER} {liste([first.avec_de, *others])}"
