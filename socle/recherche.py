"""Names compared as people type them: no accent, no hyphen, no difference of Saint and St."""

import re
import unicodedata

# The signs that nobody sees: hyphens where a word may be cut, joiners, marks of order.
INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\u202a-\u202e]")
ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
# The words that people leave out of a name, or take for one another: « Vigan (Le) », « St-Jean de Fos »,
# « Villeneuve lez Maguelone ».
LIAISONS = frozenset(["le", "la", "les", "l", "de", "du", "des", "d", "et", "lez"])
SUR = {"s": "sur"}


def plain(text: str) -> str:
    """Return `text` in small letters, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def search_key(text: str) -> str:
    """Return `text` without accents, case, hyphens or apostrophes, "St" and "Ste" written in full.

    A word cut by a sign that nobody sees, as one pasted from a document, is one word.

    The key is stored, so that SQLite and PostgreSQL compare the same thing.
    """
    seen = INVISIBLE.sub("", text.casefold()).replace("œ", "oe").replace("æ", "ae")
    words = re.findall(r"[a-z0-9]+", plain(seen))
    return " ".join(ABBREVIATIONS.get(word, word) for word in words)


def bare_key(text: str) -> str:
    """Return the search key without articles nor liaisons: what two ways to write a name share."""
    words = search_key(text).split()
    kept = [SUR.get(word, word) for word in words if word not in LIAISONS]
    return " ".join(kept or words)


def bare_keys(*names: str) -> str:
    """Return the bare keys of several names, each between two bars: `|lodeve|luteva|`.

    A name contains some words when its key does, and is them when it has a bar on both sides.
    """
    return f"|{'|'.join(dict.fromkeys(map(bare_key, names)))}|"
