"""The page of the data to check."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone

from pvd.bureau.gestes import GESTES
from pvd.bureau.perimetre import asked_perimetre
from pvd.suivi.verifications import VERIFICATIONS, Constat, constats, count_constats

PER_PAGE = 100


def a_verifier(request):
    """List the data to check, of one sort or of all."""
    perimetre, own = asked_perimetre(request)
    sorte = request.GET.get("sorte", "")
    if sorte and sorte not in VERIFICATIONS:
        raise Http404
    jour = timezone.localdate()
    sortes = count_constats(perimetre, jour)
    found = Paginator(constats(perimetre, jour, sorte), PER_PAGE)
    # Counted sort by sort: the base is not asked for their sum.
    found.count = sum(number for each, number in sortes if sorte in ("", each.sorte))
    rows = found.get_page(request.GET.get("page"))
    context = admin.site.each_context(request) | {
        "title": "Données à vérifier",
        "perimetre": perimetre,
        "departements": own,
        "sortes": sortes,
        "choisie": VERIFICATIONS.get(sorte),
        "page": rows,
        "constats": [Constat(**row, gestes=answering(request.user, row)) for row in rows],
    }
    return TemplateResponse(request, "bureau/a_verifier.html", context)


def answering(user, row):
    """Return the gestes that answer a finding, of those that `user` may do."""
    gestes = (GESTES[slug] for slug in VERIFICATIONS[row["sorte"]].gestes)
    return [geste for geste in gestes if geste.allowed(user)]
