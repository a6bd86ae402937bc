"""The page of the warnings, and that which accepts one."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from projects.actions.models import Action
from projects.financements.alertes import TITRES
from projects.financements.models import AlerteAcceptee, Financement
from pvd.bureau import acceptations
from pvd.bureau.alertes.lues import alertes_de
from pvd.bureau.perimetre import asked_perimetre


def alertes(request):
    """List the warnings of the actions that the agent keeps, of one sort or of all."""
    perimetre, own = asked_perimetre(request)
    sorte = request.GET.get("sorte", "")
    if sorte and sorte not in TITRES:
        raise Http404
    found = alertes_de(perimetre, timezone.localdate())
    context = admin.site.each_context(request) | {
        "title": "Alertes des actions",
        "perimetre": perimetre,
        "departements": own,
        "sortes": found,
        "choisie": sorte,
        "montrees": [one for one in found if sorte in ("", one.sorte)],
        "accepte": request.user.has_perm("projects.add_alerteacceptee"),
    }
    return TemplateResponse(request, "bureau/alertes.html", context)


def accepter(request, pk, sorte):
    """Accept a warning of an action, or of one of its lines of money, and say why: it is told no more."""
    if sorte not in TITRES:
        raise Http404
    if not request.user.has_perm("projects.add_alerteacceptee"):
        raise PermissionDenied
    action = get_object_or_404(Action.objects.a_ecrire(request.user), pk=pk)
    financement = asked_line(request, action)
    return acceptations.accepter(
        request,
        AlerteAcceptee(action=action, financement=financement, sorte=sorte),
        sujet=action,
        titre=f"Accepter une alerte : {TITRES[sorte]}",
        objet=f"{action} : {financement.dispositif}" if financement else action,
        liste=("admin:alertes", "Alertes des actions"),
        fait=f"« {TITRES[sorte]} » ne sera plus dit de « {action} ».",
    )


def asked_line(request, action):
    """Return the line of money that the address names, one of the action, or None; 404 for another."""
    asked = request.GET.get("financement", "")
    if not asked:
        return None
    if not asked.isascii() or not asked.isdecimal():
        raise Http404
    return get_object_or_404(Financement, action=action, pk=asked[:18])
