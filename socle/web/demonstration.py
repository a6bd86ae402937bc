"""The site of the demonstration says on all that leaves it that its data are made up."""

import re

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.templatetags.static import static

MARK = "Données fictives"
BANNER = (
    f'<section class="pvd-fictif" aria-label="{MARK}"><p><strong>{MARK}.</strong> '
    "Démonstration\N{NO-BREAK SPACE}: les postes de chef de projet, les plans d'action, les "
    "événements du Club, les contacts et les notes sont inventés.</p></section>"
)
BODY = re.compile(r"<body[^>]*>")
FILENAME = re.compile(r"(filename\*?=[^;]*?)(\.\w+)?(\"?)(?=;|$)")


def marked(title):
    """Return a title as the site may write it: in the demonstration it says that what follows is made up."""
    return f"{MARK} – {title}" if settings.PVD_DEMO else title


class DonneesFictivesMiddleware:
    """Mark every page, feed and file, whatever made it: a page that is new is marked as well.

    On any other site than the demonstration it is not even there.
    """

    def __init__(self, get_response):
        if not settings.PVD_DEMO:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        if disposition := response.get("Content-Disposition"):
            response.headers["Content-Disposition"] = FILENAME.sub(
                r"\1-fictif\2\3", disposition, count=1
            )
        kind = response.get("Content-Type", "")
        if not response.streaming and kind.startswith(("text/html", "application/atom+xml")):
            self.mark(response)
        return response

    def mark(self, response):
        """Write the banner at the top of a page, and the mark in the title of a page or of a feed."""
        text = response.content.decode(response.charset)
        text = text.replace("<title>", f"<title>{MARK} – ", 1)
        text = BODY.sub(lambda body: body[0] + BANNER, text, count=1)
        sheet = f'<link rel="stylesheet" href="{static("pvd/demonstration.css")}">'
        response.content = text.replace("</head>", f"{sheet}</head>", 1).encode(response.charset)
        if "Content-Length" in response.headers:
            response.headers["Content-Length"] = str(len(response.content))
