"""The back office of the actions of a plan: what each is, by which act, what happened to it, where."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html

from communes.territoire.filtres import DepartementFilter, IntercommunaliteFilter
from projects.actions.communes import refus_des_communes
from projects.actions.models import (
    ANCIENS,
    MAITRES_D_OUVRAGE,
    Action,
    ActionAdhesion,
    ActionCommune,
    ActionPartenaire,
    ActionSecteur,
    ActionTheme,
    Axe,
    Cout,
    Derogation,
    EffetAvenant,
    FaitAction,
    Prevision,
    Theme,
)
from projects.actions.models.actions import AXE_AILLEURS
from projects.actions.regles import EtatAction
from projects.financements.models import FaitFinancement, Financement
from projects.projet.admin_demandes import ADemanderAdmin
from projects.projet.du_jour import ActionsDatees
from projects.projet.ecriture import writes
from projects.projet.mots import plan_en_mots
from projects.projet.tableaux import TableauxDesActions
from socle.admin.base import PerimetreAdmin, PvdAdmin
from socle.admin.champs import NumberField, badge
from socle.admin.choix import PerimetreForm
from socle.admin.evenements import Chapitre
from socle.admin.fiche import EnsembleFormSet, FicheInline
from socle.admin.portee import PorteeAdmin
from socle.admin.sources import SourceeAdmin
from socle.ensembles import says_anew
from socle.francais import euros


class DeLActionInline(FicheInline):
    """Rows of an action."""


class CommuneInline(DeLActionInline):
    model = ActionCommune
    fields = autocomplete_fields = ["commune"]
    select_related = ["action", "commune"]


class AdhesionInline(DeLActionInline):
    model = ActionAdhesion
    formset = EnsembleFormSet
    fields = autocomplete_fields = ["labellisation"]
    select_related = ["action", "labellisation__commune"]


class ThemeInline(DeLActionInline):
    model = ActionTheme
    fields = autocomplete_fields = select_related = ["theme"]


class SecteurDActionInline(DeLActionInline):
    model = ActionSecteur
    fields = ["secteur"]
    select_related = ["secteur"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Offer the sectors of the convention of the action."""
        if db_field.name == "secteur":
            convention = self.record and self.record.convention_id
            kwargs["queryset"] = db_field.related_model.objects.filter(convention=convention)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class PartenaireInline(DeLActionInline):
    model = ActionPartenaire
    fields = autocomplete_fields = select_related = ["organisme"]


class EffetsFormSet(EnsembleFormSet):
    read_with_them = ("avenant",)

    def is_moved(self):
        """Tell it of an action that is given another owner, too."""
        return super().is_moved() or says_anew(self.instance, *MAITRES_D_OUVRAGE)


class EffetInline(DeLActionInline):
    model = EffetAvenant
    formset = EffetsFormSet
    fields = [
        ("avenant", "nature"),
        ANCIENS,
        "texte",
    ]
    autocomplete_fields = ["avenant", *ANCIENS]
    select_related = ["avenant__convention", *ANCIENS]


class FaitInline(DeLActionInline):
    model = FaitAction
    formset = EnsembleFormSet
    fields = [("nature", "phase", "jour", "precision"), "texte"]


class PrevisionInline(DeLActionInline):
    model = Prevision
    fields = ["objet", "date_prevue", "precision", "etablie_le"]


class CoutForm(PerimetreForm):
    class Meta:
        field_classes = {"montant": NumberField}


class CoutInline(DeLActionInline):
    model = Cout
    form = CoutForm
    fields = ["jour", "precision", "nature", "montant", "base"]


class DerogationInline(DeLActionInline):
    model = Derogation
    fields = ["objet", "jour", "reference", "motif"]


class ActionForm(PerimetreForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Its rows are judged as the page has them.
        self.instance.alone = True


class EtatDActionFilter(admin.SimpleListFilter):
    title = "état aujourd'hui"
    parameter_name = "etat"

    def lookups(self, request, model_admin):
        return [*EtatAction.choices, ("en_retard", "en retard")]

    def queryset(self, request, queryset):
        wanted = self.value()
        if wanted not in {*EtatAction.values, "en_retard"}:
            return queryset
        keys = queryset.order_by().values_list("pk", flat=True)
        today = ActionsDatees(keys).du_jour(timezone.localdate(), interne=True)
        kept = [
            key
            for key, action in today.items()
            if action.etat == wanted or (wanted == "en_retard" and action.en_retard)
        ]
        return queryset.filter(pk__dans=kept)


def etat_en_badge(du_jour):
    """Return the state of an action, and the mark of one that is late, as badges."""
    late = badge("en retard", "warning") if du_jour.en_retard else ""
    return format_html("{} {}", badge(du_jour.etat.label, du_jour.etat.couleur), late)


@admin.register(Action)
class ActionAdmin(ADemanderAdmin, TableauxDesActions, PorteeAdmin, SourceeAdmin):
    form = ActionForm
    list_display = ["nom", "plan", "maitre_ouvrage", "communes", "etat_du_jour", "accorde"]
    list_filter = [
        EtatDActionFilter,
        "theme",
        "entree_par",
        DepartementFilter.through(
            "communes_liees__commune__departement", "convention__departement_reference"
        ),
        IntercommunaliteFilter.through(
            "communes_liees__commune", direct=["maitre_ouvrage_intercommunalite"]
        ),
    ]
    list_select_related = [*MAITRES_D_OUVRAGE, "convention"]
    search_fields = ["numero", "intitule", "identifiant", "maitre_ouvrage_organisme__nom"]
    search_help_text = "Numéro, intitulé, commune ou maître d'ouvrage"
    territory_search = [
        "communes_liees__commune",
        "maitre_ouvrage_commune",
        "maitre_ouvrage_intercommunalite",
    ]
    ordering = ["identifiant"]
    frozen_fields = ["identifiant"]
    prepopulated_fields = {"identifiant": ["intitule"]}
    autocomplete_fields = [
        *("axe", "theme"),
        *MAITRES_D_OUVRAGE,
        *("convention", "entree", "sortie"),
    ]
    inlines = [
        *(CommuneInline, AdhesionInline, ThemeInline, SecteurDActionInline, PartenaireInline),
        *(EffetInline, FaitInline, PrevisionInline, CoutInline, DerogationInline),
    ]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("numero", "intitule"),
                    "sous_intitule",
                    "identifiant",
                    "description",
                    ("axe", "theme"),
                    "indicateurs_texte",
                ]
            },
        ),
        ("Acte qui la met au plan", {"fields": ["convention", "entree_par", "entree", "sortie"]}),
        ("Maître d'ouvrage, un seul", {"fields": MAITRES_D_OUVRAGE}),
        (
            "Ce qui est à faire, et où",
            {
                "description": "Le geste « Situer l'action » demande aussi qui dit le lieu.",
                "fields": [
                    ("aboutissement", "investissement", "plan_signe"),
                    "etendue",
                    ("longitude", "latitude"),
                ],
            },
        ),
        ("Interne", {"fields": ["note_interne"]}),
    ]

    def has_change_permission(self, request, obj=None):
        """Let an agent correct the actions of its communes, and of the conventions that it keeps."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or self.writes(request, obj))

    def writes(self, request, action):
        """Tell whether the user writes this action; asked once for a page."""
        known = request.__dict__.setdefault("actions_ecrites", {})
        if action.pk not in known:
            known[action.pk] = writes(request.user, action)
        return known[action.pk]

    def refuse_whole(self, record, saisie):
        """Refuse communes that the act of the action does not concern, and an axe of another adhésion."""
        adhesions = set(record.adhesions.values_list("labellisation", flat=True))
        moved = saisie.dit("convention", "entree_par", "entree", "etendue", ActionAdhesion)
        if (moved or saisie.dit("axe")) and record.axe_ailleurs(adhesions):
            raise ValidationError(AXE_AILLEURS)
        communes = None if moved else {row.commune_id for row in saisie.rangees(ActionCommune)}
        if refused := refus_des_communes(record, communes):
            raise ValidationError(refused)

    def save_related(self, request, form, formsets, change):
        """Refuse, once its communes are there, an action that its own author could not write."""
        super().save_related(request, form, formsets, change)
        if not writes(request.user, form.instance):
            raise ValidationError("Dites au moins une commune de vos départements.")

    def chapitres(self, request, record):
        """Tell, with the story of an action, that of its money: a geste rests on both."""
        lines = Financement.history.naming(action=record.pk)
        keys = Financement.history.filter(action=record.pk).order_by().values("id")
        faits = FaitFinancement.history.filter(financement__in=keys)
        return [*super().chapitres(request, record), Chapitre(lines), Chapitre(faits)]

    def read_rows(self, records):
        actions = ActionsDatees([record.pk for record in records])
        today = actions.du_jour(timezone.localdate(), interne=True)
        for record in records:
            record.du_jour = today[record.pk]
        return records

    def list_prefetch(self):
        return ["communes_liees__commune"]

    @admin.display(description="action", ordering="intitule")
    def nom(self, action):
        return str(action)

    @admin.display(description="plan", ordering="convention__intitule")
    def plan(self, action):
        return plan_en_mots(action, action.convention)

    @admin.display(description="maître d'ouvrage")
    def maitre_ouvrage(self, action):
        return action.maitre_ouvrage

    @admin.display(description="communes")
    def communes(self, action):
        if action.etendue == "ort":
            return "toute l'ORT"
        return ", ".join(row.commune.nom for row in action.communes_liees.all()) or None

    @admin.display(description="état aujourd'hui")
    def etat_du_jour(self, action):
        return etat_en_badge(action.du_jour)

    @admin.display(description="accordé")
    def accorde(self, action):
        somme = action.du_jour.sommes.accorde
        return euros(somme.montant) if somme.connue else None


@admin.register(Axe)
class AxeAdmin(PerimetreAdmin):
    list_display = ["code", "intitule", "plan"]
    list_select_related = ["convention", "labellisation__commune"]
    search_fields = ["code", "intitule", "convention__intitule"]
    search_help_text = "Code, intitulé ou convention"
    autocomplete_fields = ["convention", "labellisation"]
    fields = ["convention", "labellisation", "code", "intitule", "ordre"]

    @admin.display(description="plan")
    def plan(self, axe):
        return axe.convention or axe.labellisation


@admin.register(Theme)
class ThemeAdmin(PvdAdmin):
    list_display = ["libelle", "cle", "ordre"]
    search_fields = ["libelle"]
    search_help_text = "Libellé"
