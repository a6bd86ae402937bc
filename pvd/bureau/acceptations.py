"""The page on which an agent accepts what waits as it is: it is told no more, until the day that it says."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst

from projects.acceptations import Acceptation
from socle.admin.annulation import AcceptationForm
from socle.admin.page_d_agent import page_url
from socle.historique import one_act


def accepter(request, accepted: Acceptation, *, sujet, titre, objet, liste, fait):
    """Ask why, then keep `accepted`, made but not saved; `fait` says so, on the page of `sujet`.

    `titre` is that of the page, `objet` what it is about, `liste` the address and the title of the list
    that it comes from.
    """
    retour = page_url(sujet)
    form = AcceptationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        accepted.jour = timezone.localdate()
        accepted.motif = form.cleaned_data["motif"]
        accepted.jusqu_au = form.cleaned_data["jusqu_au"]
        try:
            accepted.full_clean()
        except forms.ValidationError as error:
            form.add_error(None, error.messages)
        else:
            with one_act(capfirst(accepted._meta.verbose_name)):
                accepted.save()
            messages.success(request, fait)
            return HttpResponseRedirect(retour)
    context = admin.site.each_context(request) | {
        "title": titre,
        "objet": objet,
        "liste": liste,
        "form": form,
        "retour": retour,
    }
    return TemplateResponse(request, "bureau/accepter.html", context)
