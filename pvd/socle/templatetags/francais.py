"""French as a careful official writes it, in every template."""

import re

from django import template
from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict
from django.utils.html import format_html

from pvd.socle import dates

register = template.Library()

UNKNOWN = "non renseigné"
# A date is feminine.
UNKNOWN_DATE = "non renseignée"
NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\xa0"


@register.filter
def le_jour(jour):
    """Write « 6 juillet 2023 », or say that the date is not known."""
    return dates.in_french(jour) if jour else UNKNOWN_DATE


@register.filter
def date_nue(jour, precision="jour"):
    """Write a date by its precision, without preposition: « décembre 2023 »."""
    if not jour:
        return UNKNOWN_DATE
    text = dates.bare(jour, precision)
    return format_html('<time datetime="{}">{}</time>', dates.iso(jour, precision), text)


@register.filter
def date_en_phrase(jour, precision="jour"):
    """Write a date by its precision, with its preposition: « en décembre 2023 »."""
    return dates.in_words(jour, precision) if jour else UNKNOWN_DATE


@register.filter
def depuis(jour, precision="jour"):
    """Write a beginning by its precision: « depuis le 16 juillet 2021 », « depuis mai 2021 »."""
    if precision == dates.Precision.AU_PLUS_TARD:
        return f"depuis le {dates.in_french(jour)} au plus tard"
    article = "le " if precision == dates.Precision.JOUR else ""
    return f"depuis {article}{dates.bare(jour, precision)}"


@register.filter
def nombre(value):
    """Write « 7 797 », with the narrow space that never breaks, or say that it is not known."""
    if value is None or value == "":
        return UNKNOWN
    return f"{value:,}".replace(",", NARROW_SPACE)


@register.filter
def liste(values):
    """Write « Pézenas, Montagnac et Florensac »."""
    texts = [str(value) for value in values]
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} et {texts[-1]}"


@register.filter
def insecable(text):
    """Keep the French marks on the line of the word before: « : », « ; », « ? », « ! » and quotes."""
    text = re.sub(r" (?=[;?!])", NARROW_SPACE, str(text))
    return re.sub(r"(?<=«) | (?=[:»])", NO_BREAK_SPACE, text)


@register.filter
def nom_au(record, jour):
    """Write the name of a territory on a day; what never changes its name gives the one it has."""
    if not record:
        return UNKNOWN
    return record.nom_au(jour) if hasattr(record, "nom_au") else str(record)


@register.filter
def pluriel(count, words):
    """Write a count and its noun: `3|pluriel:"commune,communes"` gives « 3 communes »."""
    one, many = words.split(",")
    return f"{nombre(count)} {many if count > 1 else one}"


def asked(context):
    """Return the query of the page; an empty one on an error page, where it may be unreadable."""
    try:
        return context["request"].GET
    except (KeyError, SuspiciousOperation):
        return QueryDict()


@register.simple_tag(takes_context=True)
def avec_date(context, prefix="?", **params):
    """Return the query string that keeps the day asked for in the address, so that links keep it."""
    kept = QueryDict(mutable=True)
    if au := asked(context).get("au"):
        kept["au"] = au
    for name, value in params.items():
        if value not in (None, ""):
            kept[name] = value
    return prefix + kept.urlencode() if kept else ""


@register.simple_tag(takes_context=True)
def meme_demande(context, **params):
    """Return the whole query string of the page, with `params` changed, or dropped when None."""
    query = asked(context).copy()
    for name, value in params.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}" if query else ""
