"""The chef de projet posts and their state: no person is ever named."""

from django.db.models import Prefetch
from django.shortcuts import render

from communes.territoire.du_jour import noms_du_jour
from ort.actes import sourced
from projects.postes.du_jour import situer
from projects.postes.faits import postes_dates
from projects.postes.filtres import PosteFiltres
from projects.postes.models import Desserte, Poste
from projects.postes.series import etats_des_postes
from socle.web.jour import jour_of
from socle.web.pages import asked_page


def postes(request):
    jour = jour_of(request)
    filtres = PosteFiltres(request, Poste.objects.all(), jour)
    page = asked_page(request, with_details(filtres.rows, jour))
    departement = filtres.departement_choisi
    # The chart of France reads the dates of all the posts: those of the page are among them.
    dates = None if departement else postes_dates()
    page.object_list = situer(list(page), jour, dates)
    context = {
        "jour": jour,
        "filtres": filtres.offer(),
        "table": "postes",
        "departement": departement,
        "page": page,
        "etats_des_postes": etats_des_postes(departement, jour, dates),
        "documents": documents(page),
    }
    return render(request, "projects/postes/postes.html", context)


def documents(postes):
    """Return the documents that speak of these posts, as their day knows them, each once."""
    return list(dict.fromkeys(dit.source for poste in postes for dit in poste.du_jour.dits_connus))


def with_details(postes, jour):
    """Add to `postes` their employers, their sources and the communes that are theirs on `jour`."""
    return with_details_seuls(postes, jour, noms_du_jour(jour)).prefetch_related(sourced())


def with_details_seuls(postes, jour, noms=()):
    """Add what `with_details` does, but what sources say and what names the communes: see `nommer`."""
    served = Desserte.objects.dernieres(jour).select_related("commune__departement")
    return postes.select_related(
        "employeur_commune", "employeur_intercommunalite", "employeur_organisme"
    ).prefetch_related(
        "employeur_commune__anciens_noms",
        "employeur_intercommunalite__anciens_noms",
        Prefetch("dessertes", served.prefetch_related(*noms), to_attr="dessertes_lues"),
    )
