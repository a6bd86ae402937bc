"""The communes lauréates, from a file."""

from typing import ClassVar

from communes.models import Departement, Labellisation, Programme, Tenue
from communes.programme.lecture import ouverture
from communes.territoire.champs import NOMS_DU_CODE, champ_commune
from socle.fichiers.champs import (
    Champ,
    ChoiceWidget,
    champ_date,
    champ_fiche,
    champ_oui_non,
    champ_precision,
    champ_texte,
)
from socle.fichiers.cle import cle_interne
from socle.fichiers.ressource import Ressource
from socle.models import Source


class LabellisationRessource(Ressource):
    """One row per time of a commune in the programme; a commune enters once on a given day.

    Without that day, as in the official list, a row speaks of the time that runs, else of the last.
    """

    titre = "Communes lauréates"
    cle = cle_interne("labellisation", "commune")
    loose_keys = ("debut",)
    codes = {"code_insee": 5}
    autres_noms = {
        **NOMS_DU_CODE,
        "date_signature": "date_signature_adhesion",
        "date de signature de la convention d'adhésion": "date_signature_adhesion",
        "date_adhesion": "date_signature_adhesion",
        "date_entree": "date_entree_programme",
        "date de labellisation": "date_entree_programme",
        "date_sortie": "date_sortie_programme",
        "observations": "note_interne",
    }
    # In a file that speaks of ORT, a bare date of signature is that of the ORT.
    trompeuses = {
        "date_signature": (
            "ort_identifiant",
            "ort_intitule",
            "date_entree_ort",
            "entree_par",
            "ORT",
        )
    }
    informatives = (
        *("nom_commune", "lib_com", "commune", "siren_commune", "population", "pop"),
        *("code_departement", "insee_dep", "nom_departement", "lib_dep", "lib_reg"),
        *("siren_epci", "nom_epci", "lib_epci", "regroupement", "ORT"),
        *("nom_maire", "mel_mairie", "site_mairie"),
        *("statut", "ort_identifiant", "ort_intitule", "date_signature_ort", "date_entree_ort"),
        *("entree_par", "avenant_numero", "poste_chef_projet"),
        *("population_annee", "population_millesime", "nb_ort", "precision_ort"),
        *("precision_entree_ort", "annee_population", "annee_rattachement"),
        *("code_region", "nom_region", "echeance_ort", "delai_ort_jours", "precision_echeance"),
        *("longitude", "latitude", "avenant_identifiant"),
    )
    temoins = {"code_insee": ("nom_commune", "lib_com", "commune")}
    exemple = {
        "code_insee": "01004",
        "id_pvd": "pvd-84-01-99",
        "date_entree_programme": "22/01/2021",
        "precision_entree": "au_plus_tard",
        "date_signature_adhesion": "26/03/2021",
        "precision_adhesion": "jour",
    }

    commune = champ_commune("code_insee", "commune", "date_entree_programme", ouverture)
    id_pvd = champ_texte("id_pvd")
    debut = champ_date("date_entree_programme", "debut")
    precision_debut = champ_precision("precision_entree", "precision_debut")
    date_signature_adhesion = champ_date("date_signature_adhesion")
    precision_adhesion = champ_precision("precision_adhesion")
    fin = champ_date("date_sortie_programme", "fin")
    precision_fin = champ_precision("precision_sortie", "precision_fin")
    motif_sortie = champ_texte("motif_sortie")
    note_interne = champ_texte("note_interne")
    remarques_enquete = champ_texte("remarques_enquete")

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
            "note_interne",
            "remarques_enquete",
        ]

    def closest(self, records, values):
        running = [record for record in records if record.fin is None]
        return running or sorted(records, key=lambda record: record.fin)[-1:]


class ProgrammeRessource(Ressource):
    """One row per announcement on the programme itself; what it does not say is empty."""

    annonce = champ_date("annonce")
    nom = champ_texte("nom")
    ouverture = champ_date("ouverture")
    fin_prevue = champ_date("fin_prevue")
    precision_fin = champ_precision("precision_fin")
    fin_aide = champ_date("fin_aide")
    source = champ_fiche("source", "source", Source, "cle")
    verifiee = champ_oui_non("verifiee")
    note = champ_texte("note")

    class Meta(Ressource.Meta):
        model = Programme
        import_id_fields = ["nom", "annonce"]
        fields = [
            *("annonce", "nom", "ouverture", "fin_prevue", "precision_fin", "fin_aide"),
            *("source", "verifiee", "note"),
        ]


class TenueWidget(ChoiceWidget):
    """How far records go: a file that is loaded raises it, and never lowers what is already said."""

    said: ClassVar = {}

    def __init__(self, column):
        super().__init__(Tenue)
        self.column = column

    def load(self, column, rows, user=None):
        """Read what is said of each département."""
        self.said = dict(Departement.objects.values_list("code", column))

    def clean(self, value, row=None, **kwargs):
        found = super().clean(value, row, **kwargs)
        if found == Tenue.LISTES and self.column != "tenue":
            raise ValueError("aucune liste nationale ne le dit")
        return Tenue(found).au_moins(self.said.get(row["code_departement"], found)).value


def champ_tenue(column):
    return Champ(column_name=column, attribute=column, widget=TenueWidget(column))


class TenueRessource(Ressource):
    """How far the records of each known département go, and where its préfecture tells the programme."""

    code = champ_texte("code_departement", "code")
    tenue = champ_tenue("tenue")
    tenue_postes = champ_tenue("tenue_postes")
    tenue_plans = champ_tenue("tenue_plans")
    tenue_bilans = champ_tenue("tenue_bilans")
    page_prefecture = champ_texte("page_prefecture")

    class Meta(Ressource.Meta):
        model = Departement
        import_id_fields = ["code"]
        fields = [
            *("code", "tenue", "tenue_postes", "tenue_plans", "tenue_bilans"),
            "page_prefecture",
        ]

    def init_instance(self, row=None):
        """Refuse a département that is not there: the territory is loaded first."""
        self.fields["code"].refuse(row, "inconnu du référentiel")
