"""The back office of whom to call in each département."""

from django.contrib import admin

from communes.models import Interlocuteur
from socle.admin.base import NOTHING, PerimetreAdmin


@admin.register(Interlocuteur)
class InterlocuteurAdmin(PerimetreAdmin):
    list_display = ["service", "departement", "courriel", "telephone", "horaires"]
    list_select_related = ["departement"]
    search_fields = ["service", "departement__nom", "departement__code"]
    search_help_text = "Service ou département"
    empty_value_display = NOTHING
    frozen_fields = ["departement"]
    autocomplete_fields = ["departement"]
    # A number that changes is its own reason: it is of today, and corrects nothing.
    motif_demande = False
    fields = ["departement", "service", ("courriel", "telephone"), "horaires"]
