"""The rules of a line of money, read in its facts alone, as a day knows them (`docs/regles.md`).

Amounts are decimals, to the cent. An unknown amount is None, and never zero. Sums are by stage: what is
asked, granted and paid is never added, nor subtracted, nor shown as parts of one whole.
"""

import datetime
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from django.db import models

from projects.actions.faits import ActionDatee
from projects.actions.regles import maitre_ouvrage
from projects.financements.coherence import CLOTURES, verse
from projects.financements.faits import FaitFinancementDate, FinancementDate
from projects.financements.models import NatureFinancement, NatureFinanceur

CENT = Decimal("0.01")
# What anybody may read: the facts that these pages, files and counts are made of. The others are internal.
PUBLICS = {
    NatureFinancement.ACCORD,
    NatureFinancement.MODIFICATION,
    NatureFinancement.VERSEMENT,
    NatureFinancement.REVERSEMENT,
    NatureFinancement.RETRAIT,
}
ORDRE = {nature: rank for rank, nature in enumerate(NatureFinancement.values)}
# What says how much is granted.
DECISIONS = ("accord", "modification", "retrait")
INSTRUCTION = ("demande", "refus", "sans_suite")


class EtatFinancement(models.TextChoices):
    """State of a line on a day, the first of these that holds."""

    RETIRE = "retire", "retiré"
    SOLDE = "solde", "soldé"
    VERSE_EN_PARTIE = "verse_en_partie", "versé en partie"
    ACCORDE = "accorde", "accordé"
    DEMANDE = "demande", "demandé"
    REFUSE = "refuse", "refusé"
    SANS_SUITE = "sans_suite", "classé sans suite"
    PREVU = "prevu", "prévu"
    NON_RENSEIGNE = "non_renseigne", "non renseigné"

    @property
    def couleur(self) -> str:
        """Return the colour of its badge, as the State's design system names it; empty: none."""
        colours = {
            EtatFinancement.SOLDE: "success",
            EtatFinancement.VERSE_EN_PARTIE: "info",
            EtatFinancement.ACCORDE: "info",
            EtatFinancement.REFUSE: "error",
        }
        return colours.get(self, "")


def au_cent(montant: Decimal) -> Decimal:
    """Round an amount to the cent, half up: the only rounding there is."""
    return montant.quantize(CENT, ROUND_HALF_UP)


def publics(ligne: FinancementDate) -> FinancementDate:
    """Return the line with the facts that anybody may read alone."""
    return ligne._replace(faits=[fait for fait in ligne.faits if fait.nature in PUBLICS])


def faits_au(ligne: FinancementDate, jour: datetime.date) -> list[FaitFinancementDate]:
    """Return the facts of `jour` or before, by day, then in the order of `NatureFinancement`."""
    come = [fait for fait in ligne.faits if fait.jour <= jour]
    return sorted(come, key=lambda fait: (fait.jour, ORDRE[fait.nature]))


def dernier(ligne: FinancementDate, jour: datetime.date, *natures: str) -> Any:
    """Return the last fact, by `jour`, of one of these natures, or None."""
    come = [fait for fait in faits_au(ligne, jour) if fait.nature in natures]
    return come[-1] if come else None


def propre(ligne: FinancementDate, action: ActionDatee, jour: datetime.date) -> bool:
    """Tell whether the line is the share of the owner: in no stage, no sum of grants, no warning."""
    if ligne.nature == NatureFinanceur.FONDS_PROPRES:
        return True
    commune, intercommunalite, organisme = maitre_ouvrage(action, jour)
    paid_by = (ligne.financeur_commune, ligne.financeur_intercommunalite, ligne.financeur_organisme)
    owned = (commune, intercommunalite, organisme)
    return any(
        payer is not None and payer == owner for payer, owner in zip(paid_by, owned, strict=True)
    )


def prevu(ligne: FinancementDate, jour: datetime.date) -> Decimal | None:
    """Return what the plan of that day expects, or None."""
    fait = dernier(ligne, jour, "prevision")
    return fait.montant if fait else None


def demande(ligne: FinancementDate, jour: datetime.date) -> Decimal | None:
    """Return the amount last asked, or None."""
    fait = dernier(ligne, jour, "demande")
    return fait.montant if fait else None


def en_attente(ligne: FinancementDate, jour: datetime.date) -> Decimal | None:
    """Return what is asked and awaits an answer: no grant, refusal or filing is as late as the demand."""
    asked = dernier(ligne, jour, "demande")
    answered = dernier(ligne, jour, "accord", "refus", "sans_suite")
    if asked is None or (answered and answered.jour >= asked.jour):
        return None
    amount: Decimal | None = asked.montant
    return amount


def accord(ligne: FinancementDate, jour: datetime.date) -> Any:
    """Return the grant as it was first given, or None."""
    return next((f for f in faits_au(ligne, jour) if f.nature == "accord"), None)


def accorde_initial(ligne: FinancementDate, jour: datetime.date) -> Decimal | None:
    """Return the amount first granted; None if it is not granted, or if nobody knows how much."""
    fait = accord(ligne, jour)
    return fait.montant if fait else None


def est_accorde(ligne: FinancementDate, jour: datetime.date) -> bool:
    """Tell whether the line was granted by `jour`, whatever became of it."""
    return accord(ligne, jour) is not None


def solde(ligne: FinancementDate, jour: datetime.date) -> bool:
    """Tell whether a balance, or the one payment of all, is paid: nothing more will be."""
    return any(fait.sorte_versement in CLOTURES for fait in faits_au(ligne, jour))


def montant_verse(ligne: FinancementDate, jour: datetime.date) -> Decimal:
    """Return what is paid by `jour`, less what was paid back: 0 when nothing is recorded."""
    return verse(ligne.faits, jour)


def accorde(ligne: FinancementDate, jour: datetime.date) -> Decimal | None:
    """Return the amount granted on `jour`; None if it is not granted, or if nobody knows how much.

    It is that of the last grant, modification or withdrawal; once the balance is paid, what was
    paid: the rate of the grant, times the real spending (CGCT, art. R. 2334-30).
    """
    if solde(ligne, jour):
        return montant_verse(ligne, jour)
    fait = dernier(ligne, jour, *DECISIONS)
    return fait.montant if fait else None


def reste_a_verser(ligne: FinancementDate, jour: datetime.date) -> Decimal | None:
    """Return what is granted and not paid; 0 after the balance; None if the grant is unknown."""
    granted = accorde(ligne, jour)
    return None if granted is None else granted - montant_verse(ligne, jour)


def retire(ligne: FinancementDate, jour: datetime.date) -> bool:
    """Tell whether the grant was withdrawn whole."""
    fait = dernier(ligne, jour, *DECISIONS)
    return fait is not None and fait.nature == "retrait" and fait.montant == 0


def etat(ligne: FinancementDate, jour: datetime.date) -> EtatFinancement:
    """Return the `EtatFinancement` of the line on `jour`: see its members, in order."""
    if retire(ligne, jour):
        return EtatFinancement.RETIRE
    if solde(ligne, jour):
        return EtatFinancement.SOLDE
    if dernier(ligne, jour, "versement"):
        return EtatFinancement.VERSE_EN_PARTIE
    if est_accorde(ligne, jour):
        return EtatFinancement.ACCORDE
    if asked := dernier(ligne, jour, *INSTRUCTION):
        return OF_INSTRUCTION[asked.nature]
    if dernier(ligne, jour, "prevision"):
        return EtatFinancement.PREVU
    return EtatFinancement.NON_RENSEIGNE


OF_INSTRUCTION = {
    "demande": EtatFinancement.DEMANDE,
    "refus": EtatFinancement.REFUSE,
    "sans_suite": EtatFinancement.SANS_SUITE,
}


class Somme(NamedTuple):
    """A sum of one stage: how many lines it covers, and how many have no known amount."""

    montant: Decimal
    lignes: int
    sans_montant: int

    @property
    def connue(self) -> bool:
        """Tell whether the sum says anything: a line, or several, none of known amount, is no sum."""
        return self.lignes > self.sans_montant


def somme(montants: Iterable[Decimal | None]) -> Somme:
    """Add the amounts of one stage; the unknown ones are counted aloud."""
    amounts = list(montants)
    known = [amount for amount in amounts if amount is not None]
    return Somme(sum(known, Decimal(0)), len(amounts), len(amounts) - len(known))


class Sommes(NamedTuple):
    """The sums of some lines on a day, a stage apart from the others: never added together."""

    prevu: Somme
    demande: Somme
    en_attente: Somme
    accorde: Somme
    verse: Somme
    refuse: Somme
    retire: Somme


def sommes(lignes: Iterable[FinancementDate], jour: datetime.date) -> Sommes:
    """Return the sums on `jour` of lines that are not the share of their owner: see `propre`.

    What is refused leaves « demandé », what is withdrawn whole leaves « accordé », for sums of their own.
    """
    lignes = list(lignes)
    granted = [ligne for ligne in lignes if est_accorde(ligne, jour)]
    standing = [ligne for ligne in granted if not retire(ligne, jour)]
    refused = [ligne for ligne in lignes if etat(ligne, jour) == EtatFinancement.REFUSE]
    return Sommes(
        prevu=somme(known(prevu(ligne, jour) for ligne in lignes)),
        demande=somme(known(demande(ligne, jour) for ligne in lignes)),
        en_attente=somme(known(en_attente(ligne, jour) for ligne in lignes)),
        accorde=somme(accorde(ligne, jour) for ligne in standing),
        verse=somme(montant_verse(ligne, jour) for ligne in granted),
        refuse=somme(demande(ligne, jour) for ligne in refused),
        retire=somme(accorde_initial(ligne, jour) for ligne in granted if retire(ligne, jour)),
    )


def known(montants: Iterable[Decimal | None]) -> list[Decimal]:
    """Keep the amounts that are there: a line that is not at a stage is no unknown amount of it."""
    return [montant for montant in montants if montant is not None]


def jours_connus(lignes: Iterable[FinancementDate]) -> list[datetime.date]:
    """Return the days of all the facts of some lines: what an action is known by, beside its own."""
    return [fait.jour for ligne in lignes for fait in ligne.faits]
