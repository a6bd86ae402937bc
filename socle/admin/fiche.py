"""Rows on the page of a record that communes join."""

from itertools import combinations

from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.forms import BaseInlineFormSet

from socle.admin.base import PerimetreInline
from socle.admin.portee import CommuneField, CommuneSelect
from socle.dates import in_french
from socle.verrou import lock


class EnsembleFormSet(BaseInlineFormSet):
    """All the rows of a record, judged together: what one knows of the others is on the page, not saved yet.

    `read_with_them` names what the judgement reads of each row.
    """

    read_with_them = ()

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        form.instance.alone = True
        return form

    def clean(self):
        super().clean()
        # What was recorded before its rule keeps nobody from correcting the rest of the page.
        if self.is_moved() and not any(self.errors):
            self.judge(self.rows_to_be())

    def is_moved(self):
        """Tell whether the page changes anything that `judge` looks at."""
        return self.has_changed()

    def judge(self, rows):
        """Refuse what `rows`, all those of the record once saved, cannot be: see `DUnEnsemble`."""
        if refused := self.model.refusal_anew(rows, self.instance.pk):
            self.tell(refused)

    def tell(self, refused):
        """Tell it on the row that changes, when there is one alone, else above them all."""
        changed = [form for form in self.forms if form.has_changed()]
        if self.deleted_forms or len(changed) != 1:
            raise ValidationError(refused.messages)
        changed[0].add_error(None, refused)

    def rows_to_be(self):
        """Return the rows of the record as they will stand, read once nobody else can write any."""
        kept = [form for form in self.forms if form not in self.deleted_forms]
        rows = [form.instance for form in kept if form.instance.pk or form.has_changed()]
        if not self.instance.pk:
            return rows
        lock(type(self.instance), self.instance.pk)
        # A row that the page does not show, or shows under the number of another, stays.
        shown = [form.instance.pk for form in self.initial_forms if form.instance.pk]
        hidden = self.model.objects.filter(**{self.fk.name: self.instance}).exclude(pk__in=shown)
        for row in hidden.select_related(*self.read_with_them):
            # Of the record as the page has it.
            setattr(row, self.fk.name, self.instance)
            rows.append(row)
        return rows


class PeriodesFormSet(EnsembleFormSet):
    """Periods of which no two may hold on a same day."""

    def judge(self, rows):
        for one, other in combinations(rows, 2):
            if one.siblings_key == other.siblings_key and one.shares_a_day_with(other):
                raise ValidationError(self.twice(one))

    def twice(self, row):
        """Say that another row holds on the days of `row`."""
        since = f"Depuis le {in_french(row.debut)} : " if row.debut else ""
        return f"{since}{row.overlap_message}"


class FicheInline(PerimetreInline):
    """Rows whose `commune` is within reach of their record, and whose other choices may be its own rows.

    `rows_of_record` says which choices are: `{Avenant: ("avenants", named_by_date)}` offers, where a
    row names an avenant, those of `record.avenants`, each under the name that the function gives it.
    """

    # An inline is made anew for each page: the record of the page can be kept on it.
    record = None
    rows_of_record = {}

    def get_formset(self, request, obj=None, **kwargs):
        self.record = obj
        return super().get_formset(request, obj, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "commune":
            record = self.record or self.parent_model()
            kwargs["queryset"] = record.communes_within_reach(request.user)
            kwargs["form_class"] = CommuneField
            if self.record:
                kwargs["widget"] = CommuneSelect(db_field, self.admin_site, self.record)
        if db_field.related_model not in self.rows_of_record:
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        relation, name = self.rows_of_record[db_field.related_model]
        link = self.parent_model._meta.get_field(relation).field
        kwargs["queryset"] = link.model._default_manager.filter(**{link.name: self.record})
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.label_from_instance = name
        rows = [(row.pk, name(row)) for row in self.read_rows(relation)]
        field.choices = [("", field.empty_label or ""), *rows]
        return field

    def read_rows(self, relation):
        """Return the rows of the record, read once for all the rows of the page."""
        if self.record is None:
            return []
        prefetch_related_objects([self.record], relation)
        return getattr(self.record, relation).all()
