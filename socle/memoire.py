"""Memory: what is read once for a request, and when Python looks for what only refers to itself."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from django.core.signals import request_finished, request_started
from django.dispatch import receiver

LUES: ContextVar[dict[Any, Any] | None] = ContextVar("lues", default=None)


@contextmanager
def une_lecture() -> Iterator[None]:
    """Have what is `lue_une_fois` read once for the whole block, as it is for a request."""
    token = LUES.set({})
    try:
        yield
    finally:
        LUES.reset(token)


def lue_une_fois(read: Callable[[], Any]) -> Callable[[], Any]:
    """Have `read` asked once for each request, or each `une_lecture`; elsewhere, each time."""

    @wraps(read)
    def once() -> Any:
        known = LUES.get()
        if known is None:
            return read()
        if once not in known:
            known[once] = read()
        return known[once]

    return once


def oublier(**kwargs: Any) -> None:
    """Have what was read be read again: something of it was just written."""
    if (known := LUES.get()) is not None:
        known.clear()


@receiver(request_started)
def begin(**kwargs: Any) -> None:
    LUES.set({})


@receiver(request_finished)
def end(**kwargs: Any) -> None:
    LUES.set(None)


@contextmanager
def without_collecting() -> Iterator[None]:
    """Have Python look for no cycle while hundreds of thousands of tuples are read, and kept.

    There is none among them, and each time it looks it goes through them all: a third of the time of
    the totals of France. The memory used is the same. Whoever finds the collector at work has it rest,
    and sets it to work again: of two that read at once, the second one changes nothing.
    """
    at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if at_work:
            # What was read goes to the old generation as it is, in place of being gone through at once.
            gc.freeze()
            gc.unfreeze()
            gc.enable()
