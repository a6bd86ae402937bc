"""The back office of the reviews: when each was held, what it answers, what was presented of it."""

from django.contrib import admin
from django.utils import timezone

from communes.territoire.filtres import DepartementFilter
from projects.evaluations.exports_internes import BILANS_INTERNES, PRESENTATIONS
from projects.evaluations.imports import BilanRessource, PresentationRessource
from projects.evaluations.models import Bilan, Presentation
from projects.evaluations.regles import autre_point
from socle.admin.champs import date_column
from socle.admin.exports import ExportAdmin
from socle.admin.fiche import FicheInline
from socle.admin.imports import ImportAdmin
from socle.admin.sources import SourceeAdmin
from socle.dates import bare

OF_CONVENTION = DepartementFilter.through(
    "convention__couvertures__commune__departement", "convention__departement_reference"
)


class PresentationInline(FicheInline):
    model = Presentation
    fields = [("commune", "intercommunalite"), ("jour", "precision"), "deliberation"]
    autocomplete_fields = ["commune", "intercommunalite"]
    select_related = ["convention", "bilan", "commune", "intercommunalite"]


@admin.register(Bilan)
class BilanAdmin(ImportAdmin, ExportAdmin, SourceeAdmin):
    imports = {"bilans": BilanRessource}
    exports = {"bilans": BILANS_INTERNES}
    list_display = ["nature", "convention", "tenu", "repond_a"]
    list_filter = ["nature", OF_CONVENTION]
    list_select_related = ["convention"]
    search_fields = ["identifiant", "convention__intitule", "convention__identifiant"]
    search_help_text = "Identifiant ou ORT"
    date_hierarchy = "tenu_le"
    frozen_fields = ["convention"]
    readonly_fields = ["identifiant"]
    autocomplete_fields = ["convention"]
    fieldsets = [
        (None, {"fields": ["convention", "identifiant", "nature"]}),
        ("Tenue", {"fields": [("tenu_le", "precision"), "periode", "comite", "decisions"]}),
        ("Interne", {"fields": ["note_interne"]}),
    ]
    tenu = date_column("tenu_le", "precision", "tenu")

    def list_prefetch(self):
        return ["convention__bilans"]

    @admin.display(description="échéance")
    def repond_a(self, bilan):
        others = bilan.convention.bilans.all()
        if autre_point(bilan, others, timezone.localdate()):
            return "autre point"
        return bare(bilan.periode, bilan.convention.precision_signature)


@admin.register(Presentation)
class PresentationAdmin(ImportAdmin, ExportAdmin, SourceeAdmin):
    imports = {"presentations": PresentationRessource}
    exports = {"presentations": PRESENTATIONS}
    list_display = ["assemblee", "jour_dit", "convention", "bilan", "deliberation"]
    list_filter = [OF_CONVENTION]
    list_select_related = ["convention", "bilan", "commune", "intercommunalite"]
    search_fields = ["deliberation", "convention__intitule", "convention__identifiant"]
    search_help_text = "Délibération, ORT, commune ou intercommunalité"
    territory_search = ["commune", "intercommunalite"]
    date_hierarchy = "jour"
    frozen_fields = ["convention"]
    autocomplete_fields = ["convention", "bilan", "commune", "intercommunalite"]
    fieldsets = [
        (None, {"fields": ["convention", "bilan"]}),
        ("Assemblée, une seule", {"fields": ["commune", "intercommunalite"]}),
        (None, {"fields": [("jour", "precision"), "deliberation"]}),
    ]
    jour_dit = date_column("jour", "precision", "jour")

    @admin.display(description="assemblée")
    def assemblee(self, presentation):
        return presentation.assemblee
