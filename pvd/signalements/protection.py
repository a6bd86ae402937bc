"""What keeps robots and other sites away from the form, without a third party nor a cookie."""

import ipaddress
from datetime import timedelta

from django.core.cache import caches
from django.utils.crypto import salted_hmac

from pvd.signalements.models import Signalement
from socle.web.connexion import visitor_address

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
    """Return a key that counts a visitor and does not tell its address, nor can be tried on all.

    A home has a whole /64 of the addresses of version 6. Those that cannot be read count as one.
    """
    visitor = visitor_address(request)
    address = ipaddress.ip_address(visitor) if visitor else None
    if address and address.version == 6:
        visitor = address.ipv4_mapped or ipaddress.ip_network((int(address), 64), strict=False)
    return salted_hmac(SALT, str(visitor), algorithm="sha256").hexdigest()


def may_send(request, now):
    """Tell whether a visitor may send one more report, and count it: five in any hour.

    Each takes one of five places, kept for an hour: the cache gives a place to one taker only,
    whatever the number of processes. The whole site takes a hundred reports in an hour.
    """
    if Signalement.objects.received_since(now - HOUR).count() >= PER_SITE:
        return False
    key, places = visitor_key(request), caches["compteurs"]
    return any(places.add(f"{key}:{n}", 1, HOUR.total_seconds()) for n in range(PER_VISITOR))
