"""Room for the calls of a test: asked of the system once, and not at each call."""

from functools import wraps

# In cells of eight bytes: Python then takes a megabyte, of which half is left for some two thousand calls.
PLACE = 70_000


def au_large(function):
    """Return `function`, whose calls find all the room that they need at once.

    Python keeps the frames of its calls in blocks of 16 kB, and gives a block back as soon as it is
    empty: a loop that calls from the end of a block asks the system for another at each turn. A page
    that a test asks for is two hundred calls deep before it writes its first word: a quarter of the time
    of the tests of pages was lost there (a page that the server answers, less deep, loses a twentieth).
    A block is as large as the first frame that it holds, and the frame made here says that it is large.
    """

    @wraps(function)
    def called(*args, **kwargs):
        return function(*args, **kwargs)

    called.__code__ = called.__code__.replace(co_stacksize=PLACE)
    return called
