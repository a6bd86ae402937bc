"""What funds actions, from files: the schemes and their rules, the lines of money."""

from django.db.models import Q, prefetch_related_objects

from communes.models import Commune, Intercommunalite
from ort.models import Organisme
from projects.actions.champs import champ_action
from projects.actions.imports import (
    DeLActionRessource,
    DunObjetRessource,
    NationaleRessource,
    of_user,
    written_by,
)
from projects.etudes.models import Etude
from projects.financements.models import (
    Dispositif,
    Financement,
    Forme,
    NatureFinanceur,
    ReglePeriode,
)
from socle.fichiers.champs import (
    champ_choix_nomme,
    champ_date,
    champ_dernier_jour,
    champ_fiche,
    champ_oui_non,
    champ_texte,
)
from socle.fichiers.champs_nombres import (
    YEARS,
    champ_entier,
    champ_taux,
)
from socle.fichiers.ressource import Ressource

MOIS = ("mois",)


class DispositifRessource(NationaleRessource):
    """One row per scheme, the same for all of France; who funds it is named where it is always the same."""

    titre = "Dispositifs de financement"
    exemple = {
        "dispositif": "exemple",
        "libelle": "Un dispositif d'exemple",
        "nature": "etat",
        "public": "oui",
    }

    cle_du_dispositif = champ_texte("dispositif", "cle")
    libelle = champ_texte("libelle")
    financeur = champ_fiche("financeur", "financeur", Organisme, "nom")
    nature = champ_choix_nomme("nature", NatureFinanceur, facultatif=False)
    public = champ_oui_non("public")

    class Meta(Ressource.Meta):
        model = Dispositif
        import_id_fields = ["cle_du_dispositif"]
        fields = ["cle_du_dispositif", "libelle", "financeur", "nature", "public"]


class RegleRessource(NationaleRessource):
    """One row per scheme and period; what nobody read in the text is `verifiee` = non."""

    titre = "Règles des dispositifs"
    exemple = {
        "dispositif": "detr",
        "mois_commencement": "24",
        "taux_avance": "30",
        "article": "CGCT, art. R. 2334-28",
        "verifiee": "non",
    }

    dispositif = champ_fiche("dispositif", "dispositif", Dispositif, "cle")
    debut = champ_date("date_debut", "debut")
    fin = champ_dernier_jour("dernier_jour", "fin")
    taux_maximum = champ_taux("taux_maximum")
    mois_commencement = champ_entier("mois_commencement", units=MOIS)
    mois_prorogation_commencement = champ_entier("mois_prorogation_commencement", units=MOIS)
    mois_achevement = champ_entier("mois_achevement", units=MOIS)
    mois_prorogation_achevement = champ_entier("mois_prorogation_achevement", units=MOIS)
    taux_avance = champ_taux("taux_avance")
    plafond_acomptes = champ_taux("plafond_acomptes")
    article = champ_texte("article")
    verifiee = champ_oui_non("verifiee")

    class Meta(Ressource.Meta):
        model = ReglePeriode
        import_id_fields = ["dispositif", "debut"]
        fields = [
            *import_id_fields,
            "fin",
            "taux_maximum",
            "mois_commencement",
            "mois_prorogation_commencement",
            "mois_achevement",
            "mois_prorogation_achevement",
            "taux_avance",
            "plafond_acomptes",
            "article",
            "verifiee",
        ]


class DeFinancementRessource(DunObjetRessource):
    """One row per line of money, named for good by its `financement_identifiant`."""

    une_par_une = False
    # What our downloads tell, computed of what happened to the line.
    calculees_du_financement = (
        *("objet_type", "ort_identifiant", "departements"),
        *("financeur_siren", "financeur_nom", "nature_financeur"),
        *("numero_decision", "date_decision", "precision_decision", "date_notification"),
        *("depense_subventionnable", "base", "taux", "montant_accorde_initial"),
        *("montant_accorde", "montant_verse", "reste_a_verser", "date_dernier_versement", "etat"),
        *("precision_notification", "precision_dernier_versement"),
    )
    codes = {
        "financeur_commune": 5,
        "financeur_siren_epci": 9,
        "beneficiaire_commune": 5,
        "beneficiaire_siren_epci": 9,
    }

    identifiant = champ_texte("financement_identifiant", "identifiant")
    dispositif = champ_fiche("dispositif", "dispositif", Dispositif, "cle")
    financeur_organisme = champ_fiche(
        "financeur_organisme", "financeur_organisme", Organisme, "nom"
    )
    financeur_commune = champ_fiche("financeur_commune", "financeur_commune", Commune)
    financeur_intercommunalite = champ_fiche(
        "financeur_siren_epci", "financeur_intercommunalite", Intercommunalite, noms_courts=True
    )
    beneficiaire_organisme = champ_fiche(
        "beneficiaire_organisme", "beneficiaire_organisme", Organisme, "nom"
    )
    beneficiaire_commune = champ_fiche("beneficiaire_commune", "beneficiaire_commune", Commune)
    beneficiaire_intercommunalite = champ_fiche(
        "beneficiaire_siren_epci",
        "beneficiaire_intercommunalite",
        Intercommunalite,
        noms_courts=True,
    )
    forme = champ_choix_nomme("forme", Forme, facultatif=False)
    annee = champ_entier("annee", units=YEARS)
    numero_dossier = champ_texte("numero_dossier")
    rang = champ_entier("rang")
    note_interne = champ_texte("note_interne")

    class Meta(Ressource.Meta):
        abstract = True


# The columns of a line, after what it funds.
FINANCEMENT = [
    "dispositif",
    *("financeur_organisme", "financeur_commune", "financeur_intercommunalite"),
    *("beneficiaire_organisme", "beneficiaire_commune", "beneficiaire_intercommunalite"),
    *("forme", "annee", "numero_dossier", "rang", "note_interne"),
]
FINANCEMENT_AUTREMENT = {
    "identifiant": "financement_identifiant",
    "dotation": "dispositif",
    "dossier": "numero_dossier",
}
UN_FINANCEMENT = {"dispositif": "detr", "forme": "subvention", "annee": "2025", "rang": "1"}


class FinancementRessource(DeLActionRessource, DeFinancementRessource):
    """One row per line of money of an action."""

    titre = "Financements des actions"
    une_par_une = False
    informatives = (
        *DeLActionRessource.informatives,
        *DeFinancementRessource.calculees_du_financement,
    )
    autres_noms = FINANCEMENT_AUTREMENT | {
        "action": "action_identifiant",
        "objet_identifiant": "action_identifiant",
    }
    exemple = {
        "financement_identifiant": "action-exemple-detr",
        "action_identifiant": "action-exemple",
        **UN_FINANCEMENT,
    }

    action = champ_action()

    class Meta(Ressource.Meta):
        model = Financement
        import_id_fields = ["identifiant"]
        fields = ["identifiant", "action", *FINANCEMENT]


class DuFinancementRessource(Ressource):
    """Facts of lines of money: an agent writes those of the actions, and of the studies, that it writes."""

    une_par_une = True
    nommee_par = ("financement__dispositif", "financement__action", "financement__etude")
    informatives = (
        *("action_identifiant", "action_intitule", "etude_identifiant", "etude_intitule"),
        "dispositif",
    )

    class Meta(Ressource.Meta):
        abstract = True

    def load_named(self, rows, user):
        super().load_named(rows, user)
        lines = list(self.fields["financement"].widget.records())
        prefetch_related_objects(lines, "dispositif", "action", "etude")
        actions = written_by(user, {line.action_id for line in lines} - {None})
        etudes = written_by(user, {line.etude_id for line in lines} - {None}, Etude)
        self.theirs = {
            line.pk for line in lines if line.action_id in actions or line.etude_id in etudes
        }

    def writable(self, records, user):
        if user.is_superuser:
            return records
        return records.filter(
            Q(financement__action__in=of_user(user))
            | Q(financement__etude__in=of_user(user, Etude))
        )

    def in_reach(self, field, record, instance, user):
        return record.pk in self.theirs if field == "financement" else None
