"""Contours that come in: read from the usual files, checked, projected, simplified, written.

A refusal names the file, the territory and the value, and nothing is written.
"""

from dataclasses import dataclass, field

import numpy
import shapely
from django.db import transaction
from django.utils import timezone

from communes.models import (
    Commune,
    ContourCommune,
    ContourDepartement,
    Departement,
    FondDeCarte,
    FondDeFrance,
)
from communes.territoire.contours.controle import mended, place_of, refuse_elsewhere
from communes.territoire.contours.france import background
from communes.territoire.contours.projection import UNIT, project, zone_of
from socle.dessin.svg import fingerprint, svg_path
from socle.fichiers.tableau.fichier import FichierRefuse
from socle.francais import liste, pluriel

SHOWN = 5

# In units of the drawing. What is left out is about the square of the tolerance: a hundred metres for
# a commune, two kilometres for a département seen on a map of France.
TOLERANCE_COMMUNE, TOLERANCE_DEPARTEMENT = 15, 300
# Five metres between two neighbours is a fault of the file; a tenth of a km² is a place.
FAULT, HOLE = 0.5, 1_000


@dataclass
class BilanDesContours:
    """What was read, how many contours of it were not there yet, and what whoever asked must know."""

    communes: int = 0
    departements: int = 0
    nouveaux: int = 0
    avertissements: list = field(default_factory=list)


# --- What each code names today --------------------------------------------------------------


def by_territory(traits):
    """Return the shapes by commune and by département of today, and the codes that name none.

    A vanished commune, a commune déléguée or an old code joins the commune that followed it. What
    was mended on the way is told, last.
    """
    refuse_twice(traits)
    named = territories([trait.code for trait in traits])
    communes, outlines, unknown, repairs = {}, {}, [], []
    for trait in traits:
        territory = named.get(trait.code)
        if territory is None:
            unknown.append(trait.code)
            continue
        forme, repair = checked(trait, territory)
        if repair:
            repairs.append(repair)
        shapes = outlines if isinstance(territory, Departement) else communes
        shapes.setdefault(territory.pk, []).append(forme)
    if not communes and not outlines:
        raise FichierRefuse(
            f"Aucun code connu parmi {pluriel(len(unknown), 'élément,éléments')} "
            f"({some(unknown)}) : « charger_territoire » se lance d'abord."
        )
    return union_by_key(communes), union_by_key(outlines), unknown, repairs


def refuse_twice(traits):
    """Refuse a code that two features bear."""
    seen = {}
    for trait in traits:
        if trait.code in seen:
            raise FichierRefuse(
                f"{trait.fichier}, élément {trait.code} : déjà donné par {seen[trait.code]}."
            )
        seen[trait.code] = trait.fichier


def territories(codes):
    """Return the communes and the départements of today that codes name or lead to, by code."""
    known = {departement.pk: departement for departement in Departement.objects.all()}
    communes = Commune.objects.select_related("departement").filter(fin__isnull=True)
    known |= {commune.pk: commune for commune in communes.filter(pk__dans=codes)}
    others = {code for code in codes if len(code) == 5} - known.keys()
    return known | {code: found for code in others if (found := successor(code))}


def of_departements(traits, departements):
    """Keep the features of the communes of these départements, and those of the départements themselves."""
    named = territories([trait.code for trait in traits])

    def place(trait):
        territory = named.get(trait.code)
        return getattr(territory, "departement_id", getattr(territory, "pk", None))

    return [trait for trait in traits if place(trait) in departements]


def successor(code):
    """Return the commune of today that `code` leads to, or None."""
    commune = Commune.objects.resolve(code, timezone.localdate())
    return commune if commune is not None and commune.fin is None else None


def checked(trait, territory):
    """Return the shape of a feature, and what was mended in it: see `controle`."""
    where = f"{trait.fichier}, élément {trait.code} ({territory.nom})"
    departement = territory if isinstance(territory, Departement) else territory.departement
    refuse_elsewhere(where, trait.forme, departement, place_of(departement.pk))
    return mended(where, trait.forme)


def union_by_key(shapes):
    """Return one shape by territory: what was several communes is dissolved."""
    return {
        key: parts[0] if len(parts) == 1 else shapely.union_all(parts)
        for key, parts in shapes.items()
    }


def some(codes):
    """Return the first few of `codes` as a text."""
    shown = ", ".join(codes[:SHOWN])
    return f"{shown}…" if len(codes) > SHOWN else shown


# --- From the Earth to the drawing -----------------------------------------------------------


def simplify(shapes, tolerance):
    """Return `shapes` projected and simplified together: two neighbours keep one common border."""
    drawn = {}
    for zone in sorted({zone_of(code) for code in shapes}):
        codes = sorted(code for code in shapes if zone_of(code) == zone)
        flat = shapely.transform(
            [shapes[code] for code in codes], lambda points, zone=zone: project(zone, points)
        )
        clean = shapely.coverage_clean(flat, gap_width=FAULT)
        # Overseas is drawn nearer on the map of France.
        seen = tolerance / 6 if zone and tolerance > TOLERANCE_COMMUNE else tolerance
        drawn |= zip(codes, shapely.coverage_simplify(clean, seen), strict=True)
    return drawn


def rings_of(code, polygon):
    """Return the rings of a polygon as flat lists of integers, those of no surface left out."""
    rings = []
    for part in shapely.get_parts(polygon):
        for ring in (part.exterior, *part.interiors):
            points = numpy.rint(shapely.get_coordinates(ring)).astype(int)
            moved = numpy.any(numpy.diff(points, axis=0) != 0, axis=1)
            points = points[numpy.concatenate(([True], moved))]
            if len(points) > 3:
                rings.append(points.ravel().tolist())
    if not rings:
        raise FichierRefuse(f"Élément {code} : son contour est trop petit pour être dessiné.")
    return rings


def centre_of(polygon):
    """Return the point of `polygon` farthest from its limits, where a label stands best."""
    circle = shapely.maximum_inscribed_circle(polygon, tolerance=TOLERANCE_COMMUNE)
    return map(round, shapely.get_coordinates(circle)[0])


# --- Writing ---------------------------------------------------------------------------------


@transaction.atomic
def write_contours(traits, annee, attribution):
    """Write the contours of `traits`, replacing those of the same territories; return what came of it."""
    communes, outlines, unknown, repairs = by_territory(traits)
    source = {"annee": annee, "attribution": attribution}
    towns = simplify(communes, TOLERANCE_COMMUNE)
    lands = simplify(outlines, TOLERANCE_DEPARTEMENT)
    new = replace(ContourCommune, "commune_id", towns, source)
    new += replace(ContourDepartement, "departement_id", lands, source)
    bilan = BilanDesContours(len(communes), len(outlines), new, repairs)
    if unknown:
        bilan.avertissements.append(
            f"{pluriel(len(unknown), 'code inconnu,codes inconnus')}, sans effet : {some(unknown)}"
        )
    departements = Departement.objects.filter(communes__dans=communes).distinct()
    for departement in departements:
        bilan.avertissements += write_fond(departement, source)
    if outlines:
        write_fond_de_france()
    return bilan


def replace(model, key, shapes, source):
    """Write one row by territory, but for those that are there already; return how many."""
    held = {
        contour.pk: ({name: getattr(contour, name) for name in source}, contour.anneaux)
        for contour in model.objects.filter(pk__dans=shapes)
    }
    rows = []
    for code, polygon in shapes.items():
        rings = rings_of(code, polygon)
        if held.get(code) != (source, rings):
            x, y = centre_of(polygon)
            rows.append(model(**{key: code}, **source, anneaux=rings, centre_x=x, centre_y=y))
    model.objects.filter(pk__dans=[row.pk for row in rows]).delete()
    model.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def write_fond(departement, source):
    """Write the background of a département from the contours of its communes; return warnings."""
    contours = ContourCommune.objects.filter(commune__departement=departement)
    polygons = {contour.commune_id: polygon_of(contour.anneaux) for contour in contours}
    land = shapely.union_all(list(polygons.values()), grid_size=1)
    limits = shapely.line_merge(
        shapely.union_all(shapely.boundary(list(polygons.values())), grid_size=1)
    )
    terre = svg_path(rings_of(departement.pk, land))
    lines = [
        shapely.get_coordinates(line).astype(int).ravel().tolist()
        for line in shapely.get_parts(limits)
    ]
    limites = svg_path(lines, closed=False)
    gauche, haut, droite, bas = map(round, land.bounds)
    FondDeCarte.objects.update_or_create(
        departement=departement,
        defaults=source
        | {
            "terre": terre,
            "limites": limites,
            "gauche": gauche,
            "haut": haut,
            "droite": droite,
            "bas": bas,
            "empreinte": fingerprint(terre + limites),
        },
    )
    return warnings_of(departement, polygons, land)


def write_fond_de_france():
    """Draw the background of the map of France again, from the outlines that are there."""
    FondDeFrance.objects.all().delete()
    drawn = background(ContourDepartement.objects.select_related("departement"))
    if drawn:
        FondDeFrance.objects.create(**drawn)


def polygon_of(rings):
    """Return the polygon that `rings` draw, by the rule evenodd, its touching points repaired."""
    parts = [shapely.Polygon(list(zip(ring[::2], ring[1::2], strict=True))) for ring in rings]
    whole = shapely.Polygon()
    for part in parts:
        whole = whole.symmetric_difference(shapely.make_valid(part))
    return whole


def warnings_of(departement, polygons, land):
    """Return what is missing from the map of a département: communes without contour, holes."""
    missing = Commune.objects.filter(departement=departement, fin__isnull=True).exclude(
        pk__dans=polygons
    )
    phrases = []
    if missing:
        names = [f"{commune.nom} ({commune.pk})" for commune in missing]
        phrases.append(f"{departement} : sans contour, {some(names)}")
    for part in shapely.get_parts(land):
        for hole in map(shapely.Polygon, part.interiors):
            if hole.area >= HOLE:
                around = [code for code, polygon in polygons.items() if polygon.intersects(hole)]
                phrases.append(
                    f"{departement} : un trou de {hole.area * UNIT**2 / 1e6:.1f} km² "
                    f"entre {liste(sorted(around))}"
                )
    return phrases
