"""The ORT: their list, the page of each with its acts in order, and its signed acts as files."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from communes.models import Commune, Labellisation
from ort.actes import OrtDuJour, with_actes, with_ville
from ort.filtres import OrtFiltres
from ort.models import Convention, Document, Secteur
from socle.web.documents import send
from socle.web.jour import jour_of
from socle.web.ordre import in_order
from socle.web.pages import asked_page


def liste(request):
    jour = jour_of(request)
    filtres = OrtFiltres(request, Convention.objects.all(), jour)
    rows = with_actes(in_order(filtres.rows, "date_signature", "identifiant"), jour)
    page = asked_page(request, rows)
    context = {
        "jour": jour,
        "filtres": filtres.offer(),
        "table": "ort",
        "page": page,
        "lignes": [OrtDuJour(convention, jour) for convention in page],
    }
    return render(request, "ort/liste.html", context)


def ort(request, identifiant):
    jour = jour_of(request)
    return render(request, "ort/ort.html", read_ort(find_convention(identifiant, jour), jour))


def find_convention(identifiant, jour):
    conventions = with_ville(with_actes(Convention.objects.all(), jour), jour)
    return get_object_or_404(conventions, identifiant=identifiant)


def read_ort(convention, jour):
    """Return what the page of an ORT tells of it on `jour`, and its data twin too."""
    du_jour = OrtDuJour(convention, jour)
    codes = [couverture.commune_id for couverture in du_jour.couvertes]
    there = Commune.objects.filter(pk__dans=codes).order_by()
    laureates = Labellisation.objects.as_of(jour).des(there.values("pk"), jour)
    secteurs = Secteur.objects.delimites(jour).filter(convention=convention)
    return {
        "jour": jour,
        "ort": du_jour,
        "convention": convention,
        "laureates": set(laureates.codes_du_jour(jour)),
        "secteurs": secteurs.select_related("commune"),
        "fichiers": convention.documents.publics(jour).select_related("avenant"),
        "documents": du_jour.sources,
    }


def document(request, identifiant, pk):
    """Send a signed act to whoever may read it, always as a file to keep: 404 to the others."""
    readable = Document.objects.readable(request.user, timezone.localdate())
    found = get_object_or_404(readable, pk=pk, convention__identifiant=identifiant)
    return send(request, found)
