"""What the warnings read of an action, and what a warning says."""

import datetime
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from projects.actions.faits import ActionDatee
from projects.actions.regles import Depuis
from projects.financements import regles as argent
from projects.financements.faits import FinancementDate

# The State's grants to local investment.
DOTATIONS = {"detr", "dsil", "dsid", "dpv"}


class AlerteDAction(NamedTuple):
    """A warning: its rule, what it says, the computation written out, the text, the line if it is of one.

    `date` is the day that it is about: the oldest ones come first.
    """

    sorte: str
    texte: str
    calcul: str
    article: str
    financement: int | None = None
    verifiee: bool = True
    date: Depuis | None = None

    @property
    def explication(self) -> str:
        """Return the computation and the text, and say when nobody has read it."""
        doubt = "" if self.verifiee else "règle à vérifier"
        return " ; ".join(filter(None, [self.calcul, self.article, doubt]))


class Dossier(NamedTuple):
    """What the warnings read of an action: its dates, its lines of money, its waivers.

    `releves` are the days since which its readings are known.
    """

    action: ActionDatee
    lignes: list[FinancementDate]
    communes: list[str]
    derogations: list[tuple[str, datetime.date]]
    acceptees: list["Acceptee"]
    releves: Sequence[Depuis] = ()

    def subventions(self, jour: datetime.date) -> list[FinancementDate]:
        """Return its lines but the share of its owner, which no warning is about."""
        return [ligne for ligne in self.lignes if not argent.propre(ligne, self.action, jour)]

    def derogation(self, objet: str, jour: datetime.date) -> bool:
        """Tell whether the préfet had allowed it by `jour`."""
        return any(about == objet and given <= jour for about, given in self.derogations)


class Acceptee(NamedTuple):
    """A warning that someone accepts, from a day up to another, both included; no end: for good."""

    sorte: str
    financement: int | None
    jour: datetime.date
    jusqu_au: datetime.date | None

    def silences(self, alerte: AlerteDAction, jour: datetime.date) -> bool:
        """Tell whether the warning is accepted on `jour`."""
        of_it = (self.sorte, self.financement) == (alerte.sorte, alerte.financement)
        return of_it and self.jour <= jour and (self.jusqu_au is None or jour <= self.jusqu_au)


Alertes = Iterator[AlerteDAction]
