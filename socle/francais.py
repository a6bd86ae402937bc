"""French as a careful official writes it: dates, numbers, lists, plurals."""

import datetime
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils import timezone

from socle.dates import Precision, bare, in_french, in_words
from socle.recherche import search_key

Number = float | Decimal

UNKNOWN = "non renseigné"
# A date is feminine.
UNKNOWN_DATE = "non renseignée"
NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\xa0"
# A space after which a line must not break: before « ; ? ! : » and the end of a quotation, after its start.
BREAKABLE = re.compile(r" (?=[;?!:»])|(?<=«) ")


def at_hour(moment: datetime.datetime) -> str:
    """Write « 6 juillet 2023 à 14 h 05 »."""
    local = timezone.localtime(moment)
    return f"{in_french(local.date())} à {local:%H h %M}"


def le_jour(jour: datetime.date | None) -> str:
    """Write « 6 juillet 2023 », or say that the date is not known."""
    return in_french(jour) if jour else UNKNOWN_DATE


def date_en_phrase(jour: datetime.date | None, precision: str = "jour") -> str:
    """Write a date by its precision, with its preposition: « en décembre 2023 »."""
    return in_words(jour, precision) if jour else UNKNOWN_DATE


def depuis(jour: datetime.date, precision: str = "jour") -> str:
    """Write a beginning by its precision: « depuis le 16 juillet 2021 », « depuis mai 2021 »."""
    if precision == Precision.AU_PLUS_TARD:
        return f"depuis le {in_french(jour)} au plus tard"
    article = "le " if precision == Precision.JOUR else ""
    return f"depuis {article}{bare(jour, precision)}"


def datee(jour: datetime.date, precision: str = Precision.JOUR) -> str:
    """Write a date after what it dates: « du 6 juillet 2023 », « de décembre 2023 », « d'avril 2023 »."""
    if precision in (Precision.MOIS, Precision.ANNEE):
        told = bare(jour, precision)
        return f"d'{told}" if told[0] in "ao" else f"de {told}"
    late = " au plus tard" if precision == Precision.AU_PLUS_TARD else ""
    return f"du {in_french(jour)}{late}"


def date_courte(jour: datetime.date, precision: str = Precision.JOUR) -> str:
    """Write a date by what is known of it, in figures, for a narrow cell: « 12/2023 »."""
    if precision == Precision.ANNEE:
        return f"{jour:%Y}"
    if precision == Precision.MOIS:
        return f"{jour:%m/%Y}"
    written = f"{jour:%d/%m/%Y}"
    return f"au plus tard {written}" if precision == Precision.AU_PLUS_TARD else written


def nombre(
    value: Number | str | None, decimales: int | None = None, espace: str = NARROW_SPACE
) -> str:
    """Write « 7 797 » or « 37,50 », of which a line never breaks, or say that it is not known.

    Two decimals if there are some, unless `decimales` says how many; `espace` parts the thousands.
    """
    if value is None or value == "":
        return UNKNOWN
    if decimales is None:
        decimales = 0 if value == int(value) else 2
    return f"{value:,.{decimales}f}".translate({ord(","): espace, ord("."): ","})


def liste(values: Iterable[object]) -> str:
    """Write « Pézenas, Montagnac et Florensac »."""
    texts = [str(value) for value in values]
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} et {texts[-1]}"


def insecable(text: object) -> str:
    """Keep the French marks on the line of the word before: « : », « ; », « ? », « ! » and quotes."""
    text = str(text)
    return BREAKABLE.sub(lambda space: unbreakable(text, space), text)


def unbreakable(text: str, space: re.Match[str]) -> str:
    """Return what takes the place of a `BREAKABLE` space of a text: narrow before « ; », « ? », « ! »."""
    narrow = text[space.end() : space.end() + 1] in {";", "?", "!"}
    return NARROW_SPACE if narrow else NO_BREAK_SPACE


def nom_au(record: Any, jour: datetime.date) -> str:
    """Write the name of a territory on a day; what never changes its name gives the one it has."""
    if not record:
        return UNKNOWN
    return record.nom_au(jour) if hasattr(record, "nom_au") else str(record)


def pluriel(count: int, words: str) -> str:
    """Write a count and its noun: `3|pluriel:"commune,communes"` gives « 3 communes »."""
    one, many = words.split(",")
    return f"{nombre(count)} {many if count > 1 else one}"


def un(model: Any, name: str = "") -> str:
    """Return the name of a sort of records after its article: « une convention », « un avenant »."""
    return f"{'une' if is_feminine(model) else 'un'} {name or model._meta.verbose_name}"


def du(model: Any) -> str:
    """Return « de la convention », « de l'avenant », « du poste »."""
    name = str(model._meta.verbose_name)
    if search_key(name)[0] in "aeiouy":
        return f"de l'{name}"
    return f"de la {name}" if is_feminine(model) else f"du {name}"


def accord(participle: str, model: Any) -> str:
    """Return a participle that agrees with several records of a sort: « sélectionnées »."""
    return f"{participle}{'e' if is_feminine(model) else ''}s"


def is_feminine(model: Any) -> bool:
    """Tell whether the name of a sort of records is feminine, which the sort itself says."""
    return getattr(model, "feminin", False)


def euros(amount: Number) -> str:
    return f"{nombre(amount)}\u00a0€"


def pour_cent(rate: Number) -> str:
    return f"{nombre(rate)}\u00a0%"
