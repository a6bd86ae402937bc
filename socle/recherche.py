"""Names compared as people type them: no accent, no hyphen, no difference of Saint and St."""

import re
import unicodedata

ABBREVIATIONS = {"st": "saint", "ste": "sainte"}


def search_key(text: str) -> str:
    """Return `text` without accents, case, hyphens or apostrophes, "St" and "Ste" written in full.

    The key is stored, so that SQLite and PostgreSQL compare the same thing.
    """
    decomposed = unicodedata.normalize(
        "NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae")
    )
    ascii_text = "".join(c for c in decomposed if not unicodedata.combining(c))
    words = re.findall(r"[a-z0-9]+", ascii_text)
    return " ".join(ABBREVIATIONS.get(word, word) for word in words)
