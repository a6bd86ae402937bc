"""A request that cannot be answered is refused in plain French: 400."""

from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render


def quoted(text):
    """Return what a visitor typed as a message can repeat it: short, and printable."""
    printable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return printable if len(printable) <= 60 else f"{printable[:60]}…"


class DemandeInvalide(Exception):
    """A request that cannot be answered; its message, in French, names the value and what was due."""


class BadRequestMiddleware:
    """Turn `DemandeInvalide` into an answer 400: a page, or plain text or JSON for a download."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, DemandeInvalide):
            return None
        message = str(exception)
        if request.path.endswith(".json"):
            return JsonResponse(
                {"erreur": message}, status=400, json_dumps_params={"ensure_ascii": False}
            )
        # An address that ends with the name of a file is that of a download, an image, a feed.
        if "." in request.path.rpartition("/")[2]:
            return HttpResponse(
                message + "\n", status=400, content_type="text/plain; charset=utf-8"
            )
        # The links of the page must not lead back here.
        request.GET = QueryDict()
        return render(request, "400.html", {"message": message}, status=400)
