"""A long list, page by page (`?page=`)."""

from django.core.paginator import InvalidPage, Paginator

from socle.web.refus import DemandeInvalide, quoted

ROWS_PER_PAGE = 50


def asked_page(request, rows, per_page=ROWS_PER_PAGE):
    """Return the page of `rows`, a sequence or queryset, that `?page=` asks for, the first without it.

    Raises `DemandeInvalide` for a page that does not exist.
    """
    paginator = Paginator(rows, per_page)
    if len(asked := request.GET.getlist("page")) > 1:
        told = " » et « ".join(quoted(number) for number in asked[:2])
        raise DemandeInvalide(f"La page « {told} » n'est demandée qu'une fois : gardez-en une.")
    text = request.GET.get("page") or "1"
    try:
        page = paginator.page(text)
    except InvalidPage:
        raise DemandeInvalide(
            f"La page « {quoted(text)} » n'existe pas : cette liste va de la page 1 à la page "
            f"{paginator.num_pages}."
        ) from None
    page.pages_list = list(paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))
    return page
