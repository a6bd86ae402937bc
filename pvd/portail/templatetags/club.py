"""The Club on the pages of others: whether there is anything to lead to, and what a commune took part in."""

from django import template
from django.db import DatabaseError

from projects.club.lecture import ParticipationsDeCommune
from projects.club.models import EvenementClub

register = template.Library()


@register.simple_tag(takes_context=True)
def club_connu(context):
    """Tell whether an event of the Club is known on the day of the page; not where there is no base."""
    panne, jour = context.get("panne"), context.get("jour") or context.get("aujourdhui")
    if jour is None or (panne and panne.sans_base):
        return False
    try:
        return EvenementClub.objects.connus(jour).exists()
    except DatabaseError:
        return False


@register.simple_tag(takes_context=True)
def club_de_la_commune(context, commune):
    """Return what a commune took part in on the day of the page."""
    return ParticipationsDeCommune(commune.pk, context["jour"])


@register.filter
def communes_de(ligne, communes):
    """Return the communes that came to an event, of those read for the page, by name."""
    return [commune for code, commune in communes.items() if code in ligne.communes]
