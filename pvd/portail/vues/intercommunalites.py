"""The intercommunalités that have communes in the programme: their list, and the page of each."""

from django.shortcuts import get_object_or_404, render

from communes.models import Commune, Departement, Intercommunalite, Labellisation, Rattachement
from ort.models import Convention
from pvd.portail.filtres import IntercommunaliteFiltres
from pvd.suivi.situation import situations
from socle.web.jour import jour_of
from socle.web.pages import asked_page


def intercommunalites(request):
    jour = jour_of(request)
    filtres = IntercommunaliteFiltres(request, Intercommunalite.objects.all(), jour)
    rows = filtres.rows.prefetch_related("anciens_noms")
    context = {
        "jour": jour,
        "filtres": filtres.offer(),
        "table": "intercommunalites",
        "page": asked_page(request, rows),
    }
    return render(request, "portail/intercommunalites.html", context)


def intercommunalite(request, siren):
    found = find_intercommunalite(siren)
    return render(
        request, "portail/intercommunalite.html", read_intercommunalite(found, jour_of(request))
    )


def find_intercommunalite(siren):
    return get_object_or_404(Intercommunalite.objects.prefetch_related("anciens_noms"), pk=siren)


def read_intercommunalite(found, jour):
    """Return what the page of an intercommunalité tells of it on `jour`, and its data twin too."""
    members = Commune.objects.filter(pk__in=Rattachement.objects.communes_de(found, jour))
    laureates = Labellisation.objects.as_of(jour).des(members.order_by().values("pk"), jour)
    departements = list(Departement.objects.filter(pk__in=members.values("departement")))
    return {
        "jour": jour,
        "intercommunalite": found,
        "nom": found.nom_au(jour),
        "absence": found.absence_au(jour),
        "nb_membres": members.count(),
        "situations": list(situations(laureates.communes(jour), jour)),
        "ort": Convention.objects.ort().en_vigueur(jour).covering(members, jour),
        "departements": departements,
        "departement": departements[0] if len(departements) == 1 else None,
    }
