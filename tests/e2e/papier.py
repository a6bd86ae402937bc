"""What a printed page shows: its sheets, painted by Chromium's own reader of PDF, and their words."""

import unicodedata
from io import BytesIO
from itertools import pairwise

from PIL import Image
from pypdf import PageObject, PdfReader, PdfWriter, Transformation

# Pixels a point, and how many sheets are painted at once: a window has at most 16 384 pixels.
SCALE, AT_ONCE = 1.6, 8
# The darkest grey of the paper, around which the window is nearly black, and the lightest of ink.
PAPER, INK = 128, 190
PATIENCE, PAUSE = 60, 200


class Feuille:
    """A sheet: its text, its image, and each piece of its text with its place."""

    def __init__(self, sheet, image):
        self.image, self.pieces = image, []
        self.height = float(sheet.mediabox.height)
        self.texte = " ".join(sheet.extract_text(visitor_text=self.note).split())

    def note(self, text, page_matrix, text_matrix, _font, size):
        """Keep a piece of text and the room of its first letter, in points from the top left."""
        if text[:1].isalnum():
            (a, _, _, d, e, f), (x, y) = page_matrix, text_matrix[4:]
            left, base, size = a * x + e, self.height - (d * y + f), abs(a) * size
            self.pieces.append((text, (left, base - 0.75 * size, left + 0.75 * size, base)))

    @property
    def illisible(self):
        """Return what the PDF writes and nobody can read: there is no ink where it should be."""
        return " ".join(text for text, room in self.pieces if self.darkest(room) > INK)

    def darkest(self, room):
        return self.image.crop([round(side * SCALE) for side in room]).getextrema()[0]


def feuilles(page, address, folder):
    """Print a page as a browser does unless told otherwise, without backgrounds; return its sheets."""
    page.goto(address)
    sheets = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    screen = page.context.browser.new_page()
    images = []
    for first in range(0, len(sheets), AT_ONCE):
        images += painted(screen, sheets[first : first + AT_ONCE], folder / "feuilles.pdf")
    screen.close()
    return [Feuille(sheet, image) for sheet, image in zip(sheets, images, strict=True)]


def painted(screen, sheets, path):
    """Return the image of each sheet, in greys: they are shown one under the other, and cut out."""
    width, height = (float(side) for side in sheets[0].mediabox.upper_right)
    strip = PageObject.create_blank_page(width=width, height=height * len(sheets))
    for rank, sheet in enumerate(reversed(sheets)):
        strip.merge_transformed_page(sheet, Transformation().translate(0, height * rank))
    written = PdfWriter()
    written.add_page(strip)
    written.write(path)
    room = {"width": round(width * SCALE) + 60, "height": round(height * SCALE * len(sheets)) + 20}
    screen.set_viewport_size(room)
    screen.goto("about:blank")
    screen.goto(f"{path.as_uri()}#toolbar=0&navpanes=0&view=Fit")
    whole = still(screen)
    whole = whole.resize((round(width * SCALE), round(height * SCALE) * len(sheets)))
    edges = range(0, whole.height, round(height * SCALE))
    return [whole.crop((0, top, whole.width, top + round(height * SCALE))) for top in edges]


def still(screen):
    """Return the paper that the reader of PDF shows, once it has come and does not change any more."""
    shots = (shot(screen) for _ in range(PATIENCE))
    for before, after in pairwise(shots):
        edge = after.point(lambda grey: 255 * (grey > PAPER)).getbbox()
        if edge and before.tobytes() == after.tobytes():
            return after.crop(edge)
        screen.wait_for_timeout(PAUSE)
    raise AssertionError("Le PDF ne s'affiche pas.")


def shot(screen):
    return Image.open(BytesIO(screen.screenshot())).convert("L")


CELLS = """all => all.filter(cell => cell.checkVisibility()).map(cell => {
    const told = cell.cloneNode(true)
    told.querySelectorAll(".fr-sr-only, svg, details:not([open])").forEach(unseen => unseen.remove())
    return told.textContent
})"""


def cut_cells(page, sheets):
    """Return the cells of tables of the page that are not whole on its sheets: cut by an edge."""
    page.emulate_media(media="print")
    cells = page.eval_on_selector_all("main :is(th, td)", CELLS)
    page.emulate_media(media="null")
    whole = "".join(letters(sheet.texte) for sheet in sheets)
    return [cell.strip() for cell in cells if letters(cell) not in whole]


def letters(text):
    """Return a text without what a sheet changes of it: blanks, ligatures, capitals."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
