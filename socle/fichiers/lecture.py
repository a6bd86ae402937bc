"""Files that come in, read: those of agents by a process apart, and those that we ship."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from socle.fichiers.tableau import enfant
from socle.fichiers.tableau.fichier import LARGEST_FILE, Fichier, FichierRefuse
from socle.fichiers.tableau.lecteur import table

logger = logging.getLogger(__name__)

READER = Path(enfant.__file__)
MOST_SECONDS = 30
TOO_MUCH = (
    "ce fichier demande trop de mémoire ou de temps pour être lu. Copiez le tableau seul dans un "
    "classeur neuf, puis envoyez celui-ci."
)


def read_file(content: bytes, nom: str, connues: Iterable[str] = (), feuille: str = "") -> Fichier:
    """Return the `Fichier` of `content`, bytes; its kind is told by what it holds, not by its name.

    `connues` are the bare names of the columns that are looked for, `feuille` the sheet that the
    agent names. The file is read by a process apart: whatever becomes of it, the answer is a
    `Fichier` or `FichierRefuse`, which says in French why and what to do.
    """
    if len(content) > LARGEST_FILE:
        raise FichierRefuse(f"{nom} : le fichier dépasse 5 Mo. Coupez-le en plusieurs fichiers.")
    asked = json.dumps({"nom": nom, "connues": sorted(connues), "feuille": feuille})
    answer = read_apart(asked.encode() + b"\n" + content, nom)
    if "refus" in answer:
        raise FichierRefuse(f"{nom} : {answer['refus']}", answer["feuilles"])
    return Fichier.restored(answer["fichier"])


def read_ours(content: bytes, nom: str) -> Fichier:
    """Return the `Fichier` of a file that the project ships: it needs no process apart."""
    try:
        return table(content, nom)
    except FichierRefuse as refusal:
        raise FichierRefuse(f"{nom} : {refusal}") from None


def read_apart(asked: bytes, nom: str) -> dict[str, Any]:
    """Return what the reading process answers; its death is that of the file, not of a page.

    It starts from nothing (a fork would copy our threads and secrets), and sees none of our
    environment.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(READER)],
            input=asked,
            capture_output=True,
            timeout=MOST_SECONDS,
            env={},
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as death:
        logger.warning("Lecture de %s : %s %s", nom, death, (death.stderr or b"")[-2000:])
        raise FichierRefuse(f"{nom} : {TOO_MUCH}") from None
    if done.stderr:
        logger.warning("Lecture de %s : %s", nom, done.stderr.decode(errors="replace"))
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
