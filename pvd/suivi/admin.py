"""The back office of the published figures, which the national level keeps."""

from django.contrib import admin
from dsfr.admin import DsfrConfig

from communes.admin import DepartementFilter
from pvd.socle.admin_base import PerimetreAdmin
from pvd.suivi.models import ChiffrePublie

# The design system lets one rename the site from here; nothing of ours reads it.
admin.site.unregister(DsfrConfig)


@admin.register(ChiffrePublie)
class ChiffrePublieAdmin(PerimetreAdmin):
    list_display = ["chiffre", "ou", "jour", "valeur", "source", "note"]
    list_filter = ["chiffre", "source", DepartementFilter]
    list_select_related = ["departement", "source"]
    search_fields = ["note", "source__titre"]
    search_help_text = "Source ou explication"
    date_hierarchy = "jour"
    autocomplete_fields = ["departement", "source"]
    fields = ["departement", "chiffre", "jour", "valeur", "source", "note"]

    @admin.display(description="territoire", ordering="departement")
    def ou(self, chiffre):
        return chiffre.departement or "France"
