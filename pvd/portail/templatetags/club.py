"""The Club on the pages of others: what a commune took part in."""

from django import template

from projects.club.lecture import ParticipationsDeCommune

register = template.Library()


@register.simple_tag(takes_context=True)
def club_de_la_commune(context, commune):
    """Return what a commune took part in on the day of the page."""
    return ParticipationsDeCommune(commune.pk, context["jour"])


@register.filter
def communes_de(ligne, communes):
    """Return the communes that came to an event, of those read for the page, by name."""
    return [commune for code, commune in communes.items() if code in ligne.communes]
