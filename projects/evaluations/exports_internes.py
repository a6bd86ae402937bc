"""What agents download of the reviews: the columns of the files that come in, and nothing computed."""

from projects.evaluations.imports import BilanRessource, PresentationRessource
from socle.fichiers.colonnes import Colonne, Export, colonne_champ, colonne_source, dits

ORT = (
    Colonne("ort_identifiant", lambda row: row.convention.identifiant, "ORT."),
    Colonne("ort_intitule", lambda row: row.convention.intitule, "ORT."),
)


def bilan_rows(bilans, jour):
    """Return `bilans`, whatever their day."""
    read = bilans.select_related("convention").prefetch_related(dits())
    return read.order_by("convention__identifiant", "tenu_le", "nature")


BILANS_INTERNES = Export(
    "Exporter cette liste",
    (
        BilanRessource.cle.interne(),
        *ORT,
        colonne_champ("nature"),
        colonne_champ("tenu_le"),
        colonne_champ("precision"),
        colonne_champ("periode"),
        colonne_champ("comite"),
        colonne_champ("decisions"),
        colonne_champ("note_interne"),
        colonne_source("source", "tenu_le"),
    ),
    bilan_rows,
)


def presentation_rows(presentations, jour):
    """Return `presentations`, whatever their day."""
    read = presentations.select_related("convention", "bilan", "commune", "intercommunalite")
    return read.prefetch_related(dits()).order_by("convention__identifiant", "jour", "pk")


PRESENTATIONS = Export(
    "Exporter cette liste",
    (
        PresentationRessource.cle.interne(),
        *ORT,
        Colonne("bilan_identifiant", lambda row: row.bilan and row.bilan.identifiant, "Bilan."),
        colonne_champ("code_insee", "commune_id"),
        colonne_champ("siren_epci", "intercommunalite_id"),
        Colonne("nom_assemblee", lambda row: row.assemblee.nom, "Commune ou intercommunalité."),
        colonne_champ("jour"),
        colonne_champ("precision"),
        colonne_champ("deliberation"),
        colonne_source("source", "jour"),
    ),
    presentation_rows,
)
