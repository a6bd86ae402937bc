"""The process that reads one foreign file, under limits that its parent's pages do not share.

Run as a script: it is given the name of the module that reads, then on its input what that module asks
for, and answers with JSON. It imports neither Django nor anything of the records, and knows no secret.
"""

import json
import resource
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from pathlib import Path

MOST_MEMORY = 1024**3
MOST_SECONDS = 6


def limit() -> None:
    """Have the system end this process, rather than the machine suffer, if a file asks for too much."""
    # Not every system has all the limits.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def tell_where(error: BaseException) -> None:
    """Write where a reader stopped, and on what sort of error: its words may be those of the file."""
    where = "".join(traceback.format_tb(error.__traceback__))
    sys.stderr.write(f"{where}{type(error).__name__}\n")


def main() -> None:
    limit()
    sys.excepthook = lambda _, error, __: tell_where(error)
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    reader = import_module(sys.argv[1])
    json.dump(reader.answer(sys.stdin.buffer), sys.stdout)


if __name__ == "__main__":
    main()
