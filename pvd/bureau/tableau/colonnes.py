"""The columns of the table: what a file calls them, how a page does, and what they say of a row.

Those that a file of communes lauréates gives back have its names.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.html import format_html

from projects.carnet.models import Fonction
from pvd.suivi.regles import EtatPoste
from socle.admin.base import NOTHING
from socle.admin.champs import badge
from socle.francais import UNKNOWN, date_courte, nombre


def always(ligne):
    return True


def never(ligne):
    return False


def has_ort(ligne):
    return ligne.ort is not None


def in_the_programme(ligne):
    return ligne.situation.labellisation is not None


@dataclass(frozen=True)
class ColonneDuTableau:
    """A column: `valeur` is a cell of the file, `montree` the one of the page, the same by default."""

    nom: str
    titre: str
    groupe: str
    valeur: Callable[[Any], Any]
    montree: Callable[[Any], Any] | None = None
    d_office: bool = False
    # Whether there is something to know: without an ORT, its end is not unknown.
    concerne: Callable[[Any], bool] = always
    # What its cells are read with, besides the situation: see `pvd.bureau.tableau.complements`.
    complement: str = ""
    # The right without which the column is not there, for a page, a sort nor a file.
    droit: str = ""

    def cellule(self, ligne):
        """Return the cell of the page, which tells what is not known from what does not exist."""
        shown = (self.montree or self.valeur)(ligne)
        if shown in (None, ""):
            return UNKNOWN if self.concerne(ligne) else NOTHING
        return shown


def day(nom, titre, groupe, lu, precision=None, **options):
    """Make the column of a day, that `lu` and `precision` read of a row."""

    def montree(ligne):
        jour = lu(ligne)
        return jour and date_courte(jour, precision(ligne) if precision else "jour")

    return ColonneDuTableau(nom, titre, groupe, lu, montree, **options)


def lien(ligne):
    commune = ligne.situation.commune
    url = reverse("admin:communes_commune_change", args=[commune.pk])
    return format_html('<a href="{}">{}</a>', url, ligne.situation.nom)


def lien_ort(ligne):
    if ligne.ort is None:
        return None
    url = reverse("admin:ort_convention_change", args=[ligne.ort.pk])
    return format_html('<a href="{}">{}</a>', url, ligne.ort.intitule)


def statut(ligne):
    statut = ligne.situation.statut
    return statut and badge(statut.label, statut.couleur)


def inhabitants(ligne):
    return ligne.situation.population and ligne.situation.population.valeur


def of_label(attribute):
    """Return how to read a field of the time in the programme, if there is one."""
    return lambda ligne: getattr(ligne.situation.labellisation, attribute, None)


def of_couverture(attribute):
    """Return how to read a field of the coverage that counts, if there is one."""
    return lambda ligne: getattr(ligne.situation.couverture, attribute, None)


def of_ort(attribute):
    """Return how to read a field of the ORT that counts, if there is one."""
    return lambda ligne: getattr(ligne.ort, attribute, None)


MOYENS = {"nom": "nom", "courriel": "courriel", "telephone": "téléphone"}
# Whom one calls; another function has a name of its own, and no column.
FONCTIONS = {
    Fonction.MAIRE: "Maire",
    Fonction.ELU_REFERENT: "Élu référent",
    Fonction.DGS: "DGS",
    Fonction.CHEF_DE_PROJET: "Chef de projet",
    Fonction.DDT: "Correspondant DDT",
}


def contact_columns():
    """Yield how to reach each function: internal, for those who keep the contacts."""
    for fonction, nom in FONCTIONS.items():
        for champ, titre in MOYENS.items():
            yield ColonneDuTableau(
                f"{fonction}_{champ}",
                f"{nom} : {titre}",
                CONTACTS,
                of_contacts(fonction, champ),
                complement="contacts",
                droit="projects.view_contact",
            )


def of_contacts(fonction, champ):
    """Return how to read a field of the contacts of a function, of all of them in one cell."""

    def valeur(ligne):
        told = (getattr(contact, champ) for contact in ligne.contacts.get(fonction, ()))
        return ", ".join(filter(None, told))

    return valeur


CONTACTS = "Contacts (internes)"
PROGRAMME, ACTES, DUREES, POSTE = "Programme", "Actes", "Durées", "Chef de projet"
COLONNES = {
    colonne.nom: colonne
    for colonne in (
        ColonneDuTableau(
            "code_insee", "Code", PROGRAMME, lambda x: x.situation.commune.pk, d_office=True
        ),
        ColonneDuTableau(
            "nom_commune", "Commune", PROGRAMME, lambda x: x.situation.nom, lien, d_office=True
        ),
        ColonneDuTableau(
            "code_departement",
            "Département",
            PROGRAMME,
            lambda x: x.situation.commune.departement_id,
        ),
        ColonneDuTableau(
            "nom_epci",
            "Intercommunalité",
            PROGRAMME,
            lambda x: x.situation.nom_intercommunalite,
            d_office=True,
        ),
        ColonneDuTableau(
            "population",
            "Population",
            PROGRAMME,
            inhabitants,
            lambda x: inhabitants(x) and nombre(inhabitants(x)),
        ),
        ColonneDuTableau(
            "statut",
            "Statut",
            PROGRAMME,
            lambda x: x.situation.statut and x.situation.statut.value,
            statut,
            d_office=True,
            concerne=in_the_programme,
        ),
        day(
            "date_entree_programme",
            "Entrée",
            PROGRAMME,
            of_label("debut"),
            of_label("precision_debut"),
            concerne=in_the_programme,
        ),
        day(
            "date_signature_adhesion",
            "Adhésion",
            PROGRAMME,
            lambda x: x.situation.date_adhesion,
            of_label("precision_adhesion"),
            d_office=True,
            concerne=in_the_programme,
        ),
        day(
            "echeance_ort",
            "ORT attendue",
            PROGRAMME,
            lambda x: x.situation.echeance_ort,
            lambda x: x.situation.precision_echeance,
            concerne=never,
        ),
        day(
            "date_sortie_programme",
            "Sortie",
            PROGRAMME,
            lambda x: x.situation.date_sortie,
            of_label("precision_fin"),
            concerne=never,
        ),
        ColonneDuTableau(
            "ort_identifiant",
            "Identifiant de l'ORT",
            ACTES,
            of_ort("identifiant"),
            concerne=has_ort,
        ),
        ColonneDuTableau(
            "ort_intitule",
            "ORT",
            ACTES,
            of_ort("intitule"),
            lien_ort,
            d_office=True,
            concerne=has_ort,
        ),
        day(
            "date_signature_ort",
            "ORT signée",
            ACTES,
            of_ort("date_signature"),
            of_ort("precision_signature"),
            d_office=True,
            concerne=has_ort,
        ),
        day(
            "date_entree_ort",
            "Entrée dans l'ORT",
            ACTES,
            of_couverture("date_entree"),
            of_couverture("precision_entree"),
            concerne=has_ort,
        ),
        ColonneDuTableau(
            "entree_par", "Entrée par", ACTES, of_couverture("entree_par"), concerne=has_ort
        ),
        ColonneDuTableau(
            "duree_ort", "Durée, en années", DUREES, lambda x: x.duree_ort, concerne=has_ort
        ),
        day(
            "fin_ort",
            "Fin de l'ORT",
            DUREES,
            lambda x: x.fin_ort,
            of_ort("precision_signature"),
            d_office=True,
            concerne=has_ort,
        ),
        ColonneDuTableau(
            "poste_chef_projet",
            "Chef de projet",
            POSTE,
            lambda x: x.situation.etat_poste.value,
            lambda x: EtatPoste(x.situation.etat_poste).label,
            d_office=True,
        ),
        ColonneDuTableau(
            "titulaires",
            "Titulaires",
            POSTE,
            lambda x: ", ".join(x.titulaires),
            concerne=never,
            complement="titulaires",
        ),
        day(
            "dernieres_nouvelles",
            "Dernières nouvelles",
            "Nouvelles",
            lambda x: x.dernieres_nouvelles,
            complement="dernieres_nouvelles",
        ),
        *contact_columns(),
    )
}
# A table without them names no commune, and could not be sent back.
TOUJOURS = ("code_insee", "nom_commune")
D_OFFICE = [nom for nom, colonne in COLONNES.items() if colonne.d_office]


def lisibles_par(user):
    """Return the columns that a user may choose, sort by and download, by name."""
    return {
        nom: colonne
        for nom, colonne in COLONNES.items()
        if not colonne.droit or user.has_perm(colonne.droit)
    }


def colonnes_de(user):
    """Return the columns that an agent chose, in the order of the table; those of office before.

    One chosen before a right was lost is not among them.
    """
    chosen = set(user.colonnes_du_tableau or D_OFFICE).union(TOUJOURS)
    return [colonne for nom, colonne in lisibles_par(user).items() if nom in chosen]
