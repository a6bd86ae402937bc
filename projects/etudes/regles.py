"""The rules of a study, read in its dates alone, as a day knows them (`docs/regles.md`).

A study is anything with the dates of `EtudeDatee`. Nothing that came after `jour` counts.
"""

import datetime
from collections.abc import Iterable

from django.db import models

from projects.actions.faits import CoutDate
from projects.actions.regles import Depuis, dernier_cout
from projects.etudes.faits import EtudeDatee


class EtatEtude(models.TextChoices):
    """State of a study on a day, the first of these that holds."""

    ABANDONNEE = "abandonnee", "abandonnée"
    VALIDEE = "validee", "validée"
    RENDUE = "rendue", "rendue"
    EN_COURS = "en_cours", "en cours"
    DEMANDEE = "demandee", "demandée"
    NON_RENSEIGNEE = "non_renseignee", "non renseignée"

    @property
    def couleur(self) -> str:
        """Return the colour of its badge, as the State's design system names it; empty: none."""
        colours = {
            EtatEtude.VALIDEE: "success",
            EtatEtude.RENDUE: "info",
            EtatEtude.EN_COURS: "info",
            EtatEtude.DEMANDEE: "new",
        }
        return colours.get(self, "")


# The fact that gives each state.
DONNEE_PAR = {
    EtatEtude.ABANDONNEE: "abandonnee",
    EtatEtude.VALIDEE: "validee",
    EtatEtude.RENDUE: "rendue",
    EtatEtude.EN_COURS: "commandee",
    EtatEtude.DEMANDEE: "demandee",
}


def etat(etude: EtudeDatee, jour: datetime.date) -> EtatEtude:
    """Return the state of the study on `jour`: how far it has come, unless it is abandoned.

    One of which only a cost, or money, is known is not told.
    """
    come = {fait.nature for fait in etude.faits if fait.jour <= jour}
    known = (state for state, nature in DONNEE_PAR.items() if nature in come)
    return next(known, EtatEtude.NON_RENSEIGNEE)


def etat_depuis(etude: EtudeDatee, jour: datetime.date) -> Depuis | None:
    """Return the day of the fact that gave the state of `jour`, or None when nothing is known."""
    state = etat(etude, jour)
    return jour_du_fait(etude, DONNEE_PAR[state], jour) if state in DONNEE_PAR else None


def jour_du_fait(etude: EtudeDatee, nature: str, jour: datetime.date) -> Depuis | None:
    """Return the day of the fact of that nature, as it is known, if it had come by `jour`."""
    found = [fait for fait in etude.faits if fait.nature == nature and fait.jour <= jour]
    return Depuis(found[0].jour, found[0].precision) if found else None


def cout(etude: EtudeDatee, jour: datetime.date) -> CoutDate | None:
    """Return the cost known on `jour`, as that of an action; of one provided, what it is worth."""
    return dernier_cout(etude.couts, jour)


def connue(etude: EtudeDatee, jour: datetime.date, autres: Iterable[datetime.date] = ()) -> bool:
    """Tell whether anything is known of the study by `jour`: no act brings one.

    `autres` are the days of its money.
    """
    days = [fait.jour for fait in etude.faits] + [told.jour for told in etude.couts]
    return any(day <= jour for day in [*days, *autres])
