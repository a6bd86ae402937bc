"""The imports that were confirmed, in the back office: listed, read, and taken back whole."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from socle.actes import touched
from socle.admin.base import PerimetreAdmin, ReadOnly
from socle.admin.touchees import refusals, since, told, tried
from socle.adresses_admin import admin_name, admin_url
from socle.annulation import may_undo
from socle.fichiers.imports import Import
from socle.francais import at_hour
from socle.historique import agent_name


@admin.register(Import)
class ImportConfirmeAdmin(ReadOnly, PerimetreAdmin):
    """The imports of an agent, all of them for the national level; each is taken back from its page."""

    list_display = ["quand", "qui", "nom", "titre", "bilan_des_lignes", "etat"]
    list_select_related = ["auteur", "annule_par"]
    search_fields = ["nom", "motif"]
    search_help_text = "Nom du fichier ou motif"
    date_hierarchy = "moment"

    def get_urls(self):
        view = self.admin_site.admin_view(self.undo_view)
        name = admin_name(self.model, "undo")
        return [path("<int:numero>/annuler/", view, name=name), *super().get_urls()]

    @admin.display(description="importé le", ordering="moment")
    def quand(self, fait):
        return at_hour(fait.moment)

    @admin.display(description="par", ordering="auteur")
    def qui(self, fait):
        return agent_name(fait.auteur)

    @admin.display(description="lignes")
    def bilan_des_lignes(self, fait):
        return fait.bilan

    @admin.display(description="état", ordering="annule_le")
    def etat(self, fait):
        if fait.annule_le is None:
            return "en place"
        return f"annulé le {at_hour(fait.annule_le)} par {agent_name(fait.annule_par)}"

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show what an import did, record by record."""
        fait = self.get_object(request, object_id)
        if not self.has_view_permission(request, fait):
            raise PermissionDenied
        if fait is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        fiches = touched(fait.acte)
        undoable = fait.annule_le is None and may_undo(fiches, request.user)
        context = told(request, fiches) | {
            "fait": fait,
            "auteur": agent_name(fait.auteur),
            "quand": at_hour(fait.moment),
            "etat": self.etat(fait),
            "undo_url": admin_url(fait, "undo") if undoable else None,
            "title": f"Import : {fait.nom}",
        }
        return self.page(request, "admin/import_fait.html", context)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def undo_view(self, request, numero):
        """Show what undoing an import would do, or what keeps it from being undone; then undo it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        fait = self.get_object(request, numero)
        if fait is None:
            raise Http404
        fiches = touched(fait.acte)
        if fait.annule_le is None and not may_undo(fiches, request.user):
            raise PermissionDenied
        if request.method == "POST":
            refused = refusals(lambda: fait.undo(request.user))
            if not refused:
                self.message_user(request, f"« {fait.nom} » : import annulé.", messages.SUCCESS)
                return HttpResponseRedirect(admin_url(fait, "change"))
            moved = []
        else:
            refused, moved = tried(lambda: fait.undo(request.user), fiches)
        context = told(request, fiches) | {
            "fait": fait,
            "refus": refused,
            "consequences": moved,
            **({} if fait.annule_le else since(request, fiches)),
            "title": f"Annuler l'import : {fait.nom}",
        }
        return self.page(request, "admin/import_annuler.html", context)
