"""Actions as tuples of dates: what the rules read of thousands of them, and nothing internal."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from projects.actions.models import (
    ANCIENS,
    MAITRES_D_OUVRAGE,
    Action,
    ActionAdhesion,
    ActionCommune,
    Cout,
    EffetAvenant,
    EntreePar,
    FaitAction,
    Prevision,
)


class FaitDate(NamedTuple):
    """A fact, without its reason."""

    jour: datetime.date
    precision: str
    nature: str
    phase: str


class PrevisionDatee(NamedTuple):
    """A day announced on another."""

    objet: str
    date_prevue: datetime.date
    precision: str
    etablie_le: datetime.date


class CoutDate(NamedTuple):
    """A cost announced on a day."""

    jour: datetime.date
    precision: str
    nature: str
    montant: Decimal
    base: str


class TransfertDate(NamedTuple):
    """A change of owner by an avenant, with the keys of the owner before it, one of three."""

    jour: datetime.date | None
    ancien_commune: str | None
    ancien_intercommunalite: str | None
    ancien_organisme: int | None


class ActionDatee(NamedTuple):
    """An action with all that is dated of it. `entree_le` and `sortie_le` are the days of its acts."""

    pk: int
    identifiant: str
    aboutissement: str
    entree_par: str
    convention: int | None
    etendue: str
    investissement: bool | None
    entree_le: datetime.date | None
    precision_entree: str
    sortie_le: datetime.date | None
    maitre_ouvrage: tuple[Any, Any, Any]
    communes: tuple[str, ...]
    faits: list[FaitDate]
    previsions: list[PrevisionDatee]
    couts: list[CoutDate]
    transferts: list[TransfertDate]


class JourDActe(NamedTuple):
    """The day of an act, as it is known."""

    jour: datetime.date | None
    precision: str


# In the order of `ActionDatee`.
OF_ACTION = ActionDatee._fields[:7]
OF_ACTES = (
    "convention__date_signature",
    "convention__precision_signature",
    "entree__date_signature",
    "entree__precision_signature",
    "sortie__date_signature",
)


def actions_datees(cles: Iterable[int] | None = None) -> dict[int, ActionDatee]:
    """Return the actions of these keys, by key: seven queries at most, whatever their number.

    `cles` None reads all the actions.
    """
    rows = Action.objects.order_by("pk")
    if cles is not None:
        cles = list(cles)
        rows = rows.filter(pk__dans=cles)
    read = list(rows.values_list(*OF_ACTION, *OF_ACTES, *MAITRES_D_OUVRAGE))
    if not read:
        return {}
    of_adhesion = any(row[3] == EntreePar.ADHESION for row in read)
    adhesions = actes_d_adhesion(cles) if of_adhesion else {}
    communes = communes_nommees(cles)
    by_action = [
        rows_by_action(FaitAction, FaitDate, cles),
        rows_by_action(Prevision, PrevisionDatee, cles),
        rows_by_action(Cout, CoutDate, cles),
        transferts(cles),
    ]
    found = {}
    for row in read:
        own, actes, owners = row[:7], row[7:12], row[12:]
        pk, entree_par = own[0], own[3]
        entree = acte_d_entree(entree_par, adhesions.get(pk), actes)
        dated = [rows[pk] for rows in by_action]
        found[pk] = ActionDatee._make(
            [*own, *entree, actes[4], owners, tuple(communes[pk]), *dated]
        )
    return found


def acte_d_entree(entree_par: str, adhesion: JourDActe | None, actes: tuple[Any, ...]) -> JourDActe:
    """Return the day of the act that brings an action: none for an « opération relevée »."""
    match entree_par:
        case EntreePar.ADHESION:
            return adhesion or JourDActe(None, "")
        case EntreePar.CONVENTION:
            return JourDActe(*actes[0:2])
        case EntreePar.AVENANT:
            return JourDActe(*actes[2:4])
    return JourDActe(None, "")


def actes_d_adhesion(cles: list[int] | None) -> dict[int, JourDActe]:
    """Return the day of the adhésion of each action, the same for all its communes: one query."""
    rows = of_actions(ActionAdhesion.objects.order_by("-pk"), cles)
    return {
        action: JourDActe(jour, precision)
        for action, jour, precision in rows.values_list(
            "action",
            "labellisation__date_signature_adhesion",
            "labellisation__precision_adhesion",
        )
    }


def communes_nommees(cles: list[int] | None) -> dict[int, list[str]]:
    """Return the codes of the communes that each action names, in order: one query."""
    by_action = defaultdict(list)
    rows = of_actions(ActionCommune.objects.order_by("commune"), cles)
    for action, commune in rows.values_list("action", "commune"):
        by_action[action].append(commune)
    return by_action


def transferts(cles: list[int] | None) -> dict[int, list[TransfertDate]]:
    """Return the changes of owner of each action, in the order of their avenants: one query."""
    rows = EffetAvenant.objects.filter(nature=EffetAvenant.Nature.TRANSFEREE)
    rows = of_actions(rows.order_by("avenant__date_signature", "pk"), cles)
    by_action = defaultdict(list)
    for action, *fields in rows.values_list("action", "avenant__date_signature", *ANCIENS):
        by_action[action].append(TransfertDate(*fields))
    return by_action


def rows_by_action(model: Any, datee: Any, cles: list[int] | None) -> dict[int, list[Any]]:
    """Return the rows of `model` as tuples `datee`, by the key of their action: one query."""
    by_action = defaultdict(list)
    rows = of_actions(model.objects.order_by(), cles)
    for row in rows.values_list("action", *datee._fields):
        by_action[row[0]].append(datee._make(row[1:]))
    return by_action


def of_actions(rows: Any, cles: list[int] | None) -> Any:
    """Keep the rows of the actions of these keys, of all the actions when `cles` is None."""
    return rows.filter(action__isnull=False) if cles is None else rows.filter(action__dans=cles)
