"""Where a visitor who logs in comes from: what the limit on wrong passwords counts by."""

import ipaddress

from django.conf import settings


def visitor_address(request):
    """Return the address of the visitor, or None when it cannot be read.

    In production it is the last one of X-Forwarded-For, which our proxy writes; the others are
    the visitor's own words. Elsewhere nobody writes that header but the visitor.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.PRODUCTION:
        address = request.headers.get("X-Forwarded-For", address).rsplit(",", 1)[-1].strip()
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None
