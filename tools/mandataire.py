"""The real nginx that the tests put before the site: `python -m tools.mandataire` makes sure of it."""

import os
import shutil
import sys

from tools.debian import install_or_exit

# Debian keeps it out of the PATH of most users.
WHERE = f"{os.defpath}:/usr/sbin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/bin"


def find():
    """Return the path of the nginx that NGINX names, else of the first one found, or None."""
    if chosen := os.environ.get("NGINX"):
        return shutil.which(chosen) or sys.exit(f"NGINX : « {chosen} » ne se lance pas.")
    return shutil.which("nginx") or shutil.which("nginx", path=WHERE)


if __name__ == "__main__":
    if not find():
        install_or_exit("nginx-light", "le mandataire nginx")
    print(f"Mandataire : {find()}")
