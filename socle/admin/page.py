"""The page of an existing record as its user sends it back: judged, then saved or shown again."""

from django.contrib.admin.helpers import AdminErrorList, AdminForm
from django.contrib.admin.options import IS_POPUP_VAR, TO_FIELD_VAR
from django.contrib.admin.utils import flatten_fieldsets
from django.forms.formsets import DELETION_FIELD_NAME, all_valid

from socle.admin.champs import AvecQuestion
from socle.admin.contredites import TO_ANSWER, contredites, written_by
from socle.admin.correction import (
    CorrectionForm,
    corrections,
    row_corrections,
    stale_messages,
    take_in,
)
from socle.admin.evenements import events_since, last_versions
from socle.sources import Sourcee


class PageEnvoyee:
    """The form of a record, those of its rows, and its `correction`: what the page asks besides.

    In which order its steps are taken, `HistoriqueAdmin.correct` says. What was typed is kept in
    `typed`, a copy that the page may complete before it is shown again.
    """

    def __init__(self, model_admin, request, record):
        self.model_admin, self.request, self.record = model_admin, request, record
        self.typed = request.POST.copy()

    def make_forms(self):
        self.fieldsets = self.model_admin.get_fieldsets(self.request, self.record)
        form = self.model_admin.get_form(
            self.request, self.record, change=True, fields=flatten_fieldsets(self.fieldsets)
        )
        self.form = form(self.typed, self.request.FILES, instance=self.record)
        self.correction = CorrectionForm(self.typed)

    def make_rows(self):
        self.formsets, self.inlines = self.model_admin._create_formsets(
            self.request, self.record, change=True
        )

    def is_stale(self):
        """Tell whether someone wrote the record since the page was opened, and say on the form what.

        The page will come back on the version of the moment, with what its user typed: once told,
        its user may save.
        """
        chapitres = self.model_admin.chapitres(self.request, self.record)
        read, current = self.typed.get("version_lue", ""), last_versions(chapitres)
        if read == current:
            return False
        events = events_since(chapitres, read) or []
        self.form.is_valid()
        self.form.add_error(None, stale_messages(events))
        self.typed["version_lue"] = current
        rows = [form for formset in self.formsets for form in formset.initial_forms]
        shown = {(type(form.instance), form.instance.pk): form for form in [self.form, *rows]}
        for event in reversed(events):
            if form := shown.get((event.model, event.cle)):
                take_in(form, event.changements)
        return True

    def lacks_a_reason(self):
        """Tell whether a value changes or goes, on the record or in its rows, and nobody said why."""
        if not self.model_admin.motif_demande:
            return False
        self.form.is_valid()
        self.correction.is_valid()
        if self.correction.cleaned_data.get("motif_correction", "").strip():
            return False
        asked = [*corrections(self.form), *row_corrections(self.formsets)]
        if asked:
            refus = [f"{correction} : dites pourquoi." for correction in asked]
            self.correction.add_error("motif_correction", refus)
        return bool(asked)

    def contradicts_a_source(self):
        """Tell whether a date changes, on the record or in its rows, and not what its source says.

        It is asked beside the field; what is answered stays there until the page is saved.
        """
        self.form.is_valid()
        self.contredites, page = [], written_by(self.formsets)
        # A row that is refused for something else is asked about too.
        rows = [
            row for formset in self.formsets for row in formset.initial_forms if not removes(row)
        ]
        unanswered = False
        for form in filter(is_sourced, (self.form, *rows)):
            for asked in contredites(form, page if form is self.form else {}, self.request):
                field = form.fields[asked.champ]
                field.widget = AvecQuestion(
                    field.widget, "admin/date_contredite.html", {"contredite": asked}
                )
                self.contredites.append(asked)
                if not asked.is_valid():
                    form.add_error(asked.champ, TO_ANSWER)
                    unanswered = True
        return unanswered

    def is_valid(self):
        return all_valid([*self.formsets, self.form, self.correction])

    def save(self):
        """Save the record and its rows, as Django's own view does; return its answer."""
        model_admin, request = self.model_admin, self.request
        record = model_admin.save_form(request, self.form, change=True)
        model_admin.save_model(request, record, self.form, True)
        for answered in self.contredites:
            answered.write()
        model_admin.save_related(request, self.form, self.formsets, True)
        changes = model_admin.construct_change_message(request, self.form, self.formsets, False)
        model_admin.log_change(request, record, changes)
        return model_admin.response_change(request, record)

    def show(self, form_url="", extra_context=None):
        """Show the page again with its errors: the context of Django's own view, and `correction`."""
        model_admin, request, record = self.model_admin, self.request, self.record
        record_form = AdminForm(
            self.form,
            list(self.fieldsets),
            model_admin.get_prepopulated_fields(request, record),
            model_admin.get_readonly_fields(request, record),
            model_admin=model_admin,
        )
        rows = model_admin.get_inline_formsets(request, self.formsets, self.inlines, record)
        errors = AdminErrorList(self.form, self.formsets)
        errors.extend(self.correction.errors.values())
        context = {
            **model_admin.admin_site.each_context(request),
            "subtitle": str(record),
            "adminform": record_form,
            "correction": self.correction,
            "object_id": str(record.pk),
            "original": record,
            "is_popup": IS_POPUP_VAR in request.POST or IS_POPUP_VAR in request.GET,
            "to_field": asked_field(request),
            "media": sum([record_form.media, *(row.media for row in rows)], model_admin.media),
            "inline_admin_formsets": rows,
            "errors": errors,
            "preserved_filters": model_admin.get_preserved_filters(request),
        }
        return model_admin.render_change_form(
            request, context | (extra_context or {}), change=True, obj=record, form_url=form_url
        )


def removes(row):
    """Tell whether a row of a page is to be removed, be it right or not."""
    row.is_valid()
    return row.cleaned_data.get(DELETION_FIELD_NAME)


def is_sourced(form):
    return isinstance(form.instance, Sourcee)


def asked_field(request):
    """Return the field by which a page opened in a window of its own names its record, or None."""
    return request.POST.get(TO_FIELD_VAR, request.GET.get(TO_FIELD_VAR))
