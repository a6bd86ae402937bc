"""What looks odd in a fact about to be recorded: told by previews, of gestes and of files; never refused."""

import datetime
from dataclasses import dataclass
from typing import Any

from socle.dates import ONE_DAY, in_french, in_words, last_day
from socle.models import Source
from socle.sources import sourced_fields

# A signed act, or a newspaper, speaks of what has just been done. A list may speak of years ago.
SOON = datetime.timedelta(days=62)
PROMPT = {Source.Genre.ACTE, Source.Genre.PRESSE}


@dataclass(frozen=True)
class Avertissement:
    """A warning: `texte` says what looks odd, `explication` what to do about it.

    `cle` is the key of the one that it is about, where several are asked about together.
    """

    texte: str
    explication: str
    cle: Any = ""


def of_source(source, sayings):
    """Yield what is odd in the dates that `source` says: (record, field, day, precision) each."""
    if source.date_document is None or source.genre == Source.Genre.SERVICE:
        return
    for fiche, champ, jour, precision in sayings:
        if champ in sourced_fields(type(fiche)):
            yield from of_saying(source, name_of(fiche, champ), champ, jour, precision)


def of_saying(source, name, champ, jour, precision):
    told = f"« {source} », du {in_french(source.date_document)}"
    # An end is the first day after what it ends: a document may speak of that last day.
    begins = jour - ONE_DAY if champ == "fin" else jour
    if begins > source.date_document:
        yield Avertissement(
            f"{told}, dit un fait qui lui est postérieur : {name} {in_words(jour, precision)}.",
            "Un document ne dit pas ce qui n'a pas encore eu lieu : vérifiez la date et la source.",
        )
    elif source.genre in PROMPT and last_day(jour, precision) + SOON < source.date_document:
        yield Avertissement(
            f"{told}, est plus de deux mois après ce qu'il dit : {name} {in_words(jour, precision)}.",
            "Un acte ou un article suit de près ce qu'il dit : vérifiez la date, ou la source.",
        )


def name_of(fiche, champ):
    return fiche._meta.get_field(champ).verbose_name
