"""What never moves on the maps, apart from the pages: a browser reads it once."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_cache_control

from communes.models import FondDeCarte, FondDeFrance

A_YEAR = 31_536_000


def fond_de_departement(request, code):
    """Send the land and the limits of a département, whose address bears their fingerprint."""
    return svg(request, get_object_or_404(FondDeCarte, pk=code.upper()))


def fond_de_france(request):
    """Send the outlines of the départements."""
    fond = FondDeFrance.objects.first()
    if fond is None:
        raise Http404
    return svg(request, fond)


def svg(request, fond):
    """Send a background, kept for ever under its own fingerprint and asked again under another."""
    drawn = render_to_string("portail/cartes/carte_fond.svg", {"fond": fond})
    response = HttpResponse(drawn, content_type="image/svg+xml")
    response["ETag"] = f'"{fond.empreinte}"'
    if request.GET.get("v") == fond.empreinte:
        patch_cache_control(response, public=True, max_age=A_YEAR, immutable=True)
    else:
        patch_cache_control(response, public=True, no_cache=True)
    return get_conditional_response(request, etag=response["ETag"], response=response)
