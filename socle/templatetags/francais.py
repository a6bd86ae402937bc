"""French, and the query string of the page, in every template."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from socle import dates, francais
from socle.web import adresses

register = template.Library()

register.filter(francais.le_jour)
register.filter(francais.date_en_phrase)
register.filter(francais.depuis)
register.filter(francais.nombre)
register.filter(francais.euros)
register.filter(francais.liste)
register.filter(francais.insecable)
register.filter(francais.nom_au)
register.filter(francais.un)
register.filter(francais.pluriel)
register.simple_tag(adresses.avec_date, takes_context=True)
register.simple_tag(adresses.meme_demande, takes_context=True)


@register.filter
def date_nue(jour, precision="jour"):
    """Write a date by its precision, without preposition: « décembre 2023 »."""
    if not jour:
        return francais.UNKNOWN_DATE
    text = dates.bare(jour, precision)
    return format_html('<time datetime="{}">{}</time>', dates.iso(jour, precision), text)


@register.filter
def cellules_de_nombres(nombres):
    """Write the numbers of a row of a table, each in its cell: a loop of the template is slower."""
    cells = (f'<td class="pvd-nombre">{francais.nombre(nombre)}</td>' for nombre in nombres)
    # Digits and narrow spaces: nothing to escape.
    return mark_safe("".join(cells))
