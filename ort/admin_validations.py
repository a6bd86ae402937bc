"""The validation of a shared convention by its reference département, in the back office."""

from datetime import UTC, datetime

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone

from socle.admin.correction import lock
from socle.admin.evenements import gather, last_versions, tell
from socle.francais import at_hour

EVER = datetime.min.replace(tzinfo=UTC)
STALE = (
    "Rien n'est validé : la fiche a changé depuis que vous l'avez ouverte. Relisez-la ci-dessous."
)


class ValidationAdmin(admin.ModelAdmin):
    """Offers, on the page of a convention, to validate what the other départements changed in it."""

    def get_urls(self):
        validate = self.admin_site.admin_view(self.validate_view)
        return [
            path("<path:object_id>/valider/", validate, name="ort_convention_validate"),
            *super().get_urls(),
        ]

    def get_object(self, request, object_id, from_field=None):
        """Read a convention with what its page tells of its validation, in one query."""
        request.with_validation = True
        try:
            return super().get_object(request, object_id, from_field)
        finally:
            request.with_validation = False

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        wanted = getattr(request, "with_validation", False)
        return rows.with_validation(request.user) if wanted else rows

    def may_validate(self, request, convention):
        allowed = self.has_change_permission(request, convention)
        return allowed and convention.attend_validation

    # The page of the convention.

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), "validee"]

    def get_fieldsets(self, request, obj=None):
        """Tell the last validation, if there is one."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or obj.validee_le is None:
            return fieldsets
        return [*fieldsets, ("Validation", {"fields": ["validee"]})]

    @admin.display(description="dernière validation")
    def validee(self, convention):
        by = convention.validee_par or "un compte supprimé"
        return f"le {at_hour(convention.validee_le)}, par {by}"

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None and self.may_validate(request, obj):
            context["validate_url"] = reverse("admin:ort_convention_validate", args=[obj.pk])
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    # The page that asks for confirmation.

    def validate_view(self, request, object_id):
        """Show what changed since the last validation; once confirmed, validate the convention."""
        with transaction.atomic():
            convention = self.get_object(request, unquote(object_id))
            if convention is not None:
                lock(convention)
                convention = self.get_object(request, unquote(object_id))
            if convention is None:
                raise Http404
            if not self.may_validate(request, convention):
                raise PermissionDenied
            return self.validate(request, convention)

    def validate(self, request, convention):
        """Write the validation of the versions that its agent has read, and of no others."""
        chapters = self.chapitres(request, convention)
        current = last_versions(chapters)
        if request.method == "POST":
            if request.POST.get("version_lue") == current:
                convention.validations.create(agent=request.user, moment=timezone.now())
                messages.success(request, f"« {convention} » est validée.")
                page = reverse("admin:ort_convention_change", args=[convention.pk])
                return HttpResponseRedirect(page)
            messages.error(request, STALE)
        since = convention.validee_le or EVER
        events = [e for e in tell(chapters) if e.version.history_date > since]
        context = {"object": convention, "actes": gather(events), "version_lue": current}
        context["title"] = f"Valider : {convention}"
        return self.page(request, "admin/ort/convention/validation.html", context)
