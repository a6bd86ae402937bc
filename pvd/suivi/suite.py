"""What comes next for a commune, and by when: told without alarm where no text gives any."""

import datetime
from dataclasses import dataclass

from communes.programme.regles import MONTHS_FROM_ADHESION_TO_ORT
from ort.regles import date_fin_au, duree_au
from pvd.suivi.phrases import named
from pvd.suivi.regles import Statut
from socle.dates import Precision, in_words
from socle.francais import pluriel

DELAI = f"{MONTHS_FROM_ADHESION_TO_ORT} mois"
SANS_EFFET = "Aucun texte recueilli ici n'attache d'effet au dépassement de ce délai."


@dataclass
class Suite:
    """What comes next; `jour`, if it is known, is that of a page or later, and `cle` names it."""

    titre: str
    texte: str
    cle: str = ""
    jour: datetime.date | None = None
    precision: str = Precision.JOUR
    # Its day is over: it was to happen by then, and has not.
    passee: bool = False


def suites(situation):
    """Return what comes next for the commune: its ORT to sign, the end of those that cover it."""
    ends = [
        suite_of_ort(couverture.convention, situation.jour) for couverture in situation.couvertures
    ]
    if ends or not situation.laureate:
        return ends
    return [suite_of_programme(situation)]


def suite_of_programme(situation):
    """Tell what is expected of a commune lauréate that no ORT covers."""
    label = situation.labellisation
    if situation.statut == Statut.LAUREATE and label.date_signature_adhesion:
        return Suite(
            "Signature de la convention d'adhésion",
            f"L'ORT est à signer dans les {DELAI} qui la suivent.",
        )
    if situation.statut == Statut.LAUREATE:
        return Suite(
            "Signature de l'ORT",
            "La date de la convention d'adhésion n'est pas renseignée : celle à laquelle prend fin "
            f"le délai de {DELAI} ne peut pas être calculée.",
        )
    if situation.echeance_ort is None:
        return Suite("Échéance", "Aucune ORT ne la couvre plus, et aucune échéance n'est connue.")
    precision = situation.precision_echeance
    if situation.en_retard:
        due = in_words(situation.echeance_ort, precision)
        return Suite(
            "Signature de l'ORT",
            f"Le délai de {DELAI} après l'adhésion a pris fin {due} ; l'ORT reste à signer. "
            f"{SANS_EFFET}",
            passee=True,
        )
    return Suite(
        f"Fin du délai de {DELAI} pour signer l'ORT",
        f"Il court depuis la signature de la convention d'adhésion. {SANS_EFFET}",
        "ort-a-signer",
        situation.echeance_ort,
        precision,
    )


def suite_of_ort(convention, jour):
    """Tell when an ORT in force on `jour` ends, as known then, or that it is not known."""
    title = f"Fin de {named(convention)}"
    end = date_fin_au(convention, jour)
    if end is None:
        return Suite(title, "Non renseignée : la durée de cette ORT n'est pas enregistrée.")
    duration = pluriel(duree_au(convention, jour), "an,ans")
    return Suite(
        title,
        f"À l'issue de sa durée de {duration}, qu'un avenant peut prolonger.",
        f"fin-{convention.identifiant}",
        end,
        convention.precision_signature,
    )
