"""The imports that were confirmed, in the back office: listed, read, and taken back whole."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from socle.actes import touched
from socle.admin.base import PerimetreAdmin, ReadOnly
from socle.admin.champs import DayField
from socle.admin.touchees import refusals, since, told, tried
from socle.adresses_admin import admin_name, admin_url
from socle.annulation import may_undo
from socle.fichiers.imports import Import
from socle.francais import at_hour
from socle.historique import agent_name


class AcceptationForm(forms.Form):
    """Why what waits is left as it is, and until when."""

    motif = forms.CharField(
        label="Accepté parce que",
        max_length=400,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Interne : jamais publié.",
    )
    jusqu_au = DayField(
        label="Jusqu'au",
        required=False,
        help_text="Dernier jour où cela se tait. Vide : tant que personne n'en décide autrement.",
    )


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
        form = self.accepted(request, fait)
        if form is None:
            return HttpResponseRedirect(admin_url(fait, "change"))
        fiches = touched(fait.acte)
        undoable = fait.annule_le is None and may_undo(fiches, request.user)
        context = told(request, fiches) | {
            "fait": fait,
            "auteur": agent_name(fait.auteur),
            "quand": at_hour(fait.moment),
            "etat": self.etat(fait),
            "undo_url": admin_url(fait, "undo") if undoable else None,
            "form": form,
            "title": f"Import : {fait.nom}",
        }
        return self.page(request, "admin/import_fait.html", context)

    def accepted(self, request, fait):
        """Return the form that accepts the columns left unread, None once they are."""
        form = AcceptationForm(request.POST or None)
        if not form.is_valid():
            return form
        try:
            fait.accept(request.user, timezone.localdate(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
            return form
        told = "Les colonnes non lues de cet import n'attendent plus."
        self.message_user(request, told, messages.SUCCESS)
        return None

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
