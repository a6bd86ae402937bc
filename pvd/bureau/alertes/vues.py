"""The page of the warnings, and the form that accepts one."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from projects.actions.models import Action
from projects.financements.alertes import TITRES
from projects.financements.models import AlerteAcceptee, Financement
from pvd.bureau.alertes.lues import alertes_de
from pvd.bureau.perimetre import asked_perimetre
from socle.admin.annulation import AcceptationForm
from socle.admin.page_d_agent import page_url
from socle.historique import one_act


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
    form = AcceptationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        accepted = AlerteAcceptee(
            action=action,
            financement=financement,
            sorte=sorte,
            jour=timezone.localdate(),
            **form.cleaned_data,
        )
        try:
            accepted.full_clean()
        except forms.ValidationError as error:
            form.add_error(None, error.messages)
        else:
            with one_act("Alerte acceptée"):
                accepted.save()
            messages.success(request, f"« {TITRES[sorte]} » ne sera plus dit de « {action} ».")
            return HttpResponseRedirect(page_url(action))
    context = admin.site.each_context(request) | {
        "title": f"Accepter une alerte : {TITRES[sorte]}",
        "objet": f"{action} : {financement.dispositif}" if financement else action,
        "liste": ("admin:alertes", "Alertes des actions"),
        "form": form,
        "retour": page_url(action),
    }
    return TemplateResponse(request, "bureau/accepter_une_alerte.html", context)


def asked_line(request, action):
    """Return the line of money that the address names, one of the action, or None; 404 for another."""
    asked = request.GET.get("financement", "")
    if not asked:
        return None
    if not asked.isascii() or not asked.isdecimal():
        raise Http404
    return get_object_or_404(Financement, action=action, pk=asked[:18])
