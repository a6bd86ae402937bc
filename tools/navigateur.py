"""The real Chromium that the browser tests drive: `python -m tools.navigateur` makes sure of it."""

import os
import shutil
import sys

from tools.debian import install_or_exit

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def find():
    """Return the path of the browser that CHROMIUM names, else of the first one found, or None."""
    if chosen := os.environ.get("CHROMIUM"):
        return shutil.which(chosen) or sys.exit(f"CHROMIUM : « {chosen} » ne se lance pas.")
    return next(filter(None, map(shutil.which, NAMES)), None)


if __name__ == "__main__":
    if not find():
        install_or_exit("chromium", "le navigateur Chromium")
    print(f"Navigateur : {find()}")
