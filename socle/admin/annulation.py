"""The imports that were confirmed, in the back office: listed, read, and taken back whole."""

from dataclasses import dataclass

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from socle.actes import FicheTouchee, by_model, touched
from socle.admin.base import PerimetreAdmin, ReadOnly
from socle.admin.evenements import Annuaire, Chapitre, differences
from socle.admin.historique import PER_PAGE, labels_of
from socle.admin.suppression import counters_of, figures_moved
from socle.adresses_admin import admin_name, admin_url
from socle.annulation import may_undo
from socle.fichiers.imports import Import
from socle.francais import at_hour
from socle.historique import CHANGED, CREATED, REMOVED, agent_name, name_of
from socle.perimetre import removed_within_reach, within_reach

DONE = {CREATED: "ajout", CHANGED: "modification", REMOVED: "suppression"}
# What tells to which record a row belongs is said by its name.
SAID_BY_NAME = ("content_type", "object_id")


@dataclass
class LigneTouchee:
    """One record that an act touched, as a page tells it: its address if it is there to be opened."""

    fiche: FicheTouchee
    nom: str
    url: str
    changements: list

    @property
    def quoi(self):
        return DONE[self.fiche.sort]

    @property
    def sorte(self):
        return self.fiche.model._meta.verbose_name


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
        context = self.told(request, fiches) | {
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
            refused, moved = self.tried(request, fait, fiches)
        context = self.told(request, fiches) | {
            "fait": fait,
            "refus": refused,
            "consequences": moved,
            "title": f"Annuler l'import : {fait.nom}",
        }
        return self.page(request, "admin/import_annuler.html", context)

    def tried(self, request, fait, fiches):
        """Return why the import cannot be undone, and the figures that undoing it would change."""
        there = [
            list(model._base_manager.filter(pk__dans=[fiche.cle for fiche in group]))
            for model, group in by_model(fiches).items()
        ]
        moved = []

        def try_it():
            counters = counters_of(filter(None, there))
            moved.extend(figures_moved(counters, lambda: fait.undo(request.user)))

        return refusals(try_it), moved

    def told(self, request, fiches):
        """Return the records touched that are within reach, a page of them, and how many are not."""
        reached = {
            model: reached_among(model, {fiche.cle for fiche in group}, request.user)
            for model, group in by_model(fiches).items()
        }
        seen = [fiche for fiche in fiches if fiche.cle in reached[fiche.model]]
        page = Paginator(seen, PER_PAGE).get_page(request.GET.get("p"))
        lignes = self.lines(request, list(page))
        return {"page": page, "lignes": lignes, "cachees": len(fiches) - len(seen)}

    def lines(self, request, fiches):
        """Return the `LigneTouchee` of each record, in a number of queries that does not grow."""
        lignes = []
        for model, group in by_model(fiches).items():
            chapter = Chapitre(model.history.all(), self.labels(model), hidden=SAID_BY_NAME)
            versions = [v for fiche in group for v in (fiche.avant, fiche.apres) if v is not None]
            annuaire = Annuaire([chapter], [versions])
            opened = self.opened(request, model, [fiche.cle for fiche in group])
            for fiche in group:
                nom = name_of(annuaire.attach(fiche.derniere.instance))
                url = admin_url(model, "change", fiche.cle) if fiche.cle in opened else None
                changed = differences(chapter, fiche.avant, fiche.apres, annuaire)
                lignes.append(LigneTouchee(fiche, nom, url, changed))
        return lignes

    def labels(self, model):
        registered = self.admin_site.is_registered(model)
        return labels_of(self.admin_site.get_model_admin(model)) if registered else {}

    def opened(self, request, model, keys):
        """Return those of `keys` that are of records that the user may open in the back office."""
        if not self.admin_site.is_registered(model):
            return set()
        model_admin = self.admin_site.get_model_admin(model)
        if not model_admin.has_view_permission(request):
            return set()
        rows = model_admin.get_queryset(request).filter(pk__dans=keys)
        return set(rows.values_list("pk", flat=True))


def reached_among(model, keys, user):
    """Return those of `keys` that are of records of `user`, be they there or removed."""
    return within_reach(model, keys, user) | removed_within_reach(model, keys, user)


def refusals(write):
    """Write, or return in French why it cannot be."""
    try:
        write()
    except ValidationError as error:
        return error.messages
    return []
