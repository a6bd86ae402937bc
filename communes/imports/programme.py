"""The communes lauréates, from a file."""

from communes.models import Commune, Departement, Labellisation, Tenue
from pvd.socle.imports import Ressource, choice, date, foreign_key, precision, text


class LabellisationRessource(Ressource):
    """One row per time of a commune in the programme; a commune enters once on a given day."""

    commune = foreign_key("code_insee", "commune", Commune)
    id_pvd = text("id_pvd")
    debut = date("date_entree_programme", "debut")
    precision_debut = precision("precision_entree", "precision_debut")
    date_signature_adhesion = date("date_signature_adhesion")
    precision_adhesion = precision("precision_adhesion")
    fin = date("date_sortie_programme", "fin")
    precision_fin = precision("precision_sortie", "precision_fin")
    motif_sortie = text("motif_sortie")

    dated_sources = {
        "source_entree": ("debut", "date_entree_programme", "precision_entree"),
        "source_adhesion": (
            "date_signature_adhesion",
            "date_signature_adhesion",
            "precision_adhesion",
        ),
        "source_sortie": ("fin", "date_sortie_programme", "precision_sortie"),
    }

    class Meta(Ressource.Meta):
        model = Labellisation
        import_id_fields = ["commune", "debut"]
        fields = [
            "commune",
            "id_pvd",
            "debut",
            "precision_debut",
            "date_signature_adhesion",
            "precision_adhesion",
            "fin",
            "precision_fin",
            "motif_sortie",
        ]


class TenueRessource(Ressource):
    """How far the records of each known département go."""

    code = text("code_departement", "code")
    tenue = choice("tenue", Tenue)
    tenue_postes = choice("tenue_postes", Tenue)

    class Meta(Ressource.Meta):
        model = Departement
        import_id_fields = ["code"]
        fields = ["code", "tenue", "tenue_postes"]

    def init_instance(self, row=None):
        """Refuse a département that is not there: the territory is loaded first."""
        self.fields["code"].refuse(row, "inconnu du référentiel")
