"""How a day, a last day and a number are typed, and how a column writes a date."""

import datetime

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import (
    AdminDateWidget,
)
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.html import format_html

from socle.dates import ONE_DAY, Precision, parse_date, refuse_far_years
from socle.francais import UNKNOWN, date_courte
from socle.lignes import plain_lines


def known_year(jour):
    """Refuse a day whose year can only be a mistake."""
    try:
        refuse_far_years(jour)
    except ValueError as error:
        raise ValidationError(str(error)) from None


class DayField(forms.DateField):
    """A day, chosen in a calendar or typed as in a file: one rule, `parse_date`."""

    widget = AdminDateWidget
    default_validators = [known_year]

    def to_python(self, value):
        if isinstance(value, str) and value.strip():
            try:
                return parse_date(value)
            except ValueError as error:
                raise ValidationError(str(error)) from None
        return super().to_python(value)


class LastDayField(DayField):
    """Asks for the last day, as people think of a contract, and gives the day after: a `fin`."""

    def prepare_value(self, value):
        return value - ONE_DAY if isinstance(value, datetime.date) else value

    def to_python(self, value):
        last_day = super().to_python(value)
        if last_day == datetime.date.max:
            raise ValidationError("Cette date n'a pas de lendemain.")
        return last_day and last_day + ONE_DAY


class NumberField(forms.DecimalField):
    """A rate or an amount as people paste it, « 45 000,50 € »: spaces and sign are left aside."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs | {"localize": True})

    def to_python(self, value):
        if isinstance(value, str):
            value = "".join(value.split()).rstrip("€%")
        return super().to_python(value)


class TexteField(forms.CharField):
    """A text of several lines, kept as a file gives it back: what nobody touched has not changed."""

    def to_python(self, value):
        text = super().to_python(value)
        return text and plain_lines(text)

    def has_changed(self, initial, data):
        return super().has_changed(initial and plain_lines(initial), data)


class AvecQuestion(forms.Widget):
    """A field of a page, with what its new value has the page ask under it, by a template."""

    def __init__(self, widget, template, asked):
        super().__init__(widget.attrs)
        self.widget, self.template, self.asked = widget, template, asked

    def render(self, name, value, attrs=None, renderer=None):
        field = self.widget.render(name, value, attrs, renderer)
        return field + render_to_string(self.template, self.asked)

    def value_from_datadict(self, data, files, name):
        return self.widget.value_from_datadict(data, files, name)


def badge(word, couleur=""):
    """Show a status or a state: its word, on the colour that the State's design system gives it."""
    shade = f" badge--{couleur}" if couleur else ""
    return format_html('<span class="badge{}">{}</span>', shade, word)


def date_column(field, precision=None, description=None, empty=UNKNOWN):
    """Make a column that writes a date by what is known of it, and sorts by the date."""

    @admin.display(description=description, ordering=field)
    def column(self, record):
        jour = getattr(record, field)
        if jour is None:
            return empty
        return date_courte(jour, getattr(record, precision) if precision else Precision.JOUR)

    return column
