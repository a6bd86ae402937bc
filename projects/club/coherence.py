"""What an event of the Club, and who came to it, cannot be."""

import datetime
from collections.abc import Collection
from typing import Any

from socle.dates import Precision, last_day

FIN_AVANT_DEBUT = (
    "Un événement finit le jour où il commence, ou après : corrigez l'un des deux jours, ou laissez vide "
    "le dernier s'il n'en dure qu'un."
)
A_VENIR = (
    "Cet événement est à venir : une participation se note une fois qu'il a commencé. Corrigez le jour de "
    "l'événement, ou attendez."
)
PARTICIPATIONS_AVANT = (
    "Des participations sont notées : cet événement a eu lieu, et n'est pas à venir. Retirez-les d'abord, ou "
    "corrigez le jour."
)
ANNONCE_A_VENIR = "Une annonce est du jour même ou d'avant : laissez vide si elle n'est pas faite."
NATIONALE_D_UN_DEPARTEMENT = (
    "Une rencontre nationale est de toute la France : retirez-en le département, ou changez sa "
    "nature."
)
SANS_DEPARTEMENT = "Une rencontre départementale est d'un département : dites lequel."
AUCUN_DES_VOTRES = (
    "Dites au moins un de vos départements : un événement sans département est tenu par le niveau "
    "national."
)
DU_RESEAU = (
    "Une ressource sans événement est de tout le réseau : dites son événement, ou demandez-le au niveau "
    "national."
)
D_UN_AUTRE = (
    "Cet événement est aussi d'un autre département : seule sa DDT, ou le niveau national, l'en "
    "retire."
)


# The natures of an event that say of how many départements it is: of none, of one at least.
NATIONALE, DEPARTEMENTALE = "rencontre_nationale", "rencontre_departementale"


def refus_des_departements(nature: str, codes: Collection[Any]) -> str | None:
    """Return why an event of this nature cannot be of these départements, in French, or None."""
    if codes and nature == NATIONALE:
        return NATIONALE_D_UN_DEPARTEMENT
    return SANS_DEPARTEMENT if not codes and nature == DEPARTEMENTALE else None


def refus_hors_des_siens(codes: set[str], tenus: set[str], siens: set[str]) -> str | None:
    """Return why an agent of the départements `siens` cannot give these to an event of `tenus`, or None."""
    if not codes & siens:
        return AUCUN_DES_VOTRES
    return D_UN_AUTRE if tenus - codes - siens else None


def refus_des_jours(evenement: Any) -> str | None:
    """Return why an event cannot last from its first day to its last, in French, or None.

    The latest that the end may be is compared with the earliest that the beginning may be: « février
    2024 » may end what began on the 29th.
    """
    if evenement.fin is None or evenement.precision_debut == Precision.AU_PLUS_TARD:
        return None
    ends: datetime.date = last_day(evenement.fin, evenement.precision_fin)
    return FIN_AVANT_DEBUT if ends < evenement.debut else None
