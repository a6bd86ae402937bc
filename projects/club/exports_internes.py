"""What agents download of the Club: the columns of the files that come in, and nothing computed."""

from projects.actions.exports_internes import joined, of_link, yes_no
from projects.club.imports import ParticipationRessource
from projects.club.models import Participation, RessourceClub
from socle.fichiers.colonnes import Colonne, Export, colonne_champ, colonne_source, dits


def evenement_rows(evenements, jour):
    """Return `evenements`, with all that their columns name."""
    lists = ("departements_lies", "organisateurs_lies__organisme", dits())
    return evenements.select_related("theme").prefetch_related(*lists).order_by("identifiant")


EVENEMENTS_INTERNES = Export(
    "Exporter cette liste",
    (
        colonne_champ("evenement_identifiant", "identifiant"),
        colonne_champ("intitule"),
        colonne_champ("nature"),
        Colonne("theme", of_link("theme", "cle"), "Thème."),
        colonne_champ("theme_libre"),
        colonne_champ("date_debut", "debut"),
        colonne_champ("precision_debut"),
        colonne_champ("date_fin", "fin"),
        colonne_champ("precision_fin"),
        colonne_champ("annonce_le"),
        colonne_champ("lieu"),
        Colonne("en_ligne", yes_no("en_ligne"), "Interne."),
        colonne_champ("decisions"),
        Colonne(
            "departements",
            joined("departements_lies", lambda link: link.departement_id),
            "Interne.",
        ),
        Colonne(
            "organisateurs",
            joined("organisateurs_lies", lambda link: link.organisme.nom),
            "Interne.",
        ),
        colonne_champ("note_interne"),
        colonne_source("source_debut", "debut"),
        colonne_source("source_fin", "fin"),
        colonne_source("source_annonce", "annonce_le"),
    ),
    evenement_rows,
)

EVENEMENT = (
    Colonne("evenement_identifiant", of_link("evenement", "identifiant"), "Événement."),
    Colonne("evenement_intitule", of_link("evenement", "intitule"), "Événement."),
)


def rows_of(model, *links):
    """Return how to read the rows of `model` that hang on events."""

    def read(evenements, jour):
        rows = model.objects.filter(evenement__in=evenements.order_by().values("pk"))
        return rows.select_related("evenement", *links).order_by("evenement__identifiant", "pk")

    return read


RESSOURCES = Export(
    "Leurs ressources",
    (
        colonne_champ("adresse"),
        colonne_champ("titre"),
        colonne_champ("nature"),
        Colonne("theme", of_link("theme", "cle"), "Thème."),
        *EVENEMENT,
    ),
    rows_of(RessourceClub, "theme"),
)

PARTICIPATIONS = Export(
    "Qui y a participé",
    (
        ParticipationRessource.cle.interne(),
        *EVENEMENT,
        colonne_champ("code_insee", "commune_id"),
        Colonne("nom_commune", of_link("commune", "nom"), "Commune."),
        colonne_champ("siren_epci", "intercommunalite_id"),
        Colonne("nom_epci", of_link("intercommunalite", "nom"), "Intercommunalité."),
        Colonne("poste_identifiant", of_link("poste", "identifiant"), "Poste."),
        colonne_champ("elus"),
        colonne_champ("equipe"),
    ),
    rows_of(Participation, "commune", "intercommunalite", "poste"),
)
