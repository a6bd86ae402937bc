"""A file between its preview and its confirmation: kept on the server, for its agent alone."""

import base64
import json
import secrets
import time
from dataclasses import asdict, dataclass, field

from django.conf import settings
from django.core.files.base import ContentFile

from socle.fichiers.tableau.fichier import Fichier

KEPT_SECONDS = 24 * 3600
# More than is drawn, and less than what a folder refuses for a name.
LONGEST_TOKEN = 64


@dataclass
class Depot:
    """What an agent asked to import, and did not yet confirm.

    Its dates have for source a document, `source`, or what the service knows by itself on the day
    `connaissance` (AAAA-MM-JJ), by what `detail` tells. `colonnes` is what each header was said to be,
    `unites`, in which unit its amounts are; `reponses`, what else the sort of file asks,
    `retirees`, the rows that the file had and that are read no more.
    """

    agent: int
    sorte: str
    raison: str
    source: int | None
    fichier: Fichier
    connaissance: str = ""
    detail: str = ""
    colonnes: dict[str, str] = field(default_factory=dict)
    unites: dict[str, str] = field(default_factory=dict)
    reponses: dict[str, str] = field(default_factory=dict)
    retirees: list = field(default_factory=list)

    def keep_rows(self, numbers):
        """Keep the rows of these numbers, those that are written or taken out being read no more."""
        self.retirees += [line for line in self.fichier.lignes if line[0] not in numbers]
        self.fichier.keep_rows(numbers)


def folder():
    path = settings.VAR_DIR / "imports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(jeton):
    """Return the path of a deposit; a token is drawn by `keep`, short and without any sign of a path."""
    if len(jeton) > LONGEST_TOKEN or not jeton.replace("-", "").replace("_", "").isalnum():
        raise FileNotFoundError(jeton)
    return folder() / f"{jeton}.json"


def is_expired(path):
    """Tell whether a file was left aside for more than a day: nobody can confirm it any more."""
    try:
        return path.stat().st_mtime < time.time() - KEPT_SECONDS
    except FileNotFoundError:
        # Another process has just removed it.
        return True


def expired():
    """Return the files that nobody can confirm any more."""
    return [path for path in folder().iterdir() if is_expired(path)]


def forget_expired():
    """Remove the files that nobody can confirm any more; return how many there were."""
    paths = expired()
    for path in paths:
        path.unlink(missing_ok=True)
    return len(paths)


def keep(depot, jeton=None):
    """Write `depot` aside and return its token, drawn at random; forget those of yesterday."""
    forget_expired()
    return write_aside(asdict(depot), jeton)


def write_aside(held, jeton=None):
    """Write what is `held` under a token, drawn at random unless it is told, and return it."""
    jeton = jeton or secrets.token_urlsafe(24)
    path = path_of(jeton)
    # Whoever reads it meanwhile finds what it held before, and never the half of it.
    written = path.with_suffix(".ecrit")
    written.touch(mode=0o600)
    written.write_text(json.dumps(held), encoding="utf-8")
    written.replace(path)
    return jeton


def read_aside(jeton):
    """Return what is held under a token, or None, as for what is held for more than a day."""
    try:
        path = path_of(jeton)
        return None if is_expired(path) else json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def find(jeton, agent, sorte):
    """Return the deposit of that token if it is of `agent` and of `sorte`, else None."""
    held = read_aside(jeton)
    if held is None or "fichier" not in held:
        return None
    held["fichier"] = Fichier.restored(held["fichier"])
    depot = Depot(**held)
    return depot if (depot.agent, depot.sorte) == (agent.pk, sorte) else None


def forget(jeton):
    path_of(jeton).unlink(missing_ok=True)


def keep_sent(upload, agent):
    """Write aside the file that an agent has sent, before it is read; return its token."""
    upload.seek(0)
    content = base64.b64encode(upload.read()).decode()
    return write_aside({"agent": agent.pk, "nom": upload.name, "contenu": content})


def sent(jeton, agent):
    """Return the file that `agent` has sent and that `keep_sent` kept, or None."""
    held = read_aside(jeton) if jeton else None
    if held is None or held["agent"] != agent.pk or "contenu" not in held:
        return None
    return ContentFile(base64.b64decode(held["contenu"]), name=held["nom"])
