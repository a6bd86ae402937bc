"""Names of columns as people write them, compared."""

import re
import unicodedata

# « Date d'entrée », « Date de l'avenant »: words that name nothing by themselves.
LINK_WORDS = {"d", "de", "du", "des", "l", "la", "le", "les"}


def bare_name(text: str) -> str:
    """Return a column name without case, accents, signs nor link words.

    « Code INSEE » is `codeinsee`, « Date d'entrée » is `dateentree`.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return "".join(w for w in re.findall(r"[^\W_]+", plain) if w not in LINK_WORDS)
