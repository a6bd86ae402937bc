"""Conventions and the communes that they cover as tuples of dates: what the rules read of thousands."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from ort.models import Avenant, CommuneCouverte, Convention
from socle.dates import Precision


class Prolongation(NamedTuple):
    """An avenant signed, or to be signed, that gives a duration to its convention."""

    date_signature: datetime.date
    duree_annees: int
    precision_signature: str = Precision.JOUR


class ConventionDatee(NamedTuple):
    """A convention, with its prolongations in the order of signature."""

    pk: int
    identifiant: str
    intitule: str
    vaut_ort: bool
    date_signature: datetime.date | None
    precision_signature: str
    duree_annees: int | None
    prolongations: tuple[Prolongation, ...] = ()


class CouvertureDatee(NamedTuple):
    """A commune in a convention: the days are those of its acts; `entree` is None for the convention.

    `avenant` is the identifier of the avenant of entry.
    """

    pk: int
    commune: str
    convention: ConventionDatee
    entree: int | None
    numero: int | None
    date_entree: datetime.date | None
    precision_entree: str
    date_sortie: datetime.date | None
    precision_sortie: str | None
    avenant: str | None = None

    @property
    def entree_par(self) -> str:
        """Return `avenant` or `convention`, as the public files say it."""
        return "avenant" if self.entree else "convention"


OF_COUVERTURE = ("pk", "commune", "entree", "entree__numero", "entree__date_signature")
OF_ENTREE_ET_SORTIE = (
    *("entree__precision_signature", "sortie__date_signature"),
    *("sortie__precision_signature", "entree__identifiant"),
)
OF_CONVENTION = tuple(f"convention__{name}" for name in ConventionDatee._fields[:-1])
# Where the key of the convention is in a row of these.
CONVENTION = len(OF_COUVERTURE) + len(OF_ENTREE_ET_SORTIE)


def ort_datees() -> list[ConventionDatee]:
    """Return all the ORT, planned and ended ones too: two queries."""
    rows = Convention.objects.ort().order_by("pk").values_list(*ConventionDatee._fields[:-1])
    read = list(rows)
    extensions = prolongations({pk for pk, *_ in read})
    return [ConventionDatee._make([*row, extensions.get(row[0], ())]) for row in read]


def couvertures_datees(codes: Iterable[str] | None = None) -> dict[str, list[CouvertureDatee]]:
    """Return the coverages of each commune by code, those of every day: two queries.

    `codes` None reads all of France.
    """
    rows = CommuneCouverte.objects.order_by("pk")
    if codes is not None:
        rows = rows.filter(commune__dans=codes)
    read = list(rows.values_list(*OF_COUVERTURE, *OF_ENTREE_ET_SORTIE, *OF_CONVENTION))
    extensions = prolongations({row[CONVENTION] for row in read})
    conventions, by_commune = {}, defaultdict(list)
    for row in read:
        pk, commune, entree, numero, signed, precision, *rest = row
        sortie, of_convention = rest[:3], rest[3:]
        key = of_convention[0]
        if key not in conventions:
            conventions[key] = ConventionDatee._make([*of_convention, extensions.get(key, ())])
        convention = conventions[key]
        if entree is None:
            signed, precision = convention.date_signature, convention.precision_signature
        by_commune[commune].append(
            CouvertureDatee(pk, commune, convention, entree, numero, signed, precision, *sortie)
        )
    return by_commune


def prolongations(conventions: set[int]) -> dict[int, tuple[Prolongation, ...]]:
    """Return the prolongations of each of `conventions`, a set of keys, by its key: one query at most."""
    by_convention: dict[int, tuple[Prolongation, ...]] = defaultdict(tuple)
    if not conventions:
        return by_convention
    rows = Avenant.objects.filter(
        duree_annees__isnull=False, date_signature__isnull=False, convention__dans=conventions
    ).order_by("date_signature", "pk")
    for convention, *fields in rows.values_list("convention", *Prolongation._fields):
        by_convention[convention] += (Prolongation(*fields),)
    return by_convention
