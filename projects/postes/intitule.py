"""How a post is called where nobody has said it otherwise."""

from socle.francais import liste

METIER = "Chef de projet Petites villes de demain"


def intitule_usuel(communes):
    """Return a title that tells the post from others: « Chef de projet … de Gignac et Ganges »."""
    first, *others = communes
    return f"{METIER} {liste([first.avec_de, *others])}"


def identifiant_usuel(communes):
    """Return the words of which the identifier of a post is made: those that one would say of it."""
    return f"poste {' '.join(str(commune) for commune in communes)}"
