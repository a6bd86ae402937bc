"""The back office of the territory: read, never written there."""

from django.contrib import admin
from django.db.models import Prefetch, Q
from django.utils import timezone

from communes.models import (
    AncienCode,
    AncienNomCommune,
    AncienNomIntercommunalite,
    CodePostal,
    Commune,
    Departement,
    Intercommunalite,
    InterruptionCommune,
    Labellisation,
    Millesime,
    Mouvement,
    Population,
    Rattachement,
    Region,
)
from communes.territoire.filtres import DepartementFilter, IntercommunaliteFilter
from socle.admin.base import (
    EnCoursFilter,
    PerimetreAdmin,
    PerimetreInline,
    PeriodeColumns,
    PvdAdmin,
    ReadOnly,
    ReadOnlyInline,
)
from socle.admin.champs import date_column
from socle.admin.sources import SourceeAdmin

IN_PROGRAMME = "dans le programme"


@admin.register(Millesime)
class MillesimeAdmin(ReadOnly, PvdAdmin):
    list_display = ["annee"]


@admin.register(Region)
class RegionAdmin(ReadOnly, PvdAdmin):
    list_display = ["nom", "code"]
    search_fields = ["nom", "code"]


# How far the records of a département go, each sort by itself.
TENUES = ["tenue", "tenue_postes", "tenue_plans", "tenue_bilans"]


@admin.register(Departement)
class DepartementAdmin(PerimetreAdmin):
    list_display = ["nom", "code", "region", *TENUES]
    list_filter = [*TENUES, "region"]
    list_select_related = ["region"]
    search_fields = ["nom", "code"]
    search_help_text = "Nom ou code"
    fields = ["nom", "code", "region", *TENUES, "courriel_service", "page_prefecture"]
    readonly_fields = ["nom", "code", "region"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class AnciensNomsIntercommunalite(PeriodeColumns, ReadOnlyInline):
    model = AncienNomIntercommunalite
    verbose_name_plural = "anciens noms"
    fields = readonly_fields = ["nom", "depuis", "fin_le"]


class CommunesMembres(ReadOnly, PeriodeColumns, PerimetreInline):
    model = Rattachement
    verbose_name_plural = "communes membres, dans vos départements"
    fields = readonly_fields = ["commune", "depuis", "fin_le"]
    select_related = ["commune"]
    ordering = ["commune__nom_recherche"]


@admin.register(Intercommunalite)
class IntercommunaliteAdmin(ReadOnly, PeriodeColumns, PerimetreAdmin):
    list_display = ["nom", "siren", "nature", "depuis", "fin_le"]
    list_filter = ["nature", EnCoursFilter]
    search_fields = ["nom_recherche", "siren"]
    search_help_text = "Nom, même ancien, avec ou sans accents, ou SIREN"
    show_facets = admin.ShowFacets.NEVER
    fields = readonly_fields = ["nom", "siren", "nature", "depuis", "fin_le"]
    inlines = [CommunesMembres, AnciensNomsIntercommunalite]


class AnciensNomsCommune(PeriodeColumns, ReadOnlyInline):
    model = AncienNomCommune
    verbose_name_plural = "anciens noms"
    fields = readonly_fields = ["nom", "depuis", "fin_le"]


class AnciensCodes(ReadOnlyInline):
    model = AncienCode
    verbose_name_plural = "codes qui mènent à cette commune"
    fields = readonly_fields = ["code", "nature", "nom"]


class CodesPostaux(ReadOnlyInline):
    model = CodePostal
    fields = readonly_fields = ["code"]


class RattachementsDeCommune(ReadOnly, PeriodeColumns, PerimetreInline):
    model = Rattachement
    verbose_name_plural = "intercommunalités"
    fields = readonly_fields = ["intercommunalite", "depuis", "fin_le"]
    select_related = ["intercommunalite", "commune"]
    ordering = ["debut"]


class PopulationsDeCommune(ReadOnlyInline):
    model = Population
    fields = readonly_fields = ["millesime", "annee", "valeur"]


class InterruptionsDeCommune(ReadOnlyInline):
    model = InterruptionCommune
    fk_name = "commune"
    verbose_name_plural = "jours où elle n'existait plus"
    fields = readonly_fields = ["disparue_le", "revenue_le", "successeur"]
    select_related = ["successeur"]
    disparue_le = date_column("debut", description="disparue le")
    revenue_le = date_column("fin", description="revenue le")


class LabellisationsDeCommune(ReadOnly, PerimetreInline):
    model = Labellisation
    verbose_name_plural = "dans le programme"
    fields = ["id_pvd", "entree", "adhesion", "sortie"]
    readonly_fields = ["entree", "adhesion", "sortie"]
    select_related = ["commune"]
    show_change_link = True
    entree = date_column("debut", "precision_debut", "entrée")
    adhesion = date_column("date_signature_adhesion", "precision_adhesion", "adhésion")
    sortie = date_column("fin", "precision_fin", "sortie", IN_PROGRAMME)


class ProgrammeFilter(EnCoursFilter):
    title = parameter_name = "programme"

    def lookups(self, request, model_admin):
        return [("en_cours", "dans le programme aujourd'hui"), ("autre", "hors du programme")]

    def running(self, model):
        return Labellisation.objects.laureates(timezone.localdate())


@admin.register(Commune)
class CommuneAdmin(ReadOnly, PeriodeColumns, SourceeAdmin):
    list_display = ["nom", "code_insee", "departement", "population", "dans_le_programme"]
    list_filter = [
        ProgrammeFilter,
        EnCoursFilter,
        DepartementFilter,
        IntercommunaliteFilter.through("pk"),
    ]
    list_select_related = ["departement"]
    search_fields = ["nom_recherche", "code_insee"]
    search_help_text = "Nom, même ancien ou d'une commune déléguée, code postal ou code INSEE"
    show_facets = admin.ShowFacets.NEVER
    fields = ["nom", "code_insee", "departement", "siren", "population"]
    fields += ["depuis", "fin_le", "successeur"]
    readonly_fields = fields
    inlines = [
        RattachementsDeCommune,
        LabellisationsDeCommune,
        PopulationsDeCommune,
        AnciensNomsCommune,
        AnciensCodes,
        CodesPostaux,
    ]

    def get_inlines(self, request, obj):
        """Add the days when it was no more, of the rare commune that has come back."""
        came_back = obj is not None and obj.interruptions.exists()
        return [*self.inlines, InterruptionsDeCommune] if came_back else self.inlines

    def list_prefetch(self):
        return [
            Prefetch("populations", Population.objects.en_usage(timezone.localdate())),
        ]

    def get_queryset(self, request):
        laureates = Labellisation.objects.laureates(timezone.localdate())
        return super().get_queryset(request).annotate(laureate=Q(pk__in=laureates))

    @admin.display(description="population")
    def population(self, commune):
        return commune.population_lue

    @admin.display(description="dans le programme")
    def dans_le_programme(self, commune):
        return "oui" if commune.laureate else "non"


@admin.register(Rattachement)
class RattachementAdmin(ReadOnly, PeriodeColumns, PerimetreAdmin):
    list_display = ["commune", "intercommunalite", "depuis", "fin_le"]
    fields = readonly_fields = list_display
    list_filter = [EnCoursFilter, DepartementFilter.through("commune__departement")]
    list_select_related = ["commune", "intercommunalite"]
    search_fields = ["commune__code_insee", "intercommunalite__siren"]
    search_help_text = "Commune ou intercommunalité : nom, code INSEE ou SIREN"
    territory_search = ["commune", "intercommunalite"]
    ordering = ["commune__nom_recherche", "debut"]
    show_facets = admin.ShowFacets.NEVER


@admin.register(Mouvement)
class MouvementAdmin(ReadOnly, SourceeAdmin):
    """One comes from a geste or from a vintage, and is taken back as an act."""

    list_display = ["__str__", "sorte", "effet", "repris_par"]
    list_filter = ["sorte"]
    list_select_related = ["commune", "intercommunalite"]
    search_fields = ["nom", "commune__code_insee"]
    search_help_text = "Nom ou code INSEE"
    territory_search = ["commune"]
    fields = readonly_fields = [
        *("sorte", "effet", "commune", "nom", "intercommunalite", "repris_par")
    ]
    effet = date_column("date_effet", description="date d'effet")
