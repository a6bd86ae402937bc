"""What is drawn on a map: the contours of communes and départements, stored ready to draw.

Coordinates are integers, in units of ten metres, y to the south as in SVG: a conic projection of
mainland France, the local one of each territory overseas (`communes.territoire.contours.imports`).
"""

from django.db import models

from communes.territoire.models import Commune, Departement
from socle.dessin.svg import bounds, svg_path


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
