"""The page of a record, for agents: it takes the place of Django's redirect to the form of that record."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.http import Http404
from django.urls import path

from socle.adresses_admin import admin_name, admin_url


def page_url(record):
    """Return the address of the page of a record; of one that has no page, of its form."""
    model_admin = admin.site.get_model_admin(type(record))
    return admin_url(record, "page" if model_admin.page_d_agent else "change")


class PageDAgentAdmin(admin.ModelAdmin):
    """A record may have a page that tells all of it, and a sheet to print; its form is at `change/`.

    Whoever may not see the record is not told that it is there: the answer is 404.
    """

    # Given by the roof, which knows all that is said of a record: a class of a request and a record.
    page_d_agent = None

    def get_urls(self):
        urls = super().get_urls()
        if self.page_d_agent is None:
            return urls
        *others, _redirect = urls
        view, name = self.admin_site.admin_view, admin_name
        return [
            *others,
            path("<path:object_id>/fiche/", view(self.sheet_view), name=name(self.model, "fiche")),
            path("<path:object_id>/", view(self.page_view), name=name(self.model, "page")),
        ]

    def page_view(self, request, object_id):
        """Tell all that an agent may know of a record, and what can be done."""
        return self.show_page(request, object_id, self.page_d_agent.template)

    def sheet_view(self, request, object_id):
        """Tell what fits on a sheet to take to a meeting."""
        return self.show_page(request, object_id, self.page_d_agent.template_papier)

    def show_page(self, request, object_id, template):
        record = self.get_object(request, unquote(object_id))
        if record is None or not self.has_view_or_change_permission(request, record):
            raise Http404
        fiche = self.page_d_agent(request, record)
        may_change = self.has_change_permission(request, record)
        context = {"title": fiche.titre, "original": record, "fiche": fiche}
        return self.page(request, template, context | {"has_change_permission": may_change})
