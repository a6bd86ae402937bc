"""The pages that speak of the site itself."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse

from pvd.suivi.chiffres import REGLES, departements_du_programme
from socle.web.jour import jour_of


def editeur():
    """Return who answers for the site, as its environment says: known even while no database answers."""
    return {
        "nom": settings.PVD_EDITEUR,
        "adresse": settings.PVD_EDITEUR_ADRESSE,
        "siret": settings.PVD_EDITEUR_SIRET,
        "contact": settings.PVD_EDITEUR_CONTACT,
        "directeur": settings.PVD_EDITEUR_DIRECTEUR,
        "hebergeur": settings.PVD_EDITEUR_HEBERGEUR,
        "dpo": settings.PVD_EDITEUR_DPO,
    }


def comprendre_les_chiffres(request):
    return render(request, "portail/comprendre_les_chiffres.html", {"regles": REGLES.items()})


def mentions_legales(request):
    return render(request, "portail/mentions_legales.html", {"editeur": editeur()})


def accessibilite(request):
    return render(request, "portail/accessibilite.html", {"editeur": editeur()})


def plan_du_site(request):
    departements = departements_du_programme(jour_of(request))
    return render(request, "portail/plan_du_site.html", {"departements": departements})


def favicon(request):
    """Lead those who ask for the icon without reading any page to the file, under its fingerprint."""
    return redirect(static("pvd/favicon.ico"))


def robots(request):
    sitemap = request.build_absolute_uri(reverse("sitemap"))
    text = f"User-agent: *\nDisallow: /admin/\n\nSitemap: {sitemap}\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
