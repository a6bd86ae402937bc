"""Conventions, avenants and the communes they cover, from files."""

from collections import defaultdict

from django.db.models import Q

from communes.models import Commune, Departement, Intercommunalite
from communes.programme.lecture import ouverture
from communes.territoire.champs import NOMS_DU_CODE, champ_commune
from ort.avertissements import de_l_avenant, de_la_signature, des_entrees
from ort.exports import AVENANTS, DUREE_TOTALE, ORT, ort_rows
from ort.models import Avenant, CommuneCouverte, Convention
from ort.models.droits import Plume
from socle.dates import parse_date
from socle.fichiers.champs import (
    CelluleRefusee,
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
from socle.fichiers.cle import Cle, cle_interne
from socle.fichiers.colonnes import cells_of
from socle.fichiers.lignes import Sort, moved
from socle.fichiers.rapprochement import readable
from socle.fichiers.ressource import Ressource
from socle.francais import liste
from socle.identifiants import identifiant_de, libre

SIGNATURE = ("date_signature", "date_signature", "precision_signature")
OTHER_NAMES_OF_ORT = {
    "identifiant": "ort_identifiant",
    "date_signature_ort": "date_signature",
    **NOMS_DU_CODE,
}


def names_of(*columns):
    """Return the other names, in the official files, of these columns."""
    return {other: name for other, name in OTHER_NAMES_OF_ORT.items() if name in columns}


class SousReference(Ressource):
    """Records of conventions: an agent changes, of those that another département keeps, its own part."""

    class Meta(Ressource.Meta):
        abstract = True

    def load_named(self, rows, user):
        super().load_named(rows, user)
        self.plume = user and Plume(user)
        # As they are before the rows, which may give a convention to another département.
        self.references = dict(Convention.objects.values_list("pk", "departement_reference"))

    def refuse_changes(self, instance, changed, user):
        """Refuse a change that is to be proposed: see `ort.models.droits`."""
        convention = instance.pk if isinstance(instance, Convention) else instance.convention_id
        for champ, cell in changed.items():
            reason = self.plume.refus(instance, {champ}, self.references[convention])
            if reason:
                raise CelluleRefusee(cell.colonne, cell.apres, reason)


class ConventionRessource(SousReference):
    """One row per convention, named for good by its `ort_identifiant`, which is made if need be."""

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
        *("nom_epci", "departements", "nb_communes_couvertes", "nb_communes_laureates"),
        *("nb_avenants", "date_dernier_avenant", "precision_fin", "precision_dernier_avenant"),
    )
    temoins = {"siren_epci": ("nom_epci",)}
    calculees = {
        "duree_annees": "« duree_convention_annees », ou la durée de l'avenant qui prolonge",
        "duree_totale_annees": "« duree_convention_annees », ou la durée de l'avenant qui prolonge",
        "date_fin": "la date de signature, « duree_convention_annees », ou la durée d'un avenant",
        "statut": "les dates de l'ORT, ou sa durée",
        "communes_couvertes": "le tableau des communes des ORT",
    }
    # What changes whom it binds, from when, or whether it is an ORT.
    pesent = {
        *("siren_epci", "date_signature", "date_signature_prevue"),
        *("ville_principale", "derogation_l303_3", "vaut_ort"),
    }
    a_defaut = {"ort_identifiant": ("siren_epci", "date_signature")}
    composees = ("ort_identifiant",)
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
    porteur = champ_fiche("siren_epci", "porteur", Intercommunalite, noms_courts=True)
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

    def resembling(self, rows):
        """Keep the conventions that the carrier of one of `rows` carries."""
        carriers = {readable(self.fields["porteur"], row) for row in rows} - {None}
        return Q(porteur__dans=[carrier.pk for carrier in carriers]) if carriers else Q()

    def recognised(self, values, row, records):
        """Return the convention of the same carrier and day; another of this carrier is asked."""
        porteur, jour = values.get("porteur"), values.get("date_signature")
        if porteur is None or jour is None:
            told = "sans identifiant, une ORT se reconnaît à son porteur et à sa date de signature"
            raise CelluleRefusee("ort_identifiant", "", told)
        carried = [ort for ort in records if ort.porteur_id == porteur.pk]
        same = [ort for ort in carried if ort.date_signature == jour]
        if len(same) == 1:
            return same[0]
        if carried:
            known = liste(f"« {ort} » ({ort.identifiant})" for ort in carried)
            told = (
                f"cet EPCI porte déjà {known} : écrivez dans une colonne « ort_identifiant » cet "
                "identifiant s'il s'agit d'elle, un nouveau si c'est une autre ORT"
            )
            raise CelluleRefusee("ort_identifiant", "", told)
        return None

    def names_of_new(self, values, row, taken):
        """Name a new convention by its main town, else by its carrier."""
        town = values.get("ville_principale") or values["porteur"]
        return {"identifiant": libre(identifiant_de(f"ort {town}", "ort"), taken)}

    def computed_on(self, keys, jour):
        rows = ort_rows(Convention.objects.filter(pk__dans=keys), jour)
        columns = (*ORT.propres, DUREE_TOTALE)
        return {row.convention.pk: cells_of(columns, self.calculees, row) for row in rows}

    def warn(self, lignes):
        """Tell, of the conventions that a row makes or signs otherwise, what the preview of a geste tells."""
        for ligne in moved(lignes, self.pesent):
            convention = ligne.objet
            if jour := convention.date_signature or convention.date_signature_prevue:
                ligne.remarques += [w.texte for w in de_la_signature(convention, jour)]


class AvenantRessource(SousReference):
    """One row per avenant, known by its identifier; failing that, by its convention and its day."""

    titre = "Avenants"
    cle = Cle("avenant", ("convention",), "avenant_identifiant", "identifiant")
    autres_noms = {
        **names_of("ort_identifiant"),
        "avenant_numero": "numero",
        "date_avenant": "date_signature",
        "ORT": "ort_identifiant",
        "n° d'avenant": "numero",
        "observations": "note_interne",
    }
    informatives = ("objets", "ort_intitule")
    temoins = {"ort_identifiant": ("ort_intitule",)}
    calculees = {
        "communes_ajoutees": "le tableau des communes des ORT",
        "communes_retirees": "le tableau des communes des ORT",
    }
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

    def computed_on(self, keys, jour):
        avenants = Avenant.objects.filter(pk__dans=keys).prefetch_related("entrees", "sorties")
        return {a.pk: cells_of(AVENANTS.propres, self.calculees, a) for a in avenants}

    def warn(self, lignes):
        """Tell, of the avenants that a row makes or signs another day, what the preview of a geste tells."""
        for ligne in moved(lignes, {"date_signature"}):
            if jour := ligne.objet.date_signature:
                ligne.remarques += [w.texte for w in de_l_avenant(ligne.objet, jour)]


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
