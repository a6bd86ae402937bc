"""A file between its preview and its confirmation: kept on the server, for its agent alone."""

import json
import secrets
import time
from dataclasses import asdict, dataclass, field

from django.conf import settings

from socle.fichiers.tableau.fichier import Fichier

KEPT_SECONDS = 24 * 3600


@dataclass
class Depot:
    """What an agent asked to import, and did not yet confirm.

    Its dates have for source a document, `source`, or what the service knows by itself on the day
    `connaissance` (AAAA-MM-JJ), by what `detail` tells. `colonnes` is what each header was said to be.
    """

    agent: int
    sorte: str
    raison: str
    source: int | None
    fichier: Fichier
    connaissance: str = ""
    detail: str = ""
    colonnes: dict[str, str] = field(default_factory=dict)


def folder():
    path = settings.VAR_DIR / "imports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(jeton):
    """Return the path of a deposit; a token is drawn by `keep`, and holds no sign of a path."""
    if not jeton.replace("-", "").replace("_", "").isalnum():
        raise FileNotFoundError(jeton)
    return folder() / f"{jeton}.json"


def expired():
    """Return the files left aside for more than a day: nobody can confirm them any more."""
    limit = time.time() - KEPT_SECONDS
    return [path for path in folder().glob("*.json") if path.stat().st_mtime < limit]


def forget_expired():
    """Remove the files that nobody can confirm any more; return how many there were."""
    paths = expired()
    for path in paths:
        path.unlink(missing_ok=True)
    return len(paths)


def keep(depot, jeton=None):
    """Write `depot` aside and return its token, drawn at random; forget those of yesterday."""
    forget_expired()
    jeton = jeton or secrets.token_urlsafe(24)
    path = path_of(jeton)
    path.touch(mode=0o600)
    path.write_text(json.dumps(asdict(depot)), encoding="utf-8")
    return jeton


def find(jeton, agent, sorte):
    """Return the deposit of that token if it is of `agent` and of `sorte`, else None."""
    try:
        held = json.loads(path_of(jeton).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    held["fichier"] = Fichier.restored(held["fichier"])
    depot = Depot(**held)
    return depot if (depot.agent, depot.sorte) == (agent.pk, sorte) else None


def forget(jeton):
    path_of(jeton).unlink(missing_ok=True)
