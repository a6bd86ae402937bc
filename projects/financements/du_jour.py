"""What is funded, on a day: the lines of an action or of a study, and their sums."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# That of Python 3.11 takes a lock, which an action by the ten thousand feels.
from django.utils.functional import cached_property

from projects.financements import regles as argent
from projects.financements.faits import FinancementDate
from projects.financements.models import Forme

SUBVENTION = Forme.SUBVENTION.value


@dataclass
class ArgentDuJour:
    """The money of an action, or of a study, on `jour`: `lignes` are its lines, with what may be read.

    `dates` are its dates, `communes` those of the day.
    """

    dates: Any
    lignes: list[FinancementDate]
    communes: list[str]
    jour: datetime.date

    @property
    def maitre_ouvrage(self) -> tuple[Any, Any, Any]:
        """Return the keys of whoever it is for: a commune, an intercommunalité, an organisme."""
        raise NotImplementedError

    @cached_property
    def cofinancements(self) -> list[FinancementDate]:
        """Return the lines of money but the share of the owner, of any form: see `argent.propre`."""
        owned = self.maitre_ouvrage
        return [ligne for ligne in self.lignes if not argent.propre_a(ligne, owned)]

    @cached_property
    def subventions(self) -> list[FinancementDate]:
        """Return those that are grants: a loan, or what is given in kind, is in no sum of theirs."""
        return [ligne for ligne in self.cofinancements if ligne.forme == SUBVENTION]

    @cached_property
    def accordes(self) -> list[FinancementDate]:
        """Return the lines of money granted by the day, of any form, whatever became of them."""
        return [ligne for ligne in self.cofinancements if argent.est_accorde(ligne, self.jour)]

    @cached_property
    def parts_propres(self) -> list[FinancementDate]:
        """Return the lines that are the share of the owner."""
        owned = self.maitre_ouvrage
        return [ligne for ligne in self.lignes if argent.propre_a(ligne, owned)]

    @property
    def autres(self) -> Iterator[datetime.date]:
        """Return the days of all that is known of its money, for a rule to go through once, if it asks."""
        return argent.jours_connus(self.lignes)

    @cached_property
    def comptes(self) -> list[argent.Compte]:
        """Return what each of its grants comes to."""
        return [argent.compte(ligne, self.jour) for ligne in self.subventions]

    @cached_property
    def sommes(self) -> argent.Sommes:
        """Return the sums of its grants, a stage apart from the others."""
        return argent.sommes_des_comptes(self.comptes)

    @property
    def subventionnee(self) -> bool:
        """Tell whether a grant was given to it, whatever became of it."""
        return any(read.accord for read in self.comptes)

    @property
    def nb_communes(self) -> int:
        return len(self.communes)
