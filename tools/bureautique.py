"""The real LibreOffice that saves our files again: `python -m tools.bureautique` makes sure of it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from pypdf import PdfReader

from tools.debian import install_or_exit

NAMES = ("soffice", "libreoffice", "/Applications/LibreOffice.app/Contents/MacOS/soffice")
CSV_FILTER = "Text - txt - csv (StarCalc)"
# Separator, quote, UTF-8 then Windows-1252, from the first line, in French, dates and numbers read.
CSV_READ, CSV_WRITTEN = (f"59,34,{charset},1,,1036,false,true" for charset in ("76", "ANSI"))


def find():
    """Return the path of the LibreOffice that LIBREOFFICE names, else of the first one found, or None."""
    if chosen := os.environ.get("LIBREOFFICE"):
        return shutil.which(chosen) or sys.exit(f"LIBREOFFICE : « {chosen} » ne se lance pas.")
    return next(filter(None, map(shutil.which, NAMES)), None)


def saved_again(files: list[Path], folder: Path) -> list[Path]:
    """Open `files`, all of one format, and save them in `folder` as they are; return what was saved.

    A CSV is read and saved as French people do: semicolons, and Windows-1252 once saved.
    """
    extension = files[0].suffix[1:]
    filters = ["--convert-to", extension]
    if extension == "csv":
        filters = [
            f"--infilter=CSV:{CSV_READ}",
            "--convert-to",
            f"csv:{CSV_FILTER}:{CSV_WRITTEN}",
        ]
    convert(files, folder, filters)
    return [folder / file.name for file in files]


def convert(files: list[Path], folder: Path, filters: list[str]):
    """Open `files` and write in `folder` what `filters` make of them."""
    profile = f"-env:UserInstallation={(folder / 'profil').as_uri()}"
    command = [find(), profile, "--headless", *filters, "--outdir", folder, *files]
    subprocess.run(command, check=True, capture_output=True, timeout=300)


def printed(file: Path, folder: Path) -> str:
    """Return the text of the sheets of a workbook as LibreOffice prints them."""
    convert([file], folder, ["--convert-to", "pdf"])
    pages = PdfReader(folder / f"{file.stem}.pdf").pages
    return "\n".join(page.extract_text() for page in pages)


if __name__ == "__main__":
    if not find():
        install_or_exit("libreoffice-calc", "le tableur LibreOffice")
    print(f"Tableur : {find()}")
