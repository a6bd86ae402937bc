"""The actions themselves, from files: each with the communes, the adhésions and the rest that hang on it."""

from communes.models import Commune, Intercommunalite
from communes.programme.lecture import ouverture
from communes.territoire.champs import CommuneWidget
from ort.models import Convention, Organisme, Secteur
from ort.models.droits import A_LA_SIENNE, Plume
from projects.actions.champs import (
    ADHESIONS,
    ORT,
    AdhesionWidget,
    ReadBesidePlan,
    champ_avenant,
    champ_axe,
)
from projects.actions.communes import communes_du_plan, refus_hors_de
from projects.actions.imports import of_user
from projects.actions.listes import Liste, ListesRessource
from projects.actions.models import (
    MAITRES_D_OUVRAGE,
    Action,
    ActionAdhesion,
    ActionCommune,
    ActionPartenaire,
    ActionSecteur,
    ActionTheme,
    EntreePar,
    Etendue,
    Phase,
    PlanSigne,
    Theme,
)
from projects.actions.models.actions import AXE_AILLEURS
from projects.actions.models.liens import SECTEUR_AILLEURS
from socle.ensembles import says_anew
from socle.fichiers.champs import (
    CelluleRefusee,
    Champ,
    RecordWidget,
    TextWidget,
    champ_choix_nomme,
    champ_fiche,
    champ_oui_non,
    champ_texte,
)
from socle.fichiers.nombres import read_number, rounded
from socle.fichiers.rapprochement import told_outside
from socle.fichiers.ressource import Ressource
from socle.francais import liste

COMMUNES = "communes"
# What brings an action, and where it is done.
ACTES = ("convention", "entree_par", "entree", "etendue")
# What takes an action from a DDT, or gives it one: decided by who keeps its convention.
PARTAGES = {*MAITRES_D_OUVRAGE, *ACTES, "sortie"}
PARTAGES |= {COMMUNES, ADHESIONS}
AUCUNE_DES_VOTRES = "une nouvelle action est d'une de vos communes, ou d'une ORT que vous tenez"
PLUSIEURS_SECTEURS = (
    "plusieurs secteurs de cette ORT ont ce nom, à {} : choisissez-le sur la page de l'action, les fichiers "
    "l'y laisseront"
)
PAS_LE_MEME_JOUR = "cette adhésion n'a pas été signée le même jour que les autres"


class DegreWidget(TextWidget):
    """A longitude or a latitude, in degrees, to the metre or so; « 44.125 » is never in thousands."""

    places = 5

    def clean(self, value, row=None, **kwargs):
        text = super().clean(value, row, **kwargs).removesuffix("°")
        return rounded(read_number(text.replace(".", ",")), self.places) if text else None


class SecteurWidget(ReadBesidePlan):
    """A sector of the convention of the row, by its name."""

    def load(self, column, rows, user=None):
        super().load(column, rows, user)
        of_plans = Secteur.objects.filter(convention__identifiant__dans=self.wanted)
        for secteur in of_plans.select_related("convention", "commune"):
            self.known[secteur.convention.identifiant].append(secteur)

    def key_of(self, record):
        return record.nom

    def clean(self, value, row=None, **kwargs):
        found = [secteur for secteur in self.of_plan(row) if secteur.nom == value]
        if not found:
            raise ValueError("l'ORT de cette action n'a pas de secteur de ce nom")
        if len(found) > 1:
            raise ValueError(PLUSIEURS_SECTEURS.format(liste(secteur.commune for secteur in found)))
        return found[0]


SECTEURS = Liste("secteurs", ActionSecteur, "secteur")
LISTES = (
    Liste(ADHESIONS, ActionAdhesion, "labellisation"),
    Liste(COMMUNES, ActionCommune, "commune"),
    Liste("themes_secondaires", ActionTheme, "theme"),
    SECTEURS,
    Liste("partenaires", ActionPartenaire, "organisme"),
)


class ActionRessource(ListesRessource):
    """One row per action, named for good by its `action_identifiant`."""

    titre = "Actions, et opérations relevées"
    listes = LISTES
    lien = "action"
    extra_columns = tuple(liste.colonne for liste in LISTES)
    dependent_models = tuple(liste.model for liste in LISTES)
    codes = {
        "maitre_ouvrage_commune": 5,
        "maitre_ouvrage_siren_epci": 9,
        COMMUNES: 5,
        ADHESIONS: 5,
    }
    autres_noms = {
        "identifiant": "action_identifiant",
        "ORT": ORT,
        "observations": "note_interne",
        "commune": COMMUNES,
    }
    # What our downloads tell, computed of what other tables hold.
    informatives = (
        *("ort_intitule", "axe_intitule", "maitre_ouvrage_nom"),
        *("maitre_ouvrage_type", "maitre_ouvrage_code", "nb_communes", "departements"),
        *("entree_le", "precision_entree", "avenant_numero", "sortie_le"),
        *("phase", "etat", "etat_depuis", "precision_etat", "en_retard", "statut_communs"),
        *("date_debut", "precision_debut", "date_fin", "precision_fin"),
        *("fin_prevue", "fin_prevue_initiale", "glissement_jours"),
        *("cout", "nature_cout", "base_cout", "derniere_nouvelle", "precision_derniere_nouvelle"),
        *("precision_sortie", "precision_fin_prevue", "precision_fin_prevue_initiale"),
        "avenant_identifiant",
        *("montant_accorde", "nb_accords", "nb_accords_sans_montant", "montant_verse"),
    )
    temoins = {ORT: ("ort_intitule",), "maitre_ouvrage_siren_epci": ("maitre_ouvrage_nom",)}
    exemple = {
        "action_identifiant": "action-exemple",
        ORT: "ort-exemple",
        "numero": "A1",
        "intitule": "Réhabilitation d'un îlot",
        "theme": "habitat",
        "maitre_ouvrage_commune": "01004",
        "etendue": "communes",
        "entree_par": "convention",
        COMMUNES: "01004|01033",
    }

    identifiant = champ_texte("action_identifiant", "identifiant")
    convention = champ_fiche(ORT, "convention", Convention, "identifiant")
    numero = champ_texte("numero")
    intitule = champ_texte("intitule")
    sous_intitule = champ_texte("sous_intitule")
    description = champ_texte("description")
    axe = champ_axe()
    theme = champ_fiche("theme", "theme", Theme, "cle")
    maitre_ouvrage_commune = champ_fiche(
        "maitre_ouvrage_commune", "maitre_ouvrage_commune", Commune
    )
    maitre_ouvrage_intercommunalite = champ_fiche(
        "maitre_ouvrage_siren_epci",
        "maitre_ouvrage_intercommunalite",
        Intercommunalite,
        noms_courts=True,
    )
    maitre_ouvrage_organisme = champ_fiche(
        "maitre_ouvrage_organisme", "maitre_ouvrage_organisme", Organisme, "nom"
    )
    etendue = champ_choix_nomme("etendue", Etendue, facultatif=False)
    aboutissement = champ_choix_nomme("aboutissement", Phase, facultatif=False)
    investissement = champ_oui_non("investissement")
    plan_signe = champ_choix_nomme("plan_signe", PlanSigne)
    indicateurs_texte = champ_texte("indicateurs_texte")
    longitude = Champ(column_name="longitude", attribute="longitude", widget=DegreWidget())
    latitude = Champ(column_name="latitude", attribute="latitude", widget=DegreWidget())
    entree_par = champ_choix_nomme("entree_par", EntreePar)
    entree = champ_avenant("avenant_entree", "entree")
    sortie = champ_avenant("avenant_sortie", "sortie")
    note_interne = champ_texte("note_interne")

    class Meta(Ressource.Meta):
        model = Action
        import_id_fields = ["identifiant"]
        fields = [
            "identifiant",
            "convention",
            "numero",
            "intitule",
            "sous_intitule",
            "description",
            "axe",
            "theme",
            *MAITRES_D_OUVRAGE,
            "etendue",
            "aboutissement",
            "investissement",
            "plan_signe",
            "indicateurs_texte",
            "longitude",
            "latitude",
            "entree_par",
            "entree",
            "sortie",
            "note_interne",
        ]

    def load_named(self, rows, user):
        super().load_named(rows, user)
        self.plume = user and Plume(user)
        self.covered = {}
        names = {row[self.key_columns[0]] for row in rows}
        held = Action.objects.filter(identifiant__dans=names)
        self.acts = {pk: acts for pk, *acts in held.values_list("pk", *ACTES)}
        # As they are before the rows, which may give a convention to another département.
        self.references = dict(Convention.objects.values_list("pk", "departement_reference"))

    def widgets_of_lists(self):
        return {
            ADHESIONS: AdhesionWidget(),
            COMMUNES: CommuneWidget("", ouverture),
            "themes_secondaires": RecordWidget(Theme, "cle"),
            "secteurs": SecteurWidget(),
            "partenaires": RecordWidget(Organisme, "nom"),
        }

    def writable(self, records, user):
        return records.filter(pk__in=of_user(user).order_by().values("pk"))

    def in_reach(self, field, record, instance, user):
        """Tell whether the owner of an action of a plan that `user` keeps may be chosen."""
        of_plan = instance.convention_id and self.plume.tient(
            self.references[instance.convention_id]
        )
        return True if of_plan and field in MAITRES_D_OUVRAGE else None

    def refuse_changes(self, instance, changed, user):
        """Refuse what takes an action from another DDT, unless `user` keeps its convention."""
        moved = [changed[name] for name in changed if name in PARTAGES]
        if not moved or self.plume.tient(self.references.get(instance.convention_id)):
            return
        of_action = Commune.objects.filter(pk__in=self.held[COMMUNES][instance.pk])
        for commune in of_action.select_related("departement"):
            if commune.departement_id not in self.plume.departements:
                raise CelluleRefusee(moved[0].colonne, moved[0].apres, A_LA_SIENNE.format(commune))

    def lists_changed(self, instance, row):
        found = super().lists_changed(instance, row)
        moved = ADHESIONS in found or self.acts_of(instance) != self.acts[instance.pk]
        self.refuse_axe(instance, row, moved)
        if moved or COMMUNES in found:
            known = () if moved else self.held[COMMUNES][instance.pk]
            self.refuse_places(instance, row, known)
        if moved:
            self.refuse_sectors(instance, row)
        return found

    def acts_of(self, instance):
        """Return what an action says of what brings it, and of where it is done."""
        return [getattr(instance, instance._meta.get_field(name).attname) for name in ACTES]

    def refuse_sectors(self, instance, row):
        """Refuse the sectors of another convention than the one that the row gives the action."""
        said = self.said(SECTEURS, instance, row)
        links = self.held[SECTEURS.colonne][instance.pk].values() if said is None else ()
        for link in links:
            if link.secteur.convention_id != instance.convention_id:
                raise CelluleRefusee(SECTEURS.colonne, link.secteur.nom, SECTEUR_AILLEURS)

    def said(self, liste, instance, row):
        """Return what a row says in a list: see `ListesRessource`.

        The communes of a whole ORT are told by its convention, whatever our downloads list.
        """
        whole = liste.colonne == COMMUNES and instance.etendue == Etendue.ORT
        return None if whole else super().said(liste, instance, row)

    def kept_by(self, liste, instance):
        """Keep of its sectors those of its convention: another one that it is given has its own."""
        kept = super().kept_by(liste, instance)
        if liste is not SECTEURS:
            return kept
        return [sector for sector in kept if sector.convention_id == instance.convention_id]

    def dependants(self, instance, row, user):
        """Return what hangs on a new action, of a commune of the agent or of an ORT that it keeps."""
        self.refuse_axe(instance, row, moved=True)
        self.refuse_places(instance, row)
        if user and not user.is_superuser:
            self.refuse_out_of_reach(instance, row)
        return super().dependants(instance, row, user)

    def refuse_axe(self, instance, row, moved):
        """Refuse the axe of another plan, if it is new or if the adhésions are: `moved`."""
        adhesions = {adhesion.pk for adhesion in self.in_list(ADHESIONS, instance, row)}
        if instance.axe_ailleurs(adhesions) and (moved or says_anew(instance, "axe")):
            raise CelluleRefusee("axe_code", instance.axe.code, AXE_AILLEURS)

    def refuse_places(self, instance, row, known=()):
        """Refuse adhésions that were not signed together, and a commune that the plan does not cover.

        `known` are the codes of the communes that the action has, where the plan does not change.
        """
        adhesions = self.in_list(ADHESIONS, instance, row)
        for adhesion in adhesions[1:]:
            if adhesion.date_signature_adhesion != adhesions[0].date_signature_adhesion:
                raise CelluleRefusee(ADHESIONS, adhesion.commune_id, PAS_LE_MEME_JOUR)
        if not instance.entree_par or instance.etendue == Etendue.ORT:
            return
        if instance.entree_par == EntreePar.ADHESION:
            concerned = {adhesion.commune_id for adhesion in adhesions}
        else:
            concerned = self.covered_by(instance)
        named = {commune.pk for commune in self.in_list(COMMUNES, instance, row)} - set(known)
        if named - concerned and (reason := refus_hors_de(concerned, named)):
            raise CelluleRefusee(COMMUNES, row.get(COMMUNES, ""), reason)

    def covered_by(self, instance):
        """Return the codes of the communes that the convention of an action covers when it enters."""
        if instance.convention is None:
            return set()
        key = instance.convention_id, instance.entree_id
        if key not in self.covered:
            act = instance.entree or instance.convention
            self.covered[key] = communes_du_plan(instance.convention, act.date_signature)
        return self.covered[key]

    def refuse_out_of_reach(self, instance, row):
        """Refuse a new action of which no commune is of the agent, nor its convention kept by it.

        That a plan covers a commune of another département is told by its convention; what no plan
        brings is of the communes of the agent alone.
        """
        communes = self.in_list(COMMUNES, instance, row)
        theirs = [c for c in communes if c.departement_id in self.plume.departements]
        others = [c for c in communes if c not in theirs]
        if others and not instance.entree_par:
            raise CelluleRefusee(COMMUNES, others[0].pk, told_outside(others[0]))
        whole = instance.etendue == Etendue.ORT and self.covers_theirs(instance)
        kept = self.plume.tient(self.references.get(instance.convention_id))
        if not (theirs or whole or kept):
            raise CelluleRefusee(COMMUNES, row.get(COMMUNES, ""), AUCUNE_DES_VOTRES)

    def covers_theirs(self, instance):
        """Tell whether the convention of an action covers a commune of the agent."""
        covered = Commune.objects.filter(pk__in=self.covered_by(instance))
        return covered.filter(departement__in=self.plume.departements).exists()
