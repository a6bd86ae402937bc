"""The last visit of an agent: the last day when it came, before today."""

from django.db import DatabaseError, transaction
from django.db.models import F, Q
from django.utils import timezone

from communes.comptes.models import Agent


def remember_visit(request):
    """Keep the day, once a day: a second tab, opened at the same time, finds it written.

    A day, and not a session: what colleagues wrote that day after one left is told the next time.
    A database that cannot write lets one read.
    """
    user, today = request.user, timezone.localdate()
    if user.derniere_activite is not None and user.derniere_activite >= today:
        return
    new = Q(derniere_activite__isnull=True) | Q(derniere_activite__lt=today)
    try:
        with transaction.atomic():
            came = Agent.objects.filter(new, pk=user.pk)
            came.update(visite_precedente=F("derniere_activite"), derniere_activite=today)
    except DatabaseError:
        return
    user.refresh_from_db(fields=["derniere_activite", "visite_precedente"])
