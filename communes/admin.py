"""The back office of the territory (read), of the programme and of the agents (kept)."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import Group
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import number_format

from communes.exports import LABELLISATIONS
from communes.imports.programme import LabellisationRessource
from communes.models import (
    Agent,
    AncienCode,
    AncienNomCommune,
    AncienNomIntercommunalite,
    Commune,
    Departement,
    Intercommunalite,
    JournalDroits,
    Labellisation,
    Millesime,
    Rattachement,
    Region,
    Role,
)
from communes.models.journal import record, watched
from communes.roles import role_permissions
from pvd.socle.admin import SansSourceFilter, SourceeAdmin
from pvd.socle.admin_base import (
    EnCoursFilter,
    PerimetreAdmin,
    PerimetreForm,
    PerimetreInline,
    PeriodeColumns,
    PvdAdmin,
    ReadOnly,
    ReadOnlyInline,
    date_column,
)
from pvd.socle.admin_exports import ExportAdmin
from pvd.socle.admin_imports import ImportAdmin

# What a role may do is written in `communes.roles`: a group would promise rights it does not give.
admin.site.unregister(Group)


IN_PROGRAMME = "dans le programme"


class DepartementFilter(admin.SimpleListFilter):
    """Offers the départements of the user; nothing to whoever has only one."""

    title = "département"
    parameter_name = "departement"
    paths = ("departement",)

    @classmethod
    def through(cls, *paths):
        """Return the filter of records whose départements are at the end of one of `paths`."""
        return type(cls.__name__, (cls,), {"paths": paths})

    def lookups(self, request, model_admin):
        departements = list(Departement.objects.for_user(request.user))
        return [(d.pk, str(d)) for d in departements] if len(departements) > 1 else []

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        found = Q()
        for path in self.paths:
            found |= Q(**{path: self.value()})
        return queryset.filter(pk__in=queryset.model._base_manager.filter(found).values("pk"))


class IntercommunaliteFilter(admin.SimpleListFilter):
    """Offers the intercommunalités of today with a member commune in the départements of the user.

    For the national level, those of the département chosen beside it, else those of the programme.
    `communes` are the paths to the communes of a record, `direct` those to an intercommunalité.
    """

    title = "intercommunalité"
    parameter_name = "epci"
    communes = ("commune",)
    direct = ()

    @classmethod
    def through(cls, *communes, direct=()):
        """Return the filter of records whose communes are at the end of one of `communes`."""
        return type(cls.__name__, (cls,), {"communes": communes, "direct": direct})

    def lookups(self, request, model_admin):
        members = Rattachement.objects.as_of(timezone.localdate())
        if chosen := request.GET.get(DepartementFilter.parameter_name):
            members = members.filter(commune__departement=chosen)
        elif request.user.is_superuser:
            members = members.filter(commune__in=Labellisation.objects.values("commune"))
        if not request.user.is_superuser:
            members = members.for_user(request.user)
        offered = Intercommunalite.objects.filter(pk__in=members.values("intercommunalite"))
        return [(epci.pk, epci.nom) for epci in offered]

    def queryset(self, request, queryset):
        """Keep the records of the communes that are members today."""
        if not self.value():
            return queryset
        members = Rattachement.objects.as_of(timezone.localdate())
        communes = members.filter(intercommunalite=self.value()).values("commune")
        found = Q()
        for path in self.communes:
            found |= Q(**{f"{path}__in": communes})
        for path in self.direct:
            found |= Q(**{path: self.value()})
        return queryset.filter(pk__in=queryset.model._base_manager.filter(found).values("pk"))


@admin.register(Millesime)
class MillesimeAdmin(ReadOnly, PvdAdmin):
    list_display = ["annee"]


@admin.register(Region)
class RegionAdmin(ReadOnly, PvdAdmin):
    list_display = ["nom", "code"]
    search_fields = ["nom", "code"]


@admin.register(Departement)
class DepartementAdmin(PerimetreAdmin):
    list_display = ["nom", "code", "region", "tenue", "tenue_postes"]
    list_filter = ["tenue", "tenue_postes", "region"]
    list_select_related = ["region"]
    search_fields = ["nom", "code"]
    search_help_text = "Nom ou code"
    fields = ["nom", "code", "region", "tenue", "tenue_postes", "courriel_service"]
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


class RattachementsDeCommune(ReadOnly, PeriodeColumns, PerimetreInline):
    model = Rattachement
    verbose_name_plural = "intercommunalités"
    fields = readonly_fields = ["intercommunalite", "depuis", "fin_le"]
    select_related = ["intercommunalite", "commune"]
    ordering = ["debut"]


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
        return Labellisation.objects.as_of(timezone.localdate()).values("commune")


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
    search_help_text = "Nom, même ancien, avec ou sans accents, ou code INSEE"
    show_facets = admin.ShowFacets.NEVER
    fields = ["nom", "code_insee", "departement", "siren", "population"]
    fields += ["depuis", "fin_le", "successeur"]
    readonly_fields = fields
    inlines = [RattachementsDeCommune, LabellisationsDeCommune, AnciensNomsCommune, AnciensCodes]

    def list_prefetch(self):
        return ["labellisations"]

    @admin.display(description="population")
    def population(self, commune):
        population = commune.population_au(timezone.localdate())
        return population and number_format(population, force_grouping=True)

    @admin.display(description="dans le programme")
    def dans_le_programme(self, commune):
        today = timezone.localdate()
        return "oui" if any(row.holds_on(today) for row in commune.labellisations.all()) else "non"


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


class LabellisationForm(PerimetreForm):
    class Meta:
        labels = {"debut": "Entrée dans le programme", "fin": "Sortie du programme"}
        help_texts = {
            "debut": "Jour où la commune a été retenue.",
            "fin": "Premier jour où la commune n'est plus dans le programme. Vide : elle y est.",
        }


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
    search_help_text = "Commune (nom ou code INSEE) ou identifiant PVD"
    territory_search = ["commune"]
    date_hierarchy = "date_signature_adhesion"
    autocomplete_fields = ["commune"]
    fieldsets = [
        (None, {"fields": ["commune", "id_pvd"]}),
        ("Entrée", {"fields": [("debut", "precision_debut")]}),
        ("Adhésion", {"fields": [("date_signature_adhesion", "precision_adhesion")]}),
        ("Sortie", {"fields": [("fin", "precision_fin"), "motif_sortie"]}),
        ("Interne", {"fields": ["note_interne"]}),
    ]
    entree = date_column("debut", "precision_debut", "entrée")
    adhesion = date_column("date_signature_adhesion", "precision_adhesion", "adhésion")
    echeance = date_column("echeance_ort", "precision_echeance", "échéance de l'ORT")
    echeance.admin_order_field = "date_signature_adhesion"
    sortie = date_column("fin", "precision_fin", "sortie", IN_PROGRAMME)

    @admin.display(description="département", ordering="commune__departement")
    def departement(self, labellisation):
        return labellisation.commune.departement


@admin.register(Agent)
class AgentAdmin(PerimetreAdmin, UserAdmin):
    """Accounts: a référent opens and closes those of its départements, and gives no right it lacks.

    Rights change on these pages only, and whatever a page changes is written in the journal.
    """

    form = UserAdmin.form
    add_form = UserCreationForm
    list_display = ["username", "last_name", "first_name", "role", "ses_departements", "is_active"]
    list_filter = ["role", "is_active", DepartementFilter.through("departements")]
    list_select_related = False
    search_help_text = "Identifiant, nom, prénom ou courriel"
    filter_horizontal = []
    autocomplete_fields = ["departements"]
    readonly_fields = ["last_login", "date_joined"]
    add_fieldsets = [
        (None, {"fields": ["username", "password1", "password2"]}),
        ("Ce qu'il peut faire, et où", {"fields": ["role", "departements"]}),
    ]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Personne", {"fields": ["last_name", "first_name", "email"]}),
        ("Ce qu'il peut faire, et où", {"fields": ["role", "departements", "is_active"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    national_fieldset = ("Niveau national", {"fields": ["is_staff", "is_superuser"]})

    def list_prefetch(self):
        return ["departements"]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return (
            [*fieldsets, self.national_fieldset] if obj and request.user.is_superuser else fieldsets
        )

    def get_form(self, request, obj=None, **kwargs):
        """Ask for a département, without which the account would be out of its référent's sight."""
        form = super().get_form(request, obj, **kwargs)
        if "departements" in form.base_fields:
            form.base_fields["departements"].required = not request.user.is_superuser
        return form

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        """Offer the roles that can do nothing that the user cannot."""
        if db_field.name == "role":
            rights = request.user.get_all_permissions()
            kwargs["choices"] = [(r.value, r.label) for r in Role if role_permissions(r) <= rights]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        """Open the back office to a new account: what it finds there depends on its role."""
        obj.is_staff = obj.is_staff or not change
        form.droits_avant = obj.droits()
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        record(request.user, form.instance, form.droits_avant)

    def user_change_password(self, request, id, form_url=""):
        agent = self.get_object(request, unquote(id))
        with watched(request.user, *([agent] if agent else [])):
            return super().user_change_password(request, id, form_url)

    def delete_model(self, request, obj):
        with watched(request.user, obj):
            super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        with watched(request.user, *queryset):
            super().delete_queryset(request, queryset)

    @admin.display(description="départements")
    def ses_departements(self, agent):
        codes = ", ".join(departement.pk for departement in agent.departements.all())
        return "tous" if agent.is_superuser else codes or "aucun"


@admin.register(JournalDroits)
class JournalDroitsAdmin(ReadOnly, PerimetreAdmin):
    """The rights given and taken: read by the national level, and by each référent for its own."""

    list_display = ["quand", "agent_nom", "droit", "avant", "apres", "par_nom"]
    list_filter = ["droit", DepartementFilter.through("departements")]
    search_fields = ["agent_nom", "par_nom"]
    search_help_text = "Identifiant de l'agent, ou de qui a donné ou retiré le droit"
    date_hierarchy = "quand"
    fields = readonly_fields = [*list_display, "departements"]
    empty_value_display = "aucun"
