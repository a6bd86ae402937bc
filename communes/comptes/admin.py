"""The back office of the accounts, and the journal of their rights."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html

from communes.comptes.acces import choose_first, own_password
from communes.comptes.formulaires import (
    AgentForm,
    MotDePasseDonneForm,
    NouvelAgentForm,
)
from communes.comptes.journal import record, watched
from communes.comptes.roles import role_permissions
from communes.comptes.visites import remember_visit
from communes.models import (
    Agent,
    JournalDroits,
    Role,
)
from communes.territoire.filtres import DepartementFilter
from socle.admin.base import (
    PerimetreAdmin,
    ReadOnly,
)

# What a role may do is written in `communes.comptes.roles`: a group would promise rights it does not give.
admin.site.unregister(Group)


@admin.register(Agent)
class AgentAdmin(PerimetreAdmin, UserAdmin):
    """Accounts: a référent opens and closes those of its départements, and gives no right it lacks.

    Rights change on these pages only, and whatever a page changes is written in the journal.
    """

    form = AgentForm
    add_form = NouvelAgentForm
    # Django's own announces rights that are all on this page.
    add_form_template = None
    change_password_form = MotDePasseDonneForm
    list_display = ["username", "last_name", "first_name", "role", "ses_departements", "is_active"]
    list_filter = ["role", "is_active", DepartementFilter.through("departements")]
    list_select_related = False
    search_help_text = "Identifiant, nom, prénom ou courriel"
    filter_horizontal = []
    autocomplete_fields = ["departements"]
    readonly_fields = ["mot_de_passe", "last_login", "date_joined"]
    add_fieldsets = [
        ("Personne", {"fields": ["last_name", "first_name", "email"]}),
        ("Ce qu'elle peut faire, et où", {"fields": ["role", "departements"]}),
        ("Connexion", {"fields": ["username", "password1", "password2"]}),
    ]
    fieldsets = [
        (None, {"fields": ["username", "mot_de_passe"]}),
        ("Personne", {"fields": ["last_name", "first_name", "email"]}),
        ("Ce qu'elle peut faire, et où", {"fields": ["role", "departements", "is_active"]}),
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

    def has_change_permission(self, request, obj=None):
        """Keep the accounts that the user may not act on to be read, on the pages and in the lists."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.may_be_changed_by(request.user))

    def has_delete_permission(self, request, obj=None):
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or obj.may_be_changed_by(request.user))

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        """Offer the roles that can do nothing that the user cannot, and whom it can act on.

        None is proposed: whoever opens an account chooses what it will do.
        """
        if db_field.name == "role":
            rights = request.user.get_all_permissions()
            roles = [
                (role.value, role.label)
                for role in Role
                if role_permissions(role) <= rights
                and Agent(role=role).may_be_changed_by(request.user)
            ]
            kwargs |= {"choices": [("", "Choisissez un rôle"), *roles], "initial": ""}
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        """Open the back office to a new account: what it finds there depends on its role."""
        obj.is_staff = obj.is_staff or not change
        form.droits_avant = obj.droits()
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        record(request.user, form.instance, form.droits_avant)

    def get_changeform_initial_data(self, request):
        """Propose one's own départements to a new account."""
        own = list(request.user.departements.values_list("pk", flat=True))
        return {"departements": own} | super().get_changeform_initial_data(request)

    def user_change_password(self, request, id, form_url=""):
        """Give a password to somebody, who will change it; one's own is chosen on its own page."""
        agent = self.get_object(request, unquote(id))
        if agent == request.user:
            return redirect("admin:password_change")
        with watched(request.user, *([agent] if agent else [])):
            return super().user_change_password(request, id, form_url)

    def delete_model(self, request, obj):
        with watched(request.user, obj):
            super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        with watched(request.user, *queryset):
            super().delete_queryset(request, queryset)

    @admin.display(description="mot de passe")
    def mot_de_passe(self, agent):
        told = "provisoire, à changer à la connexion" if agent.mot_de_passe_provisoire else "choisi"
        url = reverse("admin:auth_user_password_change", args=[agent.pk])
        return format_html('{} · <a href="{}">En donner un nouveau</a>', told, url)

    @admin.display(description="départements")
    def ses_departements(self, agent):
        codes = ", ".join(departement.pk for departement in agent.departements.all())
        return "tous" if agent.is_superuser else codes or "aucun"


admin.site.detours += [choose_first, remember_visit]
admin.site.pages.append(
    path("password_change/", admin.site.admin_view(own_password), name="password_change")
)


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
