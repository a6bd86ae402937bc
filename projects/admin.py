"""The back office of the chef de projet posts; who holds them is internal and shown here only."""

from django.contrib import admin
from django.forms import BaseInlineFormSet
from django.utils import timezone

from communes.admin import DepartementFilter, IntercommunaliteFilter
from projects.exports_internes import POSTES_INTERNES
from projects.imports import DesserteRessource, PosteRessource
from projects.models import Desserte, Etat, Occupation, Poste, Recrutement
from pvd.socle.admin import SansSourceFilter, SourceeAdmin
from pvd.socle.admin_base import LastDayField, PerimetreForm, PerimetreInline, date_column
from pvd.socle.admin_exports import ExportAdmin
from pvd.socle.admin_imports import ImportAdmin


class DesserteForm(PerimetreForm):
    class Meta:
        labels = {"debut": "Desservie depuis le", "fin": "N'est plus desservie le"}


class DesserteFormSet(BaseInlineFormSet):
    default_error_messages = {"too_few_forms": "Indiquez au moins une commune desservie."}


class DesserteInline(PerimetreInline):
    model = Desserte
    form = DesserteForm
    formset = DesserteFormSet
    fields = ["commune", "debut", "fin"]
    autocomplete_fields = ["commune"]
    select_related = ["poste", "commune"]

    def get_formset(self, request, obj=None, **kwargs):
        """Ask for a commune: an agent sees a post by the communes that it serves."""
        return super().get_formset(request, obj, min_num=1, validate_min=True, **kwargs)


class OccupationForm(PerimetreForm):
    fin = LastDayField(
        label="Dernier jour en poste", required=False, help_text="Vide : toujours en poste."
    )

    class Meta:
        labels = {"debut": "Arrivée"}


class OccupationInline(PerimetreInline):
    model = Occupation
    form = OccupationForm
    verbose_name_plural = "titulaires (interne)"
    fields = ["titulaire", "courriel", "telephone", "debut", "fin"]


class RecrutementInline(PerimetreInline):
    model = Recrutement
    fields = ["date_publication", "date_cloture", "issue", "date_issue"]


EMPLOYEURS = ["employeur_commune", "employeur_intercommunalite", "employeur_organisme"]


class EtatFilter(admin.SimpleListFilter):
    title = "état aujourd'hui"
    parameter_name = "etat"

    def lookups(self, request, model_admin):
        return Etat.choices

    def queryset(self, request, queryset):
        return queryset.filter(etat=self.value()) if self.value() else queryset


@admin.register(Poste)
class PosteAdmin(ImportAdmin, ExportAdmin, SourceeAdmin):
    imports = {"postes": PosteRessource, "postes-communes": DesserteRessource}
    exports = {"postes": POSTES_INTERNES}
    list_display = ["intitule", "employeur", "communes", "etat_du_jour", "quotite", "ouverture"]
    list_filter = [
        EtatFilter,
        DepartementFilter.through("dessertes__commune__departement"),
        SansSourceFilter,
        IntercommunaliteFilter.through("dessertes__commune", direct=["employeur_intercommunalite"]),
    ]
    list_select_related = EMPLOYEURS
    search_fields = ["intitule", "identifiant", "employeur_organisme__nom"]
    search_help_text = "Intitulé, identifiant, commune desservie ou employeur"
    territory_search = ["dessertes__commune", "employeur_commune", "employeur_intercommunalite"]
    frozen_fields = ["identifiant"]
    prepopulated_fields = {"identifiant": ["intitule"]}
    autocomplete_fields = EMPLOYEURS
    inlines = [DesserteInline, OccupationInline, RecrutementInline]
    fieldsets = [
        (None, {"fields": ["intitule", "identifiant", "quotite"]}),
        ("Employeur, un seul", {"fields": EMPLOYEURS}),
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
    ouverture = date_column("date_ouverture", "precision_ouverture", "ouverture")

    def get_queryset(self, request):
        return super().get_queryset(request).with_etat(timezone.localdate())

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

    @admin.display(description="état aujourd'hui", ordering="etat")
    def etat_du_jour(self, poste):
        return Etat(poste.etat).label
