"""Chef de projet posts and the communes that they serve, from files."""

from communes.models import Commune, Intercommunalite
from ort.models import Organisme
from projects.models import Desserte, Poste
from pvd.socle.imports import Ressource, date, foreign_key, precision, text, whole_number


class PosteRessource(Ressource):
    """One row per post, named for good by its `poste_identifiant`."""

    identifiant = text("poste_identifiant", "identifiant")
    intitule = text("intitule")
    employeur_commune = foreign_key("employeur_commune", "employeur_commune", Commune)
    employeur_intercommunalite = foreign_key(
        "employeur_siren_epci", "employeur_intercommunalite", Intercommunalite
    )
    employeur_organisme = foreign_key(
        "employeur_organisme", "employeur_organisme", Organisme, "nom"
    )
    quotite = whole_number("quotite")
    date_ouverture = date("date_ouverture")
    precision_ouverture = precision("precision_ouverture")
    date_fermeture = date("date_fermeture")
    precision_fermeture = precision("precision_fermeture")

    dated_sources = {
        "source_ouverture": ("date_ouverture", "date_ouverture", "precision_ouverture"),
        "source_fermeture": ("date_fermeture", "date_fermeture", "precision_fermeture"),
    }

    class Meta(Ressource.Meta):
        model = Poste
        import_id_fields = ["identifiant"]
        fields = [
            "identifiant",
            "intitule",
            "employeur_commune",
            "employeur_intercommunalite",
            "employeur_organisme",
            "quotite",
            "date_ouverture",
            "precision_ouverture",
            "date_fermeture",
            "precision_fermeture",
        ]


class DesserteRessource(Ressource):
    """One row per commune and post; without dates, neither the first nor the last day is known."""

    poste = foreign_key("poste_identifiant", "poste", Poste, "identifiant")
    commune = foreign_key("code_insee", "commune", Commune)
    debut = date("date_debut", "debut")
    fin = date("date_fin", "fin")

    class Meta(Ressource.Meta):
        model = Desserte
        import_id_fields = ["poste", "commune", "debut"]
        fields = ["poste", "commune", "debut", "fin"]
