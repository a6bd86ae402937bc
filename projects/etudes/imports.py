"""The studies, from files: each with its communes and its actions, what happened to it, its money."""

from communes.models import Commune, Intercommunalite
from communes.programme.lecture import ouverture
from communes.territoire.champs import CommuneWidget
from ort.models import Convention, Organisme
from ort.models.droits import A_LA_SIENNE, Plume
from projects.actions.imports import (
    COUT,
    COUT_AUTREMENT,
    UN_COUT,
    DeCoutRessource,
    DunObjetRessource,
    of_user,
)
from projects.actions.listes import Liste, ListesRessource
from projects.actions.models import Action, Cout
from projects.etudes.models import (
    BENEFICIAIRES,
    Etude,
    EtudeAction,
    EtudeCommune,
    FaitEtude,
    NatureEtude,
    NatureFaitEtude,
    NiveauEtude,
    RegimeEtude,
)
from projects.financements.imports import (
    FINANCEMENT,
    FINANCEMENT_AUTREMENT,
    UN_FINANCEMENT,
    DeFinancementRessource,
)
from projects.financements.models import Financement
from socle.fichiers.champs import (
    CelluleRefusee,
    RecordWidget,
    champ_choix_nomme,
    champ_date,
    champ_fiche,
    champ_precision,
    champ_texte,
)
from socle.fichiers.cle import cle_interne
from socle.fichiers.ressource import Ressource

COMMUNES, ACTIONS = "communes", "actions"
# What takes a study from a DDT, or gives it one: decided by who keeps its convention.
PARTAGES = {*BENEFICIAIRES, "convention", COMMUNES}
AUCUNE_DES_VOTRES = "une nouvelle étude est d'une de vos communes, ou d'une ORT que vous tenez"


def champ_etude():
    return champ_fiche("etude_identifiant", "etude", Etude, "identifiant")


class EtudeRessource(ListesRessource):
    """One row per study, named for good by its `etude_identifiant`."""

    titre = "Études"
    listes = (
        Liste(COMMUNES, EtudeCommune, "commune"),
        Liste(ACTIONS, EtudeAction, "action"),
    )
    lien = "etude"
    extra_columns = tuple(liste.colonne for liste in listes)
    dependent_models = tuple(liste.model for liste in listes)
    codes = {"beneficiaire_commune": 5, "beneficiaire_siren_epci": 9, COMMUNES: 5}
    autres_noms = {
        "identifiant": "etude_identifiant",
        "ORT": "ort_identifiant",
        "sujet": "intitule",
        "observations": "note_interne",
        "commune": COMMUNES,
    }
    # What our downloads tell, computed of what other tables hold.
    informatives = (
        *("ort_intitule", "beneficiaire_nom", "beneficiaire_code", "departements"),
        *("date_demande", "date_commande", "date_rendu", "etat"),
        *("precision_demande", "precision_commande", "precision_rendu"),
        *("cout", "base_cout", "montant_accorde", "montant_verse"),
    )
    temoins = {
        "ort_identifiant": ("ort_intitule",),
        "beneficiaire_siren_epci": ("beneficiaire_nom",),
    }
    exemple = {
        "etude_identifiant": "etude-exemple",
        "intitule": "Étude de programmation de la halle",
        "nature": "programmation",
        "niveau": "operationnel",
        "regime": "cofinancee",
        "beneficiaire_commune": "01004",
        COMMUNES: "01004",
    }

    identifiant = champ_texte("etude_identifiant", "identifiant")
    intitule = champ_texte("intitule")
    nature = champ_choix_nomme("nature", NatureEtude, facultatif=False)
    niveau = champ_choix_nomme("niveau", NiveauEtude, facultatif=False)
    regime = champ_choix_nomme("regime", RegimeEtude, facultatif=False)
    beneficiaire_commune = champ_fiche("beneficiaire_commune", "beneficiaire_commune", Commune)
    beneficiaire_intercommunalite = champ_fiche(
        "beneficiaire_siren_epci",
        "beneficiaire_intercommunalite",
        Intercommunalite,
        noms_courts=True,
    )
    beneficiaire_organisme = champ_fiche(
        "beneficiaire_organisme", "beneficiaire_organisme", Organisme, "nom"
    )
    prestataire = champ_fiche("prestataire", "prestataire", Organisme, "nom")
    convention = champ_fiche("ort_identifiant", "convention", Convention, "identifiant")
    note_interne = champ_texte("note_interne")

    class Meta(Ressource.Meta):
        model = Etude
        import_id_fields = ["identifiant"]
        fields = [
            *("identifiant", "intitule", "nature", "niveau", "regime"),
            *BENEFICIAIRES,
            *("prestataire", "convention", "note_interne"),
        ]

    def widgets_of_lists(self):
        return {
            COMMUNES: CommuneWidget("", ouverture),
            ACTIONS: RecordWidget(Action, "identifiant"),
        }

    def load_named(self, rows, user):
        super().load_named(rows, user)
        self.plume = user and Plume(user)
        # As they are before the rows, which may give a convention to another département.
        self.references = dict(Convention.objects.values_list("pk", "departement_reference"))
        self.seen = None
        if user and not user.is_superuser:
            self.seen = set(Action.objects.for_user(user).values_list("pk", flat=True))

    def writable(self, records, user):
        return records.filter(pk__in=of_user(user, Etude).order_by().values("pk"))

    def in_reach(self, field, record, instance, user):
        """Tell whether the beneficiary of a study of a convention that `user` keeps may be chosen."""
        kept = instance.convention_id and self.plume.tient(self.references[instance.convention_id])
        return True if kept and field in BENEFICIAIRES else None

    def refuse_changes(self, instance, changed, user):
        """Refuse what takes a study from another DDT, unless `user` keeps its convention."""
        moved = [changed[name] for name in changed if name in PARTAGES]
        if not moved or self.plume.tient(self.references.get(instance.convention_id)):
            return
        of_study = Commune.objects.filter(pk__in=self.held[COMMUNES][instance.pk])
        for commune in of_study.select_related("departement"):
            if commune.departement_id not in self.plume.departements:
                raise CelluleRefusee(moved[0].colonne, moved[0].apres, A_LA_SIENNE.format(commune))

    def said(self, liste, instance, row):
        """Return what a row says in a list; an action that the agent does not see is refused."""
        found = super().said(liste, instance, row)
        if liste.colonne == ACTIONS and self.seen is not None:
            for action in found or ():
                if action.pk not in self.seen:
                    raise CelluleRefusee(ACTIONS, action.identifiant, "hors de vos départements")
        return found

    def dependants(self, instance, row, user):
        """Return what hangs on a new study, of a commune of the agent or of an ORT that it keeps."""
        if user and not user.is_superuser:
            self.refuse_out_of_reach(instance, row)
        return super().dependants(instance, row, user)

    def refuse_out_of_reach(self, instance, row):
        """Refuse a new study of which no commune is of the agent, nor its convention kept by it."""
        communes = self.in_list(COMMUNES, instance, row)
        theirs = any(c.departement_id in self.plume.departements for c in communes)
        kept = self.plume.tient(self.references.get(instance.convention_id))
        if not (theirs or kept):
            raise CelluleRefusee(COMMUNES, row.get(COMMUNES, ""), AUCUNE_DES_VOTRES)


class DeLEtudeRessource(DunObjetRessource):
    """Rows of studies."""

    objet = "etude"
    informatives = ("etude_intitule",)
    temoins = {"etude_identifiant": ("etude_intitule",)}
    autres_noms = {"identifiant": "etude_identifiant", "étude": "etude_identifiant"}

    class Meta(Ressource.Meta):
        abstract = True


class FaitEtudeRessource(DeLEtudeRessource):
    """One row per fact: a study has one of each nature."""

    titre = "Faits des études : demandes, commandes, rendus…"
    cle = cle_interne("fait_etude", "etude")
    autres_noms = {**DeLEtudeRessource.autres_noms, "date": "jour", "fait": "nature"}
    exemple = {
        "etude_identifiant": "etude-exemple",
        "jour": "03/2025",
        "precision": "mois",
        "nature": "rendue",
    }

    etude = champ_etude()
    jour = champ_date("jour")
    precision = champ_precision("precision")
    nature = champ_choix_nomme("nature", NatureFaitEtude, facultatif=False)

    dated_sources = {"source": ("jour", "jour", "precision")}

    class Meta(Ressource.Meta):
        model = FaitEtude
        import_id_fields = ["etude", "nature"]
        fields = ["etude", "jour", "precision", "nature"]


class CoutEtudeRessource(DeLEtudeRessource, DeCoutRessource):
    """One row per cost of a study, or of what a study that is provided is worth."""

    titre = "Coûts des études"
    cle = cle_interne("cout", "etude")
    autres_noms = DeLEtudeRessource.autres_noms | COUT_AUTREMENT
    exemple = {"etude_identifiant": "etude-exemple", **UN_COUT}

    etude = champ_etude()

    class Meta(Ressource.Meta):
        model = Cout
        import_id_fields = ["etude", "jour"]
        fields = ["etude", *COUT]


class FinancementEtudeRessource(DeLEtudeRessource, DeFinancementRessource):
    """One row per line of money of a study; one that is provided has none."""

    titre = "Financements des études"
    une_par_une = False
    informatives = (
        *DeLEtudeRessource.informatives,
        *DeFinancementRessource.calculees_du_financement,
    )
    autres_noms = FINANCEMENT_AUTREMENT | {
        "étude": "etude_identifiant",
        "objet_identifiant": "etude_identifiant",
    }
    exemple = {
        "financement_identifiant": "etude-exemple-detr",
        "etude_identifiant": "etude-exemple",
        **UN_FINANCEMENT,
    }

    etude = champ_etude()

    class Meta(Ressource.Meta):
        model = Financement
        import_id_fields = ["identifiant"]
        fields = ["identifiant", "etude", *FINANCEMENT]
