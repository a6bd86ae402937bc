"""Where a visitor who logs in comes from, how often it may try, and for how long it stays logged in."""

import ipaddress
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.shortcuts import render

from socle.web.places import empty, give_back, key_of, take

COOL_OFF_SECONDS = 15 * 60
# Passwords tried in a quarter of an hour and found wrong: on one account from one home, from one
# home on all accounts, from one network, on one account from everywhere.
PER_ACCOUNT_AND_HOME, PER_HOME, PER_NETWORK, PER_ACCOUNT = 10, 30, 100, 50
# A hash takes a core for a third of a second. One at a time in a process leaves the others to the
# pages, and so few wait for it that threads are left too: more are asked to come back.
BEING_CHECKED, WAITING = BoundedSemaphore(1), BoundedSemaphore(4)
RETRY_AFTER_SECONDS = 5
# To write each visit of an agent would be a write a page.
RENEWED_EVERY_SECONDS = 5 * 60
RENEWED = "renouvelee"


class TropDEssais(Exception):
    """Too many wrong passwords: for a quarter of an hour none is looked at, not even the right one."""


class TropALaFois(Exception):
    """Too many passwords to check at this instant: come back in a few seconds."""


def visitor_address(request):
    """Return the address of the visitor, or None when it cannot be read.

    Behind a proxy it is the last one of the header that the proxy writes; the others are the
    visitor's own words. Without a proxy nobody writes such a header but the visitor.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.PVD_MANDATAIRE:
        told = request.headers.get(settings.PVD_MANDATAIRE, address)
        address = told.rsplit(",", 1)[-1].strip()
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def visitor_networks(request):
    """Return the home of the visitor, then the network around it, as texts that count it.

    Of version 6, a home has a whole /64 of addresses, and whoever wants more has a /48. Of version
    4, it has one address. Addresses that cannot be read count as one.
    """
    visitor = visitor_address(request)
    address = ipaddress.ip_address(visitor) if visitor else None
    if address is None or address.version == 4:
        return str(address), str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped), str(address.ipv4_mapped)
    home, network = (ipaddress.ip_network((int(address), n), strict=False) for n in (64, 48))
    return str(home), str(network)


@contextmanager
def essai_compte(request, username):
    """Count one more password tried on an account, before it is looked at; raise if it is too many.

    Yield the function to call if the password is right: it takes no place, and the wrong ones
    before it, on this account and from this home, are forgotten. Those of the home on other
    accounts are not: whoever has an account would try all the others.
    """
    home, network = visitor_networks(request)
    own = key_of("compte", username, "depuis", home)
    limits = {
        own: PER_ACCOUNT_AND_HOME,
        key_of("depuis", home): PER_HOME,
        key_of("reseau", network): PER_NETWORK,
        key_of("compte", username): PER_ACCOUNT,
    }
    taken = []

    def forget():
        empty(own, PER_ACCOUNT_AND_HOME)
        give_back(taken)

    for key, number in limits.items():
        place = take(key, number, COOL_OFF_SECONDS)
        if place is None:
            give_back(taken)
            raise TropDEssais
        taken.append(place)
    try:
        yield forget
    except TropALaFois:
        give_back(taken)
        raise


@contextmanager
def une_verification_a_la_fois():
    """Let one password be checked at a time in this process, and few wait for their turn."""
    if not WAITING.acquire(blocking=False):
        raise TropALaFois
    try:
        with BEING_CHECKED:
            yield
    finally:
        WAITING.release()


class ConnexionMiddleware:
    """Turn the refusals of the door into pages: 429 for who tried too much, 503 for who has to wait."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, TropDEssais):
            response = render(request, "429.html", status=429)
            response["Retry-After"] = str(COOL_OFF_SECONDS)
        elif isinstance(exception, TropALaFois):
            response = render(request, "connexion_occupee.html", status=503)
            response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        else:
            return None
        return response


def keep_logged_in(request, now):
    """Count the idle hours of an agent from `now`; a database that cannot write lets it read."""
    seconds = int(now.timestamp())
    if seconds - request.session.get(RENEWED, 0) < RENEWED_EVERY_SECONDS:
        return
    request.session[RENEWED] = seconds
    try:
        request.session.save()
    except UpdateError:
        request.session.modified = False
