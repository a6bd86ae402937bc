"""A page of the site on paper: the sheets that Chromium prints, painted by PDFium, which shows them in it."""

from io import BytesIO

from pypdf import PdfReader
from pypdfium2 import PdfDocument

# Pixels a point.
SCALE = 1.6


def printed(page):
    """Print the page that is open, as a browser does unless told otherwise: without its backgrounds.

    Return its sheets, each with its image, in greys.
    """
    return sheets_of(page.pdf(prefer_css_page_size=True))


def sheets_of(pdf):
    """Return the sheets of a PDF, each with its image, in greys."""
    with PdfDocument(pdf) as document:
        images = [sheet.render(scale=SCALE, grayscale=True).to_pil() for sheet in document]
    return list(zip(PdfReader(BytesIO(pdf)).pages, images, strict=True))
