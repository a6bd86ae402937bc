"""The process that reads one foreign file, under limits that its parent's pages do not share.

Run as a script: it is given a line of JSON, then the bytes of the file, and answers with JSON. It
imports neither Django nor anything of the records, and knows no secret.
"""

import json
import resource
import sys
import traceback
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

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


def answer(asked: IO[bytes]) -> dict[str, Any]:
    """Return what is read of the file that `asked` holds, or why it is refused."""
    from socle.fichiers.tableau.fichier import FichierRefuse
    from socle.fichiers.tableau.genre import ABIME
    from socle.fichiers.tableau.lecteur import table

    about = json.loads(asked.readline())
    try:
        fichier = table(asked.read(), about["nom"], frozenset(about["connues"]), about["feuille"])
    except FichierRefuse as refusal:
        return {"refus": str(refusal), "feuilles": refusal.feuilles}
    except MemoryError:
        raise
    except Exception:
        # A broken file breaks its reader in a hundred ways; the parent keeps the trace.
        traceback.print_exc()
        return {"refus": ABIME, "feuilles": []}
    return {"fichier": asdict(fichier)}


def main() -> None:
    limit()
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    json.dump(answer(sys.stdin.buffer), sys.stdout)


if __name__ == "__main__":
    main()
