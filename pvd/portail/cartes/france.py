"""The map of France: a symbol for each département of the programme, by its number of communes."""

import hashlib
from dataclasses import dataclass

from communes.models import ContourDepartement
from pvd.portail.cartes.departement import Cadre
from socle.dessin.svg import bounds, svg_path
from socle.francais import pluriel

# Below this a symbol is too small for a finger, and its number for an eye.
SMALLEST_SYMBOL, LARGEST_SYMBOL, LARGEST_WITHOUT_NUMBER = 11, 34, 13


@dataclass
class Symbole:
    """A département of the programme on the map of France; its area follows its communes."""

    departement: object
    nombre: int
    x: int
    y: int
    rayon: int
    avec_nombre: bool

    @property
    def texte(self):
        count = pluriel(self.nombre, "commune lauréate,communes lauréates")
        return f"{self.departement.nom} : {count}"


@dataclass
class Cartouche:
    """The frame, below the mainland, of a territory overseas."""

    nom: str
    x: int
    y: int
    largeur: int
    hauteur: int

    @property
    def cadre(self):
        return self.x, self.y, self.x + self.largeur, self.y + self.hauteur

    @property
    def milieu(self):
        return self.x + self.largeur // 2

    @property
    def ligne(self):
        """Return where the name is written."""
        return self.y + self.hauteur * 93 // 100


@dataclass
class FondFrance:
    """What never moves on the map of France: the outlines, and where each département is."""

    cadre: Cadre
    terre: str
    cartouches: list
    lieux: dict
    annee: int
    attribution: str

    @property
    def empreinte(self):
        return hashlib.sha256(self.terre.encode()).hexdigest()[:16]


@dataclass
class CarteFrance:
    fond: FondFrance
    symboles: list


def carte_france(communes):
    """Return the map of France, or None while no outline is loaded: one query.

    `communes` counts those of the programme on the day of the page, by code of département.
    """
    fond = fond_france()
    if fond is None:
        return None
    most = max(communes.values(), default=1)
    symbols = [
        symbol_of(departement, communes[code], most, x, y, fond.cadre.pas)
        for code, (departement, x, y) in fond.lieux.items()
        if communes[code]
    ]
    return CarteFrance(fond, symbols)


def symbol_of(departement, count, most, x, y, pas):
    """Return the symbol of a département: its area is to the largest as its count to the highest."""
    radius = max(SMALLEST_SYMBOL, round(LARGEST_SYMBOL * (count / most) ** 0.5))
    return Symbole(departement, count, x, y, radius * pas, radius > LARGEST_WITHOUT_NUMBER)


def fond_france():
    """Return the background of the map of France, or None while no mainland outline is loaded."""
    contours = list(ContourDepartement.objects.select_related("departement"))
    mainland = [contour for contour in contours if not is_overseas(contour)]
    overseas = [contour for contour in contours if is_overseas(contour)]
    if not mainland:
        return None
    whole = bounds([ring for contour in mainland for ring in contour.anneaux])
    boxes = cartouches_below(whole, overseas)
    drawn = [(contour, contour.anneaux, contour.centre_x, contour.centre_y) for contour in mainland]
    drawn += [
        (contour, *moved_into(box, contour)) for contour, box in zip(overseas, boxes, strict=True)
    ]
    return FondFrance(
        Cadre.around(whole, *(box.cadre for box in boxes)),
        "".join(svg_path(rings) for _, rings, _, _ in drawn),
        boxes,
        {contour.pk: (contour.departement, x, y) for contour, _, x, y in drawn},
        contours[0].annee,
        contours[0].attribution,
    )


def is_overseas(contour):
    """Tell whether the code of a département is that of a territory overseas, 971 to 988."""
    return len(contour.pk) == 3


def cartouches_below(whole, contours):
    """Return one frame by territory overseas, in a row below the mainland."""
    left, _, right, bottom = whole
    width = (right - left) // max(5, len(contours))
    gap = width // 12
    return [
        Cartouche(contour.departement.nom, left + i * width, bottom + gap, width - gap, width - gap)
        for i, contour in enumerate(contours)
    ]


def moved_into(box, contour):
    """Return the rings and the centre of `contour`, scaled into `box`, above its name."""
    left, top, right, bottom = contour.cadre
    scale = box.largeur * 0.7 / max(right - left, bottom - top)
    x0 = box.milieu - scale * (left + right) / 2
    y0 = box.y + box.hauteur * 0.43 - scale * (top + bottom) / 2
    rings = [
        [round((y0 if i % 2 else x0) + scale * value) for i, value in enumerate(ring)]
        for ring in contour.anneaux
    ]
    return rings, round(x0 + scale * contour.centre_x), round(y0 + scale * contour.centre_y)
