"""Conventions, avenants and the communes they cover, from files."""

from communes.models import Commune, Departement, Intercommunalite
from communes.programme.regles import LANCEMENT
from communes.territoire.champs import NOMS_DU_CODE, champ_commune
from ort.models import Avenant, CommuneCouverte, Convention
from socle.dates import parse_date
from socle.fichiers.champs import (
    Champ,
    TextWidget,
    champ_choix,
    champ_date,
    champ_fiche,
    champ_oui_non,
    champ_precision,
    champ_texte,
    day_of_serial,
)
from socle.fichiers.champs_nombres import champ_duree, champ_entier
from socle.fichiers.ressource import Ressource

SIGNATURE = ("date_signature", "date_signature", "precision_signature")
OTHER_NAMES_OF_ORT = {
    "identifiant": "ort_identifiant",
    "date_signature_ort": "date_signature",
    **NOMS_DU_CODE,
}


def names_of(*columns):
    """Return the other names, in the official files, of these columns."""
    return {other: name for other, name in OTHER_NAMES_OF_ORT.items() if name in columns}


class ConventionRessource(Ressource):
    """One row per convention, named for good by its `ort_identifiant`."""

    titre = "ORT (conventions)"
    codes = {"siren_epci": 9, "departement_reference": 2, "ville_principale": 5}
    autres_noms = {
        **names_of("ort_identifiant", "date_signature"),
        "duree_convention_annees": "duree_annees",
        "nom de l'ORT": "intitule",
        "EPCI porteur": "siren_epci",
        "porteur": "siren_epci",
        "durée": "duree_annees",
        "observations": "note_interne",
    }
    # Beside the avenants, the duration of the public file is the one that they gave.
    trompeuses = {"duree_annees": ("nb_avenants", "duree_convention_annees")}
    informatives = (
        *("nom_epci", "departements", "date_fin", "statut", "nb_communes_couvertes"),
        *("nb_communes_laureates", "communes_couvertes", "nb_avenants", "date_dernier_avenant"),
    )
    temoins = {"siren_epci": ("nom_epci",)}
    exemple = {
        "ort_identifiant": "ort-exemple",
        "intitule": "ORT d'Exemple",
        "siren_epci": "200000001",
        "departement_reference": "01",
        "origine": "PVD",
        "date_signature": "06/07/2023",
        "precision_signature": "jour",
        "duree_annees": "5",
        "derogation_l303_3": "non",
        "vaut_ort": "oui",
    }

    identifiant = champ_texte("ort_identifiant", "identifiant")
    intitule = champ_texte("intitule")
    porteur = champ_fiche("siren_epci", "porteur", Intercommunalite)
    departement_reference = champ_fiche(
        "departement_reference", "departement_reference", Departement
    )
    origine = champ_choix("origine", Convention.Origine)
    date_signature = champ_date("date_signature")
    precision_signature = champ_precision("precision_signature")
    duree_annees = champ_duree("duree_annees")
    ville_principale = champ_fiche("ville_principale", "ville_principale", Commune)
    derogation_l303_3 = champ_oui_non("derogation_l303_3")
    vaut_ort = champ_oui_non("vaut_ort")
    date_signature_prevue = champ_date("date_signature_prevue")
    note_interne = champ_texte("note_interne")

    dated_sources = {"source_signature": SIGNATURE}

    class Meta(Ressource.Meta):
        model = Convention
        import_id_fields = ["identifiant"]
        fields = [
            "identifiant",
            "intitule",
            "porteur",
            "departement_reference",
            "origine",
            "date_signature",
            "precision_signature",
            "duree_annees",
            "ville_principale",
            "derogation_l303_3",
            "vaut_ort",
            "date_signature_prevue",
            "note_interne",
        ]


class AvenantRessource(Ressource):
    """One row per avenant, known by its convention and its day: few avenants give their number."""

    titre = "Avenants"
    autres_noms = {
        **names_of("ort_identifiant"),
        "avenant_numero": "numero",
        "date_avenant": "date_signature",
        "ORT": "ort_identifiant",
        "n° d'avenant": "numero",
        "observations": "note_interne",
    }
    informatives = ("objets", "communes_ajoutees", "communes_retirees", "ort_intitule")
    temoins = {"ort_identifiant": ("ort_intitule",)}
    exemple = {
        "ort_identifiant": "ort-exemple",
        "numero": "1",
        "date_signature": "11/01/2024",
        "precision_signature": "jour",
        "objet": "Entrée de deux communes",
    }

    convention = champ_fiche("ort_identifiant", "convention", Convention, "identifiant")
    numero = champ_entier("numero")
    date_signature = champ_date("date_signature")
    precision_signature = champ_precision("precision_signature")
    duree_annees = champ_duree("duree_annees")
    objet = champ_texte("objet")
    date_signature_prevue = champ_date("date_signature_prevue")
    note_interne = champ_texte("note_interne")

    dated_sources = {"source_signature": SIGNATURE}

    class Meta(Ressource.Meta):
        model = Avenant
        import_id_fields = ["convention", "date_signature"]
        fields = [
            "convention",
            "numero",
            "date_signature",
            "precision_signature",
            "duree_annees",
            "objet",
            "date_signature_prevue",
            "note_interne",
        ]


class AvenantWidget(TextWidget):
    """The avenant of the row's convention that was signed on the day of the cell."""

    known = None
    is_date = True

    def put_right(self, text):
        return day_of_serial(text)

    def load(self, column, rows, user=None):
        conventions = {row["ort_identifiant"] for row in rows}
        self.known = {}
        for avenant in Avenant.objects.filter(
            convention__identifiant__in=conventions
        ).select_related("convention"):
            key = (avenant.convention.identifiant, avenant.date_signature)
            self.known.setdefault(key, []).append(avenant)

    def clean(self, value, row=None, **kwargs):
        if not value:
            return None
        identifiant, jour = row["ort_identifiant"], parse_date(value)
        acts = Avenant.objects.filter(convention__identifiant=identifiant, date_signature=jour)
        if self.known is not None:
            acts = self.known.get((identifiant, jour), [])
        if len(acts) != 1:
            raise ValueError(f"{len(acts)} avenant de cette ORT signé ce jour-là")
        return acts[0]


class CouvertureRessource(Ressource):
    """One row per commune and ORT; without the day of an avenant, the convention brought it in."""

    titre = "Communes des ORT"
    codes = {"code_insee": 5}
    autres_noms = names_of("ort_identifiant", "code_insee")
    informatives = (
        *("nom_commune", "lib_com", "commune", "code_departement", "date_entree_ort", "entree_par"),
        *("avenant_numero", "laureate_pvd", "ort_intitule", "ORT"),
    )
    temoins = {
        "code_insee": ("nom_commune", "lib_com", "commune"),
        "ort_identifiant": ("ort_intitule", "ORT"),
    }
    exemple = {
        "ort_identifiant": "ort-exemple",
        "code_insee": "01004",
        "date_avenant_entree": "11/01/2024",
    }

    convention = champ_fiche("ort_identifiant", "convention", Convention, "identifiant")
    commune = champ_commune("code_insee", "commune", "date_avenant_entree", LANCEMENT)
    entree = Champ(column_name="date_avenant_entree", attribute="entree", widget=AvenantWidget())
    sortie = Champ(column_name="date_avenant_sortie", attribute="sortie", widget=AvenantWidget())

    class Meta(Ressource.Meta):
        model = CommuneCouverte
        import_id_fields = ["convention", "commune", "entree"]
        fields = ["convention", "commune", "entree", "sortie"]

    def load_named(self, rows, user):
        super().load_named(rows, user)
        self.communes_by_convention = {}

    def in_reach(self, field, record, instance, user):
        if field != "commune":
            return None
        if instance.convention_id not in self.communes_by_convention:
            named = self.fields["commune"].widget.keys()
            within = instance.convention.communes_within_reach(user).filter(pk__dans=named)
            self.communes_by_convention[instance.convention_id] = set(
                within.values_list("pk", flat=True)
            )
        return record.pk in self.communes_by_convention[instance.convention_id]
