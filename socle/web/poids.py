"""What is sent is weighed before it is read: nothing too heavy reaches a disk or a memory."""

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse

MEGABYTE = 1_048_576
# A report of the longest texts, each sign of which may travel as twelve characters.
PUBLIC = 65_536
# The largest document or the largest file to import, and the rest of its form.
BACK_OFFICE = (settings.PVD_DOCUMENT_MAX_MO + 5) * MEGABYTE


class PoidsMiddleware:
    """Refuse by its announced length what is heavier than its page can hold: 413; without one, 411.

    A visitor has no document to send: the door of the back office is as narrow as a public page
    until one is logged in.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "HTTP_TRANSFER_ENCODING" in request.META:
            return render(request, "413.html", {"longueur_inconnue": True}, status=411)
        weight = announced(request)
        if weight > PUBLIC and weight > largest(request):
            return render(request, "413.html", status=413)
        return self.get_response(request)


def announced(request):
    """Return the length that a request announces; Django reads nothing of one that is no number."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def largest(request):
    """Return what the page that is asked for can hold, in bytes."""
    within = request.path.startswith(reverse("admin:index"))
    return BACK_OFFICE if within and request.user.is_staff else PUBLIC
