"""A list by pages, in JSON alone: `?par_page=100&page=2`; without `par_page` it is whole."""

from dataclasses import dataclass

from django.core.paginator import Page

from socle.francais import nombre
from socle.web.filtres import refuse_repeated
from socle.web.pages import asked_page
from socle.web.refus import DemandeInvalide, quoted

PAR_PAGE_AU_PLUS = 1000
TOTAL = "X-Total-Count"


@dataclass
class PageDemandee:
    """The page `numero` of a list cut every `par_page` rows; `page` is there once they are read."""

    request: object
    par_page: int
    numero: int
    page: Page | None = None

    def __str__(self):
        """Write it as the name of a file does."""
        return f"page-{self.numero}-par-{self.par_page}"

    def of(self, rows):
        """Return those of `rows`, a list, on the page. Raises `DemandeInvalide` if it is not there."""
        self.page = asked_page(self.request, rows, self.par_page)
        return self.page.object_list

    def announced(self, response, adresse):
        """Say how many rows the whole list has, and where the other pages are; `adresse` writes one.

        Nothing is said to who asks for the head alone: no row is read.
        """
        if self.page is None:
            return response
        found, last = self.page, self.page.paginator.num_pages
        links = {
            "first": 1,
            "prev": found.previous_page_number() if found.has_previous() else None,
            "next": found.next_page_number() if found.has_next() else None,
            "last": last,
        }
        told = [
            f'<{adresse("json", page=number, par_page=self.par_page)}>; rel="{rel}"'
            for rel, number in links.items()
            if number
        ]
        response["Link"] = ", ".join([response["Link"], *told])
        response[TOTAL] = str(found.paginator.count)
        return response


def page_demandee(request):
    """Return the page that a list in JSON is asked for, or None for the whole of it.

    What it reads is left out of the request, for no other format reads it. Raises `DemandeInvalide`.
    """
    par_page = entier_demande(request, "par_page", PAR_PAGE_AU_PLUS)
    asked = request.GET.copy()
    asked.pop("par_page", None)
    request.GET = asked
    if par_page is None:
        return None
    return PageDemandee(request, par_page, entier_demande(request, "page") or 1)


def entier_demande(request, name, most=None):
    """Return the number, from 1 to `most`, that `name` asks for; None without it.

    Raises `DemandeInvalide`.
    """
    refuse_repeated(request.GET, name)
    text = request.GET.get(name, "").strip()
    if not text:
        return None
    is_number = text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0
    if not is_number or (most and int(text) > most):
        until = f", jusqu'à {nombre(most)}" if most else ""
        raise DemandeInvalide(
            f"Le critère « {name}={quoted(text)} » se demande par un nombre entier à partir de 1{until}."
        )
    return int(text)
