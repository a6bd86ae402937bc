"""The data are lent to the pages of any other site: a notebook in a browser reads them."""

from django.http import HttpResponse
from django.urls import reverse

SAFE = "GET, HEAD, OPTIONS"
# What such a page may read beside the content, and what it may ask with.
TOLD = "Content-Disposition, ETag, Link, X-Perimetre, X-Total-Count"
ASKED = "Accept, Content-Type, If-None-Match, Range"
A_DAY = "86400"


class OuvertureMiddleware:
    """Open `/donnees/`, its refusals too, and nothing else: no session goes with what is asked so."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path.startswith(reverse("donnees")):
            return self.get_response(request)
        if request.method == "OPTIONS":
            response = HttpResponse(status=204, headers={"Allow": SAFE})
            response["Access-Control-Allow-Methods"] = SAFE
            response["Access-Control-Allow-Headers"] = ASKED
            response["Access-Control-Max-Age"] = A_DAY
        else:
            response = self.get_response(request)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = TOLD
        return response
