"""The lists of choices of the public filters, written in one go."""

from html import escape

import django_filters
from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import mark_safe


class ListeDeroulante(forms.Select):
    """A list of choices; Django renders a template for each option, which was half of a page."""

    def render(self, name, value, attrs=None, renderer=None):
        chosen = "" if value is None else str(value)
        # Escaped as Django escapes texts, of which these are never more: there are hundreds.
        options = mark_safe(
            "\n".join(option(str(key), label, chosen) for key, label in self.choices)
        )
        attributes = self.build_attrs(self.attrs, {"name": name} | (attrs or {}))
        return format_html("<select{}>\n{}\n</select>", flatatt(attributes), options)


def option(key, label, chosen):
    """Write one of the choices of a list."""
    selected = " selected" if key == chosen else ""
    return f'<option value="{escape(key)}"{selected}>{escape(str(label))}</option>'


class ChoixFilter(django_filters.ChoiceFilter):
    """One of a few values."""

    def __init__(self, **kwargs):
        super().__init__(widget=ListeDeroulante, **kwargs)


class FicheFilter(django_filters.ModelChoiceFilter):
    """One of the records of a model."""

    def __init__(self, **kwargs):
        super().__init__(widget=ListeDeroulante, **kwargs)
