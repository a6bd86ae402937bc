"""The back office: Django's admin, in French, under a policy that lets it style its own pages."""

from csp.decorators import csp_update
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig


class PvdAdminSite(admin.AdminSite):
    site_title = "Petites villes de demain"
    site_header = "Petites villes de demain : administration"
    index_title = "Tableau de bord"

    def admin_view(self, view, cacheable=False):
        """Loosen the styles only: import-export and the history write some in their pages."""
        loosened = csp_update({"style-src": "'unsafe-inline'"})(view)
        return super().admin_view(loosened, cacheable)


class PvdAdminConfig(AdminConfig):
    default_site = "pvd.socle.admin_site.PvdAdminSite"
