"""The maps, drawn on the server: a département with its communes, France with its départements."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from communes.models import (
    Commune,
    ContourCommune,
    ContourDepartement,
    FondDeCarte,
    Labellisation,
    bounds,
    convex_hull,
    svg_path,
)
from ort.models import CommuneCouverte, Convention
from pvd.socle.templatetags.francais import liste, pluriel
from pvd.suivi.chiffres import ort_comptees
from pvd.suivi.situation import Situation, Statut, situations

# The sizes of labels, patterns and symbols are in thousandths of the width of the map.
WIDTH, MARGIN = 1000, 20
HORS_PROGRAMME = "hors_programme"
# How each state of a commune reads in the legend, in its order.
LEGENDE = {
    Statut.ORT_SIGNEE: "ORT signée",
    Statut.ADHESION_SIGNEE: "Convention d'adhésion signée, pas encore d'ORT",
    Statut.LAUREATE: "Lauréate, sans convention d'adhésion connue",
    Statut.SORTIE: "Sortie du programme",
    HORS_PROGRAMME: "Hors programme, dans l'ORT d'une commune lauréate",
}
# Below this a symbol is too small for a finger, and its number for an eye.
SMALLEST_SYMBOL, LARGEST_SYMBOL, LARGEST_WITHOUT_NUMBER = 11, 34, 13


@dataclass
class Cadre:
    """The part of the plane that a map shows, in the units of the contours."""

    gauche: int
    haut: int
    largeur: int
    hauteur: int

    @classmethod
    def around(cls, *frames):
        """Return the frame that holds `frames`, with a margin, never higher than wide."""
        gauche, haut = min(f[0] for f in frames), min(f[1] for f in frames)
        largeur, hauteur = max(f[2] for f in frames) - gauche, max(f[3] for f in frames) - haut
        margin = max(largeur, hauteur) * MARGIN // WIDTH
        missing = max(0, hauteur - largeur)
        return cls(
            gauche - margin - missing // 2,
            haut - margin,
            largeur + 2 * margin + missing,
            hauteur + 2 * margin,
        )

    @property
    def viewbox(self):
        return f"{self.gauche} {self.haut} {self.largeur} {self.hauteur}"

    @property
    def pas(self):
        """Return a thousandth of the width, an integer: a French template would write a comma."""
        return max(1, self.largeur // WIDTH)


@dataclass
class OrtDessinee:
    """An ORT of the map, and the number that its communes bear there."""

    numero: int
    convention: Convention
    communes: list = field(default_factory=list)

    @cached_property
    def enveloppe(self):
        """Return the line drawn around its communes; nothing while fewer than two are on the map."""
        drawn = [commune.contour.anneaux for commune in self.communes if commune.contour]
        if len(drawn) < 2:
            return ""
        return svg_path([convex_hull([ring for rings in drawn for ring in rings])])


@dataclass
class CommuneDessinee:
    """A commune of the map: its contour, None when it has none, its state and its ORT."""

    situation: Situation
    contour: ContourCommune | None
    ort: list

    @property
    def etat(self):
        """Return its `Statut`, or `HORS_PROGRAMME`: the key of the legend and of the pattern."""
        return self.situation.statut or HORS_PROGRAMME

    @property
    def numeros(self):
        return "\N{NO-BREAK SPACE}".join(str(ort.numero) for ort in self.ort)

    @property
    def texte(self):
        """Return what the map says of the commune: « Agde : hors programme, dans l'ORT d'Agde »."""
        state = self.situation.statut.label if self.situation.statut else "hors programme"
        names = liste(ort.convention.intitule for ort in self.ort)
        return f"{self.situation.nom} : {state}" + (f", {names}" if names else "")


@dataclass
class Entree:
    """A line of the legend: a state, in words, and its communes, some in another département."""

    etat: str
    mots: str
    communes: list
    departement: str

    @property
    def ailleurs(self):
        return sum(c.situation.commune.departement_id != self.departement for c in self.communes)


@dataclass
class CarteDepartement:
    """The map of a département on a day: its background, the communes shown, the ORT by number."""

    fond: FondDeCarte
    communes: list
    ort: list

    @property
    def dessinees(self):
        return [commune for commune in self.communes if commune.contour]

    @property
    def echantillon(self):
        """Return the width and height of a sample of the legend, in the units of the patterns."""
        return 40 * self.cadre.pas, 24 * self.cadre.pas

    @property
    def a_plusieurs_communes(self):
        """Tell whether a line is drawn around the communes of some ORT."""
        return any(ort.enveloppe for ort in self.ort)

    @property
    def hors_carte(self):
        """Return the communes that the legend names and that no contour lets draw."""
        return [commune for commune in self.communes if not commune.contour]

    @cached_property
    def cadre(self):
        return Cadre.around(self.fond.cadre, *(c.contour.cadre for c in self.dessinees))

    @property
    def legende(self):
        """Return the states that the map shows, as `Entree`."""
        by_state = {}
        for commune in self.communes:
            by_state.setdefault(commune.etat, []).append(commune)
        return [
            Entree(etat, words, by_state[etat], self.fond.pk)
            for etat, words in LEGENDE.items()
            if etat in by_state
        ]


def carte(departement, suivies, jour):
    """Return the map of `departement` on `jour`, or None while its contours are not loaded.

    `suivies` are the situations, on that day, of its communes in the programme or out of it. The
    other communes of their ORT are shown too, wherever they are. A constant number of queries.
    """
    fond = FondDeCarte.objects.defer("terre", "limites").filter(departement=departement).first()
    if fond is None:
        return None
    conventions = ort_comptees(departement, jour).order_by("date_signature", "identifiant")
    ort = {
        convention.pk: OrtDessinee(numero, convention)
        for numero, convention in enumerate(conventions, 1)
    }
    by_commune = {}
    covered = CommuneCouverte.objects.en_vigueur(jour).filter(convention__in=list(ort))
    for commune, convention in covered.values_list("commune", "convention").distinct():
        by_commune.setdefault(commune, []).append(ort[convention])
    known = {situation.commune.pk for situation in suivies}
    partners = Commune.objects.filter(pk__in=by_commune.keys() - known)
    shown = [*suivies, *situations(partners, jour)]
    contours = ContourCommune.objects.in_bulk([situation.commune.pk for situation in shown])
    communes = []
    for situation in shown:
        code = situation.commune.pk
        of_commune = sorted(by_commune.get(code, []), key=lambda found: found.numero)
        drawn = CommuneDessinee(situation, contours.get(code), of_commune)
        communes.append(drawn)
        for found in of_commune:
            found.communes.append(drawn)
    return CarteDepartement(fond, communes, list(ort.values()))


@dataclass
class Reperage:
    """Where a commune is in its département."""

    fond: FondDeCarte
    contour: ContourCommune

    @property
    def cadre(self):
        return Cadre.around(self.fond.cadre)

    @property
    def rayon(self):
        """Return the radius of the ring that shows even the smallest commune."""
        return self.cadre.pas * 60


def reperage(commune):
    """Return where `commune` is in its département, or None while its contour is not loaded."""
    fond = FondDeCarte.objects.defer("terre", "limites").filter(departement=commune.departement_id)
    contour = ContourCommune.objects.filter(pk=commune.pk).first()
    found = fond.first() if contour else None
    return Reperage(found, contour) if found else None


# --- France ----------------------------------------------------------------------------------


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


def carte_france(jour):
    """Return the map of France on `jour`, or None while no outline is loaded: two queries."""
    fond = fond_france()
    if fond is None:
        return None
    laureates = Labellisation.objects.as_of(jour).values_list("commune__departement", flat=True)
    counted = Counter(laureates)
    most = max(counted.values(), default=1)
    symbols = [
        symbol_of(departement, counted[code], most, x, y, fond.cadre.pas)
        for code, (departement, x, y) in fond.lieux.items()
        if counted[code]
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
