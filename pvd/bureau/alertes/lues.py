"""The warnings of the actions that an agent keeps: by sort, the oldest first, each with what closes it."""

import datetime
from collections import defaultdict
from dataclasses import dataclass

from django.urls import reverse

from projects.actions.coherence import latest
from projects.actions.models import Action
from projects.financements.alertes import TITRES, AlerteDAction
from projects.projet.alertes import alertes_au
from projects.projet.du_jour import ActionsDatees
from pvd.bureau.gestes import GESTES
from pvd.bureau.perimetre import Perimetre

# What an agent does about each sort: a geste on the action, or on the line of money.
LEVEES = {
    "caducite": "financement-proroger",
    "caducite_proche": "action-demarrer",
    "achevement": "action-achever",
    "demande_perimee": "financement-refus-ou-sans-suite",
    "accord_sans_versement": "financement-enregistrer-un-versement",
    "achevee_non_soldee": "financement-enregistrer-un-versement",
    "en_retard": "action-reviser-le-calendrier",
    "sans_nouvelles": "faire-le-point",
    "part_du_maitre_d_ouvrage": "action-reviser-le-cout",
    "part_prevue": "action-reviser-le-cout",
    "part_du_maitre_d_ouvrage_non_verifiable": "action-reviser-le-cout",
    "part_prevue_non_verifiable": "action-reviser-le-cout",
    "au_dela_du_cout": "action-reviser-le-cout",
}


@dataclass(frozen=True)
class AlerteLue:
    """A warning of an action, and where what closes it is done; empty: it is corrected on the records."""

    action: Action
    alerte: AlerteDAction

    @property
    def geste(self):
        """Return the address of what closes it: on the action, on its line of money, or on many actions."""
        if self.alerte.sorte not in LEVEES:
            return ""
        geste = GESTES[LEVEES[self.alerte.sorte]]
        if geste.creates or geste.model is None:
            return reverse("admin:gestes", args=[geste.slug])
        done_to = self.action.pk if geste.model is Action else self.alerte.financement
        return reverse("admin:geste", args=[geste.slug, done_to])


@dataclass(frozen=True)
class SorteDAlerte:
    """The warnings of one sort, the oldest first."""

    sorte: str
    alertes: list[AlerteLue]

    @property
    def titre(self):
        return TITRES[self.sorte]

    @property
    def plus_ancienne(self):
        """Return the day of the oldest, or of the deadline that comes first; None when none has a day."""
        return next((lue.alerte.date for lue in self.alertes if lue.alerte.date), None)


def alertes_de(perimetre: Perimetre, jour: datetime.date) -> list[SorteDAlerte]:
    """Return the warnings on `jour` of the actions of an agent, by sort, those without any left out.

    Of all France at once, none: the national level chooses a département.
    """
    if perimetre.everywhere:
        return []
    kept = perimetre.of(Action)
    told = alertes_au(ActionsDatees(kept.order_by().values_list("pk", flat=True)), jour)
    actions = Action.objects.in_bulk(list(told))
    by_sorte = defaultdict(list)
    for cle, alertes in told.items():
        for alerte in alertes:
            by_sorte[alerte.sorte].append(AlerteLue(actions[cle], alerte))
    return [
        SorteDAlerte(sorte, sorted(by_sorte[sorte], key=oldest_first))
        for sorte in TITRES
        if by_sorte[sorte]
    ]


def oldest_first(lue: AlerteLue):
    """Return what warnings of one sort are sorted by: what has no day comes last."""
    date = lue.alerte.date
    return latest(date) if date else datetime.date.max, lue.action.identifiant
