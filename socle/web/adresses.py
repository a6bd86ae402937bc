"""The query string of a page, kept from link to link."""

from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict


def asked(context):
    """Return the query of the page; an empty one on an error page, where it may be unreadable."""
    try:
        return context["request"].GET
    except (KeyError, SuspiciousOperation):
        return QueryDict()


def avec_date(context, prefix="?", **params):
    """Return the query string that keeps the day asked for in the address, so that links keep it."""
    kept = QueryDict(mutable=True)
    if au := asked(context).get("au"):
        kept["au"] = au
    for name, value in params.items():
        if value not in (None, ""):
            kept[name] = value
    return prefix + kept.urlencode() if kept else ""


def meme_demande(context, **params):
    """Return the whole query string of the page, with `params` changed, or dropped when None."""
    query = asked(context).copy()
    for name, value in params.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}" if query else ""
