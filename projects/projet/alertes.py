"""The warnings of some actions on a day, read in a constant number of queries: internal."""

import datetime
from collections import defaultdict
from typing import Any

from projects.actions.models import Derogation
from projects.financements.alertes import Acceptee, AlerteDAction, Dossier, alertes
from projects.financements.delais import regles_lues
from projects.financements.models import AlerteAcceptee
from projects.projet.du_jour import ActionsDatees


def alertes_au(actions: ActionsDatees, jour: datetime.date) -> dict[int, list[AlerteDAction]]:
    """Return the warnings on `jour` of each of these actions, by key; those without any left out."""
    derogations = rows_by_action(Derogation, actions.cles, "objet", "jour")
    accepted = rows_by_action(AlerteAcceptee, actions.cles, *Acceptee._fields)
    dispositifs = regles_lues()
    found = {}
    for cle, action in actions.du_jour(jour, interne=True).items():
        dossier = Dossier(
            action.dates,
            action.lignes,
            action.communes,
            derogations[cle],
            [Acceptee(*row) for row in accepted[cle]],
            action.releves,
        )
        if told := alertes(dossier, dispositifs, jour):
            found[cle] = told
    return found


def rows_by_action(model: Any, cles: list[int] | None, *fields: str) -> dict[int, list[Any]]:
    """Return the rows of `model` as tuples of `fields`, by the key of their action: one query."""
    rows = model.objects.order_by("pk")
    if cles is not None:
        rows = rows.filter(action__dans=cles)
    by_action = defaultdict(list)
    for action, *values in rows.values_list("action", *fields):
        by_action[action].append(tuple(values))
    return by_action
