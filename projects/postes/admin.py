"""The back office of the chef de projet posts; who holds them is internal and shown here only."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html

from communes.territoire.filtres import DepartementFilter, IntercommunaliteFilter
from projects.postes.du_jour import etats, situer
from projects.postes.exports_internes import (
    COFINANCEMENTS,
    DESSERTES,
    POSTES_INTERNES,
    RECRUTEMENTS_INTERNES,
    TITULAIRES,
)
from projects.postes.faits import dates_lues
from projects.postes.histoire import histoire
from projects.postes.imports import (
    CofinancementRessource,
    DesserteRessource,
    OccupationRessource,
    RecrutementRessource,
)
from projects.postes.imports_postes import PosteRessource
from projects.postes.models import (
    EMPLOYEURS,
    SANS_PERSONNE,
    CofinancementPoste,
    Desserte,
    Etat,
    Occupation,
    Poste,
    Purge,
    Recrutement,
)
from projects.postes.models.occupations import recrutee_apres
from projects.postes.models.postes import MONTHS_AHEAD
from projects.postes.phrases import tell_depuis, tell_etat
from projects.postes.tableau import TableauDesPostes
from socle.admin.base import PvdAdmin, ReadOnly
from socle.admin.champs import LastDayField, NumberField, badge
from socle.admin.choix import PerimetreForm
from socle.admin.exports import ExportAdmin
from socle.admin.fiche import EnsembleFormSet, FicheInline, PeriodesFormSet
from socle.admin.imports import ImportAdmin
from socle.admin.portee import PorteeAdmin
from socle.admin.sources import SansSourceFilter, SourceeAdmin
from socle.dates import add_months


class DesserteForm(PerimetreForm):
    class Meta:
        labels = {"debut": "Desservie depuis le", "fin": "N'est plus desservie le"}


class DesserteFormSet(PeriodesFormSet):
    default_error_messages = {"too_few_forms": "Indiquez au moins une commune desservie."}
    read_with_them = ("commune",)

    def twice(self, row):
        return f"{row.commune} : {row.overlap_message}"


def named_by_holder(occupation):
    """Name an occupation among those of its post."""
    return occupation.titulaire or str(occupation)


class PosteInline(FicheInline):
    """Rows of a post: the people that they name have held it."""

    rows_of_record = {Occupation: ("occupations", named_by_holder)}


class DesserteInline(PosteInline):
    model = Desserte
    form = DesserteForm
    formset = DesserteFormSet
    fields = ["commune", "debut", "fin"]
    autocomplete_fields = ["commune"]
    select_related = ["poste", "commune"]

    def get_formset(self, request, obj=None, **kwargs):
        """Ask for a commune: an agent sees a post by those that it serves."""
        return super().get_formset(request, obj, min_num=1, validate_min=True, **kwargs)


class OccupationForm(PerimetreForm):
    fin = LastDayField(
        label="Dernier jour en poste", required=False, help_text="Vide : toujours en poste."
    )
    fin_contrat_prevue = LastDayField(
        label="Dernier jour du contrat", required=False, help_text="Prévu au contrat."
    )

    class Meta:
        labels = {"debut": "Arrivée"}
        help_texts = {"debut": "Premier jour en poste."}


class OccupationFormSet(EnsembleFormSet):
    def judge(self, rows):
        """Refuse someone twice; an arrival is judged with its offer, by `RecrutementFormSet`."""
        try:
            Occupation.refuse_twice(rows)
        except ValidationError as refused:
            self.tell(refused)


class OccupationInline(PosteInline):
    model = Occupation
    form = OccupationForm
    formset = OccupationFormSet
    verbose_name_plural = "titulaires (interne)"
    fields = [
        ("titulaire", "courriel", "telephone"),
        ("debut", "fin", "motif_depart"),
        ("type_contrat", "quotite", "fin_contrat_prevue"),
    ]


class RecrutementFormSet(EnsembleFormSet):
    """The offers of a post, judged with the arrivals as the page has them: `titulaires`, its own rows."""

    read_with_them = ("occupation",)
    titulaires = None

    def is_moved(self):
        return super().is_moved() or bool(self.titulaires and self.titulaires.has_changed())

    def judge(self, rows):
        """Refuse an arrival before its offer, on the row of the person too when it is the one that moves."""
        if self.titulaires and not self.titulaires.is_valid():
            return
        people = self.titulaires.initial_forms if self.titulaires else []
        by_key = {form.instance.pk: form for form in people}
        for offre in rows:
            if form := by_key.get(offre.occupation_id):
                offre.occupation = None if form in self.titulaires.deleted_forms else form.instance
                if offre.devance and "debut" in form.changed_data:
                    form.add_error("debut", recrutee_apres(offre))
        super().judge(rows)


class RecrutementInline(PosteInline):
    model = Recrutement
    formset = RecrutementFormSet
    fields = [
        ("date_publication", "date_cloture", "date_entretiens"),
        ("issue", "date_issue", "occupation"),
        "adresse_offre",
    ]


class CofinancementForm(PerimetreForm):
    fin = LastDayField(label="Dernier jour financé", required=False, help_text="Vide : non connu.")

    class Meta:
        labels = {"debut": "Financé depuis le"}
        field_classes = dict.fromkeys(["taux", "montant", "plafond"], NumberField)


class CofinancementInline(PosteInline):
    model = CofinancementPoste
    form = CofinancementForm
    verbose_name_plural = "cofinancements (interne)"
    fields = [
        ("annee", "financeur", "precision_financeur"),
        ("taux", "montant", "plafond"),
        ("debut", "fin", "reference_decision"),
    ]


class EtatFilter(admin.SimpleListFilter):
    title = "état aujourd'hui"
    parameter_name = "etat"

    def lookups(self, request, model_admin):
        return Etat.choices

    def queryset(self, request, queryset):
        return in_state(queryset, [self.value()]) if self.value() else queryset


def in_state(postes, wanted):
    """Keep those of `postes`, a queryset, that are today in one of the states `wanted`."""
    today = etats(postes, timezone.localdate())
    return postes.filter(pk__dans=[cle for cle, etat in today.items() if etat in wanted])


class SuiviFilter(admin.SimpleListFilter):
    """Keeps the posts that ask for something soon: what the home of the back office lists."""

    title = "vacance ou échéance"
    parameter_name = "suivi"

    def lookups(self, request, model_admin):
        return [
            ("vacant", "sans titulaire"),
            ("contrat", "contrat qui finit d'ici six mois"),
            ("cofinancement", "cofinancement qui finit d'ici six mois"),
        ]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        until = add_months(today, MONTHS_AHEAD)
        if self.value() == "vacant":
            return in_state(queryset, SANS_PERSONNE)
        ending = {"contrat": Occupation, "cofinancement": CofinancementPoste}.get(self.value())
        if ending is None:
            return queryset
        found = ending.objects.ending_between(today, until).order_by()
        return queryset.filter(pk__in=found.values("poste"))


def dates_on_page(poste, inlines):
    """Return the dates of `poste` as the rows of its page hold them, by its key; None if one is hidden."""
    rows = {
        inline.formset.model: [form.instance for form in inline.formset.initial_forms]
        for inline in inlines
    }
    wanted = (Desserte, Occupation, Recrutement)
    if any(model not in rows for model in wanted):
        return None
    return {poste.pk: dates_lues(poste, *(rows[model] for model in wanted))}


@admin.register(Poste)
class PosteAdmin(ImportAdmin, ExportAdmin, PorteeAdmin, SourceeAdmin):
    imports = {
        "suivi-postes": TableauDesPostes,
        "postes": PosteRessource,
        "postes-communes": DesserteRessource,
        "titulaires": OccupationRessource,
        "recrutements": RecrutementRessource,
        "cofinancements": CofinancementRessource,
    }
    exports = {
        "postes": POSTES_INTERNES,
        "postes-communes": DESSERTES,
        "titulaires": TITULAIRES,
        "recrutements": RECRUTEMENTS_INTERNES,
        "cofinancements": COFINANCEMENTS,
    }
    list_display = ["intitule", "employeur", "communes", "etat_du_jour", "quotite"]
    list_filter = [
        EtatFilter,
        SuiviFilter,
        DepartementFilter.through("dessertes__commune__departement"),
        SansSourceFilter,
        IntercommunaliteFilter.through("dessertes__commune", direct=["employeur_intercommunalite"]),
    ]
    list_select_related = EMPLOYEURS
    search_fields = ["intitule", "identifiant", "employeur_organisme__nom"]
    search_help_text = "Intitulé, identifiant, commune desservie ou employeur"
    territory_search = ["dessertes__commune", "employeur_commune", "employeur_intercommunalite"]
    ordering = ["intitule", "identifiant"]
    frozen_fields = ["identifiant"]
    autocomplete_fields = EMPLOYEURS
    inlines = [DesserteInline, OccupationInline, RecrutementInline, CofinancementInline]
    fieldsets = [
        (None, {"fields": ["intitule", "identifiant", "quotite"]}),
        ("Employeur, un seul", {"fields": [*EMPLOYEURS, "service"]}),
        (
            "Existence du poste",
            {
                "fields": [
                    ("date_ouverture", "precision_ouverture"),
                    ("date_fermeture", "precision_fermeture"),
                ]
            },
        ),
        ("Interne", {"fields": ["note_interne"]}),
    ]

    def read_rows(self, records):
        return situer(records, timezone.localdate())

    def _create_formsets(self, request, obj, change):
        """Let the offers of the page know its people."""
        formsets, inlines = super()._create_formsets(request, obj, change)
        by_model = {formset.model: formset for formset in formsets}
        if Recrutement in by_model:
            by_model[Recrutement].titulaires = by_model.get(Occupation)
        return formsets, inlines

    def get_urls(self):
        story = self.admin_site.admin_view(self.histoire_view)
        return [
            path("<path:object_id>/histoire/", story, name="projects_poste_histoire"),
            *super().get_urls(),
        ]

    def histoire_view(self, request, object_id):
        """Tell a post as one story: where it stands, what can be done, what happened, who pays."""
        poste = self.get_object(request, unquote(object_id))
        if poste is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, poste):
            raise PermissionDenied
        story = histoire(poste, timezone.localdate())
        context = {
            "title": f"Histoire du poste : {poste}",
            "original": poste,
            "etat": tell_etat(poste.du_jour),
            "histoire": story,
            "has_change_permission": self.has_change_permission(request, poste),
        }
        return self.page(request, "admin/projects/poste/histoire.html", context)

    def render_change_form(self, request, context, *args, **kwargs):
        if poste := context.get("original"):
            dates = dates_on_page(poste, context["inline_admin_formsets"])
            situer([poste], timezone.localdate(), dates)
            context["etat"] = tell_etat(poste.du_jour)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        self.warn_of_limits(request, form.instance)

    def warn_of_limits(self, request, poste):
        """Tell the agent what goes beyond what the programme pays: a warning, never a refusal."""
        for annee in poste.cofinancements.annees():
            for alerte in annee.alertes:
                message = f"Cofinancement {alerte.texte}. {alerte.explication}"
                self.message_user(request, message, messages.WARNING)

    def list_prefetch(self):
        return ["dessertes__commune"]

    @admin.display(description="employeur")
    def employeur(self, poste):
        return poste.employeur

    @admin.display(description="communes desservies")
    def communes(self, poste):
        today = timezone.localdate()
        served = [d.commune.nom for d in poste.dessertes.all() if d.holds_on(today)]
        return ", ".join(served) or None

    @admin.display(description="état aujourd'hui")
    def etat_du_jour(self, poste):
        etat = Etat(poste.du_jour.etat)
        return format_html("{}{}", badge(etat.label, etat.couleur), tell_depuis(poste.du_jour))


@admin.register(Purge)
class PurgeAdmin(ReadOnly, PvdAdmin):
    """The trace of what was erased: read by the national level."""

    list_display = [
        *("moment", "par", "partis_avant"),
        *("titulaires", "versions", "contacts", "fichiers", "signalements"),
    ]
