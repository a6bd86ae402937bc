"""Who has waited too long for another writer is asked to try again: 503, and nothing is written."""

from django.db import OperationalError
from django.shortcuts import render

# What PostgreSQL answers to who waits too long for a lock, or for each other.
LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED = "55P03", "40P01"
RETRY_AFTER_SECONDS = 10


class AttenteMiddleware:
    """Turn the refusal of a database that someone else writes in into an answer 503."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, OperationalError) or not is_busy(exception):
            return None
        response = render(request, "503.html", status=503)
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response


def is_busy(error):
    """Tell whether an `OperationalError` of Django's says that someone else holds what was asked for."""
    code = getattr(error.__cause__, "sqlstate", None)
    return code in {LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED} or "is locked" in str(error)
