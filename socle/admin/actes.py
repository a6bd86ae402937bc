"""Any act that someone signed is taken back whole, from its green message or from the history."""

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from socle.actes import ActeFait, kept_models, touched
from socle.admin.correction import MotifForm
from socle.admin.page_d_agent import page_url
from socle.admin.touchees import may_take_back, opened, refusals, since, told, tried
from socle.adresses_admin import admin_url, with_undo
from socle.annulation import undo
from socle.fichiers.imports import Import
from socle.francais import at_hour
from socle.historique import author
from socle.verrou import hung_on


@require_http_methods(["GET", "HEAD", "POST"])
def undo_act(request, modele, numero):
    """Show what taking back an act would do, or what rests on it; then do it, once told why.

    The act is the one by which a version was written. An import is taken back once, at its own page,
    which keeps its state.
    """
    version = version_of(modele, numero)
    acte = ActeFait.of(version)
    if fait := Import.objects.of(acte):
        return redirect(admin_url(fait, "undo"))
    fiches = touched(acte)
    context = told(request, fiches)
    if not context["lignes"]:
        raise Http404
    if not may_take_back(request, acte, fiches):
        raise PermissionDenied
    motif = MotifForm(request.POST if request.method == "POST" else None)
    if motif.is_valid():
        refused, moved = refusals(lambda: undone(request, acte, motif, fiches)), []
        if not refused:
            return redirect(place_of(request, fiches))
    else:
        refused, moved = tried(lambda: undo(acte, "essai", request.user), fiches)
    context |= admin.site.each_context(request)
    context |= {"quand": at_hour(acte.moment), "auteur": author(version), "acte": acte}
    context |= {"refus": refused, "consequences": moved, "motif": motif}
    context |= since(request, fiches)
    context |= {"title": "Annuler", "retour": place_of(request, fiches)}
    return TemplateResponse(request, "admin/acte_annuler.html", context)


admin.site.pages += [
    path(
        "actes/<str:modele>/<int:numero>/annuler/",
        admin.site.admin_view(undo_act),
        name="acte_annuler",
    )
]


def version_of(modele, numero):
    """Return a version that somebody signed; what a file wrote, signed by nobody, is no slip of an agent."""
    try:
        model = apps.get_model(modele)
    except (LookupError, ValueError):
        raise Http404 from None
    if model not in kept_models():
        raise Http404
    return get_object_or_404(model.history, history_id=numero, history_user__isnull=False)


def undone(request, acte, motif, fiches):
    """Take the act back for the reason given, and say so, with how to take that back in turn."""
    annulation = undo(acte, motif.cleaned_data["motif"], request.user)
    messages.success(request, with_undo("C'est annulé.", annulation))


def place_of(request, fiches):
    """Return the page of the first record still there, or of what it hangs on, else the home."""
    for fiche in fiches:
        links = hung_on(fiche.model)
        hung = [(link.related_model, getattr(fiche.derniere, link.attname)) for link in links]
        for model, key in ((fiche.model, fiche.cle), *hung):
            if key is not None and opened(request, model, [key]):
                return page_url(model._base_manager.get(pk=key))
    return reverse("admin:index")
