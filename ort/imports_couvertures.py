"""The file of the communes that each convention covers, by which act, until which one."""

from collections import defaultdict

from communes.programme.lecture import ouverture
from communes.territoire.champs import champ_commune
from ort.avertissements import des_entrees
from ort.imports import SousReference, names_of
from ort.models import Avenant, CommuneCouverte, Convention
from socle.dates import parse_date
from socle.fichiers.champs import (
    CelluleRefusee,
    Champ,
    TextWidget,
    champ_fiche,
    champ_texte,
    day_of_serial,
)
from socle.fichiers.cle import cle_interne
from socle.fichiers.lignes import Sort
from socle.fichiers.ressource import Ressource

CLE_DE_COUVERTURE = cle_interne("couverture", "convention", "commune")


class ActeWidget(TextWidget):
    """An avenant of the row's convention: by its identifier, by the day of its signature, or by both."""

    known, held = None, {}
    is_date = True

    def __init__(self, attribute, named, dated):
        super().__init__()
        self.attribute, self.named, self.dated = attribute, named, dated

    def put_right(self, text):
        return day_of_serial(text)

    def load(self, column, rows, user=None):
        conventions = {row["ort_identifiant"] for row in rows}
        acts = Avenant.objects.filter(convention__identifiant__in=conventions)
        self.known = defaultdict(list)
        for avenant in acts.select_related("convention"):
            self.known[avenant.convention.identifiant].append(avenant)
        cle = CLE_DE_COUVERTURE
        keys = {row[cle.colonne] for row in rows if row.get(cle.colonne)}
        rows = CommuneCouverte.objects.filter(cle.named(keys)).select_related(self.attribute)
        self.held = {cle.of(row): getattr(row, self.attribute) for row in rows}

    def clean(self, value, row=None, **kwargs):
        named, jour = row.get(self.named), value and parse_date(value)
        if held := self.held.get(row.get(CLE_DE_COUVERTURE.colonne)):
            named, jour = self.changed(held, named, jour)
        if not named and not jour:
            return None
        acts = self.acts_of(row["ort_identifiant"])
        return self.by_name(acts, named, jour) if named else by_day(acts, jour)

    def changed(self, held, named, jour):
        """Return what a row that we exported says of its act: where one cell changed, that one alone."""
        if named == held.identifiant and jour and jour != held.date_signature:
            return None, jour
        if named and jour == held.date_signature:
            return named, None
        return named, jour

    def acts_of(self, identifiant):
        """Return the avenants of a convention."""
        if self.known is None:
            return Avenant.objects.filter(convention__identifiant=identifiant)
        return self.known[identifiant]

    def by_name(self, acts, named, jour):
        """Return the avenant of an identifier, if the day beside it is its own."""
        acte = next((avenant for avenant in acts if avenant.identifiant == named), None)
        if acte is None:
            raise CelluleRefusee(self.named, named, "cette ORT n'a pas cet avenant")
        if jour and jour != acte.date_signature:
            raise CelluleRefusee(
                self.named,
                named,
                f"cet avenant n'est pas de la date que dit « {self.dated} » : videz la cellule qui se "
                "trompe, ou corrigez la date dans le tableau des avenants",
            )
        return acte


def by_day(acts, jour):
    """Return the avenant signed on `jour`, if there is one and one only."""
    acts = [avenant for avenant in acts if avenant.date_signature == jour]
    if len(acts) != 1:
        raise ValueError(f"{len(acts)} avenant de cette ORT signé ce jour-là")
    return acts[0]


class ChampActe(Champ):
    """The avenant by which a commune comes in, or goes out."""

    def __init__(self, attribute, lecture=ActeWidget):
        named, dated = f"avenant_{attribute}_identifiant", f"date_avenant_{attribute}"
        widget = lecture(attribute, named, dated)
        super().__init__(column_name=dated, attribute=attribute, widget=widget)
        self.aussi = (named,)


class CouvertureRessource(SousReference):
    """One row per commune and ORT; a new one without an avenant was brought in by the convention."""

    titre = "Communes des ORT"
    cle = CLE_DE_COUVERTURE
    codes = {"code_insee": 5}
    loose_keys = ("entree",)
    autres_noms = {
        **names_of("ort_identifiant", "code_insee"),
        "avenant_identifiant": "avenant_entree_identifiant",
    }
    informatives = (
        *("nom_commune", "lib_com", "commune", "code_departement", "date_entree_ort", "entree_par"),
        *("avenant_numero", "laureate_pvd", "ort_intitule", "ORT", "precision_entree_ort"),
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
    commune = champ_commune("code_insee", "commune", "date_avenant_entree", ouverture)
    entree = ChampActe("entree")
    sortie = ChampActe("sortie")
    remarques_enquete = champ_texte("remarques_enquete")

    class Meta(Ressource.Meta):
        model = CommuneCouverte
        import_id_fields = ["convention", "commune", "entree"]
        fields = ["convention", "commune", "entree", "sortie", "remarques_enquete"]

    def closest(self, records, values):
        """Return, of a commune that came back, its entry by the convention, else what runs."""
        founding = [record for record in records if record.entree is None]
        return founding or [r for r in records if r.sortie is None] or records

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

    def warn(self, lignes):
        """Tell, of the communes that come in, what the preview of a geste tells: two queries an act."""
        entering = defaultdict(dict)
        for ligne in lignes:
            row = ligne.objet
            if ligne.sort is Sort.NOUVELLE and row.acte_entree.date_signature:
                act = (row.convention, row.acte_entree.date_signature)
                entering[act][row.commune_id] = ligne
        for (convention, jour), rows in entering.items():
            communes = [ligne.objet.commune for ligne in rows.values()]
            for warning in des_entrees(convention, communes, jour):
                rows[warning.cle].remarques.append(warning.texte)
