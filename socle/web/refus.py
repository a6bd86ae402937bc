"""A request that cannot be answered is refused in plain French: 400."""

import logging
from functools import wraps

from django.core.exceptions import TooManyFieldsSent
from django.db import DataError
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

logger = logging.getLogger(__name__)

# Our server reads no longer line; a database may fail on what is longer still.
LONGEST_ADDRESS = 4000
TOO_LONG = "Cette adresse est trop longue."
TOO_MANY = "Cette adresse demande trop de critères."
NUL = "Cette adresse contient un caractère qu'aucun texte ne contient."
OF_STATUS = {
    404: "Rien n'est à cette adresse.",
    405: "Cette adresse se lit seulement : GET ou HEAD.",
}
OUT_OF_RANGE = (
    "Cette demande contient un nombre trop grand ou un texte que la base ne peut pas lire."
)


LUES = ("GET", "HEAD")
SEULEMENT_LUE = "Cette adresse se lit seulement : rien n'y est envoyé. Demandez-la par GET."


def quoted(text):
    """Return what a visitor typed as a message can repeat it: short, and printable."""
    printable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return printable if len(printable) <= 60 else f"{printable[:60]}…"


class DemandeInvalide(Exception):
    """A request that cannot be answered; its message, in French, names the value and what was due."""


class DemandeReecrite(DemandeInvalide):
    """A value written otherwise than addresses write it, `ecrit`: a page goes there, a file refuses it."""

    def __init__(self, name, ecrit, message):
        super().__init__(message)
        self.name, self.ecrit = name, ecrit

    def adresse(self, request):
        """Return the address that was asked for, with the value as it is due."""
        query = request.GET.copy()
        query[self.name] = self.ecrit
        return f"{request.path}?{query.urlencode()}"


def refuse_others(request, lus, quoi):
    """Refuse any criterion that is not of `lus`: nobody would read it, and nobody would see that.

    `quoi` names what is asked for. Raises `DemandeInvalide`.
    """
    for name, value in request.GET.items():
        if name not in lus:
            known = f"{quoi} se demande par {', '.join(lus)}" if lus else f"{quoi} n'en a pas"
            asked = f"« {quoted(name)}={quoted(value)} »"
            raise DemandeInvalide(f"Le critère {asked} n'existe pas : {known}.")


class BadRequestMiddleware:
    """Turn what cannot be read into an answer 400: a page, or plain text or JSON for a download.

    An address of agents too long, or with a NUL that PostgreSQL refuses, reaches no view. What a view does
    not understand is `DemandeInvalide`; what only the database finds out, a number too large for
    a column, is told from an error of ours in the journal.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        why = unreadable(request)
        if why:
            return refusal(request, why)
        return as_json(request, self.get_response(request))

    def process_exception(self, request, exception):
        if isinstance(exception, DemandeReecrite) and is_page(request):
            return redirect(exception.adresse(request))
        if isinstance(exception, DemandeInvalide):
            return refusal(request, str(exception))
        if isinstance(exception, TooManyFieldsSent):
            return refusal(request, TOO_MANY)
        if isinstance(exception, OverflowError | DataError):
            logger.warning("Demande hors de portée : %s", quoted(request.path), exc_info=exception)
            return refusal(request, OUT_OF_RANGE)
        return None


def unreadable(request):
    """Return in French why nothing can read an address of the back office, or None.

    The public pages read few names, and say by itself what each of them cannot be.
    """
    if not request.path.startswith(reverse("admin:index")):
        return None
    if len(request.get_full_path()) > LONGEST_ADDRESS:
        return TOO_LONG
    asked = [word for name, values in request.GET.lists() for word in (name, *values)]
    return NUL if any("\0" in word for word in (request.path, *asked)) else None


def is_file(path):
    """Tell whether an address ends with the name of a file: a download, an image, a feed."""
    return "." in path.rpartition("/")[2]


def is_json(path):
    """Tell whether programs read what an address sends: it is refused in JSON too."""
    return path.endswith((".json", ".geojson", ".jsonld"))


def json_error(message, status):
    """Return the answer that tells a program, in French, why it is given nothing else."""
    return JsonResponse(
        {"erreur": message}, status=status, json_dumps_params={"ensure_ascii": False}
    )


def as_json(request, response):
    """Return the answer, in JSON where a program asked for what is not there, or to write it."""
    message = OF_STATUS.get(response.status_code)
    if message is None or not is_json(request.path):
        return response
    told = json_error(message, response.status_code)
    if "Allow" in response:
        told["Allow"] = response["Allow"]
    return told


def is_page(request):
    """Tell whether a visitor reads a page, and sends nothing that going elsewhere would lose."""
    return request.method in {"GET", "HEAD"} and not is_file(request.path)


def lecture_seule(view):
    """Return a view of what is only read: another method is told so, 405, before any judge of forms."""

    @wraps(view)
    def read(request, *args, **kwargs):
        if request.method in LUES:
            return view(request, *args, **kwargs)
        answer = refusal(request, SEULEMENT_LUE, 405)
        answer["Allow"] = ", ".join(LUES)
        return answer

    return csrf_exempt(read)


def refusal(request, message, status=400):
    """Return the answer that says `message`, as what was asked for would be read."""
    if is_json(request.path):
        return json_error(message, status)
    if is_file(request.path):
        return HttpResponse(message + "\n", status=status, content_type="text/plain; charset=utf-8")
    # The links of the page must not lead back here.
    request.GET = QueryDict()
    request.path = "/" if unreadable(request) else request.path
    return render(request, "400.html", {"message": message}, status=status)
