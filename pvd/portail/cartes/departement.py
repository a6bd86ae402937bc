"""The map of a département, drawn on the server: its communes by status, its ORT by number."""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q

from communes.models import (
    Commune,
    ContourCommune,
    FondDeCarte,
    Labellisation,
)
from communes.territoire.contours.projection import project, zone_of
from ort.models import CommuneCouverte, Convention
from pvd.suivi.chiffres import ort_comptees
from pvd.suivi.regles import Statut
from pvd.suivi.situation import Situation
from socle.dessin.svg import convex_hull, svg_path
from socle.francais import liste

# The sizes of labels, patterns and symbols are in thousandths of the width of the map.
WIDTH, MARGIN = 1000, 20
# The room of a finger around the centre of a commune: 12 pixels of a map 288 wide, on the narrowest phone.
DOIGT = 42
HORS_PROGRAMME = "hors_programme"
# How each status of a commune reads in the legend, in its order.
STATUTS = (Statut.ORT_SIGNEE, Statut.ADHESION_SIGNEE, Statut.LAUREATE, Statut.SORTIE)
LEGENDE = {statut: statut.legende for statut in STATUTS} | {
    HORS_PROGRAMME: "Hors programme, dans l'ORT d'une commune lauréate",
}


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

    @property
    def doigt(self):
        """Return the radius of the room to touch a commune, an integer as above."""
        return DOIGT * self.pas


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
    """A commune of the map: its contour, None when it has none, its status and its ORT."""

    situation: Situation
    contour: ContourCommune | None
    ort: list

    @property
    def statut(self):
        """Return its `Statut`, or `HORS_PROGRAMME`: the key of the legend and of the pattern."""
        return self.situation.statut or HORS_PROGRAMME

    @property
    def numeros(self):
        return "\N{NO-BREAK SPACE}".join(str(ort.numero) for ort in self.ort)

    @property
    def texte(self):
        """Return what the map says of the commune: « Agde : hors programme, dans l'ORT d'Agde »."""
        words = self.situation.statut.label if self.situation.statut else "hors programme"
        names = liste(ort.convention.intitule for ort in self.ort)
        return f"{self.situation.nom} : {words}" + (f", {names}" if names else "")


@dataclass
class Entree:
    """A line of the legend: a status, in words, and its communes, some in another département."""

    statut: str
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
        """Return the statuses that the map shows, as `Entree`."""
        by_statut = {}
        for commune in self.communes:
            by_statut.setdefault(commune.statut, []).append(commune)
        return [
            Entree(statut, words, by_statut[statut], self.fond.pk)
            for statut, words in LEGENDE.items()
            if statut in by_statut
        ]


def communes_montrees(departement, jour):
    """Return the communes of `departement` in the programme by `jour`, and those of its ORT, all over."""
    known = Labellisation.objects.counted_in(departement, jour).filter(debut__lte=jour)
    covered = CommuneCouverte.objects.as_of(jour).filter(
        convention__in=ort_comptees(departement, jour).values("pk")
    )
    return Commune.objects.filter(
        Q(pk__in=known.communes_du_jour(jour)) | Q(pk__in=covered.communes_du_jour(jour))
    )


def carte(departement, montrees, jour):
    """Return the map of `departement` on `jour`, or None while its contours are not loaded.

    `montrees` are the situations, on that day, of `communes_montrees`. Three queries.
    """
    fond = FondDeCarte.objects.defer("terre", "limites").filter(departement=departement).first()
    if fond is None:
        return None
    conventions = ort_comptees(departement, jour).order_by("date_signature", "identifiant")
    ort = {
        convention.pk: OrtDessinee(numero, convention)
        for numero, convention in enumerate(conventions, 1)
    }
    contours = ContourCommune.objects.in_bulk([situation.commune.pk for situation in montrees])
    communes = []
    for situation in montrees:
        covering = {couverture.convention.pk for couverture in situation.couvertures}
        of_commune = [found for pk, found in ort.items() if pk in covering]
        drawn = CommuneDessinee(situation, contours.get(situation.commune.pk), of_commune)
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


def reperables(communes):
    """Return `communes`, a queryset, with their contour and that of their département: no query more."""
    fond = "departement__fond_de_carte"
    read = communes.select_related("contour", fond)
    return read.defer(f"{fond}__terre", f"{fond}__limites")


def reperage(commune):
    """Return where `commune`, read by `reperables`, is in its département; None if it is not drawn."""
    contour = getattr(commune, "contour", None)
    fond = getattr(commune.departement, "fond_de_carte", None)
    return Reperage(fond, contour) if contour and fond else None


@dataclass
class Lieu:
    """Where an action is in a département, in the units of the map."""

    fond: FondDeCarte
    x: int
    y: int

    @property
    def cadre(self):
        return Cadre.around(self.fond.cadre, (self.x, self.y, self.x, self.y))

    @property
    def point(self):
        return self.cadre.pas * 14

    @property
    def rayon(self):
        """Return the radius of the ring that shows the point."""
        return self.cadre.pas * 60


def lieu(action, departement):
    """Return where `action` is in `departement`, or None while its place or the map is not known."""
    if action.longitude is None or departement is None:
        return None
    fonds = FondDeCarte.objects.defer("terre", "limites").filter(departement=departement)
    if (fond := fonds.first()) is None:
        return None
    point = [[float(action.longitude), float(action.latitude)]]
    [(x, y)] = project(zone_of(departement.pk), point)
    return Lieu(fond, round(x), round(y))
