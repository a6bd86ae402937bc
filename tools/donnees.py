"""The site of the real Hérault, read by the tools of others: `python -m tools.donnees`.

They are in a virtualenv of their own (requirements/donnees.txt), and know the site by its addresses alone.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTHON = ROOT / ".venv-donnees" / "bin" / "python"
CHECKS = ROOT / "tests" / "donnees"
LOADED = ("charger_territoire", "charger_contours", "charger_programme")
PATIENCE_SECONDS = 60
# What a site in production says of who answers for it.
EDITEUR = {
    "PVD_EDITEUR": "Préfecture d'essai",
    "PVD_EDITEUR_SIRET": "73282932000074",
    "PVD_EDITEUR_CONTACT": "pvd@exemple.fr",
}


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def environment(folder):
    """Return that of a site alone in its folder, whatever the environment names."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return (
        kept | EDITEUR | {"PVD_VAR_DIR": str(folder), "PVD_ENV": "local", "PVD_DEPARTEMENT": "34"}
    )


def manage(env, *command):
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)


def wait_for(address, server):
    """Wait until the site answers."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < limit and server.poll() is None:
        try:
            urllib.request.urlopen(address).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit(f"Le site d'essai ne répond pas : {address}")


def check(folder, arguments):
    """Load the Hérault in `folder`, open it, and return what the checks of its data end with."""
    env, racine = environment(folder), f"http://127.0.0.1:{free_port()}"
    manage(env, "migrate", "--verbosity", "0")
    for command in LOADED:
        manage(env, command)
    serve = [sys.executable, "manage.py", "runserver", "--noreload", racine.removeprefix("http://")]
    server = subprocess.Popen(
        serve, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(f"{racine}/donnees/datapackage.json", server)
        command = [PYTHON, "-m", "pytest", "-q", "-c", CHECKS / "pytest.ini", "--rootdir", CHECKS]
        command += [f"--confcutdir={CHECKS}", "--import-mode=importlib", *(arguments or [CHECKS])]
        return subprocess.run(command, env=env | {"PVD_SITE_DES_DONNEES": racine}).returncode
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(check(folder, sys.argv[1:]))
