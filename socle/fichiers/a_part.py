"""Foreign files are read by a process apart: whatever becomes of it, the page that asked lives on."""

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

from socle.fichiers import enfant

logger = logging.getLogger(__name__)

READER = Path(enfant.__file__)
MOST_SECONDS = 30


class LectureArretee(Exception):
    """The process died of its file, which asked for too much memory or time."""


def read_apart(module: str, asked: bytes, nom: str) -> dict[str, Any]:
    """Return what `module` answers of the file `nom`, in a process that starts from nothing.

    A fork would copy our threads and secrets; this one sees none of our environment either.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(READER), module],
            input=asked,
            capture_output=True,
            timeout=MOST_SECONDS,
            env={},
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as death:
        logger.warning("Lecture de %s : %s %s", nom, death, (death.stderr or b"")[-2000:])
        raise LectureArretee from None
    if done.stderr:
        logger.warning("Lecture de %s : %s", nom, done.stderr.decode(errors="replace"))
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
