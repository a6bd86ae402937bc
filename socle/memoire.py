"""Memory: when Python looks for what only refers to itself."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
            gc.enable()
