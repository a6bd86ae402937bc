"""What keeps robots and other sites away from the form, without a third party nor a cookie."""

import logging
from datetime import timedelta

from django.db import DatabaseError

from pvd.signalements.models import Signalement
from socle.web.connexion import visitor_networks
from socle.web.places import key_of, take

logger = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
PER_VISITOR = 5
PER_HOME = 20
PER_DEPARTEMENT = 100


def from_this_site(request):
    """Tell whether the form was sent by a page of this site, as far as the browser says."""
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    ours = f"{request.scheme}://{request.get_host()}"
    return origin in {None, ours} and site in {None, "same-origin"}


def visitor_limits(request):
    """Return the networks that count a visitor, each with the reports that it may send in an hour.

    Of version 4, or unreadable, an address is its own network: the lesser limit is the one.
    """
    home, network = visitor_networks(request)
    return {network: PER_HOME} | {home: PER_VISITOR}


def may_send(request, departement, now):
    """Tell whether a visitor may send one more report, and count it: five in any hour, of a home twenty.

    Each takes one of these places, kept for an hour: the cache gives a place to one taker only,
    whatever the number of processes. A département, or the national level, takes a hundred reports
    in an hour: nobody closes the form of another.
    """
    received = Signalement.objects.received_since(now - HOUR).filter(departement=departement)
    if received.count() >= PER_DEPARTEMENT:
        return False
    limits = visitor_limits(request)
    return all(
        takes_a_place(key_of("signalement", network), places) for network, places in limits.items()
    )


def takes_a_place(visitor, number):
    """Tell whether one of the `number` places of a visitor was left, and take it.

    Where places cannot be counted, there is one: a report is worth more than its limit, and that of
    the département stays.
    """
    try:
        return take(visitor, number, HOUR.total_seconds()) is not None
    except DatabaseError as error:
        logger.error("Les signalements d'un visiteur ne sont pas comptés : %s", error)
        return True
