"""Studies as tuples of dates: what the rules read of thousands of them, and nothing internal."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from projects.actions.faits import CoutDate
from projects.actions.models import Cout
from projects.etudes.models import BENEFICIAIRES, Etude, EtudeCommune, FaitEtude


class FaitEtudeDate(NamedTuple):
    """A fact of a study."""

    jour: datetime.date
    precision: str
    nature: str


class EtudeDatee(NamedTuple):
    """A study with all that is dated of it, and the keys of whom it is for, one of three."""

    pk: int
    identifiant: str
    regime: str
    beneficiaire: tuple[Any, Any, Any]
    communes: tuple[str, ...]
    faits: list[FaitEtudeDate]
    couts: list[CoutDate]


def etudes_datees(cles: Iterable[int] | None = None) -> dict[int, EtudeDatee]:
    """Return the studies of these keys, by key: four queries, whatever their number.

    `cles` None reads all the studies.
    """
    rows = Etude.objects.order_by("pk")
    if cles is not None:
        cles = list(cles)
        rows = rows.filter(pk__dans=cles)
    faits = rows_by_etude(FaitEtude, FaitEtudeDate._fields, cles)
    couts = rows_by_etude(Cout, CoutDate._fields, cles)
    communes = rows_by_etude(EtudeCommune, ["commune"], cles)
    found = {}
    for pk, identifiant, regime, *keys in rows.values_list(
        "pk", "identifiant", "regime", *BENEFICIAIRES
    ):
        commune, intercommunalite, organisme = keys
        found[pk] = EtudeDatee(
            pk,
            identifiant,
            regime,
            (commune, intercommunalite, organisme),
            tuple(sorted(code for (code,) in communes[pk])),
            [FaitEtudeDate(*row) for row in faits[pk]],
            [CoutDate(*row) for row in couts[pk]],
        )
    return found


def rows_by_etude(
    model: Any, fields: Iterable[str], cles: list[int] | None
) -> dict[int, list[Any]]:
    """Return these fields of the rows of `model`, by the key of their study: one query."""
    rows = model.objects.order_by()
    rows = rows.filter(etude__isnull=False) if cles is None else rows.filter(etude__dans=cles)
    by_etude = defaultdict(list)
    for etude, *values in rows.values_list("etude", *fields):
        by_etude[etude].append(values)
    return by_etude
