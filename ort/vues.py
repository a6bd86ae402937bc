"""The ORT: their list, and the page of each with its acts in order."""

from django.db.models import Q
from django.shortcuts import get_object_or_404, render

from communes.models import Labellisation
from ort.actes import OrtDuJour, with_actes
from ort.filtres import OrtFiltres
from ort.models import Convention, Secteur
from pvd.socle.demande import jour_of, page_of


def liste(request):
    jour = jour_of(request)
    filtres = OrtFiltres(request, Convention.objects.all(), jour)
    rows = with_actes(filtres.rows.order_by("date_signature", "identifiant"), jour)
    page = page_of(request, rows)
    context = {
        "jour": jour,
        "filtres": filtres.offer(),
        "page": page,
        "lignes": [OrtDuJour(convention, jour) for convention in page],
    }
    return render(request, "ort/liste.html", context)


def ort(request, identifiant):
    jour = jour_of(request)
    conventions = with_actes(Convention.objects.all(), jour)
    convention = get_object_or_404(conventions, identifiant=identifiant)
    du_jour = OrtDuJour(convention, jour)
    codes = [couverture.commune_id for couverture in du_jour.couvertes]
    laureates = Labellisation.objects.as_of(jour).filter(commune__in=codes)
    secteurs = Secteur.objects.filter(
        Q(avenant__isnull=True) | Q(avenant__date_signature__lte=jour), convention=convention
    )
    context = {
        "jour": jour,
        "ort": du_jour,
        "convention": convention,
        "laureates": set(laureates.values_list("commune", flat=True)),
        "secteurs": secteurs.select_related("commune") if du_jour.signee else [],
        "documents": list(dict.fromkeys(dit.source for acte in du_jour.actes for dit in acte.dits)),
    }
    return render(request, "ort/ort.html", context)
