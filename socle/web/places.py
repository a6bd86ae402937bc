"""What each may do a few times only: places, kept for a while where all the processes see them."""

from django.core.cache import caches
from django.db import DatabaseError
from django.utils.crypto import salted_hmac

SALT = "socle.web.places"
UNWRITTEN = "Ce qui est compté ne peut pas être enregistré."


def key_of(*words):
    """Return a key that counts what `words` name, and neither tells them nor can be tried on all."""
    return salted_hmac(SALT, "\0".join(map(str, words)), algorithm="sha256").hexdigest()


def take(key, number, seconds):
    """Take one of the `number` places of `key` for `seconds`; return it, or None if all are taken.

    The cache gives a place to one taker only. Where all are taken, to ask again costs one query and
    lengthens nothing. Raise DatabaseError where none could be written down: the cache says so of a
    place as of one that another took.
    """
    counters = caches["compteurs"]
    places = [f"{key}:{n}" for n in range(number)]
    free = free_among(places)
    place = next((place for place in free if counters.add(place, 1, seconds)), None)
    if free and not place and free_among(places):
        raise DatabaseError(UNWRITTEN)
    return place


def free_among(places):
    """Return the places that nobody has taken, in their order."""
    taken = caches["compteurs"].get_many(places)
    return [place for place in places if place not in taken]


def give_back(places):
    """Free places before their time."""
    caches["compteurs"].delete_many(places)


def empty(key, number):
    """Free all the places of a key."""
    give_back([f"{key}:{n}" for n in range(number)])
