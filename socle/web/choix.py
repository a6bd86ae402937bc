"""The lists of choices of the public filters, written in one go; several values of one mean « or »."""

from collections.abc import Callable
from html import escape

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django_filters import fields


def texts(value):
    """Return the texts asked for, each once, without the empty ones: `value` is one, or a list."""
    values = value if isinstance(value, (list, tuple)) else [value]
    stripped = (str(one).strip() for one in values if one is not None)
    return list(dict.fromkeys(text for text in stripped if text))


# Beyond, what is chosen takes more room than the list that it filters.
MOST_LINES = 8


class ListeDeroulante(forms.Select):
    """A list of choices; Django renders a template for each option, which was half of a page.

    One is chosen at a time, until an address asks for several: each then stays chosen, and comes first,
    so that all of them are seen without a scroll.
    """

    def value_from_datadict(self, data, files, name):
        return data.getlist(name) if hasattr(data, "getlist") else data.get(name)

    def render(self, name, value, attrs=None, renderer=None):
        chosen = set(texts(value))
        # Escaped as Django escapes texts, of which these are never more: there are hundreds.
        choices, several = [(str(key), label) for key, label in self.choices], {}
        if len(chosen) > 1:
            choices.sort(key=lambda choice: choice[0] not in chosen)
            several = {"multiple": True, "size": min(len(chosen) + 1, MOST_LINES)}
        options = mark_safe("\n".join(option(key, label, chosen) for key, label in choices))
        attributes = self.build_attrs(self.attrs, {"name": name} | several | (attrs or {}))
        return format_html("<select{}>\n{}\n</select>", flatatt(attributes), options)


def option(key, label, chosen):
    """Write one of the choices of a list."""
    selected = " selected" if key in chosen else ""
    return f'<option value="{escape(key)}"{selected}>{escape(str(label))}</option>'


class Plusieurs:
    """A field of which several values may be asked for: `clean` returns a list, empty without any."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, widget=ListeDeroulante, **kwargs)

    def clean(self, value):
        return [self.read(text) for text in self.written(value)]

    def read(self, text):
        """Return the value that a text asks for. Raises `ValidationError` for what is not one."""
        return super().clean(text)

    def written(self, value):
        """Return the texts asked for, as addresses write them."""
        return texts(value)


class ChoixField(Plusieurs, fields.ChoiceField):
    """Some of a few values."""


class FichesField(Plusieurs, fields.ModelChoiceField):
    """Some of the records of a model, each named by a text: `ecrit` writes it as the base does."""

    def __init__(self, *args, ecrit: Callable[[str], str] = str, **kwargs):
        self.ecrit = ecrit
        super().__init__(*args, **kwargs)

    def written(self, value):
        return [self.ecrit(text) for text in texts(value)]

    def clean(self, value):
        asked, key = self.written(value), self.to_field_name or "pk"
        if not asked:
            return []
        if any("\0" in text for text in asked):
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice")
        found = list(self.queryset.filter(**{f"{key}__in": asked}))
        if set(asked) - {str(getattr(record, key)) for record in found}:
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice")
        return found

    def prepare_value(self, value):
        if isinstance(value, (list, tuple)):
            return [self.prepare_value(one) for one in value]
        return self.ecrit(value) if isinstance(value, str) else super().prepare_value(value)


class ChoixFilter(django_filters.ChoiceFilter):
    """Some of a few values."""

    field_class = ChoixField


class FicheFilter(django_filters.ModelChoiceFilter):
    """Some of the records of a model."""

    field_class = FichesField
