"""What a printed page shows: its sheets, and their words, which the paper must bear in ink."""

import unicodedata

from tools.papier import SCALE, printed

# The lightest grey of ink.
INK = 190


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


def feuilles(page, address):
    """Return the sheets on which a page is printed, as a browser does unless told otherwise."""
    page.goto(address)
    return [Feuille(*sheet) for sheet in printed(page)]


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


# What an A4 sheet leaves between the margins of our pages, in pixels of the browser.
A4_WIDTH = 680
WIDER = """all => all.filter(cell => cell.scrollWidth > cell.clientWidth + 1).map(cell => cell.textContent)"""


def wider_cells(page):
    """Return the cells of tables whose words go over those of the next one, at the width of a sheet."""
    screen = page.viewport_size
    page.set_viewport_size({"width": A4_WIDTH, "height": screen["height"]})
    page.emulate_media(media="print")
    cells = page.eval_on_selector_all("main :is(th, td)", WIDER)
    page.emulate_media(media="null")
    page.set_viewport_size(screen)
    return [" ".join(cell.split()) for cell in cells]


def letters(text):
    """Return a text without what a sheet changes of it: blanks, ligatures, capitals."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
