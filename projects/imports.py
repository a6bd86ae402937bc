"""Chef de projet posts and the communes that they serve, from files."""

from communes.models import Commune, Intercommunalite
from ort.models import Organisme
from projects.models import Desserte, Poste
from pvd.socle.imports import (
    CelluleRefusee,
    Ressource,
    date,
    foreign_key,
    precision,
    text,
    whole_number,
)

SERVED = "communes_desservies"


def codes_of(row):
    """Return the codes of the communes that a row says are served, each once."""
    return list(dict.fromkeys(code for code in row.get(SERVED, "").split("|") if code))


class PosteRessource(Ressource):
    """One row per post, named for good by its `poste_identifiant`.

    A new post comes with the communes that it serves, from days unknown: an agent sees a post by them.
    """

    titre = "Postes de chef de projet"
    codes = {"employeur_commune": 5, SERVED: 5}
    autres_noms = {"identifiant": "poste_identifiant"}
    extra_columns = (SERVED,)
    informatives = (
        *("employeur_type", "employeur_code", "employeur_nom", "etat", "occupe_depuis"),
        *("titulaire", "titulaire_courriel", "titulaire_telephone"),
    )
    exemple = {
        "poste_identifiant": "chef-de-projet-exemple",
        "intitule": "Chef de projet d'Exemple",
        "employeur_commune": "01004",
        "quotite": "100",
        "date_ouverture": "01/09/2021",
        "precision_ouverture": "mois",
        "communes_desservies": "01004|01033",
    }

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
    note_interne = text("note_interne")

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
            "note_interne",
        ]

    def load_named(self, rows):
        super().load_named(rows)
        codes = {code for row in rows for code in codes_of(row)}
        self.communes = Commune.objects.in_bulk(codes)
        self.communes_by_user = {}

    def dependants(self, instance, row, user):
        """Return the communes that a new post serves; an agent names one of its own at least."""
        codes = codes_of(row)
        if user not in self.communes_by_user:
            theirs = Commune.objects.filter(pk__in=self.communes).for_user(user)
            self.communes_by_user[user] = set(theirs.values_list("pk", flat=True))
        if unknown := [code for code in codes if code not in self.communes]:
            raise CelluleRefusee(SERVED, unknown[0], "inconnu du référentiel")
        if others := [code for code in codes if code not in self.communes_by_user[user]]:
            raise CelluleRefusee(SERVED, others[0], "hors de vos départements")
        if not codes and not user.is_superuser:
            raise CelluleRefusee(SERVED, "", "un nouveau poste dessert au moins une commune")
        return [Desserte(poste=instance, commune=self.communes[code]) for code in codes]


class DesserteRessource(Ressource):
    """One row per commune and post; without dates, neither the first nor the last day is known."""

    titre = "Communes desservies par les postes"
    loose_keys = ("debut",)
    codes = {"code_insee": 5}
    autres_noms = {"insee_com": "code_insee", "code_commune": "code_insee"}
    informatives = ("nom_commune", "lib_com")
    exemple = {
        "poste_identifiant": "chef-de-projet-exemple",
        "code_insee": "01004",
        "date_debut": "01/09/2021",
    }

    poste = foreign_key("poste_identifiant", "poste", Poste, "identifiant")
    commune = foreign_key("code_insee", "commune", Commune)
    debut = date("date_debut", "debut")
    fin = date("date_fin", "fin")

    class Meta(Ressource.Meta):
        model = Desserte
        import_id_fields = ["poste", "commune", "debut"]
        fields = ["poste", "commune", "debut", "fin"]
