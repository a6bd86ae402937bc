"""Which year the populations of a vintage count, proven by figures that Insee has published.

The package of a vintage does not say it, and may repeat the figures of the year before.
"""

import csv
from functools import cache

from django.conf import settings

PUBLIEES = settings.BASE_DIR / "communes" / "donnees" / "populations.csv"
COMMUNES_NEEDED = 3
# Mayotte and the collectivités d'outre-mer are counted apart, in other years.
COMPTEES_A_PART = ("975", "976", "977", "978", "98")


@cache
def populations_publiees():
    """Return the figures that were read in what Insee publishes: by year, then by code of commune."""
    publiees = {}
    with PUBLIEES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            of_year = publiees.setdefault(int(row["annee"]), {})
            of_year[row["code_insee"]] = int(row["population"])
    return publiees


def annee_etablie(populations, publiees):
    """Return the year that the `populations` of a vintage count, by code, or None if it is not proven.

    A year of `publiees` is proven by three of its communes at least, when each of them that the
    vintage knows has exactly the published figure.
    """
    proven = [
        annee
        for annee, figures in publiees.items()
        if len(figures.keys() & populations.keys()) >= COMMUNES_NEEDED
        and all(populations.get(code, figure) == figure for code, figure in figures.items())
    ]
    return proven[0] if len(proven) == 1 else None
