"""What the facts of a line of money cannot be together, of records or of their dates.

The models refuse by it: it counts for itself, as `regles.compte` does, which reads their words.
"""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from projects.actions.coherence import latest, may_precede
from socle.francais import euros


class RefusFinancement(NamedTuple):
    """Why facts cannot be, in French, and the field of the one that is typed to look at."""

    texte: str
    champ: str = "jour"


# What only a grant that was given can have.
APRES_ACCORD = {
    "versement": "Un versement suit la décision : enregistrez d'abord l'accord, ou corrigez l'un des jours.",
    "modification": "Une modification suit l'accord : enregistrez d'abord l'accord.",
    "prorogation": "Une prorogation suit l'accord : enregistrez d'abord l'accord.",
    "retrait": "Un retrait suit l'accord : enregistrez d'abord l'accord.",
    "reversement": "Un reversement suit un versement : enregistrez d'abord le versement.",
}
SECOND_ACCORD = (
    "Ce financement est déjà accordé : enregistrez une modification, ou corrigez l'accord."
)
DEMANDE_APRES_ACCORD = "Une demande ne suit pas son accord : corrigez l'un des deux jours."
APRES_SOLDE = "Le solde est versé : plus rien ne peut l'être après. Corrigez l'un des versements."
DEUX_SOLDES = "Ce financement est déjà soldé : un solde, ou un versement unique, est le seul."
RIEN_DE_RETIRE = (
    "Un retrait diminue ce qui est accordé : {} resteraient, pour {} accordés. "
    "Enregistrez une modification."
)
TROP_RENDU = "Plus serait reversé que ce qui a été versé."
# What closes a line: nothing is paid after.
CLOTURES = ("solde", "unique")


def refus(faits: Iterable[Any]) -> RefusFinancement | None:
    """Return why these facts of one line of money cannot be, or None.

    A demand comes before its grant, a grant before what is paid of it; what is paid is within the
    grant on each day, the last included; nothing follows the balance; a line is granted once, and a
    withdrawal lowers what is granted.
    """
    faits = list(faits)
    return (
        refus_de_l_accord(faits)
        or refus_des_soldes(faits)
        or refus_des_retraits(faits)
        or refus_des_montants(faits)
    )


def refus_de_l_accord(faits: list[Any]) -> RefusFinancement | None:
    """Refuse a second grant, a demand after the grant, and what came before it."""
    accords = [f for f in faits if f.nature == "accord"]
    if len(accords) > 1:
        return RefusFinancement(SECOND_ACCORD, "nature")
    for fait in faits:
        if fait.nature == "demande" and accords and not may_precede(fait, accords[0]):
            return RefusFinancement(DEMANDE_APRES_ACCORD)
        if fait.nature in APRES_ACCORD and not (accords and may_precede(accords[0], fait)):
            return RefusFinancement(APRES_ACCORD[fait.nature])
    return None


def refus_des_soldes(faits: list[Any]) -> RefusFinancement | None:
    """Refuse a payment after the one that closes the line, and a second one that closes it."""
    paid = [f for f in faits if f.nature == "versement"]
    closing = [f for f in paid if f.sorte_versement in CLOTURES]
    if len(closing) > 1 or (len(paid) > 1 and any(f.sorte_versement == "unique" for f in paid)):
        return RefusFinancement(DEUX_SOLDES, "sorte_versement")
    if closing and any(f.jour > latest(closing[0]) for f in paid):
        return RefusFinancement(APRES_SOLDE)
    return None


def refus_des_retraits(faits: list[Any]) -> RefusFinancement | None:
    """Refuse a withdrawal that leaves as much as it found, or more: its amount is what is left."""
    for before, fait in pairwise(decisions(faits)):
        known = None not in (before.montant, fait.montant)
        if fait.nature == "retrait" and known and fait.montant >= before.montant:
            texte = RIEN_DE_RETIRE.format(euros(fait.montant), euros(before.montant))
            return RefusFinancement(texte, "montant")
    return None


def refus_des_montants(faits: list[Any]) -> RefusFinancement | None:
    """Refuse, on each day of the facts, more paid than granted, and more paid back than paid."""
    for jour in sorted({fait.jour for fait in faits}):
        paid, granted = verse(faits, jour), plafond(faits, jour)
        if paid < 0:
            return RefusFinancement(TROP_RENDU, "montant")
        if granted is not None and paid > granted:
            texte = f"{euros(paid)} seraient versés, au-delà des {euros(granted)} accordés."
            return RefusFinancement(texte, "montant")
    return None


def verse(faits: Iterable[Any], jour: datetime.date) -> Decimal:
    """Return what is paid by `jour`, less what was paid back."""
    signs = {"versement": 1, "reversement": -1}
    moved = [f for f in faits if f.nature in signs and f.jour <= jour and f.montant is not None]
    return sum((signs[f.nature] * f.montant for f in moved), Decimal(0))


def plafond(faits: Iterable[Any], jour: datetime.date) -> Decimal | None:
    """Return the amount granted on `jour`, None if unknown; before the first, that of the first.

    A grant known « au plus tard » a day may be older than what was paid of it.
    """
    grants = decisions(faits)
    come = [f for f in grants if f.jour <= jour] or grants[:1]
    return come[-1].montant if come else None


def decisions(faits: Iterable[Any]) -> list[Any]:
    """Return the facts that say how much is granted, in the order in which they are counted."""
    order = {"accord": 0, "modification": 1, "retrait": 2}
    grants = [fait for fait in faits if fait.nature in order]
    return sorted(grants, key=lambda f: (f.jour, order[f.nature]))
