"""The query string of a page, kept from link to link, or changed."""

from copy import copy
from functools import lru_cache

from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict
from django.urls import get_script_prefix, reverse
from django.utils.http import urlencode

# More than the communes of the programme, and the actions of the lists asked for of late.
KEPT = 10_000


def adresse_de(page, cle):
    """Return the address of the page of a record: `reverse`, asked once for each of the rows of a table."""
    return adresse_sous(get_script_prefix(), page, cle)


@lru_cache(maxsize=KEPT)
def adresse_sous(prefix, page, cle):
    """Return the address of a page of the site, as it is served under `prefix`: the code alone tells it."""
    return reverse(page, args=[cle])


def asked(context):
    """Return the query of the page; an empty one on an error page, where it may be unreadable."""
    try:
        return context["request"].GET
    except (KeyError, SuspiciousOperation):
        return QueryDict()


def avec_date(context, prefix="?", **params):
    """Return the query string that keeps the day asked for in the address, so that links keep it."""
    wanted = {"au": asked(context).get("au"), **params}
    kept = {name: value for name, value in wanted.items() if value not in (None, "")}
    return prefix + urlencode(kept) if kept else ""


def meme_demande(context, **params):
    """Return the whole query string of the page, with `params` changed, or dropped when None."""
    query = copy(asked(context))
    for name, value in params.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}" if query else ""


class AdressesDeListe:
    """The query strings to which a filtered list leads.

    `data` is what is asked, `read` the names that the list reads of it, `filters` those of its filters.
    """

    def __init__(self, data, read, filters):
        self.data, self.read, self.filters = data, read, filters

    def asked_with(self, **changed):
        """Return what is asked, but its page, with the values of `changed`, dropped when None.

        Several values are a list.
        """
        query = copy(self.data)
        for name, value in {"page": None, **changed}.items():
            query.pop(name, None)
            if isinstance(value, list):
                query.setlist(name, value)
            elif value is not None:
                query[name] = value
        return query

    def changed(self, **values):
        """Return the query string of what is asked with other values: see `asked_with`."""
        return f"?{self.asked_with(**values).urlencode()}"

    def without(self, *names):
        """Return the query string that drops the filters `names`, and the page with them."""
        return self.changed(**dict.fromkeys(names))

    @property
    def sans_critere(self):
        """Return the query string that drops every filter, and keeps the day and the order."""
        return self.without(*self.filters)

    @property
    def du_tableau(self):
        """Return the query string of the download: what is read of the address, and nothing else.

        A page lets by what others add to an address that is shared; a download refuses it.
        """
        query = copy(self.data)
        for name in set(query).difference(self.read):
            del query[name]
        return f"?{query.urlencode()}" if query else ""
