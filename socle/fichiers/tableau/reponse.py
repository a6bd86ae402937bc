"""What the process apart answers of a foreign table."""

import json
from dataclasses import asdict
from typing import IO, Any

from socle.fichiers.enfant import tell_where
from socle.fichiers.tableau.fichier import FichierRefuse
from socle.fichiers.tableau.genre import ABIME
from socle.fichiers.tableau.lecteur import table


def answer(asked: IO[bytes]) -> dict[str, Any]:
    """Return what is read of the file that `asked` holds after its line of JSON, or why it is refused."""
    about = json.loads(asked.readline())
    try:
        fichier = table(
            asked.read(),
            about["nom"],
            frozenset(about["connues"]),
            about["feuille"],
            about["au_plus"],
        )
    except FichierRefuse as refusal:
        return {"refus": str(refusal), "feuilles": refusal.feuilles}
    except MemoryError:
        raise
    except Exception as error:
        # A broken file breaks its reader in a hundred ways; the parent keeps the trace.
        tell_where(error)
        return {"refus": ABIME, "feuilles": []}
    return {"fichier": asdict(fichier)}
