"""The counts and the sums of some actions on a day: an action counts once, whatever its communes."""

import datetime
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from projects.actions.models import BaseMontant
from projects.actions.regles import EtatAction
from projects.financements.regles import Sommes, sommes_des_comptes
from projects.projet.du_jour import ActionDuJour


class CoutTotal(NamedTuple):
    """The costs of one base, never added to those of another; the actions without any are counted."""

    base: str
    montant: Decimal
    actions: int


class Totaux:
    """What some actions of a plan are on a day, all together.

    They are those in their plan that day: what left it, and the « opérations relevées », are not
    counted. France is thus less than the sum of its départements, by the actions that two share.
    """

    def __init__(self, actions: Iterable[ActionDuJour], jour: datetime.date) -> None:
        self.actions = [action for action in actions if action.au_plan]
        self.jour = jour

    def __len__(self) -> int:
        return len(self.actions)

    @cached_property
    def etats(self) -> dict[EtatAction, int]:
        """Return how many are in each state, in the order of `EtatAction`, those in none left out."""
        found = Counter(action.etat for action in self.actions)
        return {etat: found[etat] for etat in EtatAction if found[etat]}

    @cached_property
    def en_retard(self) -> int:
        """Return how many are late, whatever their state."""
        return sum(action.en_retard for action in self.actions)

    @cached_property
    def couts(self) -> list[CoutTotal]:
        """Return the costs, a sum for each base, that of the amounts before tax first."""
        told = [action.cout for action in self.actions if action.cout]
        found = []
        for base in BaseMontant.values:
            amounts = [cout.montant for cout in told if cout.base == base]
            if amounts:
                found.append(CoutTotal(base, sum(amounts, Decimal(0)), len(amounts)))
        return found

    @property
    def sans_cout(self) -> int:
        """Return how many have no cost known."""
        return sum(action.cout is None for action in self.actions)

    @cached_property
    def sommes(self) -> Sommes:
        """Return the sums of their lines of money, a stage apart from the others."""
        return sommes_des_comptes([read for action in self.actions for read in action.comptes])

    def de(self, communes: Iterable[str]) -> "Totaux":
        """Keep the actions of one at least of these communes: a département, an ORT."""
        asked = set(communes)
        kept = [action for action in self.actions if asked.intersection(action.communes)]
        return Totaux(kept, self.jour)

    def seules(self, commune: str) -> "Totaux":
        """Keep the actions of that commune alone."""
        return Totaux([a for a in self.actions if a.communes == [commune]], self.jour)

    def partagees(self, commune: str) -> "Totaux":
        """Keep the actions that the commune shares with others: whole, and never divided."""
        shared = [a for a in self.actions if commune in a.communes and len(a.communes) > 1]
        return Totaux(shared, self.jour)
