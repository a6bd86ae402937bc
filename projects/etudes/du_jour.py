"""Studies and their money on a day, for the pages, the files and the counts that show them."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from communes.territoire.faits import successions_lues
from communes.territoire.successions import Successions
from projects.actions.faits import CoutDate
from projects.actions.regles import Depuis
from projects.etudes import regles
from projects.etudes.faits import EtudeDatee, etudes_datees
from projects.financements.du_jour import ArgentDuJour
from projects.financements.faits import FinancementDate, financements_dates
from projects.financements.models import PUBLICS


@dataclass
class EtudeDuJour(ArgentDuJour):
    """What the dates of a study and of its money tell on `jour`: each value is that of its rule."""

    dates: EtudeDatee

    @property
    def maitre_ouvrage(self) -> tuple[Any, Any, Any]:
        """Return the keys of its beneficiary, whose share of the cost is no grant."""
        return self.dates.beneficiaire

    @cached_property
    def etat(self) -> regles.EtatEtude:
        return regles.etat(self.dates, self.jour)

    @property
    def etat_depuis(self) -> Depuis | None:
        return regles.etat_depuis(self.dates, self.jour)

    @property
    def demande(self) -> Depuis | None:
        return regles.jour_du_fait(self.dates, "demandee", self.jour)

    @property
    def commande(self) -> Depuis | None:
        return regles.jour_du_fait(self.dates, "commandee", self.jour)

    @property
    def rendu(self) -> Depuis | None:
        return regles.jour_du_fait(self.dates, "rendue", self.jour)

    @cached_property
    def cout(self) -> CoutDate | None:
        return regles.cout(self.dates, self.jour)

    @property
    def connue(self) -> bool:
        return regles.connue(self.dates, self.jour, self.autres)


class EtudesDatees:
    """Some studies, all days together, read in a constant number of queries; `du_jour` tells a day.

    `cles` None reads all those of France.
    """

    def __init__(self, cles: Iterable[int] | None = None) -> None:
        self.cles = None if cles is None else list(cles)

    @cached_property
    def etudes(self) -> dict[int, EtudeDatee]:
        """The studies, by key."""
        return etudes_datees(self.cles)

    @cached_property
    def lignes(self) -> dict[int, list[FinancementDate]]:
        """All the lines of money, by study."""
        return financements_dates(self.cles, objet="etude")

    @cached_property
    def lignes_publiques(self) -> dict[int, list[FinancementDate]]:
        """The lines of money with what anybody may read; one of which nothing is public is not there."""
        read = financements_dates(self.cles, PUBLICS, objet="etude")
        return {cle: [ligne for ligne in lignes if ligne.faits] for cle, lignes in read.items()}

    @cached_property
    def successions(self) -> Successions:
        """Who answers for whom, day by day."""
        return successions_lues()

    def du_jour(self, jour: datetime.date, interne: bool = False) -> dict[int, EtudeDuJour]:
        """Return what is known of each study on `jour`, by key; `interne`: with what agents alone read."""
        lignes = self.lignes if interne else self.lignes_publiques
        return {
            cle: EtudeDuJour(dates, lignes.get(cle, []), self.communes(dates, jour), jour)
            for cle, dates in self.etudes.items()
        }

    def communes(self, etude: EtudeDatee, jour: datetime.date) -> list[str]:
        """Return the codes of the communes of a study, those that answer on `jour`, each once."""
        return sorted({self.successions.commune_du_jour(code, jour) for code in etude.communes})
