"""What is drawn on a map: the contours of communes and départements, stored ready to draw.

Coordinates are integers, in units of ten metres, y to the south as in SVG: a conic projection of
mainland France, the local one of each territory overseas (`communes.territoire.contours.imports`).
"""

from django.db import models

from communes.territoire.departements import Departement
from communes.territoire.models import Commune
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


class Fond(models.Model):
    """What never moves on a map: its land, as an SVG path, and the frame that holds it.

    `empreinte` changes with what is drawn, so that a browser may keep it for ever.
    """

    annee = models.PositiveSmallIntegerField("millésime des contours")
    attribution = models.CharField("attribution", max_length=200)
    terre = models.TextField("terre")
    gauche = models.IntegerField("gauche")
    haut = models.IntegerField("haut")
    droite = models.IntegerField("droite")
    bas = models.IntegerField("bas")
    empreinte = models.CharField("empreinte", max_length=16)

    class Meta:
        abstract = True

    @property
    def cadre(self):
        return self.gauche, self.haut, self.droite, self.bas


class FondDeCarte(Fond):
    """The background of the map of a département, with the limits of its communes, an SVG path too."""

    departement = models.OneToOneField(
        Departement,
        models.CASCADE,
        primary_key=True,
        related_name="fond_de_carte",
        verbose_name="département",
    )
    limites = models.TextField("limites de communes")

    class Meta:
        verbose_name = "fond de carte"
        verbose_name_plural = "fonds de cartes"

    def __str__(self):
        return f"fond de carte {self.departement.avec_de}"


class FondDeFrance(Fond):
    """The background of the map of France, one row at most, drawn from the outlines of départements.

    `cartouches` are the frames of the territories overseas, as `Cartouche`; `lieux` says where each
    département is, by its code.
    """

    cartouches = models.JSONField("cartouches de l'outre-mer")
    lieux = models.JSONField("place des départements")

    class Meta:
        verbose_name = "fond de la carte de France"
        verbose_name_plural = "fonds de la carte de France"

    def __str__(self):
        return f"fond de la carte de France, {self.annee}"
