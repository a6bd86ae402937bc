"""What is measured, as tuples of dates and values: what the rules read of thousands of measures."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from projects.actions.regles import Depuis
from projects.indicateurs.models import OBJETS, Cible, Releve


class ReleveDate(NamedTuple):
    """A reading."""

    jour: datetime.date
    precision: str
    publie_le: datetime.date | None
    etat: str
    valeur: Decimal | None
    serie: str
    rupture: bool

    @property
    def connu_le(self) -> datetime.date:
        """Return the day since which it is known: see `ReleveQuerySet.au`."""
        return self.publie_le or self.jour


class CibleDatee(NamedTuple):
    """A target, and the reading that it is set from, if there is one."""

    fixee_le: datetime.date
    valeur: Decimal
    echeance_prevue: datetime.date | None
    reference_valeur: Decimal | None
    reference_jour: datetime.date | None
    serie: str


class CleMesure(NamedTuple):
    """What tells a measure from another: an indicator, one object of three, a sector or none."""

    indicateur: int
    action: int | None
    convention: int | None
    commune: str | None
    secteur: int | None


class MesureDatee(NamedTuple):
    """What was read, and aimed at, of an indicator and of one object."""

    cle: CleMesure
    releves: list[ReleveDate]
    cibles: list[CibleDatee]


def mesures_datees(releves: Any = None, cibles: Any = None) -> dict[CleMesure, MesureDatee]:
    """Return the measures of these readings and targets, querysets, by key: two queries.

    None reads them all.
    """
    found: dict[CleMesure, MesureDatee] = {}
    for rows, datee, name in (
        (Releve.objects.all() if releves is None else releves, ReleveDate, "releves"),
        (Cible.objects.all() if cibles is None else cibles, CibleDatee, "cibles"),
    ):
        for row in rows.order_by().values_list(*CleMesure._fields, *datee._fields):
            cle = CleMesure._make(row[: len(CleMesure._fields)])
            mesure = found.setdefault(cle, MesureDatee(cle, [], []))
            getattr(mesure, name).append(datee._make(row[len(CleMesure._fields) :]))
    return found


def mesures_de(objet: str, cles: Iterable[Any]) -> dict[CleMesure, MesureDatee]:
    """Return the measures of the actions, conventions or communes of these keys."""
    assert objet in OBJETS
    there = {f"{objet}__dans": list(cles)}
    return mesures_datees(Releve.objects.filter(**there), Cible.objects.filter(**there))


def jours_des_releves(actions: list[int] | None = None) -> dict[int, list[Depuis]]:
    """Return the days since which the readings of each action are known, as told, by action: one query."""
    rows = Releve.objects.filter(action__isnull=False).order_by()
    if actions is not None:
        rows = rows.filter(action__dans=actions)
    by_action = defaultdict(list)
    for action, publie_le, *read in rows.values_list("action", "publie_le", *Depuis._fields):
        known = Depuis(publie_le) if publie_le else Depuis(*read)
        by_action[action].append(known)
    return by_action
