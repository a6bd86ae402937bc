"""What agents download of the studies: the columns of the files that come in, and nothing computed."""

from projects.actions.exports_internes import COUT, joined, of_link, rows_of
from projects.actions.models import Cout
from projects.etudes.imports import CoutEtudeRessource, FaitEtudeRessource
from projects.etudes.models import FaitEtude
from socle.fichiers.colonnes import Colonne, Export, colonne_champ, colonne_source


def etude_rows(etudes, jour):
    """Return `etudes`, with all that their columns name."""
    read = etudes.select_related(
        "convention",
        "prestataire",
        "beneficiaire_commune",
        "beneficiaire_intercommunalite",
        "beneficiaire_organisme",
    )
    return read.prefetch_related("communes_liees", "actions_liees__action").order_by("identifiant")


ETUDES_INTERNES = Export(
    "Exporter cette liste",
    (
        colonne_champ("etude_identifiant", "identifiant"),
        colonne_champ("intitule"),
        colonne_champ("nature"),
        colonne_champ("niveau"),
        colonne_champ("regime"),
        colonne_champ("beneficiaire_commune", "beneficiaire_commune_id"),
        colonne_champ("beneficiaire_siren_epci", "beneficiaire_intercommunalite_id"),
        Colonne("beneficiaire_organisme", of_link("beneficiaire_organisme", "nom"), "Interne."),
        Colonne("beneficiaire_nom", lambda etude: str(etude.beneficiaire), "Interne."),
        Colonne("prestataire", of_link("prestataire", "nom"), "Prestataire."),
        Colonne("ort_identifiant", of_link("convention", "identifiant"), "ORT."),
        Colonne("ort_intitule", of_link("convention", "intitule"), "ORT."),
        Colonne("communes", joined("communes_liees", lambda link: link.commune_id), "Communes."),
        Colonne(
            "actions",
            joined("actions_liees", lambda link: link.action.identifiant),
            "Actions que l'étude prépare.",
        ),
        colonne_champ("note_interne"),
    ),
    etude_rows,
)

ETUDE = (
    Colonne("etude_identifiant", of_link("etude", "identifiant"), "Étude."),
    Colonne("etude_intitule", of_link("etude", "intitule"), "Étude."),
)

FAITS_ETUDES = Export(
    "Leurs faits",
    (
        FaitEtudeRessource.cle.interne(),
        *ETUDE,
        colonne_champ("jour"),
        colonne_champ("precision"),
        colonne_champ("nature"),
        colonne_source("source", "jour"),
    ),
    rows_of(FaitEtude, "jour", objet="etude"),
)

COUTS_ETUDES = Export(
    "Leurs coûts",
    (CoutEtudeRessource.cle.interne(), *ETUDE, *COUT),
    rows_of(Cout, "jour", objet="etude"),
)
