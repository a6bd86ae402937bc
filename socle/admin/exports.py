"""A list of the back office as a file: the rows that the agent sees, with what is internal."""

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET

from socle.adresses_admin import admin_name, admin_url
from socle.fichiers.formats import FORMATS

# What a list is downloaded in: JSON is for programs, which have the public files.
FORMES = {
    "xlsx": FORMATS["xlsx"],
    "ods": FORMATS["ods"],
    "csv": FORMATS["interne"],
    "tableur": FORMATS["tableur"],
}


class ExportAdmin(admin.ModelAdmin):
    """A list that is downloaded as it is filtered and searched: `exports` gives its tables by name."""

    exports = {}

    def get_urls(self):
        name = admin_name(self.model, "export")
        view = self.admin_site.admin_view(require_GET(self.export_view))
        return [path("exporter/<slug:nom>/<slug:forme>/", view, name=name), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        context = {"exports": self.export_links(request)}
        return super().changelist_view(request, context | (extra_context or {}))

    def export_links(self, request):
        """Return, for each table, its title and its links, which keep the filters of the list."""
        query = request.GET.urlencode()
        return [
            (
                export.titre,
                [
                    (
                        format.titre,
                        admin_url(self.model, "export", nom, forme) + (query and f"?{query}"),
                    )
                    for forme, format in FORMES.items()
                ],
            )
            for nom, export in self.exports.items()
        ]

    def export_view(self, request, nom, forme):
        """Send the rows of the list that the address filters, those of the user and no other."""
        if nom not in self.exports or forme not in FORMES:
            raise Http404
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        try:
            listed = self.get_changelist_instance(request).queryset.order_by().values("pk")
        except IncorrectLookupParameters:
            return HttpResponseRedirect(admin_url(self.model, "changelist"))
        jour = timezone.localdate()
        export = self.exports[nom].for_user(request.user)
        records = self.model._default_manager.filter(pk__in=listed)
        entete, rows = export.feuille(records, jour)
        return FORMES[forme].answer(entete, rows, f"pvd-interne-{nom}-{jour:%Y%m%d}")
