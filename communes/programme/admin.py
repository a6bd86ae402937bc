"""The back office of the times of communes in the programme."""

from django.contrib import admin
from django.http import HttpResponseRedirect
from django.utils import timezone

from communes.models import Labellisation, Programme, Relecture
from communes.programme.exports import LABELLISATIONS
from communes.programme.imports import LabellisationRessource
from communes.territoire.admin import IN_PROGRAMME
from communes.territoire.filtres import DepartementFilter, IntercommunaliteFilter
from socle.admin.base import NOTHING, EnCoursFilter, PerimetreAdmin, PvdAdmin
from socle.admin.champs import date_column
from socle.admin.choix import PerimetreForm
from socle.admin.exports import ExportAdmin
from socle.admin.imports import ImportAdmin
from socle.admin.page_d_agent import page_url
from socle.admin.sources import SansSourceFilter, SourceeAdmin


class LabellisationForm(PerimetreForm):
    class Meta:
        labels = {"debut": "Entrée dans le programme", "fin": "Sortie du programme"}
        help_texts = {
            "debut": "Jour où la commune a été retenue.",
            "fin": "Premier jour où la commune n'est plus dans le programme. Vide : elle y est.",
        }


@admin.register(Relecture)
class RelectureAdmin(PerimetreAdmin):
    """One comes from the page of the commune, and goes back to it."""

    list_display = ["commune", "le"]
    list_filter = [DepartementFilter.through("commune__departement")]
    list_select_related = ["commune"]
    search_fields = ["commune__code_insee"]
    search_help_text = "Commune : nom ou code INSEE"
    territory_search = ["commune"]
    date_hierarchy = "jour"
    autocomplete_fields = ["commune"]
    frozen_fields = ["commune"]
    fields = ["commune", "jour"]
    le = date_column("jour", description="relue le")

    def get_changeform_initial_data(self, request):
        return {"jour": timezone.localdate()} | super().get_changeform_initial_data(request)

    def response_post_save_add(self, request, obj):
        return HttpResponseRedirect(page_url(obj.commune))


@admin.register(Programme)
class ProgrammeAdmin(PvdAdmin):
    list_display = ["le", "nom", "ouverture", "fin", "fin_aide", "source", "verifiee"]
    list_filter = ["verifiee"]
    list_select_related = ["source"]
    search_fields = ["nom", "note", "source__titre"]
    search_help_text = "Ce qui est dit, ou sa source"
    empty_value_display = NOTHING
    autocomplete_fields = ["source"]
    fields = [
        "annonce",
        "nom",
        "ouverture",
        ("fin_prevue", "precision_fin"),
        "fin_aide",
        "note",
        ("source", "verifiee"),
    ]
    le = date_column("annonce", description="connu depuis le")
    fin = date_column("fin_prevue", "precision_fin", "dernier jour prévu", NOTHING)


@admin.register(Labellisation)
class LabellisationAdmin(ImportAdmin, ExportAdmin, SourceeAdmin):
    imports = {"communes-laureates": LabellisationRessource}
    exports = {"communes-laureates": LABELLISATIONS}
    form = LabellisationForm
    list_display = ["commune", "departement", "id_pvd", "entree", "adhesion", "echeance", "sortie"]
    list_filter = [
        EnCoursFilter,
        DepartementFilter.through("commune__departement"),
        SansSourceFilter,
        IntercommunaliteFilter,
    ]
    list_select_related = ["commune__departement"]
    search_fields = ["id_pvd", "commune__code_insee"]
    search_help_text = "Commune (nom, code postal ou code INSEE) ou identifiant PVD"
    territory_search = ["commune"]
    date_hierarchy = "date_signature_adhesion"
    autocomplete_fields = ["commune"]
    fieldsets = [
        (None, {"fields": ["commune", "id_pvd"]}),
        ("Entrée", {"fields": [("debut", "precision_debut")]}),
        ("Adhésion", {"fields": [("date_signature_adhesion", "precision_adhesion")]}),
        ("Sortie", {"fields": [("fin", "precision_fin"), "motif_sortie"]}),
        ("Interne", {"fields": ["note_interne", "remarques_enquete"]}),
    ]
    entree = date_column("debut", "precision_debut", "entrée")
    adhesion = date_column("date_signature_adhesion", "precision_adhesion", "adhésion")
    echeance = date_column("echeance_ort", "precision_echeance", "échéance de l'ORT")
    echeance.admin_order_field = "date_signature_adhesion"
    sortie = date_column("fin", "precision_fin", "sortie", IN_PROGRAMME)

    @admin.display(description="département", ordering="commune__departement")
    def departement(self, labellisation):
        return labellisation.commune.departement
