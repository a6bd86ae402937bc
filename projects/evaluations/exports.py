"""The public file of the reviews: a row a due date, where it stands on a day."""

from dataclasses import dataclass

from django.db.models import Prefetch

from communes.models import Tenue
from communes.territoire.colonnes import colonne_precision, colonne_tenue
from ort.exports import OU_D_UNE_ORT, tenues_des_ort
from ort.models import Convention
from projects.evaluations.models import Presentation
from projects.evaluations.regles import EcheanceDeBilan, EtatEcheance, NatureBilan, situation
from socle.fichiers.colonnes import Colonne, Table
from socle.fichiers.formats import ROWS_PER_CHUNK, chunks
from socle.web.ordre import in_order


@dataclass(frozen=True)
class LigneBilan:
    """A due date of an ORT, with how many assemblies heard by the day of the review that holds it."""

    convention: Convention
    echeance: EcheanceDeBilan
    presentations: int
    tenue: str

    @property
    def tenu_le(self):
        return self.echeance.bilan and self.echeance.bilan.tenu_le


def avec_bilans(conventions, jour):
    """Prefetch on `conventions` all that `situation` and the rows read: a constant number of queries."""
    read = conventions.select_related("departement_reference")
    return read.prefetch_related("avenants", bilans_et_presentations(jour))


def bilans_et_presentations(jour):
    """Return the prefetch of the reviews of a convention, with who had heard of them by `jour`."""
    heard = Presentation.objects.filter(jour__lte=jour)
    return Prefetch("bilans__presentations", heard, to_attr="presentations_connues")


def echeances_de(convention, jour):
    """Return the due dates of a convention read by `avec_bilans`, up to six months after `jour`."""
    complete = convention.departement_reference.tenue_bilans == Tenue.COMPLETE
    return situation(convention, convention.bilans.all(), jour, complete)


def bilan_rows(conventions, jour):
    """Yield each due date of `conventions`, a queryset, as known on `jour`."""
    read = avec_bilans(in_order(conventions, "identifiant"), jour)
    tenues = tenues_des_ort("tenue_bilans", conventions, jour)
    for chunk in chunks(read.iterator(ROWS_PER_CHUNK)):
        for convention in chunk:
            for echeance in echeances_de(convention, jour):
                heard = echeance.bilan.presentations_connues if echeance.bilan else ()
                yield LigneBilan(convention, echeance, len(heard), tenues[convention.pk])


def bilans_demandes(asked, jour):
    """Yield the due dates of the conventions asked for that are, on `jour`, of a state asked for."""
    for ligne in bilan_rows(asked.conventions, jour):
        if not asked.etats or ligne.echeance.etat in asked.etats:
            yield ligne


BILANS = Table(
    "bilans",
    "Bilans et évaluations des ORT",
    "Une ligne par échéance, passée ou dans les six mois : chaque anniversaire de la signature de l'ORT "
    "pour le bilan annuel, chaque cinquième pour l'évaluation des cinq ans. Règle à vérifier.",
    (
        Colonne(
            "ort_identifiant",
            lambda ligne: ligne.convention.identifiant,
            "Identifiant de l'ORT dans ces fichiers, qui ne change pas.",
            contraintes={"required": True},
        ),
        Colonne(
            "nature",
            lambda ligne: ligne.echeance.nature,
            "Bilan annuel, ou évaluation des cinq ans (quinquennal).",
            contraintes={"required": True, "enum": NatureBilan.values},
        ),
        Colonne(
            "date_echeance",
            lambda ligne: ligne.echeance.jour,
            "Anniversaire de la signature de l'ORT ; connue au mois, le premier jour de ce mois.",
            "date",
            {"required": True},
        ),
        Colonne(
            "etat",
            lambda ligne: ligne.echeance.etat,
            "Où elle en est ce jour-là ; inconnue : passée, là où les bilans ne sont pas tous tenus à jour.",
            contraintes={"required": True, "enum": EtatEcheance.values},
        ),
        Colonne(
            "tenu_le",
            lambda ligne: ligne.tenu_le,
            "Jour du premier bilan qui y répond ; vide s'il n'y en a pas, ou s'il n'est pas connu.",
            "date",
        ),
        Colonne(
            "nb_presentations",
            lambda ligne: ligne.presentations if ligne.echeance.bilan else None,
            "Assemblées auxquelles ce bilan a été présenté ; vide s'il n'y a pas de bilan.",
            "integer",
        ),
        Colonne(
            "jours_de_retard",
            lambda ligne: ligne.echeance.retard,
            "Jours de l'échéance au bilan, 0 s'il est tenu à temps, ou à ce jour si elle est dépassée ; "
            "vide si cela n'est pas connu au jour près.",
            "integer",
        ),
        colonne_tenue("tenue_bilans", OU_D_UNE_ORT),
        colonne_precision(
            "precision_echeance", lambda ligne: ligne.echeance.precision, "la date d'échéance"
        ),
        colonne_precision(
            "precision_tenu_le",
            lambda ligne: ligne.echeance.bilan and ligne.echeance.bilan.precision,
            "la date du bilan",
        ),
    ),
)
