"""The key dates of a commune: each with what is said of it, and with who says so."""

import datetime
from dataclasses import dataclass, field

from communes.programme.regles import REGLE_ECHEANCE, labellisation_au, with_retours
from ort.actes import OrtDuJour
from ort.regles import REGLE_FIN
from socle.dates import Precision, known_by
from socle.francais import UNKNOWN_DATE


@dataclass
class DateCle:
    """A date of the commune; `texte` is said after it, or instead of it while there is none."""

    nom: str
    jour: datetime.date | None = None
    precision: str = Precision.JOUR
    texte: str = ""
    depasse: bool = False
    # By what rule it is computed, from the dates that `dits` tell; empty: the documents tell it.
    regle: str = ""
    dits: list = field(default_factory=list)


def couvertes_par(situation, conventions):
    """Return, for each ORT that covers the commune, the coverage and the `OrtDuJour`.

    `conventions` are all those of the commune, read by `with_actes`.
    """
    ort = {convention.pk: OrtDuJour(convention, situation.jour) for convention in conventions}
    return [(couverture, ort[couverture.convention.pk]) for couverture in situation.couvertures]


def dates_cles(situation, labels, couvertes):
    """Return the key dates known on the day, in the order in which they happen.

    `couvertes` holds, for each ORT that covers the commune, the coverage and the `OrtDuJour`.
    `labels` are its `labellisations_connues`, which hold what the sources say.
    """
    label = labellisation_au(labels, situation.jour)
    dates = []
    for known, comes_back in with_retours(labels):
        if known is label:
            dates += dates_of_programme(situation, label, comes_back)
        elif known.commune == label.commune and known_by(known.fin, situation.jour):
            dates += dates_of_former(known, comes_back)
    for couverture, ort in couvertes:
        dates += dates_of_ort(couverture, ort)
    if situation.laureate and not couvertes:
        dates.append(DateCle("ORT", texte="aucune à cette date"))
    if situation.date_sortie:
        dates.append(exit_of(label))
    return dates


def dates_of_former(label, comes_back):
    """Return the dates of a time in the programme that is over, and that another one followed."""
    dates = [entry_of(label, comes_back)]
    if label.date_signature_adhesion:
        dates.append(
            DateCle(
                "Convention d'adhésion",
                label.date_signature_adhesion,
                label.precision_adhesion,
                dits=said_of(label, "date_signature_adhesion"),
            )
        )
    return [*dates, exit_of(label)]


def entry_of(label, comes_back):
    """Return the entry in the programme, or the return of a commune that had left it."""
    name = f"{'Retour' if comes_back else 'Entrée'} dans le programme"
    return DateCle(name, label.debut, label.precision_debut, dits=said_of(label, "debut"))


def exit_of(label):
    """Return the exit from the programme, and why."""
    dits = said_of(label, "fin")
    return DateCle(
        "Sortie du programme", label.fin, label.precision_fin, label.motif_sortie, dits=dits
    )


def dates_of_programme(situation, label, comes_back):
    """Return the entry in the programme, the adhésion, and the day by which the ORT was due."""
    entree = entry_of(label, comes_back)
    adhesion = DateCle("Convention d'adhésion", situation.date_adhesion, label.precision_adhesion)
    if adhesion.jour:
        adhesion.dits = said_of(label, "date_signature_adhesion")
    else:
        adhesion.texte = "pas encore signée" if label.date_signature_adhesion else UNKNOWN_DATE
    if not situation.echeance_ort:
        return [entree, adhesion]
    echeance = DateCle("ORT à signer au plus tard (18 mois après l'adhésion)")
    echeance.jour, echeance.depasse = situation.echeance_ort, situation.en_retard
    echeance.precision = label.precision_echeance
    echeance.regle, echeance.dits = REGLE_ECHEANCE, adhesion.dits
    return [entree, adhesion, echeance]


def dates_of_ort(couverture, ort):
    """Return the entry of the commune in an ORT, and the end of that ORT."""
    acte = next(acte for acte in ort.actes if is_entry(acte, couverture))
    how = "par avenant" if acte.is_avenant else "par la convention elle-même"
    entree = DateCle("Entrée dans l'ORT", acte.date, acte.precision, how, dits=acte.dits)
    fin = DateCle("Fin de l'ORT", ort.fin, ort.convention.precision_signature)
    if fin.jour is None:
        fin.texte = UNKNOWN_DATE
    else:
        fin.regle, fin.dits = REGLE_FIN, ort.actes[0].dits
    return [entree, fin]


def is_entry(acte, couverture):
    """Tell whether an act of an ORT is that by which a commune entered it."""
    avenant = acte.record.pk if acte.is_avenant else None
    return avenant == couverture.entree


def said_of(record, champ):
    """Return what the retained sources say of a date of a record."""
    return [dit for dit in record.dits if dit.champ == champ]
