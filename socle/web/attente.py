"""What fails for a while is told as such: a page 503 in French, and when to try again."""

import errno
import logging
import sqlite3
import sys
from contextlib import suppress
from dataclasses import dataclass

from django.db import Error, InterfaceError, OperationalError
from django.shortcuts import render
from django.views.defaults import server_error

from socle.bases.sqlite.base import sqlite_code

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Panne:
    """What keeps the site from answering, and for how many seconds at least.

    `envoi` is what became of a form: who typed it wants to know whether it is to be sent again.
    """

    titre: str
    raison: str
    secondes: int
    envoi: str = "Rien n'a été écrit de votre demande."
    sans_base: bool = False


OCCUPEE = Panne(
    "Réessayez dans un instant",
    "Quelqu'un d'autre enregistre beaucoup de fiches en ce moment.",
    secondes=10,
)
TROP_LONGUE = Panne(
    "Cette demande a pris trop de temps",
    "La base de données n'a pas fini d'y répondre, et s'est arrêtée.",
    secondes=60,
)
PLEINE = Panne(
    "Le site ne peut rien enregistrer en ce moment",
    "Son disque est plein, ou ne s'écrit plus. Les pages se lisent toujours.",
    secondes=300,
)
ABSENTE = Panne(
    "Le site est momentanément indisponible",
    "Sa base de données ne répond pas.",
    secondes=30,
    envoi="Il se peut que votre demande n'ait pas été enregistrée : vérifiez-le avant de recommencer.",
    sans_base=True,
)

SANS_DOSSIER = Panne(
    "Rien ne peut être déposé en ce moment",
    "Le dossier des documents n'est pas là : son disque n'est sans doute pas monté.",
    secondes=300,
)

OF_THE_DISK = dict.fromkeys({errno.ENOSPC, errno.EDQUOT, errno.EROFS}, PLEINE)
OF_THE_DISK[errno.ENODEV] = SANS_DOSSIER
OF_SQLITE = {
    sqlite3.SQLITE_BUSY: OCCUPEE,
    sqlite3.SQLITE_LOCKED: OCCUPEE,
    sqlite3.SQLITE_FULL: PLEINE,
    sqlite3.SQLITE_IOERR: PLEINE,
    sqlite3.SQLITE_READONLY: PLEINE,
    sqlite3.SQLITE_CANTOPEN: ABSENTE,
}
# Codes of PostgreSQL; where none is told, its family of two letters, then no code: nobody answered.
OF_POSTGRESQL = {
    "55P03": OCCUPEE,  # lock_not_available
    "40P01": OCCUPEE,  # deadlock_detected
    "57014": TROP_LONGUE,  # query_canceled
    "53100": PLEINE,  # disk_full
    "25006": PLEINE,  # read_only_sql_transaction
    "08": ABSENTE,  # connection_exception
    "53": ABSENTE,  # insufficient_resources: too many connections
    "57": ABSENTE,  # operator_intervention: it stops or starts
    "58": ABSENTE,  # system_error
}


def panne_of(error):
    """Return the `Panne` that an exception tells, or None: it is then an error of ours."""
    if isinstance(error, OSError):
        return OF_THE_DISK.get(error.errno)
    if isinstance(error, InterfaceError):
        return ABSENTE
    if not isinstance(error, Error):
        return None
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return OF_SQLITE.get(sqlite_code(cause))
    code = getattr(cause, "sqlstate", None)
    if code:
        return OF_POSTGRESQL.get(code) or OF_POSTGRESQL.get(code[:2])
    return ABSENTE if isinstance(error, OperationalError) else None


class AttenteMiddleware:
    """Turn what fails for a while into an answer 503."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        panne = panne_of(exception)
        return panne and answer(request, panne, exception)


def erreur(request):
    """Answer what failed outside of the views: when a form is received, when a session is kept."""
    error = sys.exception()
    for handler in request.upload_handlers:
        # What has begun to come in, and finds no room, is not left on the disk until it is swept.
        with suppress(OSError):
            handler.upload_interrupted()
    panne = panne_of(error)
    return answer(request, panne, error) if panne else server_error(request)


def answer(request, panne, error):
    """Say what keeps the site from answering, and tell whoever keeps it why."""
    logger.error("%s : %s (%s)", request.path, panne.titre, str(error).strip())
    response = render(request, "503.html", {"panne": panne}, status=503)
    response["Retry-After"] = str(panne.secondes)
    return response
