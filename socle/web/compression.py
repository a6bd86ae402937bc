"""What travels lighter: public texts are compressed, what depends on who asks never is."""

from django.middleware.gzip import GZipMiddleware
from django.utils.cache import has_vary_header

# What is compressed already gains nothing, and would lose the size that a browser shows.
TEXTES = (
    "text/",
    "image/svg",
    "application/json",
    "application/geo+json",
    "application/xml",
    "application/atom+xml",
)


class CompressionMiddleware(GZipMiddleware):
    """Compress the texts that are the same for all.

    A page that is read with a cookie may hold a secret beside a text that someone else chose, and
    its compressed size would tell of it (BREACH): such pages are sent as they are.
    """

    def process_response(self, request, response):
        personal = response.cookies or has_vary_header(response, "Cookie")
        if personal or not response.get("Content-Type", "").startswith(TEXTES):
            return response
        return super().process_response(request, response)
