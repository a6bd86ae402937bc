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


def read_apart(module: str, asked: bytes) -> dict[str, Any]:
    """Return what `module` answers of what is asked of it, in a process that starts from nothing.

    A fork would copy our threads and secrets; this one sees none of our environment either. The journal
    tells where it stopped, and neither the name of the file nor a word of it: people are named there.
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
        told = (death.stderr or b"")[-2000:].decode(errors="replace")
        logger.warning("%s, %d octets : %s %s", module, len(asked), type(death).__name__, told)
        raise LectureArretee from None
    if done.stderr:
        told = done.stderr.decode(errors="replace")
        logger.warning("%s, %d octets : %s", module, len(asked), told)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
