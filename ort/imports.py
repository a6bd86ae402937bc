"""Conventions, avenants and the communes they cover, from files."""

from communes.models import Commune, Departement, Intercommunalite
from ort.models import Avenant, CommuneCouverte, Convention
from pvd.socle.dates import parse_date
from pvd.socle.imports import (
    Champ,
    Ressource,
    TextWidget,
    choice,
    date,
    foreign_key,
    precision,
    text,
    whole_number,
    yes_no,
)

SIGNATURE = ("date_signature", "date_signature", "precision_signature")


class ConventionRessource(Ressource):
    """One row per convention, named for good by its `ort_identifiant`."""

    identifiant = text("ort_identifiant", "identifiant")
    intitule = text("intitule")
    porteur = foreign_key("siren_epci", "porteur", Intercommunalite)
    departement_reference = foreign_key(
        "departement_reference", "departement_reference", Departement
    )
    origine = choice("origine", Convention.Origine)
    date_signature = date("date_signature")
    precision_signature = precision("precision_signature")
    duree_annees = whole_number("duree_annees")
    ville_principale = foreign_key("ville_principale", "ville_principale", Commune)
    derogation_l303_3 = yes_no("derogation_l303_3")

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
        ]


class AvenantRessource(Ressource):
    """One row per avenant, known by its convention and its day: few avenants give their number."""

    convention = foreign_key("ort_identifiant", "convention", Convention, "identifiant")
    numero = whole_number("numero")
    date_signature = date("date_signature")
    precision_signature = precision("precision_signature")
    duree_annees = whole_number("duree_annees")
    objet = text("objet")

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
        ]


class AvenantWidget(TextWidget):
    """The avenant of the row's convention that was signed on the day of the cell."""

    def clean(self, value, row=None, **kwargs):
        if not value:
            return None
        acts = Avenant.objects.filter(
            convention__identifiant=row["ort_identifiant"], date_signature=parse_date(value)
        )
        if len(acts) != 1:
            raise ValueError(f"{len(acts)} avenant de cette ORT signé ce jour-là")
        return acts[0]


class CouvertureRessource(Ressource):
    """One row per commune and ORT; without the day of an avenant, the convention brought it in."""

    convention = foreign_key("ort_identifiant", "convention", Convention, "identifiant")
    commune = foreign_key("code_insee", "commune", Commune)
    entree = Champ(column_name="date_avenant_entree", attribute="entree", widget=AvenantWidget())
    sortie = Champ(column_name="date_avenant_sortie", attribute="sortie", widget=AvenantWidget())

    class Meta(Ressource.Meta):
        model = CommuneCouverte
        import_id_fields = ["convention", "commune", "entree"]
        fields = ["convention", "commune", "entree", "sortie"]
