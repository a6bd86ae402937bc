"""What is said of the addresses is true of the site: asked for what is there, then for anything."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLES = "2"


def test_the_addresses_answer_as_they_are_described(site):
    command = [sys.executable, "-m", "tools.donnees_openapi", site.racine, EXAMPLES]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-6000:]
