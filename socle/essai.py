"""Done, looked at, undone: how what an act would do is shown before it is done."""

from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

EN_ESSAI = ContextVar("en_essai", default=False)


@contextmanager
def essai():
    """Let the block write for real, then undo all of it, whatever it wrote and wherever it stands.

    The base goes back to what it was before the block, even inside a longer transaction, and what
    the block left for `transaction.on_commit` never runs. What a base cannot take back knows that
    it is a trial, and does nothing: mails (`socle.courriels`), files (`socle.fichiers.stockage`).
    """
    token = EN_ESSAI.set(True)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        EN_ESSAI.reset(token)


def en_essai():
    """Tell whether what is being done will be undone."""
    return EN_ESSAI.get()
