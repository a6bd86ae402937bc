"""Actions and their money on a day, for the pages, the files and the counts that show them."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

# That of Python 3.11 takes a lock, which an action by the ten thousand feels.
from django.utils.functional import cached_property

from communes.territoire.faits import successions_lues
from communes.territoire.successions import Successions
from ort.models import CommuneCouverte
from projects.actions import regles
from projects.actions.faits import ActionDatee, actions_datees
from projects.actions.models import Etendue
from projects.financements.du_jour import ArgentDuJour
from projects.financements.faits import (
    FaitFinancementDate,
    FinancementDate,
    financements_dates,
)
from projects.financements.models import PUBLICS
from projects.indicateurs.faits import jours_des_releves
from socle.dates import Precision


@dataclass
class ActionDuJour(ArgentDuJour):
    """What the dates of an action and of its money tell on `jour`: each value is that of its rule.

    What anybody may read is told from public facts alone; an agent is told of them all.
    """

    dates: ActionDatee
    lire_releves: Callable[[], list[regles.Depuis]] = list

    @cached_property
    def releves(self):
        """Return the days since which its readings are known; few pages ask, and all France has many."""
        return self.lire_releves()

    @cached_property
    def etat(self):
        return regles.etat(self.dates, self.jour, self.autres)

    @cached_property
    def etat_depuis(self):
        return regles.etat_depuis(self.dates, self.jour, self.autres)

    @cached_property
    def derniere_nouvelle(self):
        known = [*self.autres, *(read.jour for read in self.releves)]
        return regles.derniere_nouvelle(self.dates, self.jour, known)

    @cached_property
    def nouvelle_en_date(self):
        """The last news as it is known: of what is told of one day, the best told; None of no news."""
        last = self.derniere_nouvelle
        of_money = (fait for ligne in self.lignes for fait in ligne.faits)
        told = [*regles.nouvelles(self.dates, self.jour), *of_money, *self.releves]
        known = {news.precision for news in told if news.jour == last}
        exactness = next((p for p in Precision.values if p in known), None)
        return regles.Depuis(last, exactness) if exactness else None

    @property
    def statut_communs(self):
        return regles.statut_communs(self.dates, self.jour, self.autres)

    @property
    def phase(self):
        return regles.phase(self.dates, self.jour)

    @cached_property
    def en_retard(self):
        ended = self.etat in regles.TERMINEES
        return not ended and regles.depassee(self.fin_prevue, self.jour)

    @property
    def au_plan(self):
        return regles.au_plan(self.dates, self.jour)

    @property
    def relevee(self):
        return regles.relevee(self.dates, self.jour, self.autres)

    @property
    def debut(self):
        return regles.debut(self.dates, self.jour)

    @cached_property
    def fin(self):
        ended = self.etat == regles.EtatAction.ACHEVEE
        return regles.fin(self.dates, self.jour) if ended else None

    @cached_property
    def fin_prevue(self):
        return regles.fin_prevue(self.dates, self.jour)

    @property
    def fin_prevue_initiale(self):
        return regles.fin_prevue_initiale(self.dates, self.jour)

    @property
    def glissement_jours(self):
        return regles.glissement_jours(self.dates, self.jour)

    @cached_property
    def maitre_ouvrage(self):
        return regles.maitre_ouvrage(self.dates, self.jour)

    @cached_property
    def cout(self):
        return regles.cout(self.dates, self.jour)


class ActionsDatees:
    """Some actions, all days together, read in a constant number of queries; `du_jour` tells a day.

    `cles` None reads all those of France; `faits` is what the facts of their money are read as: see
    `financements_dates`. `successions` are read where they are not given.
    """

    def __init__(
        self,
        cles: Iterable[int] | None = None,
        faits: Any = FaitFinancementDate,
        successions: Successions | None = None,
    ) -> None:
        self.cles = None if cles is None else list(cles)
        self.faits = faits
        self.successions = successions or successions_lues()

    @cached_property
    def actions(self) -> dict[int, ActionDatee]:
        """The actions, by key."""
        return actions_datees(self.cles)

    @cached_property
    def lignes(self) -> dict[int, list[FinancementDate]]:
        """All the lines of money, by action."""
        return financements_dates(self.cles, datee=self.faits)

    @cached_property
    def lignes_publiques(self) -> dict[int, list[FinancementDate]]:
        """The lines of money with what anybody may read; one of which nothing is public is not there."""
        read = financements_dates(self.cles, PUBLICS, datee=self.faits)
        return {cle: [ligne for ligne in lignes if ligne.faits] for cle, lignes in read.items()}

    @cached_property
    def releves(self) -> dict[int, list[regles.Depuis]]:
        """The days since which the readings are known, by action."""
        return jours_des_releves(self.cles)

    def releves_de(self, cle: int) -> list[regles.Depuis]:
        """Return those of an action."""
        return self.releves.get(cle, [])

    def du_jour(self, jour: datetime.date, interne: bool = False) -> dict[int, ActionDuJour]:
        """Return what is known of each action on `jour`, by key; `interne`: with what agents alone read."""
        lignes = self.lignes if interne else self.lignes_publiques
        couvertes = self.couvertes(jour)
        return {
            cle: ActionDuJour(
                dates,
                lignes.get(cle, []),
                self.communes(dates, couvertes, jour),
                jour,
                partial(self.releves_de, cle),
            )
            for cle, dates in self.actions.items()
        }

    def couvertes(self, jour: datetime.date) -> dict[Any, list[str]]:
        """Return the communes that each convention of an action of a whole ORT covers on `jour`."""
        whole = {a.convention for a in self.actions.values() if a.etendue == Etendue.ORT}
        by_convention = defaultdict(list)
        if whole:
            rows = CommuneCouverte.objects.as_of(jour).filter(convention__dans=whole)
            for convention, commune in rows.order_by("commune").values_list(
                "convention", "commune"
            ):
                by_convention[convention].append(commune)
        return by_convention

    def communes(
        self, action: ActionDatee, couvertes: dict[Any, list[str]], jour: datetime.date
    ) -> list[str]:
        """Return the codes of the communes of an action, those that answer on `jour`, each once."""
        whole = action.etendue == Etendue.ORT
        named = couvertes[action.convention] if whole else action.communes
        return sorted({self.successions.commune_du_jour(code, jour) for code in named})
