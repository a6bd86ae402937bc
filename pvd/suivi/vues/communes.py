"""The communes: their list, and the page of each."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from communes.models import Commune
from ort.actes import OrtDuJour
from pvd.socle.demande import jour_of, page_of
from pvd.socle.templatetags.francais import avec_date
from pvd.suivi.filtres import CommuneFiltres, communes_of_france
from pvd.suivi.recit import conventions_of, documents, sentence, timeline
from pvd.suivi.situation import Situation, with_situation

SUGGESTIONS = 5


def communes(request):
    jour = jour_of(request)
    filtres = CommuneFiltres(request, Commune.objects.all(), jour)
    page = page_of(request, with_situation(filtres.rows, jour))
    context = {
        "jour": jour,
        "filtres": filtres.offer(),
        "page": page,
        "situations": [Situation(found, jour) for found in page],
        "ailleurs": [] if page.paginator.count else elsewhere(filtres),
    }
    return render(request, "suivi/communes.html", context)


def elsewhere(filtres):
    """Return a few communes of France that bear the name asked for, when none of the list does."""
    return communes_of_france(filtres.chosen("q") or "", filtres.jour)[:SUGGESTIONS]


def commune(request, code):
    jour = jour_of(request)
    found = with_situation(Commune.objects.filter(pk=code.upper()), jour).first()
    if found is None:
        return redirect_to_commune_of_today(request, code.upper())
    situation = Situation(found, jour)
    conventions = conventions_of(situation)
    facts = timeline(situation, conventions)
    context = {
        "jour": jour,
        "situation": situation,
        "departement": found.departement,
        "phrase": sentence(situation) if found.holds_on(jour) else "",
        "couvertes_par": [
            (couverture, OrtDuJour(convention, jour))
            for couverture in situation.couvertures
            for convention in conventions
            if convention == couverture.convention
        ],
        "faits": facts,
        "documents": documents(facts),
    }
    return render(request, "suivi/commune.html", context)


def redirect_to_commune_of_today(request, code):
    """Send an old code, of a commune déléguée for instance, to the commune that it is now part of."""
    current = Commune.objects.resolve(code)
    if current is None:
        raise Http404
    return redirect(reverse("commune", args=[current.pk]) + avec_date({"request": request}))
