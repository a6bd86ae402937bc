"""What agents download of what is measured: the columns of the files that come in, and nothing computed."""

from projects.actions.exports_internes import of_link, yes_no
from projects.indicateurs.imports import CibleRessource, ReleveRessource
from projects.indicateurs.models import Unite
from socle.fichiers.colonnes import Colonne, Export, colonne_champ, colonne_source, dits


def in_the_unit(attribute):
    """Return how to write a value: a share of one percent or less says so, or it would be asked."""

    def read(mesure):
        valeur = getattr(mesure, attribute)
        small = valeur is not None and 0 < valeur <= 1
        return f"{valeur:f} %" if small and mesure.indicateur.unite == Unite.POURCENTAGE else valeur

    return read


INDICATEURS = Export(
    "Exporter cette liste",
    (
        colonne_champ("indicateur", "identifiant"),
        colonne_champ("libelle"),
        colonne_champ("unite"),
        Colonne("evolution", yes_no("evolution"), "Interne."),
        colonne_champ("definition"),
        colonne_champ("perimetre"),
        colonne_champ("sens"),
        colonne_champ("source_usuelle"),
        colonne_champ("code_departement", "departement_id"),
    ),
    lambda indicateurs, jour: indicateurs.order_by("identifiant"),
)

# What a row is of: an indicator, and one object of three.
OBJET = (
    Colonne("indicateur", of_link("indicateur", "identifiant"), "Indicateur."),
    Colonne("libelle", of_link("indicateur", "libelle"), "Indicateur."),
    Colonne("unite", of_link("indicateur", "unite"), "Indicateur."),
    Colonne("action_identifiant", of_link("action", "identifiant"), "Action."),
    Colonne("action_intitule", of_link("action", "intitule"), "Action."),
    Colonne("ort_identifiant", of_link("convention", "identifiant"), "ORT."),
    Colonne("ort_intitule", of_link("convention", "intitule"), "ORT."),
    colonne_champ("code_insee", "commune_id"),
    Colonne("nom_commune", of_link("commune", "nom"), "Commune."),
    Colonne("secteur", of_link("secteur", "nom"), "Secteur."),
)
LIENS = ("indicateur", "action", "convention", "commune", "secteur")


def in_file_order(*dates):
    """Return how to read the rows of a list, whatever their dates, in the order of what they are of."""

    def read(rows, jour):
        read = rows.select_related(*LIENS).prefetch_related(dits())
        return read.order_by("indicateur__identifiant", *LIENS[1:], *dates, "pk")

    return read


CIBLES = Export(
    "Exporter cette liste",
    (
        CibleRessource.cle.interne(),
        *OBJET,
        colonne_champ("fixee_le"),
        Colonne("valeur", in_the_unit("valeur"), "Interne."),
        colonne_champ("echeance_prevue"),
        Colonne("reference_valeur", in_the_unit("reference_valeur"), "Interne."),
        colonne_champ("reference_jour"),
        colonne_champ("serie"),
        colonne_source("source", "fixee_le"),
        colonne_source("source_reference", "reference_jour"),
    ),
    in_file_order("fixee_le"),
)

RELEVES = Export(
    "Exporter cette liste",
    (
        ReleveRessource.cle.interne(),
        *OBJET,
        colonne_champ("jour"),
        colonne_champ("precision"),
        colonne_champ("publie_le"),
        colonne_champ("etat"),
        Colonne("valeur", in_the_unit("valeur"), "Interne."),
        colonne_champ("serie"),
        Colonne("rupture", yes_no("rupture"), "Interne."),
        colonne_source("source", "jour"),
        colonne_source("source_publication", "publie_le"),
    ),
    in_file_order("jour", "serie"),
)
