"""What comes next for a commune, and by when: told without alarm where no text gives any."""

import datetime
from dataclasses import dataclass

from django.utils.text import capfirst

from communes.programme.lecture import programme_au
from communes.programme.regles import MONTHS_FROM_ADHESION_TO_ORT
from ort.regles import date_fin_au, duree_au
from projects.evaluations.regles import BASE_LEGALE, MOIS, NatureBilan, echeances
from pvd.suivi.phrases import ORT_NON_CONNUE, named
from pvd.suivi.regles import Statut
from socle.dates import Precision, add_months, in_words
from socle.francais import pluriel
from socle.sources import Source

DELAI = f"{MONTHS_FROM_ADHESION_TO_ORT} mois"
# How often an ORT is reviewed, in words, and from when: see `projects.evaluations.regles`.
RYTHMES = {
    NatureBilan.ANNUEL: "Chaque année, à compter de sa signature",
    NatureBilan.QUINQUENNAL: "Tous les cinq ans, à compter de sa signature",
}
AIDE = "Terme de l'aide de l'État au poste de chef de projet"
RIEN_DE_PLUS = "Rien de plus n'est enregistré."
NE_FINIT_PAS = "Aucune commune n'en sort de ce seul fait."
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
    # What says so, where it is no rule; and whether somebody read there that it does.
    source: Source | None = None
    a_verifier: bool = False
    # A sheet has no room for all that is planned.
    sur_papier: bool = False


def suites(situation):
    """Return what comes next for the commune: its ORT to sign, the end of those that cover it."""
    ends = [
        suite_of_ort(couverture.convention, situation.jour) for couverture in situation.couvertures
    ]
    if ends or not situation.laureate:
        return ends
    return [suite_of_programme(situation)]


def prochaine(suites, jalons):
    """Return what to tell first: what should be done already, else the next day known, else what has none."""
    late = [suite for suite in suites if suite.passee]
    dated = sorted((s for s in [*suites, *jalons] if s.jour), key=lambda s: s.jour)
    return next(iter([*late, *dated, *suites]), None)


def suite_of_programme(situation):
    """Tell what is expected of a commune lauréate that no ORT covers."""
    label = situation.labellisation
    if situation.ort_non_connue:
        return Suite("Signature de l'ORT", f"{capfirst(ORT_NON_CONNUE)}.")
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


def jalons_a_venir(situation):
    """Return what is planned besides: the reviews of the ORT that cover it, and the terms of the programme.

    Nothing ends by itself: a term that is past says so, and what is known since.
    """
    found = [
        jalon
        for couverture in situation.couvertures
        for jalon in revues_a_venir(couverture.convention, situation.jour)
    ]
    if situation.laureate:
        programme = programme_au(situation.jour)
        found += [terme_du_programme(programme), terme_de_l_aide(programme)]
    return sorted(found, key=lambda jalon: jalon.jour or datetime.date.max)


def revues_a_venir(convention, jour):
    """Yield the next review of each nature of an ORT: that of the day itself is still to come."""
    for nature in NatureBilan:
        days = echeances(convention, nature, jour, add_months(jour, MOIS[nature]))
        if due := next((day for day in days if day >= jour), None):
            yield Suite(
                f"{nature.label.capitalize()} de {named(convention)}",
                f"{RYTHMES[nature]} ({BASE_LEGALE}).",
                f"{nature}-{convention.identifiant}",
                due,
                convention.precision_signature,
            )


def terme_du_programme(programme):
    """Tell until when the programme is planned, as known on the day; past, what is known since."""
    if programme.fin is None:
        return Suite("Fin prévue du programme", "Non renseignée.", sur_papier=True)
    told = {
        "source": programme.fin.source,
        "a_verifier": not programme.fin.verifiee,
        "sur_papier": True,
    }
    if programme.passee:
        since = " ".join(annonce.note for annonce in programme.suites)
        return Suite(
            f"La fin prévue du programme, {programme.fin_en_mots}, est passée",
            f"{since or RIEN_DE_PLUS} {NE_FINIT_PAS}",
            passee=True,
            **told,
        )
    return Suite(
        "Fin prévue du programme",
        f"Le programme est prévu {programme.terme}.",
        "fin-du-programme",
        programme.fin.fin_prevue,
        programme.fin.precision_fin,
        **told,
    )


def terme_de_l_aide(programme):
    """Tell until when the State helps to pay the post, as known on the day."""
    if programme.aide is None:
        return Suite(AIDE, "Non renseigné.")
    aide = programme.aide
    told = {"source": aide.source, "a_verifier": not aide.verifiee}
    if programme.aide_passee:
        return Suite(f"{AIDE} : passé, {in_words(aide.fin_aide)}", aide.note, passee=True, **told)
    return Suite(AIDE, aide.note, "fin-de-l-aide-au-poste", aide.fin_aide, **told)
