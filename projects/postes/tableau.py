"""The table that a service keeps of its posts: one row gives a post and all that hangs on it."""

from projects.postes.imports import (
    CofinancementRessource,
    DesserteRessource,
    OccupationRessource,
    RecrutementRessource,
)
from projects.postes.imports_postes import SERVED, PosteRessource
from socle.fichiers.composition import Composition, Volet


class TableauDesPostes(Composition):
    """One row per post, per commune that it serves, per holder, offer or co-funding: what it says of each.

    The rows of one post bear its identifier, or else its employer and one of its communes.
    """

    titre = "Un tableau de suivi : postes, communes, titulaires, offres et cofinancements"
    volets = (
        Volet("Postes", PosteRessource),
        Volet("Communes desservies", DesserteRessource, {SERVED: "code_insee"}, eclatee=True),
        Volet(
            "Titulaires",
            OccupationRessource,
            {
                "titulaire": "titulaire",
                "titulaire_courriel": "courriel",
                "titulaire_telephone": "telephone",
                "titulaire_arrivee": "arrivee",
                "source_arrivee": "source_arrivee",
                "titulaire_type_contrat": "type_contrat",
                "titulaire_quotite": "quotite",
                "titulaire_fin_contrat": "fin_contrat",
                "titulaire_dernier_jour": "dernier_jour",
                "titulaire_motif_depart": "motif_depart",
            },
        ),
        Volet(
            "Offres",
            RecrutementRessource,
            {
                "offre_publication": "date_publication",
                "source_publication": "source_publication",
                "offre_adresse": "adresse_offre",
                "offre_cloture": "date_cloture",
                "offre_entretiens": "date_entretiens",
                "offre_issue": "issue",
                "offre_date_issue": "date_issue",
                "source_issue": "source_issue",
            },
        ),
        Volet(
            "Cofinancements",
            CofinancementRessource,
            {
                "financeur": "financeur",
                "financeur_precision": "precision_financeur",
                "cofinancement_annee": "annee",
                "cofinancement_decision": "reference_decision",
                "cofinancement_taux": "taux",
                "cofinancement_plafond": "plafond",
                "cofinancement_montant": "montant",
                "cofinancement_debut": "date_debut",
                "cofinancement_dernier_jour": "dernier_jour",
            },
        ),
    )
    exemple = {
        "intitule": "Chef de projet d'Exemple",
        "employeur_commune": "01004",
        "quotite": "100",
        "date_ouverture": "01/09/2021",
        SERVED: "01004|01033",
        "titulaire": "Titulaire 1",
        "titulaire_arrivee": "01/09/2021",
        "titulaire_type_contrat": "contrat_de_projet",
        "financeur": "anah",
        "cofinancement_annee": "2022",
        "cofinancement_taux": "50",
    }
