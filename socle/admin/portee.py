"""Communes within reach of one record: what may join it, searched on its page and in its gestes.

The record says which by `communes_within_reach(user)`: a convention or a post shared by two
départements may be written whole by either of them, and nothing elsewhere. Out of reach, the commune
says whom to ask: `a_qui_demander`.
"""

from django import forms
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import path

from socle.admin.base import PvdAdmin
from socle.admin.choix import HeldSelect, SearchedSelectMultiple
from socle.adresses_admin import admin_name, admin_url


class CommunesWithinReach(AutocompleteJsonView):
    """Answers the search of a commune on the page of a record."""

    record = None

    def get_queryset(self):
        return self.record.communes_within_reach(self.request.user).nearest(self.term)


def search_address(record):
    """Return the address that searches the communes within reach of `record`."""
    return admin_url(record, "communes")


class CommuneSelect(HeldSelect):
    """Searches one of the communes within reach of a record."""

    def __init__(self, field, admin_site, record):
        super().__init__(field, admin_site)
        self.record = record

    def get_url(self):
        return search_address(self.record)


class CommunesSelect(SearchedSelectMultiple):
    """Searches several of the communes within reach of a record; `model` holds one a row."""

    def __init__(self, model, admin_site, record):
        super().__init__(model._meta.get_field("commune"), admin_site)
        self.record = record

    def get_url(self):
        return search_address(self.record)


class PorteeField:
    """Says, of a commune that exists and is out of reach, whom to ask."""

    def clean(self, value):
        try:
            return super().clean(value)
        except ValidationError as refusal:
            if refusal.code == "invalid_choice":
                self.tell_whom_to_ask(refusal.params["value"])
            raise

    def tell_whom_to_ask(self, key):
        commune = self.queryset.model._base_manager.filter(pk=str(key)).first()
        if commune:
            told = f"{commune} est hors de vos départements : {commune.a_qui_demander}."
            raise ValidationError(told, "invalid_choice", {"value": key})


class CommuneField(PorteeField, forms.ModelChoiceField):
    """One commune within reach of a record."""


class CommunesField(PorteeField, forms.ModelMultipleChoiceField):
    """Several communes within reach of a record."""


class PorteeAdmin(PvdAdmin):
    """The admin of a record that communes join: it answers the search of those within its reach."""

    def get_urls(self):
        name = admin_name(self.model, "communes")
        search = self.admin_site.admin_view(self.search_communes)
        return [path("<path:object_id>/communes/", search, name=name), *super().get_urls()]

    def search_communes(self, request, object_id):
        record = self.get_object(request, unquote(object_id))
        if record is None or not self.has_change_permission(request, record):
            raise PermissionDenied
        view = CommunesWithinReach.as_view(admin_site=self.admin_site, record=record)
        return view(request)
