"""The Club on the pages of others: what a commune took part in."""

from django import template

from projects.club.lecture import ParticipationsDeCommune

register = template.Library()


@register.simple_tag(takes_context=True)
def club_de_la_commune(context, situation):
    """Return what the commune of `situation` took part in on the day of the page."""
    successions = situation.faits.successions
    return ParticipationsDeCommune(situation.commune.pk, context["jour"], successions)


@register.filter
def communes_de(ligne, communes):
    """Return the communes that came to an event, of those read for the page, by name."""
    return [commune for code, commune in communes.items() if code in ligne.communes]
