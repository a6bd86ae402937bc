"""Names of columns as people write them, compared."""

import re

from socle.recherche import plain

# « Date d'entrée », « Date de l'avenant »: words that name nothing by themselves.
LINK_WORDS = {"d", "de", "du", "des", "l", "la", "le", "les"}
# Words of our column names, which have no accents, as French writes them.
ACCENTED = {
    **{"adhesion": "adhésion", "annee": "année", "annees": "années", "arrivee": "arrivée"},
    **{"cloture": "clôture", "cle": "clé", "decision": "décision", "departement": "département"},
    **{"derogation": "dérogation", "duree": "durée", "entree": "entrée", "intitule": "intitulé"},
    **{"numero": "numéro", "precision": "précision", "prevue": "prévue"},
    **{"quotite": "quotité", "reference": "référence", "telephone": "téléphone"},
    **{"epci": "EPCI", "insee": "INSEE", "ort": "ORT", "pvd": "PVD", "siren": "SIREN"},
    **{"debut": "début", "l303": "L303"},
}


def bare_name(text: str) -> str:
    """Return a column name without case, accents, signs nor link words.

    « Code INSEE » is `codeinsee`, « Date d'entrée » is `dateentree`.
    """
    return "".join(w for w in re.findall(r"[^\W_]+", plain(text)) if w not in LINK_WORDS)


def en_clair(column: str) -> str:
    """Return the name of one of our columns as French writes it: « date entrée programme »."""
    return " ".join(ACCENTED.get(word, word) for word in column.split("_"))
