"""An address as a QR code, drawn by the server: on paper it leads back to the page."""

from functools import lru_cache

import segno
from django.utils.safestring import mark_safe


@lru_cache(maxsize=512)
def qr_svg(url):
    """Return the QR code of `url` as an SVG without size of its own: black on white, whatever the theme."""
    code = segno.make(url, error="m", micro=False)
    return mark_safe(code.svg_inline(omitsize=True, border=4, light="#fff", svgclass="pvd-qr"))
