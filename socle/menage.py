"""What is kept for a time only is removed once that time is over: people are named in it."""

import logging
import time
from importlib import import_module
from threading import Thread

from django.conf import settings
from django.db import DatabaseError, connections

from socle.fichiers.depot import forget_expired

logger = logging.getLogger(__name__)
EACH_SECONDS = 3600


def forget_sessions():
    """Remove the sessions that are over, with what was typed in them."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


# What is removed, by the word that the journal has for it when it stays.
A_OUBLIER = {
    "Les fichiers d'import expirés": forget_expired,
    "Les sessions terminées": forget_sessions,
}


def forget_all():
    """Remove all that is over; what fails is told, and the rest is removed all the same."""
    for what, forget in A_OUBLIER.items():
        try:
            forget()
        except (OSError, DatabaseError) as error:
            logger.error("%s restent : %s", what, error)


def forget_each_hour():
    """Remove what is over now, then as long as this process lives."""

    def watch():
        while True:
            forget_all()
            # An hour is long to hold a connection that nobody uses.
            connections.close_all()
            time.sleep(EACH_SECONDS)

    Thread(target=watch, name="menage", daemon=True).start()
