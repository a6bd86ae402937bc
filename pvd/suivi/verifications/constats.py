"""What the verifications find, read in one query."""

from collections import Counter
from dataclasses import dataclass, field

from django.apps import apps
from django.db.models import Count, Value

from pvd.suivi.verifications.registre import VERIFICATIONS, as_text
from socle.dates import bare, parse_date


@dataclass
class Constat:
    """A record to look at again, named by its model and its key, and why."""

    sorte: str
    modele: str
    cle: str
    fiche: str
    precision: str
    # What answers it, for whoever may do it.
    gestes: list = field(default_factory=list)

    @property
    def verification(self):
        return VERIFICATIONS[self.sorte]

    @property
    def opts(self):
        return apps.get_model(self.modele)._meta

    @property
    def detail(self):
        """Return what is amiss, a date being written as French does."""
        try:
            return bare(parse_date(self.precision or ""))
        except ValueError:
            return self.precision or ""


def constats(perimetre, jour, sorte=None):
    """Return the rows of the findings of one sort, or of all, in one query: see `Constat`."""
    chosen = [VERIFICATIONS[sorte]] if sorte else VERIFICATIONS.values()
    rows = [rows for v in chosen for rows in v.findings(perimetre, jour)]
    # By all of them: two rows that nothing orders could be on two pages, or on none.
    order = ("sorte", "fiche", "cle", "modele", "precision")
    return rows[0].union(*rows[1:], all=True).order_by(*order) if rows else []


def count_constats(perimetre, jour):
    """Return, in one query, how many findings there are of each sort, in the order of the sorts."""
    arms = [
        # Of a record that is only counted, nothing else is asked: each home page comes here.
        records.order_by().values(sorte=as_text(Value(v.sorte))).annotate(nombre=Count("pk"))
        for v in VERIFICATIONS.values()
        for records in v.asked(perimetre, jour)
    ]
    counts = Counter()
    for row in arms[0].union(*arms[1:], all=True):
        counts[row["sorte"]] += row["nombre"]
    return [(v, counts[v.sorte]) for v in VERIFICATIONS.values() if counts[v.sorte]]
