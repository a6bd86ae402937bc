"""The image that a message shows when it shares a page: the situation, drawn in the State's type."""

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from io import BytesIO

from django.contrib.staticfiles import finders
from PIL import Image, ImageDraw, ImageFont

from communes.models import ContourCommune, ContourDepartement
from pvd.suivi.completude import completude
from pvd.suivi.models import Chiffre
from pvd.suivi.phrases import sentence, statut_in_words
from socle.dates import in_french
from socle.dessin.svg import bounds
from socle.francais import insecable, nombre

# The size that messengers and social networks ask for, and that they never cut.
LARGEUR, HAUTEUR = 1200, 630
MARGE = 72
INTERIEUR = LARGEUR - 2 * MARGE
# To be changed with the drawing: it is part of the mark by which a browser knows its copy.
DESSIN = 3

# The colours of the State's design system, light theme.
BLEU_FRANCE, ROUGE_MARIANNE = "#000091", "#e1000f"
ENCRE, GRIS, FILET, BLANC = "#161616", "#666666", "#dddddd", "#ffffff"
# Of its badges: the background, then the text. The word is always there: colour comes second.
BADGES = {
    "success": ("#b8fec9", "#18753c"),
    "info": ("#e8edff", "#0063cb"),
    "": ("#eeeeee", "#3a3a3a"),
}
# A date is never cut at the end of a line.
DATE = re.compile(r"(\d+|1er) (\w+) (\d{4})")
# Where the locator is drawn (left, top, width, height), and how much finer than the image.
CARTE = (848, 112, 280, 204)
FINESSE = 4
# The sizes of a name and of a figure, each with the lines that it may take.
TITRES = ((80, 1), (68, 1), (58, 2), (48, 2))
VALEURS = ((80, 1), (60, 1), (44, 1), (30, 1), (24, 1))
TERRE = "#d5d9f5"
# The figures of a département that its image has room for.
CHIFFRES = (
    Chiffre.COMMUNES,
    Chiffre.INTERCOMMUNALITES,
    Chiffre.ORT,
    Chiffre.COMMUNES_COUVERTES,
)


@dataclass(frozen=True)
class Localisation:
    """Where a commune is in its département: the contours of both, and who they come from."""

    terre: tuple
    commune: tuple
    attribution: str


@dataclass(frozen=True)
class Vignette:
    """What the image says: badges are (word, colour), figures are (value, label)."""

    titre: str
    lieu: str = ""
    date: str = ""
    badges: tuple = ()
    texte: str = ""
    chiffres: tuple = ()
    localisation: Localisation | None = None

    @property
    def etag(self):
        """Return the mark of what is drawn: the same facts give the same image."""
        return f'"{sha256(repr((DESSIN, self)).encode()).hexdigest()[:32]}"'


def vignette_de_commune(situation):
    """Return what the image of a commune says: its name, its status, the sentence of its page."""
    commune, jour = situation.commune, situation.jour
    lieu, date = str(commune.departement), f"Situation au {in_french(jour)}"
    if not commune.holds_on(jour):
        absent = f"La commune {commune.avec_de} n'existe pas sous ce code ce jour-là."
        return Vignette(situation.nom, lieu, date, texte=absent)
    badges, localisation = badges_of(situation), find_localisation(commune)
    return Vignette(
        situation.nom, lieu, date, badges, sentence(situation), localisation=localisation
    )


def find_localisation(commune):
    """Return where the commune is in its département, or None while their contours are not loaded."""
    town = ContourCommune.objects.filter(pk=commune.pk).first()
    land = ContourDepartement.objects.filter(pk=commune.departement_id).first()
    if town is None or land is None:
        return None
    drawn = [tuple(tuple(ring) for ring in contour.anneaux) for contour in (land, town)]
    return Localisation(*drawn, f"Contours : {town.attribution}")


def badges_of(situation):
    """Return the badges of the page of the commune: its status, and the delay if there is one."""
    couleur = situation.statut.couleur if situation.statut else ""
    badges = [(statut_in_words(situation), couleur)]
    if situation.en_retard:
        badges.append(("délai dépassé", ""))
    return tuple(badges)


def vignette_de_departement(departement, tuiles, jour):
    """Return what the image of a département says: its main figures, and how far its data go."""
    shown = [tuile for tuile in tuiles if tuile.chiffre in CHIFFRES]
    if all(tuile.valeur is None for tuile in shown):
        shown = []
    figures = tuple((nombre(tuile.valeur), tuile.chiffre.label) for tuile in shown)
    date = f"Situation au {in_french(jour)}"
    texte = completude(departement)
    return Vignette(departement.nom, f"Département {departement.pk}", date, (), texte, figures)


def vignette_du_site(departement):
    """Return what the image of any other page says: what the site is, of which département."""
    where = f"dans le département {departement.avec_de}" if departement else "en France"
    texte = (
        f"Suivi du programme {where} : où en est chaque commune, à la date de votre choix, "
        "avec la source de chaque fait."
    )
    return Vignette("Petites villes de demain", texte=texte)


@lru_cache
def police(graisse, taille):
    """Return the State's typeface, Marianne, which the design system brings."""
    return ImageFont.truetype(finders.find(f"dsfr/dist/fonts/Marianne-{graisse}.woff2"), taille)


def lines_of(text, font, width):
    """Cut `text` at its breaking spaces into the lines that fit in `width` pixels."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def fitted(text, graisse, tries, width):
    """Return the first font in which `text` fits, and its lines; `tries` are (size, lines at most)."""
    for taille, most in tries:
        font = police(graisse, taille)
        lines = lines_of(text, font, width)
        if len(lines) <= most and all(font.getlength(line) <= width for line in lines):
            break
    return font, lines[:most]


@lru_cache(maxsize=128)
def draw(vignette):
    """Return the PNG image of `vignette`; a département asked for again is not drawn again."""
    image = Image.new("RGB", (LARGEUR, HAUTEUR), BLANC)
    pen = ImageDraw.Draw(image)
    draw_frame(pen, vignette)
    if vignette.localisation:
        draw_localisation(image, pen, vignette.localisation)
    y = draw_title(pen, vignette, 132)
    y = draw_badges(pen, vignette.badges, y)
    if vignette.chiffres:
        y = draw_figures(pen, vignette.chiffres, y)
    draw_text(pen, DATE.sub("\\1\xa0\\2\xa0\\3", insecable(vignette.texte)), y + 8)
    content = BytesIO()
    # A few colours and their blends: a palette halves the weight and the eye sees no difference.
    image.quantize(128, Image.Quantize.FASTOCTREE).save(content, "PNG")
    return content.getvalue()


def draw_frame(pen, vignette):
    """Draw what all images share: the programme, the day, the rule and the band of the State."""
    if vignette.titre != "Petites villes de demain":
        pen.text(
            (MARGE, 60), "Petites villes de demain", BLEU_FRANCE, police("Bold", 32), anchor="ls"
        )
        pen.text((LARGEUR - MARGE, 60), vignette.date, ENCRE, police("Medium", 30), anchor="rs")
        pen.line((MARGE, 92, LARGEUR - MARGE, 92), FILET, 2)
    pen.rectangle((0, HAUTEUR - 18, LARGEUR, HAUTEUR), BLEU_FRANCE)
    pen.rectangle((LARGEUR - MARGE - 120, HAUTEUR - 18, LARGEUR - MARGE, HAUTEUR), ROUGE_MARIANNE)


def draw_localisation(image, pen, localisation):
    """Draw the département in its corner, the commune in blue, and who the contours come from."""
    x, y, width, height = CARTE
    left, top, right, bottom = bounds(localisation.terre)
    scale = FINESSE * min(width / (right - left), height / (bottom - top))
    # To the right of the frame, as the rule above it, and half-way down.
    moved = (
        FINESSE * width - (right - left) * scale,
        (FINESSE * height - (bottom - top) * scale) / 2,
    )
    for rings, colour in ((localisation.terre, TERRE), (localisation.commune, BLEU_FRANCE)):
        mask = Image.new("L", (FINESSE * width, FINESSE * height))
        for ring in rings:
            points = zip(ring[::2], ring[1::2], strict=True)
            placed = [
                ((px - left) * scale + moved[0], (py - top) * scale + moved[1]) for px, py in points
            ]
            ImageDraw.Draw(mask).polygon(placed, 255, 255, FINESSE)
        image.paste(colour, (x, y), mask.resize((width, height), Image.Resampling.BOX))
    font = police("Regular", 15)
    pen.text((x + width, HAUTEUR - 26), localisation.attribution, GRIS, font, anchor="rs")


def draw_title(pen, vignette, y):
    """Draw the name, as large as it fits in two lines, then the place; return the next free row."""
    width = CARTE[0] - MARGE - 24 if vignette.localisation else INTERIEUR
    font, lines = fitted(vignette.titre, "Bold", TITRES, width)
    for line in lines:
        y += font.size
        pen.text((MARGE, y), line, BLEU_FRANCE, font, anchor="ls")
    if vignette.lieu:
        y += 54
        pen.text((MARGE, y), vignette.lieu, GRIS, police("Regular", 34), anchor="ls")
    return y + 34


def draw_badges(pen, badges, y):
    """Draw the badges side by side; return the next free row."""
    font, x = police("Bold", 26), MARGE
    for word, couleur in badges:
        background, ink = BADGES[couleur]
        width = font.getlength(word.upper()) + 36
        pen.rounded_rectangle((x, y, x + width, y + 48), 8, background)
        pen.text((x + width / 2, y + 25), word.upper(), ink, font, anchor="mm")
        x += width + 16
    return y + 48 + 20 if badges else y


def draw_figures(pen, figures, y):
    """Draw the figures in columns, each over its label; return the next free row."""
    width = INTERIEUR // len(figures)
    small, most = police("Regular", 23), 0
    for column, (value, label) in enumerate(figures):
        x = MARGE + column * width
        font, (shown, *_) = fitted(value, "Bold", VALEURS, width - 24)
        pen.text((x, y + 76), shown, BLEU_FRANCE, font, anchor="ls")
        lines = lines_of(label, small, width - 16)
        for row, line in enumerate(lines):
            pen.text((x, y + 116 + 32 * row), line, ENCRE, small, anchor="ls")
        most = max(most, len(lines))
    return y + 116 + 32 * most


def draw_text(pen, text, y):
    """Draw the sentence, as large as it fits in the room that is left above the band."""
    for taille in (38, 34, 30, 26):
        font, spacing = police("Regular", taille), round(taille * 1.4)
        lines = lines_of(text, font, INTERIEUR)
        if y + spacing * len(lines) <= HAUTEUR - 18 - 20:
            break
    for line in lines:
        y += spacing
        pen.text((MARGE, y - spacing // 4), line, ENCRE, font, anchor="ls")
