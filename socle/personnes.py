"""A public text that seems to name somebody, or tells how to reach them, is asked about: never refused.

What is quoted is what was typed: whose name it is, and in which département, is told to nobody.
"""

import re

from socle.francais import liste
from socle.recherche import search_key

CAPITALISED = r"[A-ZÀ-ÖØ-Þ][\w'’-]+"
CIVILITE = re.compile(
    r"\b(?:MM?\.\s*|(?:M|Mme|Mmes|Mlle|Monsieur|Messieurs|Madame|Mesdames|Mademoiselle|Maître|Me|Dr|Docteur)"
    rf"\s+)(?:{CAPITALISED}[ -]?)+"
)
COURRIEL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
TELEPHONE = re.compile(r"(?<![\d.])(?:\+33[ .]?[1-9]|0[1-9])(?:[ .-]?\d{2}){4}(?!\d)")
WORD = re.compile(r"[^\W_]+")

# What an app above knows of people: functions that yield names, of whatever département.
NAMES_ABOVE = []
# What may stand in the place of a name, and names nobody.
CIVILITIES = {"m", "mm", "mme", "mmes", "mlle", "monsieur", "madame", "maitre", "me", "dr"}
NOBODY = {
    "accueil",
    "dgs",
    "ddt",
    "ddtm",
    "mairie",
    "maire",
    "prefecture",
    "secretariat",
    "standard",
}
SHORTEST_NAME = 3
# « camille.martin@… »: the address of somebody, where that of a service is due.
NOMINATIF = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*\.[^\W\d_]+(?:-[^\W\d_]+)*")

TOLD = "Ce texte est public, et semble nommer quelqu'un ou dire où le joindre : {}."
ASKED = f"{TOLD} Retirez-le, ou cochez la case."
CONFIRMED = "Ce texte ne nomme personne, ou la personne est nommée à bon droit"


class Noms:
    """The names of the people that the base knows, compared without case nor accents, word by word."""

    def __init__(self):
        known = (words for find in NAMES_ABOVE for name in find() for words in orders(name))
        self.known = set(known)
        self.lengths = sorted({len(words) for words in self.known}, reverse=True)

    def found_in(self, text):
        """Yield the passages of `text` that are one of these names, the longest first."""
        words = [(match, search_key(match[0])) for match in WORD.finditer(text)]
        for length in self.lengths:
            for start in range(len(words) - length + 1):
                named = words[start : start + length]
                if tuple(key for _, key in named) in self.known:
                    yield text[named[0][0].start() : named[-1][0].end()]


def orders(name):
    """Yield a name as it is told, word by word: the first name, or the family name, first."""
    words = tuple(word for word in search_key(name).split() if word not in CIVILITIES)
    if len(words) > 1:
        yield from (words, (words[-1], *words[:-1]), (*words[1:], words[0]))
    elif words and len(words[0]) >= SHORTEST_NAME and words[0] not in NOBODY:
        yield words


def passages(text, noms):
    """Return the passages of `text` that seem to name or reach somebody, as they are typed, each once."""
    found = [
        match[0].strip(" -")
        for pattern in (CIVILITE, COURRIEL, TELEPHONE)
        for match in pattern.finditer(text)
    ]
    found += noms.found_in(text)
    # A name inside a longer passage is told with it.
    return [
        passage
        for passage in dict.fromkeys(found)
        if not any(passage in other and passage != other for other in found)
    ]


def quoted(message, found):
    """Return what is told, or asked, of a text in which the passages `found` were read."""
    return message.format(liste(f"« {passage} »" for passage in found))


def mails_of_someone(mails, noms=None):
    """Return, of `mails` by their names, those that seem to be a person's and not a service's."""
    written = {name: mail for name, mail in mails.items() if isinstance(mail, str) and "@" in mail}
    if not written:
        return {}
    noms = noms or Noms()
    return {name: [mail] for name, mail in written.items() if is_of_someone(mail, noms)}


def is_of_someone(mail, noms):
    """Tell whether a mail begins as that of a person: a first name and a name, or one that is known."""
    begins = mail.partition("@")[0]
    if NOBODY.intersection(match[0].casefold() for match in WORD.finditer(begins)):
        return False
    return bool(NOMINATIF.fullmatch(begins) or any(noms.found_in(begins)))


def texts_naming_someone(texts, noms=None):
    """Return, of `texts` by their names, those that seem to name somebody, each with its passages.

    `noms` are the names already read, for whoever asks of many records.
    """
    written = {name: text for name, text in texts.items() if isinstance(text, str) and text.strip()}
    if not written:
        return {}
    noms = noms or Noms()
    read = {name: passages(text, noms) for name, text in written.items()}
    return {name: found for name, found in read.items() if found}
