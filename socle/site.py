"""The back office: Django's admin, in French, under the policy of the public pages."""

from functools import wraps

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from socle.web.connexion import keep_logged_in
from socle.web.saisie import give_back_what_was_typed, keep_what_was_typed


class PvdAdminSite(admin.AdminSite):
    """The site, to which the roof of the house gives its home page and pages of its own."""

    site_title = "Petites villes de demain"
    site_header = "Petites villes de demain : administration"
    index_title = "Tableau de bord"
    index_template = "admin/index.html"

    def __init__(self, name="admin"):
        super().__init__(name)
        # What the home page shows besides the lists, by request.
        self.home = lambda request: {}
        # Addresses that are those of no model.
        self.pages = []
        # What is to be done first, by request: an answer instead of the page asked for, or None.
        self.detours = [give_back_what_was_typed]
        # The lists, as `app.model`, in the order in which people need them.
        self.order = []

    def admin_view(self, view, cacheable=False):
        """Count the idle hours of whoever uses the pages, and keep what is sent once they are over."""

        @wraps(view)
        def used(request, *args, **kwargs):
            keep_logged_in(request, timezone.now())
            answers = (detour(request) for detour in self.detours)
            return next(filter(None, answers), None) or view(request, *args, **kwargs)

        guarded = super().admin_view(used, cacheable)

        @wraps(guarded)
        def kept(request, *args, **kwargs):
            if not self.has_permission(request):
                keep_what_was_typed(request)
            return guarded(request, *args, **kwargs)

        return kept

    def get_urls(self):
        return [*self.pages, *super().get_urls()]

    def index(self, request, extra_context=None):
        return super().index(request, self.home(request) | (extra_context or {}))

    def app_index(self, request, app_label, extra_context=None):
        """Name the page by its lists: « Administration de » agrees with no other name."""
        title = {"title": apps.get_app_config(app_label).verbose_name}
        return super().app_index(request, app_label, title | (extra_context or {}))

    def get_app_list(self, request, app_label=None):
        """Return the lists in `order`, the app of the first of them first; the others follow.

        Every page is given them, asked of each right: they are read when it shows them.
        """

        def rank(app, model):
            name = f"{app['app_label']}.{model['object_name'].lower()}"
            return self.order.index(name) if name in self.order else len(self.order)

        @SimpleLazyObject
        def ordered():
            apps = super(PvdAdminSite, self).get_app_list(request, app_label)
            for app in apps:
                app["models"].sort(key=lambda model: rank(app, model))
            return sorted(apps, key=lambda app: rank(app, app["models"][0]))

        return ordered


class PvdAdminConfig(AdminConfig):
    default_site = "socle.site.PvdAdminSite"
