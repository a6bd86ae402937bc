"""The filters that are a day or a number: where what is kept ends."""

import django_filters
from django import forms


class LimiteField(forms.DateField):
    """A day, written as addresses write it; unlike that of the page, it may be to come."""

    refus = "n'est pas un jour : écrivez-le AAAA-MM-JJ, par exemple 2027-01-01."

    def __init__(self, **kwargs):
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **kwargs)


class LimiteFilter(django_filters.Filter):
    field_class = LimiteField


class NombreField(forms.IntegerField):
    """A whole number, from zero, that a column of the base can hold."""

    refus = "n'est pas un nombre entier."

    def __init__(self, **kwargs):
        super().__init__(min_value=0, max_value=2**31 - 1, **kwargs)


class NombreFilter(django_filters.Filter):
    field_class = NombreField
