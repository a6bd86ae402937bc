"""A page of the site on paper: the sheets that Chromium prints, painted by its own reader of PDF."""

from io import BytesIO
from itertools import pairwise

from PIL import Image
from pypdf import PageObject, PdfReader, PdfWriter, Transformation

# Pixels a point, and how many sheets are painted at once: a window has at most 16 384 pixels.
SCALE, AT_ONCE = 1.6, 8
# The darkest grey of the paper, around which the window is nearly black.
PAPER = 128
PATIENCE, PAUSE = 60, 200


def printed(page, folder):
    """Print the page that is open, as a browser does unless told otherwise: without its backgrounds.

    Return its sheets, each with its image, in greys; `folder` is where they are written meanwhile.
    """
    sheets = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    screen = page.context.browser.new_page()
    images = []
    for first in range(0, len(sheets), AT_ONCE):
        images += painted(screen, sheets[first : first + AT_ONCE], folder / "feuilles.pdf")
    screen.close()
    return list(zip(sheets, images, strict=True))


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
