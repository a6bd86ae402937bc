"""The file of an act, at the address of the action, of the study or of the review that it is about."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from projects.pieces.models import Piece
from socle.web.documents import send


def piece(request, pk, **adresse):
    """Send a file to whoever may read it: 404 to the others, and at any address but its own."""
    readable = Piece.objects.readable(request.user, timezone.localdate())
    found = get_object_or_404(readable.avec_objet(), pk=pk)
    if found.get_absolute_url() != request.path:
        raise Http404
    return send(request, found)
