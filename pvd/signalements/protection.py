"""What keeps robots and other sites away from the form, without a third party nor a cookie."""

import logging
from datetime import timedelta

from django.core.cache import caches
from django.db import DatabaseError
from django.utils.crypto import salted_hmac

from pvd.signalements.models import Signalement
from socle.web.connexion import visitor_networks

logger = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
PER_VISITOR = 5
PER_SITE = 100
SALT = "pvd.suivi.signalements.visiteur"


def from_this_site(request):
    """Tell whether the form was sent by a page of this site, as far as the browser says."""
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    ours = f"{request.scheme}://{request.get_host()}"
    return origin in {None, ours} and site in {None, "same-origin"}


def visitor_key(request):
    """Return a key that counts a visitor and does not tell its address, nor can be tried on all."""
    home, _ = visitor_networks(request)
    return salted_hmac(SALT, home, algorithm="sha256").hexdigest()


def may_send(request, now):
    """Tell whether a visitor may send one more report, and count it: five in any hour.

    Each takes one of five places, kept for an hour: the cache gives a place to one taker only,
    whatever the number of processes. The whole site takes a hundred reports in an hour.
    """
    if Signalement.objects.received_since(now - HOUR).count() >= PER_SITE:
        return False
    return takes_a_place(visitor_key(request))


def takes_a_place(visitor):
    """Tell whether a place was left to a visitor, and take it.

    Where places cannot be counted, there is one: a report is worth more than its limit, and that of
    the whole site stays. The cache says nothing of a place that it could not write: it is then free.
    """
    counter, places = caches["compteurs"], [f"{visitor}:{n}" for n in range(PER_VISITOR)]
    try:
        taken = any(counter.add(place, 1, HOUR.total_seconds()) for place in places)
        return taken or len(counter.get_many(places)) < PER_VISITOR
    except DatabaseError as error:
        logger.error("Les signalements d'un visiteur ne sont pas comptés : %s", error)
        return True
