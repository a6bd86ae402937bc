"""What looks wrong in the money and the days of an action: warnings, never refusals, internal.

Each is a rule of its own, a function of an action, its lines of money and a day; each says the text
that it rests on and its computation. A scheme's rates and months are dated settings: what nobody read
in the text says « à vérifier ».

Late is surely late: of a date known to the month or to the year, months and ages run from the last day
that it may be, and the sentence says it as it is known.
"""

import datetime
from collections.abc import Callable, Iterable

from projects.financements.alertes import jours, montants
from projects.financements.alertes.dossier import Acceptee, AlerteDAction, Alertes, Dossier
from projects.financements.delais import ReglesDispositifs

__all__ = ["TITRES", "Acceptee", "AlerteDAction", "Dossier", "alertes"]

# How each sort of warning is called, in the order in which they are shown.
TITRES = {
    "caducite": "Financement caduc",
    "caducite_proche": "Financement bientôt caduc",
    "achevement": "Délai d'achèvement passé",
    "demande_perimee": "Demande périmée",
    "accord_sans_versement": "Accord sans versement depuis un an",
    "achevee_non_soldee": "Action achevée, financement non soldé",
    "en_retard": "Action en retard",
    "sans_nouvelles": "Sans nouvelles depuis un an",
    "part_du_maitre_d_ouvrage": "Part du maître d'ouvrage trop faible",
    "part_prevue": "Part du maître d'ouvrage trop faible, au plan",
    "part_du_maitre_d_ouvrage_non_verifiable": "Part du maître d'ouvrage non vérifiable",
    "part_prevue_non_verifiable": "Part du maître d'ouvrage non vérifiable, au plan",
    "dotations": "Dotations de l'État au-delà du plafond",
    "au_dela_du_cout": "Accordé au-delà du coût",
    "commence_trop_tot": "Commencé avant le dossier complet",
    "avance": "Avance au-delà du taux",
    "acomptes": "Avance et acomptes au-delà du plafond",
}

RULES: Iterable[Callable[[Dossier, ReglesDispositifs, datetime.date], Alertes]] = (
    montants.part_du_maitre_d_ouvrage,
    montants.dotations,
    montants.au_dela_du_cout,
    jours.commence_trop_tot,
    jours.caducite,
    jours.achevement,
    montants.avances,
    jours.demande_perimee,
    jours.retard,
    jours.achevee_non_soldee,
    jours.accord_sans_versement,
    jours.sans_nouvelles,
)


def alertes(
    dossier: Dossier, dispositifs: ReglesDispositifs, jour: datetime.date
) -> list[AlerteDAction]:
    """Return the warnings of an action on `jour`, but those that someone accepted, in a fixed order."""
    found = [alerte for rule in RULES for alerte in rule(dossier, dispositifs, jour)]
    return [
        alerte
        for alerte in found
        if not any(accepted.silences(alerte, jour) for accepted in dossier.acceptees)
    ]
