"""A review of an ORT, as it was frozen: what was known of the plan for its day, and never since."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render

from projects.evaluations.models import Bilan
from projects.evaluations.regles import autre_point
from projects.pieces.models import Piece
from projects.projet.fiche import sources
from projects.projet.fige import BilanFige
from socle.web.jour import jour_of


def bilan(request, identifiant, bilan):
    """Show a review held by the day of the page; before it, there is none."""
    jour = jour_of(request)
    found = get_object_or_404(
        Bilan.objects.select_related("convention").prefetch_related(
            sources(),
            "convention__bilans",
            "presentations__commune",
            "presentations__intercommunalite",
        ),
        identifiant=bilan,
        convention__identifiant=identifiant,
        tenu_le__lte=jour,
        convention__date_signature__lte=jour,
    )
    if not found.gel:
        raise Http404
    heard = [one for one in found.presentations.all() if one.jour <= jour]
    context = {
        "jour": jour,
        "bilan": found,
        "convention": found.convention,
        "autre_point": autre_point(found, found.convention.bilans.all(), jour),
        "fige": BilanFige(found.gel),
        "presentations": heard,
        "fichiers": Piece.objects.publics(jour).filter(bilan=found).avec_objet(),
    }
    return render(request, "portail/bilan.html", context)
