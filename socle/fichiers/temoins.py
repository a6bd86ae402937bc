"""The name that a row writes beside a code: where both do not agree, the row cannot be trusted.

A code taken for another (Gignac's postcode is Marseillan's INSEE code), or rows of which one column
was sorted alone, read well and are false.
"""

import re

from socle.recherche import search_key

# Words that say what a territory is, or link its name: two territories share them.
COMMON_WORDS = {
    *("a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "sur", "sous"),
    *("commune", "communes", "mairie", "ville", "petr", "pole", "pays", "communaute"),
    *("agglo", "agglomeration", "urbaine", "metropole", "intercommunalite", "interco"),
    *("cc", "ca", "cu", "syndicat", "mixte"),
}
# « CCLL », « CABM »: what says nothing of a name.
ACRONYM = re.compile(r"[A-Z]{2,8}\d?")
# « Lodève (34) », « Lodève - 34700 ».
NUMBERS = re.compile(r"\([^)]*\)|\d+")


def says_another(text: str, names: list[str], sigles: bool = True) -> bool:
    """Tell whether `text`, as people write a name, is none of `names`, those of one record.

    They agree when all the words of one are among those of the other: « Cazouls » and « Cazouls-lès-
    Béziers », « CC Lodévois Larzac » and « Lodévois et Larzac ». Where `sigles` are used, one says
    nothing; a commune has none, and « GIGNAC » is a name.
    """
    if sigles and ACRONYM.fullmatch(text.strip()):
        return False
    said = telling_words(text)
    if not said:
        return False
    return not any(said <= known or known <= said for known in map(telling_words, names) if known)


def telling_words(text: str) -> set[str]:
    """Return the words of a name that tell it from another; all of them if there are only common ones."""
    words = set(search_key(NUMBERS.sub(" ", text)).split())
    return words - COMMON_WORDS or words


def names_of(record: object) -> list[str]:
    """Return the names that a record bears or bore."""
    known = getattr(record, "nom_recherche", "") or getattr(record, "intitule", "") or str(record)
    return known.split("|")
