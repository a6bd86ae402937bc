"""The reviews of the ORT of a place on a day: what is held, awaited, next; what is not known is said."""

from dataclasses import dataclass
from operator import attrgetter

from django.db.models import prefetch_related_objects

from communes.models import Tenue
from ort.models import Convention
from projects.evaluations.exports import avec_bilans, bilans_et_presentations
from projects.evaluations.regles import (
    MOIS,
    EcheanceDeBilan,
    EtatEcheance,
    NatureBilan,
    situation,
    tenus_au,
)
from projects.projet.resume import LieuDuProjet
from socle.dates import add_months, bare, in_words
from socle.francais import datee, depuis, pluriel


@dataclass(frozen=True)
class Revue:
    """The due dates of an ORT as `jour` knows them, up to the next one of each nature, and its reviews."""

    convention: Convention
    echeances: list[EcheanceDeBilan]
    bilans: list

    def derniere(self, nature):
        """Return the last due date of a nature that is past, or near, or the next one; None if none is."""
        of_nature = [e for e in self.echeances if e.nature == nature]
        come = [e for e in of_nature if e.etat != EtatEcheance.A_VENIR]
        return (come or of_nature[:1] or [None])[-1]

    def suivante(self, derniere):
        """Return the due date that follows one, of its nature; None if none does."""
        later = (
            e for e in self.echeances if e.nature == derniere.nature and e.jour > derniere.jour
        )
        return next(later, None)

    @property
    def phrases(self):
        """Return what is told of the ORT, a sentence a nature, the five-year evaluation first."""
        told = [self.derniere(nature) for nature in (NatureBilan.QUINQUENNAL, NatureBilan.ANNUEL)]
        return [self.phrase(echeance) for echeance in told if echeance]

    def phrase(self, echeance):
        """Write where a due date stands, and the one that follows."""
        follows = self.suivante(echeance)
        then = f" ; échéance suivante : {bare(follows.jour, follows.precision)}" if follows else ""
        return en_une_phrase(echeance) + then

    @property
    def evaluation(self):
        """Return what is told of the evaluation of its five years, or an empty text if none is near."""
        echeance = self.derniere(NatureBilan.QUINQUENNAL)
        near = echeance and echeance.etat != EtatEcheance.A_VENIR
        return en_une_phrase(echeance) if near else ""


def etat_en_mots(echeance):
    """Write where a due date stands: « tenue avec 40 jours de retard », « attendue depuis le … »."""
    due, accorde = (echeance.jour, echeance.precision), echeance.nature.accorde
    match echeance.etat:
        case EtatEcheance.TENUE | EtatEcheance.TENUE_EN_RETARD:
            held = in_words(echeance.bilan.tenu_le, echeance.bilan.precision)
            return f"{accorde('tenu')} {held}{retard_en_mots(echeance)}"
        case EtatEcheance.DEPASSEE:
            return f"{accorde('attendu')} {depuis(*due)}"
        case EtatEcheance.INCONNUE:
            return f"échéance {datee(*due)}, dont la tenue n'est pas renseignée"
    return f"à tenir {in_words(*due)}"


def retard_en_mots(echeance):
    """Write by how much a review was held late, after its day: « , avec 40 jours de retard »."""
    if echeance.etat != EtatEcheance.TENUE_EN_RETARD:
        return ""
    if echeance.retard is None:
        return ", avec retard"
    return f", avec {pluriel(echeance.retard, 'jour,jours')} de retard"


def en_une_phrase(echeance):
    """Write « évaluation des cinq ans attendue depuis le 16 juillet 2026 »."""
    mark = " : " if echeance.etat == EtatEcheance.INCONNUE else " "
    return f"{echeance.nature.label}{mark}{etat_en_mots(echeance)}"


def lire(conventions, jour):
    """Return the reviews of `conventions`, a queryset: a constant number of queries."""
    return revues(avec_bilans(conventions.order_by("intitule", "identifiant"), jour), jour)


def revues_lues(conventions, jour):
    """Return the reviews of a list of conventions that `with_actes` has read: two queries at most."""
    prefetch_related_objects(conventions, bilans_et_presentations(jour))
    read = sorted(conventions, key=attrgetter("intitule", "identifiant"))
    return [revue for revue in revues(read, jour) if revue.echeances]


def revues(conventions, jour):
    """Return the reviews of each of `conventions`, whose avenants and reviews are read."""
    found = []
    for convention in conventions:
        complete = convention.departement_reference.tenue_bilans == Tenue.COMPLETE
        bilans = list(convention.bilans.all())
        horizon = add_months(jour, MOIS[NatureBilan.QUINQUENNAL])
        told = situation(convention, bilans, jour, complete, horizon)
        found.append(Revue(convention, told, tenus_au(bilans, jour)))
    return found


def revues_de(lieu: LieuDuProjet, jour):
    """Return the reviews of the ORT of a place, those without any due date left out."""
    return [revue for revue in lire(lieu.ort(jour), jour) if revue.echeances]
