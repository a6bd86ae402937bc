"""The intercommunalités that have communes in the programme: their list, and the page of each."""

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, render

from communes.models import Commune, Intercommunalite, Labellisation, Rattachement
from ort.models import Convention
from pvd.socle.demande import jour_of, page_of
from pvd.suivi.filtres import IntercommunaliteFiltres
from pvd.suivi.situation import situations


def intercommunalites(request):
    jour = jour_of(request)
    filtres = IntercommunaliteFiltres(request, Intercommunalite.objects.all(), jour)
    rows = with_count_of_laureates(filtres.rows, jour).prefetch_related("anciens_noms")
    context = {"jour": jour, "filtres": filtres.offer(), "page": page_of(request, rows)}
    return render(request, "suivi/intercommunalites.html", context)


def with_count_of_laureates(intercommunalites, jour):
    """Add `nb_laureates`, the number of their members in the programme on `jour`, in any département."""
    laureates = Labellisation.objects.as_of(jour).values("commune")
    members = Rattachement.objects.as_of(jour).filter(
        intercommunalite=OuterRef("pk"), commune__in=laureates
    )
    counted = members.order_by().values("intercommunalite").annotate(n=Count("pk")).values("n")
    return intercommunalites.annotate(nb_laureates=Coalesce(Subquery(counted), 0))


def intercommunalite(request, siren):
    jour = jour_of(request)
    found = get_object_or_404(Intercommunalite.objects.prefetch_related("anciens_noms"), pk=siren)
    members = Commune.objects.filter(
        pk__in=Rattachement.objects.as_of(jour).filter(intercommunalite=found).values("commune")
    )
    laureates = Labellisation.objects.as_of(jour).filter(commune__in=members.values("pk"))
    context = {
        "jour": jour,
        "intercommunalite": found,
        "nom": found.nom_au(jour),
        "nb_membres": members.count(),
        "situations": list(situations(laureates.communes(), jour)),
        "ort": Convention.objects.ort().en_vigueur(jour).covering(members, jour),
        "departements": members.order_by("departement")
        .values_list("departement__code", "departement__nom")
        .distinct(),
    }
    return render(request, "suivi/intercommunalite.html", context)
