"""What a page is shared by: its image, and the sitemap."""

from django.conf import settings
from django.contrib.sitemaps.views import sitemap as answer_sitemap
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from communes.models import Departement
from pvd.portail.partage.sitemap import sections
from pvd.portail.partage.vignettes import (
    draw,
    vignette_de_commune,
    vignette_de_departement,
    vignette_du_site,
)
from pvd.portail.vues.accueil import tuiles
from pvd.portail.vues.communes import find_situation
from pvd.suivi.chiffres import Decompte
from socle.web.jour import jour_of

# A record that is corrected shows in the images an hour later at most.
FRAICHEUR = 3600


def image(request, vignette):
    """Send the image, or say that the copy of the visitor is still good; nothing is drawn then."""
    answer = get_conditional_response(request, etag=vignette.etag)
    if answer is None:
        answer = HttpResponse(draw(vignette), content_type="image/png")
    answer["ETag"] = vignette.etag
    patch_cache_control(answer, public=True, max_age=FRAICHEUR)
    return answer


@require_safe
def vignette(request):
    """Send the image of the pages that have none of their own."""
    return image(
        request, vignette_du_site(Departement.objects.filter(pk=settings.PVD_DEPARTEMENT).first())
    )


@require_safe
def vignette_commune(request, code):
    jour = jour_of(request)
    situation = find_situation(code, jour)
    if situation is None:
        raise Http404
    return image(request, vignette_de_commune(situation))


@require_safe
def vignette_departement(request, code):
    jour = jour_of(request)
    departement = get_object_or_404(Departement, pk=code.upper())
    return image(
        request, vignette_de_departement(departement, tuiles(Decompte(departement, jour)), jour)
    )


@require_safe
def sitemap(request):
    """Send `sitemap.xml`: the pages of today, for search engines."""
    return answer_sitemap(request, sections(timezone.localdate()))
