"""Pack the vintages of the découpage that the project ships, reduced to what is read of them.

    python -m tools.decoupage 2021=dossier-ou-archive.tgz 2022=…

Each is a package @etalab/decoupage-administratif, as a folder or as the archive that npm gives.
The same packages give the same file, byte for byte.
"""

import io
import json
import lzma
import sys
import tarfile
from pathlib import Path

ARCHIVE = Path(__file__).resolve().parent.parent / "communes" / "donnees" / "decoupage.tar.xz"
# The keys that `communes.territoire.decoupage.lecture` reads, by file.
KEPT = {
    "regions.json": ("code", "nom"),
    "departements.json": ("code", "nom", "typeLiaison", "region"),
    "epci.json": ("code", "nom", "type", "membres"),
    "communes.json": (
        "code",
        "nom",
        "type",
        "typeLiaison",
        "siren",
        "departement",
        "collectiviteOutremer",
        "population",
        "chefLieu",
        "commune",
        "anciensCodes",
        "codesPostaux",
    ),
}
KEPT_OF_MEMBER = ("code", "siren")


def main(arguments):
    packages = {}
    for argument in arguments:
        annee, separator, path = argument.partition("=")
        if not separator or not annee.isdecimal():
            sys.exit(f"{argument} : « année=dossier » ou « année=archive.tgz » est attendu.")
        packages[int(annee)] = Path(path)
    if not packages:
        sys.exit(__doc__)
    ARCHIVE.write_bytes(pack(packages))
    print(f"{ARCHIVE} : {', '.join(map(str, sorted(packages)))}, {ARCHIVE.stat().st_size} octets")


def pack(packages):
    """Return the archive of the `packages`, by year; its first member is the list of the years."""
    buffer = io.BytesIO()
    # Each file is plain in the tar, which is compressed as a whole: years are much alike.
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        add_member(archive, "annees.json", sorted(packages))
        for annee in sorted(packages):
            for name, keys in KEPT.items():
                rows = json.loads(read_file(packages[annee], name))
                add_member(archive, f"{annee}/{name}", [reduce_row(row, keys) for row in rows])
    return lzma.compress(buffer.getvalue(), preset=9 | lzma.PRESET_EXTREME)


def read_file(package, name):
    """Return the bytes of a data file of a package, folder or archive."""
    if package.is_dir():
        folder = package / "data" if (package / "data").is_dir() else package
        return (folder / name).read_bytes()
    with tarfile.open(package) as archive:
        return archive.extractfile(f"package/data/{name}").read()


def reduce_row(row, keys):
    """Return the `keys` of a row, in this order; of the members of an EPCI, only their codes."""
    reduced = {key: row[key] for key in keys if key in row}
    if "membres" in reduced:
        reduced["membres"] = [reduce_row(membre, KEPT_OF_MEMBER) for membre in row["membres"]]
    return reduced


def add_member(archive, name, content):
    """Add a JSON file without the date, owner and rights of whoever makes the archive."""
    data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))


if __name__ == "__main__":
    main(sys.argv[1:])
