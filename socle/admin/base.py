"""The bases of the back office: which rows are seen, which may be chosen, and how lists read.

A change form may show a list, a choice, an inline or a search of other rows: each is a door, and
each takes its rows from the `for_user` of the model behind it.
"""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.utils import flatten, get_fields_from_path
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from socle.admin.ajout import AjoutAdmin
from socle.admin.champs import date_column
from socle.admin.choix import LimitedChoices
from socle.admin.historique import HistoriqueAdmin
from socle.admin.page_d_agent import PageDAgentAdmin
from socle.admin.suppression import SuppressionAdmin
from socle.adresses_admin import admin_url
from socle.coordonnees import coordonnees_cachees
from socle.francais import UNKNOWN, du, un
from socle.web.filtres import LONGEST_SEARCH
from socle.web.refus import DemandeInvalide

# In a row, an empty cell often tells something: no avenant, no exit, no such party.
NOTHING = "—"


class DansLePerimetre(LimitedChoices):
    """The rows seen are those of `for_user`; a model that has no such rule cannot be shown.

    The national level has no perimeter: it sees the rows of no département too, and waits for
    no subquery over 35 000 communes.
    """

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.for_user(request.user)


class ReadOnly:
    """Nobody writes these records here: they come from a file, or are kept on another page."""

    def has_add_permission(self, request, *args):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class PvdChangeList(ChangeList):
    def __init__(self, request, *args):
        super().__init__(request, *args)
        if not self.is_popup:
            self.title = capfirst(self.opts.verbose_name_plural)

    def get_results(self, request):
        """Read the page of rows, and what its columns compute of them."""
        super().get_results(request)
        self.result_list = self.model_admin.read_rows(list(self.result_list))

    def url_for_result(self, result):
        """Lead to the page of a record, where it has one; a window of choices leads nowhere."""
        if self.model_admin.page_d_agent and not self.is_popup:
            return admin_url(result, "page")
        return super().url_for_result(result)

    def apply_select_related(self, qs):
        """Read the relations that the columns show: in one query each, however many rows."""
        return super().apply_select_related(qs).prefetch_related(*self.model_admin.list_prefetch())


class PvdAdmin(AjoutAdmin, PageDAgentAdmin, LimitedChoices, HistoriqueAdmin, SuppressionAdmin):
    """The list and the form of the back office.

    It is used as it is for records that all départements share; `PerimetreAdmin` for the others.
    """

    list_per_page = 100
    list_max_show_all = 500
    show_full_result_count = False
    empty_value_display = UNKNOWN
    # Paths to territories, whose names are searched as people type them.
    territory_search = ()
    # Written when the record is created; afterwards by the national level alone.
    frozen_fields = ()

    def get_changelist(self, request, **kwargs):
        return PvdChangeList

    def lookup_allowed(self, lookup, value, request):
        """Let an address filter the list by what the list offers, and by no other field nor lookup.

        Django lets it compare any column of the model by any means: a regular expression holds a
        whole SQLite site, and a column that the page hides is read letter by letter.
        """
        return lookup in self.lookups_offered(request)

    def lookups_offered(self, request):
        """Return the names that the filters of the list, and its dates, write in its address."""
        names = {f"{self.date_hierarchy}__{part}" for part in ("year", "month", "day")}
        for offered in self.get_list_filter(request):
            if isinstance(offered, str):
                field = get_fields_from_path(self.model, offered)[-1]
                compared = f"__{field.target_field.name}" if field.is_relation else ""
                names |= {f"{offered}{compared}__exact", f"{offered}__isnull"}
            else:
                names.add(offered.parameter_name)
        return names

    def response_action(self, request, queryset):
        """Run an action on the rows that were ticked; what is not written as the key of a row is refused."""
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(map(self.is_key, ticked)):
            raise DemandeInvalide("Une des fiches cochées n'existe pas.")
        return super().response_action(request, queryset)

    def is_key(self, text):
        """Tell whether a text is a key as the list writes it: Python reads « ٣ » and « 3 » as one number."""
        try:
            return str(self.opts.pk.to_python(text)) == text
        except ValidationError:
            return False

    def list_prefetch(self):
        """Return the lookups of `prefetch_related` that the columns of the list need."""
        return ()

    def read_rows(self, records):
        """Return the records of a page of the list with what its columns compute of them."""
        return records

    def get_object(self, request, object_id, from_field=None):
        """Read a record with what its choices hold, in one query."""
        links = {f.name for f in self.opts.concrete_fields if f.is_relation}
        held = links.intersection(self.get_autocomplete_fields(request))
        rows = self.get_queryset(request)
        rows = rows.select_related(*held) if held else rows
        field = self.opts.get_field(from_field) if from_field else self.opts.pk
        try:
            return rows.get(**{field.name: field.to_python(object_id)})
        except (self.model.DoesNotExist, ValidationError, ValueError):
            return None

    def get_readonly_fields(self, request, obj=None):
        frozen = self.frozen_fields if obj and not request.user.is_superuser else ()
        return [*super().get_readonly_fields(request, obj), *frozen]

    def has_delete_permission(self, request, obj=None):
        """Let nobody remove, by its own address, what its form only shows."""
        return super().has_delete_permission(request, obj) and self.has_change_permission(
            request, obj
        )

    def render_change_form(self, request, context, add=False, obj=None, **kwargs):
        """Name the page in a French that agrees."""
        if add:
            context["title"] = f"Ajouter {un(self.model)}"
        elif self.has_change_permission(request, obj):
            context["title"] = f"Modification {du(self.model)}"
        else:
            context["title"] = capfirst(self.opts.verbose_name)
        return super().render_change_form(request, context, add=add, obj=obj, **kwargs)

    def get_fieldsets(self, request, obj=None):
        """Leave out how to reach a person, for whoever only reads."""
        hidden = coordonnees_cachees(request.user, self.model)
        return [
            (
                title,
                options | {"fields": [f for f in flatten(options["fields"]) if f not in hidden]},
            )
            for title, options in super().get_fieldsets(request, obj)
        ]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def get_search_results(self, request, queryset, search_term):
        """Search by the model's own `search`, else by its fields and the names of its territories."""
        if len(search_term) > LONGEST_SEARCH:
            raise DemandeInvalide(f"Cherchez {LONGEST_SEARCH} caractères au plus.")
        if hasattr(queryset, "search"):
            # A list is in the order that its columns say; what is chosen from, nearest first.
            choice = hasattr(queryset, "nearest") and request.path == reverse("admin:autocomplete")
            return (queryset.nearest if choice else queryset.search)(search_term), False
        found, duplicates = super().get_search_results(request, queryset, search_term)
        if not search_term.strip() or not self.territory_search:
            return found, duplicates
        by_territory = Q()
        for path in self.territory_search:
            territory = get_fields_from_path(self.model, path)[-1].related_model
            by_territory |= Q(**{f"{path}__in": territory._default_manager.search(search_term)})
        named = self.model._base_manager.filter(by_territory).values("pk")
        return queryset.filter(Q(pk__in=found.values("pk")) | Q(pk__in=named)), False


class PerimetreAdmin(DansLePerimetre, PvdAdmin):
    """The admin of a record of some départements."""

    def removed_versions(self, request):
        """Keep the removals of `removed_for_user`; of a model that has no such rule, none."""
        removals = super().removed_versions(request)
        if request.user.is_superuser:
            return removals
        rule = getattr(self.model._default_manager, "removed_for_user", None)
        return rule(request.user) if rule else removals.none()


ELSEWHERE = (
    "Des fiches d'autres départements reposent dessus : demandez la correction au niveau national, "
    "ou créez-en une autre."
)


class PartageeAdmin(PvdAdmin):
    """The admin of what records of all départements name: whoever may adds one.

    An agent changes one while its own records alone rest on it; the national level changes and restores
    any.
    """

    def has_change_permission(self, request, obj=None):
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not self.rests_elsewhere(request, obj))

    def rests_elsewhere(self, request, record):
        """Tell whether a record that the user does not see names `record`; asked once for a page."""
        if request.user.is_superuser:
            return False
        known = request.__dict__.setdefault("rests_elsewhere", {})
        if record.pk not in known:
            known[record.pk] = any(
                link.related_model._base_manager.filter(**{link.field.name: record})
                .exclude(pk__in=self.seen(request, link.related_model).order_by().values("pk"))
                .exists()
                for link in self.opts.related_objects
            )
        return known[record.pk]

    def seen(self, request, model):
        """Return the rows of `model` that the user sees; none of one that says nothing of it."""
        if self.admin_site.is_registered(model):
            return self.admin_site.get_model_admin(model).get_queryset(request)
        rows = model._default_manager
        return rows.for_user(request.user) if hasattr(rows, "for_user") else rows.none()

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        may_some = obj is not None and super().has_change_permission(request, obj)
        if may_some and self.rests_elsewhere(request, obj):
            messages.info(request, ELSEWHERE)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def removed_versions(self, request):
        removals = super().removed_versions(request)
        return removals if request.user.is_superuser else removals.none()


class Rangees(LimitedChoices, InlineModelAdmin):
    """Rows on the page of their record: a table of texts, whose lines open one at a time."""

    template = "admin/edit_inline/rangees.html"
    extra = 0
    empty_value_display = NOTHING

    def get_fields(self, request, obj=None):
        """Leave out how to reach a person, for whoever only reads."""
        hidden = coordonnees_cachees(request.user, self.model)
        return [f for f in flatten(super().get_fields(request, obj)) if f not in hidden]


class PlainChoices(Rangees):
    """The choices of a row: a record is searched, or added if missing; no other button."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.ModelChoiceField):
            links = field.widget
            links.can_change_related = links.can_delete_related = links.can_view_related = False
            links.can_add_related &= db_field.name in self.autocomplete_fields
        return field

    def version_values(self):
        """Return the names of the values that only this page can read: {field: {value: name}}."""
        return {}


class PerimetreInline(DansLePerimetre, PlainChoices):
    """Rows of the perimeter of the user."""

    select_related = ()

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*self.select_related)


class ReadOnlyInline(ReadOnly, Rangees):
    """Rows read by whoever sees their record."""

    def has_view_permission(self, request, obj=None):
        return True


class EnCoursFilter(admin.SimpleListFilter):
    """Keeps the periods that hold today, or the others."""

    title = "situation"
    parameter_name = "situation"

    def lookups(self, request, model_admin):
        return [("en_cours", "en cours aujourd'hui"), ("autre", "terminé ou à venir")]

    def running(self, model):
        """Return the keys of the rows that hold today."""
        return model._default_manager.as_of(timezone.localdate()).values("pk")

    def queryset(self, request, queryset):
        if self.value() not in {"en_cours", "autre"}:
            return queryset
        running = Q(pk__in=self.running(queryset.model))
        return queryset.filter(running if self.value() == "en_cours" else ~running)


class PeriodeColumns:
    """The two ends of a period, for a page where nobody writes them."""

    depuis = date_column("debut", description="depuis le")
    fin_le = date_column("fin", description="n'est plus le cas depuis le", empty="toujours le cas")
