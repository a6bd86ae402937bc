"""French marks stay on the line of the word before, on every public page, whatever wrote them."""

from django.urls import reverse

from socle.francais import BREAKABLE, unbreakable

PAGES = ("text/html", "image/svg+xml")
# What a browser runs, applies or sends back as it is written.
AS_WRITTEN = ("<script", "<style", "<textarea", "<pre", "<code")


def insecable_in_page(page):
    """Return a page with its breakable spaces made unbreakable: in its words, never in its tags.

    Few spaces are looked at: what stands before each says whether it is one of the words.
    """

    def keep(space):
        opened = page.rfind("<", 0, space.start())
        in_a_tag = page.rfind(">", 0, space.start()) < opened
        if in_a_tag or page.startswith(AS_WRITTEN, opened):
            return " "
        return unbreakable(page, space)

    return BREAKABLE.sub(keep, page)


class TypographieMiddleware:
    """Write the unbreakable spaces of the public pages and drawings: titles, records, words of agents.

    The back office, that only agents read, writes its own.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        public = not request.path.startswith(reverse("admin:index"))
        kind = response.get("Content-Type", "")
        if public and not response.streaming and kind.startswith(PAGES):
            text = response.content.decode(response.charset)
            response.content = insecable_in_page(text).encode(response.charset)
            if "Content-Length" in response.headers:
                response.headers["Content-Length"] = str(len(response.content))
        return response
