"""The background of the map of France: the mainland where it is, each territory overseas in a frame."""

from dataclasses import dataclass

from socle.dessin.svg import bounds, fingerprint, svg_path


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


def background(contours):
    """Return what a `FondDeFrance` holds, drawn from the outlines of départements; None: no mainland."""
    mainland = [contour for contour in contours if not is_overseas(contour)]
    overseas = [contour for contour in contours if is_overseas(contour)]
    if not mainland:
        return None
    whole = bounds([ring for contour in mainland for ring in contour.anneaux])
    boxes = frames_below(whole, overseas)
    drawn = [(contour, contour.anneaux, contour.centre_x, contour.centre_y) for contour in mainland]
    drawn += [
        (contour, *moved_into(box, contour)) for contour, box in zip(overseas, boxes, strict=True)
    ]
    terre = "".join(svg_path(rings) for _, rings, _, _ in drawn)
    frames = [whole, *(box.cadre for box in boxes)]
    return {
        "annee": contours[0].annee,
        "attribution": contours[0].attribution,
        "terre": terre,
        "gauche": min(frame[0] for frame in frames),
        "haut": min(frame[1] for frame in frames),
        "droite": max(frame[2] for frame in frames),
        "bas": max(frame[3] for frame in frames),
        "cartouches": [[box.nom, box.x, box.y, box.largeur, box.hauteur] for box in boxes],
        "lieux": {contour.pk: [x, y] for contour, _, x, y in drawn},
        "empreinte": fingerprint(terre),
    }


def is_overseas(contour):
    """Tell whether the code of a département is that of a territory overseas, 971 to 988."""
    return len(contour.pk) == 3


def frames_below(whole, contours):
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
