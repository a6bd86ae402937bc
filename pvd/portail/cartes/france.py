"""The map of France: a symbol for each département of the programme, by its number of communes."""

from dataclasses import dataclass

from communes.models import FondDeFrance
from communes.territoire.contours.france import Cartouche
from pvd.portail.cartes.departement import Cadre
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
class CarteFrance:
    """The map of France: its background, what it shows of the plane, and its symbols."""

    fond: FondDeFrance
    cadre: Cadre
    symboles: list

    @property
    def cartouches(self):
        """Return the frames of the territories overseas."""
        return [Cartouche(*frame) for frame in self.fond.cartouches]


def carte_france(departements, communes):
    """Return the map of France, or None while no background is drawn: one query.

    `communes` counts those of the programme on the day of the page, by code of one of `departements`.
    """
    fond = FondDeFrance.objects.defer("terre").first()
    if fond is None:
        return None
    cadre = Cadre.around(fond.cadre)
    most = max(communes.values(), default=1)
    symbols = [
        symbol_of(
            departement, communes[departement.pk], most, *fond.lieux[departement.pk], cadre.pas
        )
        for departement in departements
        if communes[departement.pk] and departement.pk in fond.lieux
    ]
    return CarteFrance(fond, cadre, symbols)


def symbol_of(departement, count, most, x, y, pas):
    """Return the symbol of a département: its area is to the largest as its count to the highest."""
    radius = max(SMALLEST_SYMBOL, round(LARGEST_SYMBOL * (count / most) ** 0.5))
    return Symbole(departement, count, x, y, radius * pas, radius > LARGEST_WITHOUT_NUMBER)
