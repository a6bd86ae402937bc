"""What agents download of the communes lauréates: the public columns, and the internal ones."""

from django.db.models import Prefetch

from communes.models import Rattachement
from communes.programme.imports import LabellisationRessource
from socle.fichiers.colonnes import Colonne, Export, colonne_champ, colonne_source, dits


def labellisation_rows(labellisations, jour):
    """Return the labellisations with their commune, its intercommunalité on `jour` and its sources."""
    members = Rattachement.objects.as_of(jour).select_related("intercommunalite")
    return labellisations.select_related("commune__departement").prefetch_related(
        dits(), Prefetch("commune__rattachements", members, to_attr="rattachements_du_jour")
    )


def epci(attribute):
    """Return how to read an attribute of the intercommunalité of a labellisation, if there is one."""

    def read(labellisation):
        rows = labellisation.commune.rattachements_du_jour
        return getattr(rows[0].intercommunalite, attribute) if rows else None

    return read


LABELLISATIONS = Export(
    "Exporter cette liste",
    (
        LabellisationRessource.cle.interne(),
        colonne_champ("code_insee", "commune_id"),
        Colonne("nom_commune", lambda la: la.commune.nom, "Nom de la commune."),
        Colonne("code_departement", lambda la: la.commune.departement_id, "Département."),
        Colonne("nom_departement", lambda la: la.commune.departement.nom, "Son nom."),
        Colonne("siren_epci", epci("siren"), "Intercommunalité de la commune ce jour-là."),
        Colonne("nom_epci", epci("nom"), "Son nom."),
        colonne_champ("id_pvd"),
        colonne_champ("date_entree_programme", "debut"),
        colonne_champ("precision_entree", "precision_debut"),
        colonne_source("source_entree", "debut"),
        colonne_champ("date_signature_adhesion"),
        colonne_champ("precision_adhesion"),
        colonne_source("source_adhesion", "date_signature_adhesion"),
        colonne_champ("date_sortie_programme", "fin"),
        colonne_champ("precision_sortie", "precision_fin"),
        colonne_source("source_sortie", "fin"),
        colonne_champ("motif_sortie"),
        colonne_champ("note_interne"),
        colonne_champ("remarques_enquete"),
    ),
    labellisation_rows,
)
