"""What every answer tells browsers, whoever makes it: a view, an error, a static file."""

from django.conf import settings
from django.urls import reverse

# No page of ours uses any of what a browser can lend to a page.
PERMISSIONS = ", ".join(
    f"{name}=()"
    for name in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


class EntetesMiddleware:
    """Lend nothing of the browser to our pages, and our answers to no other site but the public files."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        sharing = "cross-origin" if is_public_file(request.path) else "same-origin"
        response.headers.setdefault("Cross-Origin-Resource-Policy", sharing)
        return response


def is_public_file(path):
    """Tell whether an address is that of a file made to be used elsewhere: data, image, feed, dates."""
    ours = path.startswith((settings.STATIC_URL, reverse("admin:index")))
    return "." in path.rpartition("/")[2] and not ours
