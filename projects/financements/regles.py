"""The rules of a line of money, read in its facts alone, as a day knows them (`docs/regles.md`).

Amounts are decimals, to the cent. An unknown amount is None, and never zero. Sums are by stage: what is
asked, granted and paid is never added, nor subtracted, nor shown as parts of one whole.
"""

import datetime
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from django.db import models

from projects.actions.faits import ActionDatee
from projects.actions.regles import maitre_ouvrage
from projects.financements.coherence import CLOTURES
from projects.financements.faits import FaitFinancementDate, FinancementDate
from projects.financements.models import PUBLICS, NatureFinancement, NatureFinanceur

CENT, ZERO = Decimal("0.01"), Decimal(0)
ORDRE = {nature: rank for rank, nature in enumerate(NatureFinancement.values)}
FONDS_PROPRES = NatureFinanceur.FONDS_PROPRES.value


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
    return sorted(come, key=in_order) if len(come) > 1 else come


def in_order(fait: FaitFinancementDate) -> tuple[datetime.date, int]:
    """Return what a fact is sorted by: its day, then the order of its nature."""
    return fait.jour, ORDRE[fait.nature]


def dernier(ligne: FinancementDate, jour: datetime.date, nature: str) -> Any:
    """Return the last fact of that nature, by `jour`, or None."""
    come = [fait for fait in faits_au(ligne, jour) if fait.nature == nature]
    return come[-1] if come else None


def propre(ligne: FinancementDate, action: ActionDatee, jour: datetime.date) -> bool:
    """Tell whether the line is the share of the owner: in no stage, no sum of grants, no warning."""
    return propre_a(ligne, maitre_ouvrage(action, jour))


def propre_a(ligne: FinancementDate, owned: tuple[Any, Any, Any]) -> bool:
    """Tell whether the line is the share of whom these keys name: see `propre`."""
    if ligne.nature == FONDS_PROPRES:
        return True
    commune, intercommunalite, organisme = owned
    return (
        (commune is not None and ligne.financeur_commune == commune)
        or (intercommunalite is not None and ligne.financeur_intercommunalite == intercommunalite)
        or (organisme is not None and ligne.financeur_organisme == organisme)
    )


class Compte(NamedTuple):
    """What the facts of a line come to on a day, read once, in their order.

    `accord` is the grant as first given, `decision` the last fact that says how much is granted,
    `instruction` the nature of the last demand, refusal or filing.
    """

    prevu: Decimal | None
    demande: Decimal | None
    attend: bool
    instruction: str
    accord: FaitFinancementDate | None
    decision: FaitFinancementDate | None
    verse: Decimal
    paye: bool
    solde: bool

    @property
    def retire(self) -> bool:
        """Tell whether the grant was withdrawn whole."""
        last = self.decision
        return last is not None and last.nature == "retrait" and last.montant == 0

    @property
    def decide(self) -> Decimal | None:
        """Return the amount of the last decision, whatever was paid of it; None if unknown."""
        return self.decision.montant if self.decision else None

    @property
    def accorde(self) -> Decimal | None:
        """Return the amount granted: see the rule of the same name."""
        return self.verse if self.solde else self.decide


def compte(ligne: FinancementDate, jour: datetime.date) -> Compte:
    """Return what the facts of a line, of `jour` or before, come to: an order that nobody chooses."""
    prevu = demande = accord = decision = None
    attend = paye = solde = False
    instruction, verse = "", ZERO
    for fait in faits_au(ligne, jour):
        match fait.nature:
            case "accord":
                accord, decision, attend = accord or fait, fait, False
            case "versement":
                verse, paye = verse + (fait.montant or ZERO), True
                solde = solde or fait.sorte_versement in CLOTURES
            case "demande":
                demande, attend, instruction = fait.montant, True, fait.nature
            case "prevision":
                prevu = fait.montant
            case "refus" | "sans_suite":
                attend, instruction = False, fait.nature
            case "modification" | "retrait":
                decision = fait
            case "reversement":
                verse -= fait.montant or ZERO
    return Compte(prevu, demande, attend, instruction, accord, decision, verse, paye, solde)


def prevu(ligne: FinancementDate, jour: datetime.date) -> Decimal | None:
    """Return what the plan of that day expects, the last said, or None."""
    return compte(ligne, jour).prevu


def demande(ligne: FinancementDate, jour: datetime.date) -> Decimal | None:
    """Return the amount last asked, or None."""
    return compte(ligne, jour).demande


def en_attente(ligne: FinancementDate, jour: datetime.date) -> Decimal | None:
    """Return what is asked and awaits an answer: no grant, refusal or filing is as late as the demand."""
    read = compte(ligne, jour)
    return read.demande if read.attend else None


def accord(ligne: FinancementDate, jour: datetime.date) -> FaitFinancementDate | None:
    """Return the grant as it was first given, or None."""
    return compte(ligne, jour).accord


def accorde_initial(ligne: FinancementDate, jour: datetime.date) -> Decimal | None:
    """Return the amount first granted; None if it is not granted, or if nobody knows how much."""
    fait = accord(ligne, jour)
    return fait.montant if fait else None


def est_accorde(ligne: FinancementDate, jour: datetime.date) -> bool:
    """Tell whether the line was granted by `jour`, whatever became of it."""
    return accord(ligne, jour) is not None


def montant_verse(ligne: FinancementDate, jour: datetime.date) -> Decimal:
    """Return what is paid by `jour`, less what was paid back: 0 when nothing is recorded."""
    return compte(ligne, jour).verse


def accorde(ligne: FinancementDate, jour: datetime.date) -> Decimal | None:
    """Return the amount granted on `jour`; None if it is not granted, or if nobody knows how much.

    It is that of the last grant, modification or withdrawal; once the balance is paid, what was
    paid: the rate of the grant, times the real spending (CGCT, art. R. 2334-30).
    """
    return compte(ligne, jour).accorde


def reste_a_verser(ligne: FinancementDate, jour: datetime.date) -> Decimal | None:
    """Return what is granted and not paid; 0 after the balance; None if the grant is unknown."""
    read = compte(ligne, jour)
    return None if read.accorde is None else read.accorde - read.verse


def retire(ligne: FinancementDate, jour: datetime.date) -> bool:
    """Tell whether the grant was withdrawn whole."""
    return compte(ligne, jour).retire


def etat(ligne: FinancementDate, jour: datetime.date) -> EtatFinancement:
    """Return the `EtatFinancement` of the line on `jour`: see its members, in order."""
    return etat_du_compte(compte(ligne, jour))


def etat_du_compte(read: Compte) -> EtatFinancement:
    """Return the first `EtatFinancement` that holds."""
    if read.retire:
        return EtatFinancement.RETIRE
    if read.solde:
        return EtatFinancement.SOLDE
    if read.paye:
        return EtatFinancement.VERSE_EN_PARTIE
    if read.accord:
        return EtatFinancement.ACCORDE
    if read.instruction:
        return OF_INSTRUCTION[read.instruction]
    return EtatFinancement.NON_RENSEIGNE if read.prevu is None else EtatFinancement.PREVU


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
    return Somme(sum(known, ZERO), len(amounts), len(amounts) - len(known))


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
    return sommes_des_comptes([compte(ligne, jour) for ligne in lignes])


def sommes_des_comptes(comptes: list[Compte]) -> Sommes:
    """Return the sums of lines already read: see `sommes`."""
    granted = [read for read in comptes if read.accord]
    answered = [read for read in comptes if read.instruction == "refus"]
    refused = [read for read in answered if etat_du_compte(read) == EtatFinancement.REFUSE]
    return Sommes(
        prevu=somme(known(read.prevu for read in comptes)),
        demande=somme(known(read.demande for read in comptes)),
        en_attente=somme(known(read.demande for read in comptes if read.attend)),
        accorde=somme(read.accorde for read in granted if not read.retire),
        verse=somme(read.verse for read in granted),
        refuse=somme(read.demande for read in refused),
        retire=somme(read.accord.montant for read in granted if read.accord and read.retire),
    )


def known(montants: Iterable[Decimal | None]) -> list[Decimal]:
    """Keep the amounts that are there: a line that is not at a stage is no unknown amount of it."""
    return [montant for montant in montants if montant is not None]


def jours_connus(lignes: Iterable[FinancementDate]) -> Iterator[datetime.date]:
    """Yield the days of all the facts of some lines: what an action is known by, beside its own."""
    return (fait.jour for ligne in lignes for fait in ligne.faits)
