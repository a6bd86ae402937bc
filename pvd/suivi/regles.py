"""What is told of a commune by its dates: how far it is in the programme, and the state of its post."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import models

from communes.programme import regles as programme
from communes.programme.regles import labellisation_au
from ort.regles import couvertures_en_vigueur, entree_connue, premiere_entree
from projects.postes.faits import PosteDate
from projects.postes.models import Etat
from projects.postes.regles import etat
from socle.periodes import holds_on


class Statut(models.TextChoices):
    """How far a commune is in the programme, told by its dates."""

    LAUREATE = "laureate", "lauréate"
    ADHESION_SIGNEE = "adhesion_signee", "convention d'adhésion signée"
    ORT_SIGNEE = "ort_signee", "ORT signée"
    SORTIE = "sortie", "sortie du programme"

    @property
    def couleur(self) -> str:
        """Return the colour of its badge, as the State's design system names it; empty: none."""
        return {Statut.ORT_SIGNEE: "success", Statut.SORTIE: ""}.get(self, "info")

    @property
    def legende(self) -> str:
        """Return how it reads in the legend of a map, where nothing around it explains it."""
        return {
            Statut.LAUREATE: "Lauréate, sans convention d'adhésion connue",
            Statut.ADHESION_SIGNEE: "Convention d'adhésion signée, pas encore d'ORT",
            Statut.ORT_SIGNEE: "ORT signée",
            Statut.SORTIE: "Sortie du programme",
        }[self]


class DelaiOrt(models.TextChoices):
    """What became of the 18 months that a commune had, from its adhésion, to have its ORT signed."""

    TENU = "tenu", "tenu"
    DEPASSE = "depasse", "dépassé"


class EtatPoste(models.TextChoices):
    """The state of the chef de projet post that serves a commune."""

    POURVU = "pourvu", "pourvu"
    RECRUTEMENT = "recrutement", "en recrutement"
    VACANT = "vacant", "vacant"
    AUCUN = "aucun", "aucun poste"
    INCONNU = "inconnu", "non renseigné"


# Of several posts that serve one commune, the best placed tells.
TELLING_STATES = [Etat.POURVU, Etat.RECRUTEMENT, Etat.VACANT, Etat.INCONNU]


def statut(
    labellisations: Iterable[Any], couvertures: Iterable[Any], jour: datetime.date
) -> Statut | None:
    """Return the `Statut` of a commune on `jour`; None while no record places it in the programme.

    Lauréate from its entry, then by its adhésion, then by an ORT in force, even when the date of
    its adhésion is unknown; out from its exit, unless it has come back.
    """
    label = labellisation_au(labellisations, jour)
    if label is None:
        return None
    if not holds_on(label, jour):
        return Statut.SORTIE
    if couvertures_en_vigueur(couvertures, jour):
        return Statut.ORT_SIGNEE
    return Statut.ADHESION_SIGNEE if programme.adhesion_au(label, jour) else Statut.LAUREATE


def attend_une_ort(
    labellisations: Iterable[Any], couvertures: Iterable[Any], jour: datetime.date
) -> Any:
    """Return the labellisation of a commune that has adhered and never entered an ORT, or None."""
    if statut(labellisations, couvertures, jour) != Statut.ADHESION_SIGNEE:
        return None
    if deja_couverte(couvertures, jour):
        return None
    return labellisation_au(labellisations, jour)


def deja_couverte(couvertures: Iterable[Any], jour: datetime.date) -> bool:
    """Tell whether a commune has entered an ORT by `jour`, in force still or not."""
    return any(entree_connue(couverture, jour) for couverture in couvertures)


def echeance_ort(
    labellisations: Iterable[Any], couvertures: Iterable[Any], jour: datetime.date
) -> datetime.date | None:
    """Return the day by which the ORT was to be signed, while none has been, or None."""
    label = attend_une_ort(labellisations, couvertures, jour)
    return label and programme.echeance_ort(label)


def en_retard(
    labellisations: Iterable[Any], couvertures: Iterable[Any], jour: datetime.date
) -> bool:
    """Tell whether the 18 months have passed without an ORT: a delay, without legal effect known."""
    label = attend_une_ort(labellisations, couvertures, jour)
    last = label and programme.dernier_jour_echeance(label)
    return last is not None and last < jour


def delai_ort(
    labellisations: Iterable[Any], couvertures: Iterable[Any], jour: datetime.date
) -> DelaiOrt | None:
    """Return what became, by `jour`, of the delay of a commune of the programme; None while it runs.

    Kept when its first entry in an ORT, even before its adhésion, came by the last day that the end
    of the delay may be; passed when it came later, or has not come and that day is over. None too
    where the day of its adhésion is not known, or has not come.
    """
    label = labellisation_au(labellisations, jour)
    if label is None or not holds_on(label, jour) or not programme.adhesion_au(label, jour):
        return None
    last = programme.dernier_jour_echeance(label) or datetime.date.max
    entry = premiere_entree(couvertures, jour)
    if entry is not None and entry.date_entree <= last:
        return DelaiOrt.TENU
    return DelaiOrt.DEPASSE if entry is not None or last < jour else None


def postes_au(postes: Iterable[PosteDate], commune: str, jour: datetime.date) -> list[PosteDate]:
    """Return, of the posts that ever served `commune`, a code, those that serve it on `jour`.

    A post known to open after `jour` is not one of them.
    """
    return [
        poste
        for poste in postes
        if (poste.date_ouverture is None or poste.date_ouverture <= jour)
        and any(s.commune == commune and holds_on(s, jour) for s in poste.dessertes)
    ]


def etat_poste(postes: Iterable[PosteDate], complet: bool, jour: datetime.date) -> EtatPoste:
    """Return the `EtatPoste` that `postes`, those that serve a commune on `jour`, give it.

    Nothing recorded, or nothing dated, is unknown; there is none only where `complet`: the
    département keeps all its posts.
    """
    states = {etat(poste, jour) for poste in postes}
    best = next((state for state in TELLING_STATES if state in states), None)
    if best is not None:
        return EtatPoste(best)
    return EtatPoste.AUCUN if complet else EtatPoste.INCONNU
