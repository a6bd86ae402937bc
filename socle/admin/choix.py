"""What may be chosen in a form: the rows that the user sees, and what the record already holds."""

from django import forms
from django.contrib.admin.widgets import (
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)
from django.core.exceptions import ValidationError
from django.db import models

from socle.admin.champs import AvecQuestion, DayField, TexteField
from socle.personnes import ASKED, CONFIRMED, mails_of_someone, quoted, texts_naming_someone


class KnownOnly:
    """A choice that, shown again after a refusal, leaves out a value that cannot be a key."""

    def optgroups(self, name, value, attr=None):
        try:
            return super().optgroups(name, value, attr)
        except (ValueError, OverflowError):
            return super().optgroups(name, [], attr)


class SearchedSelect(KnownOnly, AutocompleteSelect):
    pass


class SearchedSelectMultiple(KnownOnly, AutocompleteSelectMultiple):
    pass


class HeldSelect(SearchedSelect):
    """Shows what the record already holds without reading it again: a row asks for no query."""

    held = None

    def optgroups(self, name, value, attr=None):
        if self.held is None or [str(key) for key in value] != [str(self.held.pk)]:
            return super().optgroups(name, value, attr)
        blank = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        label = self.choices.field.label_from_instance(self.held)
        shown = self.create_option(name, value[0], label, True, len(blank))
        return [(None, [*blank, shown], 0)]


class PerimetreForm(forms.ModelForm):
    """Offers what the user may choose and, besides, what the record already holds.

    An agent can thus save a record shared with another département without losing anything of it.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            held = getattr(self.instance, f"{name}_id", None)
            if held and isinstance(field, forms.ModelChoiceField) and field.queryset.query.where:
                everything = field.queryset.model._default_manager
                field.queryset = field.queryset | everything.filter(pk=held)
            select = getattr(field.widget, "widget", field.widget)
            if held and isinstance(select, HeldSelect):
                link = self.instance._meta.get_field(name)
                select.held = link.get_cached_value(self.instance, default=None)

    def clean(self):
        """Ask about each public text that changes and seems to name somebody: once, beside it."""
        data = super().clean()
        texts = self.written_in("textes_publics")
        mails = self.written_in("courriels_publics")
        for name, found in (texts_naming_someone(texts) | mails_of_someone(mails)).items():
            box, field = f"nomme-{self.add_prefix(name)}", self.fields[name]
            ticked = box in self.data
            asked = {"nom": box, "cochee": ticked, "libelle": CONFIRMED}
            field.widget = AvecQuestion(field.widget, "admin/texte_public.html", asked)
            if not ticked:
                self.add_error(name, quoted(ASKED, found))
        return data

    def written_in(self, names):
        """Return what is newly typed in the fields that the record names so.

        One that its field refuses is not asked about: the question would hide the refusal.
        """
        typed = [name for name in getattr(self.instance, names, ()) if name in self.changed_data]
        written = {name: self.cleaned_data.get(name) for name in typed}
        return {name: text for name, text in written.items() if self.takes(name, text)}

    def takes(self, name, text):
        """Tell whether a field of the record takes a text."""
        try:
            self.instance._meta.get_field(name).run_validators(text)
        except ValidationError:
            return False
        return True


class LimitedChoices:
    """The rows offered, and accepted, by a choice are those that the admin of their model shows."""

    form = PerimetreForm
    formfield_overrides = {
        models.DateField: {"form_class": DayField},
        models.TextField: {"form_class": TexteField},
        models.URLField: {"assume_scheme": "https"},
    }

    def choices_for(self, request, model):
        """Return the rows of `model` that may be chosen; none of a model without an admin."""
        if not self.admin_site.is_registered(model):
            return model._default_manager.none()
        return self.admin_site.get_model_admin(model).get_queryset(request)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs.setdefault("queryset", self.choices_for(request, db_field.related_model))
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", HeldSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs.setdefault("queryset", self.choices_for(request, db_field.related_model))
        return super().formfield_for_manytomany(db_field, request, **kwargs)
