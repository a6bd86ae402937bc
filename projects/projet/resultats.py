"""What the actions of a place have come to on a day: those that are done, and what was measured of them.

A theme has the actions of which it is the main one or another, as the list of actions is filtered: an
action of two themes is in both, and once in all.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from projects.actions.models import Action, ActionTheme, Theme
from projects.actions.regles import EtatAction
from projects.indicateurs.faits import MesureDatee, ReleveDate, mesures_datees, mesures_de
from projects.indicateurs.lecture import ATTENDUS
from projects.indicateurs.models import Cible, EtatReleve, Indicateur, Releve, Unite
from projects.indicateurs.regles import cible_au, dernier_releve
from projects.projet.du_jour import ActionDuJour
from projects.projet.resume import Projet
from socle.dates import Precision

# What adds up from an action to another: things, each counted where it stands. A share or an answer
# does not, nor what may be a price (€), nor people, whom two actions may both serve.
SOMMABLES = {Unite.LOGEMENTS, Unite.LOCAUX, Unite.FACADES, Unite.M2, Unite.ELEVES}

# How many sums of actions the page of a département shows: those of the most actions.
PREMIERES = 2
# What was measured of some actions: by action, then by indicator.
Mesures = dict[int, dict[int, MesureDatee]]


class SommeRelevee(NamedTuple):
    """What readings of one series add up to, of how many, and the first and the last that they are of."""

    serie: str
    valeur: Decimal
    nombre: int
    premier: ReleveDate
    dernier: ReleveDate

    @property
    def d_un_jour(self) -> bool:
        """Tell whether all are of one day, or of one month or year if that is all that is known."""
        return self.premier[:2] == self.dernier[:2]

    @property
    def au_jour(self) -> bool:
        """Tell whether the days are known as such."""
        return self.premier.precision == self.dernier.precision == Precision.JOUR


@dataclass
class IndicateurReleve:
    """An indicator over `nombre` actions, or communes; `derniers`: the last reading of each that has one."""

    indicateur: Indicateur
    nombre: int
    derniers: list[ReleveDate]
    # What it is read of, as one is told, then many.
    quoi: str = "action,actions"

    @property
    def se_somme(self) -> bool:
        """Tell whether its values add up from one to another."""
        return self.indicateur.unite in SOMMABLES

    @property
    def sommes(self) -> list[SommeRelevee]:
        """Return a sum for each series, since two of them do not add up; none of what is no sum."""
        by_serie = defaultdict(list)
        for releve in self.derniers if self.se_somme else ():
            if releve.valeur is not None:
                by_serie[releve.serie].append(releve)
        return [
            SommeRelevee(
                serie,
                sum((releve.valeur for releve in read), Decimal(0)),
                len(read),
                min(read, key=by_day),
                max(read, key=by_day),
            )
            for serie, read in sorted(by_serie.items())
        ]

    @property
    def connus(self) -> int:
        """Return of how many the last reading gives a value."""
        return self.en_etat(EtatReleve.CONNUE)

    @property
    def secrets(self) -> int:
        return self.en_etat(EtatReleve.SECRET)

    @property
    def non_disponibles(self) -> int:
        return self.en_etat(EtatReleve.NON_DISPONIBLE)

    def en_etat(self, etat: EtatReleve) -> int:
        return sum(releve.etat == etat for releve in self.derniers)

    @property
    def sans_releve(self) -> int:
        """Return of how many nothing was read."""
        return self.nombre - len(self.derniers)


def by_day(releve: ReleveDate) -> tuple[datetime.date, str]:
    return releve.jour, releve.precision


@dataclass
class ResultatsDesActions:
    """What some actions have come to on `jour`: those of `theme`, of no theme (None), or all of them."""

    theme: Theme | None
    actions: list[ActionDuJour]
    mesures: Mesures
    libelles: dict[int, Indicateur]
    jour: datetime.date

    @property
    def nombre(self) -> int:
        return len(self.actions)

    @property
    def achevees(self) -> int:
        return sum(action.etat == EtatAction.ACHEVEE for action in self.actions)

    @property
    def relevees(self) -> int:
        """Return of how many actions something was read."""
        return sum(
            any(dernier_releve(mesure, self.jour) for mesure in self.de(action).values())
            for action in self.actions
        )

    @cached_property
    def indicateurs(self) -> list[IndicateurReleve]:
        """The indicators read of these actions, or aimed at by one, by label."""
        derniers: dict[int, list[ReleveDate]] = defaultdict(list)
        for action in self.actions:
            for indicateur, mesure in self.de(action).items():
                if last := dernier_releve(mesure, self.jour):
                    derniers[indicateur].append(last)
                elif cible_au(mesure, self.jour):
                    derniers[indicateur] += []
        told = [
            IndicateurReleve(self.libelles[cle], self.nombre, read)
            for cle, read in derniers.items()
        ]
        return sorted(told, key=lambda t: (t.indicateur.libelle, t.indicateur.identifiant))

    def de(self, action: ActionDuJour) -> dict[int, MesureDatee]:
        """Return what was measured of an action, by indicator."""
        return self.mesures.get(action.dates.pk, {})


class Resultats:
    """The results of a `Projet`, theme by theme: those of its actions that are in their plan on the day.

    An action counts once, whatever its communes: France is no sum of its départements.
    """

    def __init__(self, projet: Projet) -> None:
        self.projet, self.jour = projet, projet.jour

    @property
    def actions(self) -> list[ActionDuJour]:
        return self.projet.totaux.actions

    @cached_property
    def cles(self) -> list[int]:
        return [action.dates.pk for action in self.actions]

    @cached_property
    def mesures(self) -> Mesures:
        """All that was read of the actions, or aimed at: two queries."""
        found: Mesures = defaultdict(dict)
        for cle, mesure in mesures_de("action", self.cles).items():
            assert cle.action is not None
            found[cle.action][cle.indicateur] = mesure
        return dict(found)

    @cached_property
    def libelles(self) -> dict[int, Indicateur]:
        """The indicators of these measures, by key."""
        return Indicateur.objects.in_bulk({cle for read in self.mesures.values() for cle in read})

    @cached_property
    def themes_lus(self) -> dict[int, set[int]]:
        """The keys of the themes of each action that has any: two queries."""
        main = Action.objects.filter(pk__dans=self.cles, theme__isnull=False).order_by()
        others = ActionTheme.objects.filter(action__dans=self.cles).order_by()
        found = defaultdict(set)
        for rows in (main.values_list("pk", "theme"), others.values_list("action", "theme")):
            for action, theme in rows:
                found[action].add(theme)
        return dict(found)

    @cached_property
    def ensemble(self) -> ResultatsDesActions:
        """All the actions together, each once."""
        return self.des(None, self.actions)

    @cached_property
    def themes(self) -> list[ResultatsDesActions]:
        """The themes that have actions, in their order; the actions that have none come last."""
        by_theme: dict[int | None, list[ActionDuJour]] = defaultdict(list)
        for action in self.actions:
            for theme in self.themes_lus.get(action.dates.pk, {None}):
                by_theme[theme].append(action)
        known = Theme.objects.in_bulk(set(by_theme) - {None})
        ordered = sorted(known.values(), key=lambda theme: (theme.ordre, theme.libelle))
        found = [self.des(theme, by_theme[theme.pk]) for theme in ordered]
        return [*found, self.des(None, by_theme[None])] if None in by_theme else found

    @property
    def premieres_sommes(self) -> list[IndicateurReleve]:
        """Return the first sums of all the actions: those that the most actions are read for."""
        summed = [read for read in self.ensemble.indicateurs if read.sommes]
        return sorted(summed, key=lambda read: -read.connus)[:PREMIERES]

    @property
    def mesures_par_theme(self) -> list[ResultatsDesActions]:
        """Return the themes of which something was measured; before several, all the actions together."""
        measured = [theme for theme in self.themes if theme.indicateurs]
        return [self.ensemble, *measured] if len(measured) > 1 else measured

    def des(self, theme: Theme | None, actions: list[ActionDuJour]) -> ResultatsDesActions:
        return ResultatsDesActions(theme, actions, self.mesures, self.libelles, self.jour)


def attendus_des_communes(codes: Collection[str], jour: datetime.date) -> list[IndicateurReleve]:
    """Return what is asked first of communes, be it known or not, over these ones: two queries.

    What is read of one of their sectors is not of the commune, and is in no sum.
    """
    asked = Indicateur.objects.filter(identifiant__in=ATTENDUS[:1])
    derniers: dict[int, list[ReleveDate]] = {indicateur.pk: [] for indicateur in asked}
    if not (codes and derniers):
        return []
    read = Releve.objects.filter(
        commune__dans=list(codes), indicateur__in=list(derniers), secteur__isnull=True
    )
    for cle, mesure in mesures_datees(read, Cible.objects.none()).items():
        if last := dernier_releve(mesure, jour):
            derniers[cle.indicateur].append(last)
    return [
        IndicateurReleve(indicateur, len(codes), derniers[indicateur.pk], "commune,communes")
        for indicateur in asked
    ]
