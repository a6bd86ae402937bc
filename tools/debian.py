"""What to do about a program that the tests need and the machine lacks."""

import os
import shutil
import subprocess
import sys


def install_or_exit(package, what):
    """Install a Debian package where that is ours to do, as in CI; elsewhere name it and stop."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"Il manque {what} (paquet Debian : {package}).")
    print(f"Il manque {what} : installation du paquet Debian {package}.", flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        if subprocess.run(["apt-get", "-qq", *command], env=env).returncode:
            sys.exit(f"L'installation de {package} a échoué.")
