"""What is drawn on a map: the contours of communes and départements, stored ready to draw.

Coordinates are integers, in units of ten metres, y to the south as in SVG: a conic projection of
mainland France, the local one of each territory overseas (`communes.imports.contours`).
"""

from django.db import models

from communes.models.territoire import Commune, Departement


def svg_path(lines, closed=True):
    """Return the SVG path of `lines`, each a flat list of integers [x, y, x, y…]."""
    return "".join(svg_line(line, closed) for line in lines)


def svg_line(line, closed):
    """Return one line, its first point absolute and its next ones relative: half the weight."""
    steps = [value - line[i] for i, value in enumerate(line[2:])]
    if closed and line[:2] == line[-2:]:
        steps = steps[:-2]
    # A minus sign separates two numbers as well as a space does.
    drawn = "".join(f"{step}" if step < 0 else f" {step}" for step in steps).lstrip()
    return f"M{line[0]} {line[1]}l{drawn}" + ("z" if closed else "")


def bounds(lines):
    """Return the smallest frame around `lines`, as (left, top, right, bottom)."""
    x = [value for line in lines for value in line[::2]]
    y = [value for line in lines for value in line[1::2]]
    return min(x), min(y), max(x), max(y)


def convex_hull(lines):
    """Return the smallest convex ring around `lines`, as a flat closed list of integers.

    Andrew's monotone chain: the points from left to right, and back, turning one way only.
    """
    points = sorted({point for line in lines for point in zip(line[::2], line[1::2], strict=True)})
    ring = half_hull(points)[:-1] + half_hull(points[::-1])
    return [value for point in ring for value in point]


def half_hull(points):
    """Return the points of one side of the hull."""
    kept = []
    for x, y in points:
        while len(kept) > 1 and not turns_left(*kept[-2:], (x, y)):
            kept.pop()
        kept.append((x, y))
    return kept


def turns_left(a, b, c):
    return (b[0] - a[0]) * (c[1] - a[1]) > (b[1] - a[1]) * (c[0] - a[0])


class Contour(models.Model):
    """The limits of a territory in the vintage `annee`; `centre` lies well inside, for a label."""

    annee = models.PositiveSmallIntegerField("millésime des contours")
    attribution = models.CharField("attribution", max_length=200)
    anneaux = models.JSONField("anneaux")
    centre_x = models.IntegerField("abscisse du centre")
    centre_y = models.IntegerField("ordonnée du centre")

    class Meta:
        abstract = True

    @property
    def trace(self):
        """Return the contour as the path of an SVG, its holes included (fill rule evenodd)."""
        return svg_path(self.anneaux)

    @property
    def cadre(self):
        return bounds(self.anneaux)


class ContourCommune(Contour):
    commune = models.OneToOneField(
        Commune, models.CASCADE, primary_key=True, related_name="contour", verbose_name="commune"
    )

    class Meta:
        verbose_name = "contour de commune"
        verbose_name_plural = "contours de communes"

    def __str__(self):
        return f"contour {self.commune.avec_de}"


class ContourDepartement(Contour):
    """The outline of a département, simplified for a map of France."""

    departement = models.OneToOneField(
        Departement,
        models.CASCADE,
        primary_key=True,
        related_name="contour",
        verbose_name="département",
    )

    class Meta:
        verbose_name = "contour de département"
        verbose_name_plural = "contours de départements"
        ordering = ["departement"]

    def __str__(self):
        return f"contour {self.departement.avec_de}"


class FondDeCarte(models.Model):
    """What never moves on the map of a département: its land, and the limits of its communes.

    Both are SVG paths. `empreinte` changes with them, so that a browser may keep them for ever.
    """

    departement = models.OneToOneField(
        Departement,
        models.CASCADE,
        primary_key=True,
        related_name="fond_de_carte",
        verbose_name="département",
    )
    annee = models.PositiveSmallIntegerField("millésime des contours")
    attribution = models.CharField("attribution", max_length=200)
    terre = models.TextField("terre")
    limites = models.TextField("limites de communes")
    gauche = models.IntegerField("gauche")
    haut = models.IntegerField("haut")
    droite = models.IntegerField("droite")
    bas = models.IntegerField("bas")
    empreinte = models.CharField("empreinte", max_length=16)

    class Meta:
        verbose_name = "fond de carte"
        verbose_name_plural = "fonds de cartes"

    def __str__(self):
        return f"fond de carte {self.departement.avec_de}"

    @property
    def cadre(self):
        return self.gauche, self.haut, self.droite, self.bas
