"""Conventions and avenants, from files; the communes that they cover: `ort.imports_couvertures`."""

from django.db.models import Q

from communes.models import Commune, Departement, Intercommunalite
from communes.territoire.champs import NOMS_DU_CODE
from ort.avertissements import de_l_avenant, de_la_signature
from ort.exports import AVENANTS, DUREE_TOTALE, ORT, ort_rows
from ort.models import Avenant, Convention
from ort.models.droits import Plume
from socle.fichiers.champs import (
    CelluleRefusee,
    champ_choix,
    champ_date,
    champ_fiche,
    champ_oui_non,
    champ_precision,
    champ_texte,
)
from socle.fichiers.champs_nombres import champ_duree, champ_entier
from socle.fichiers.cle import Cle
from socle.fichiers.colonnes import cells_of
from socle.fichiers.lignes import moved
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
