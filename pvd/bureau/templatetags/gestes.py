"""The guided actions that lead from the page of a record."""

from django import template
from django.utils import timezone

from pvd.bureau.gestes import gestes_for, gestes_possibles
from socle.francais import nombre

register = template.Library()


@register.filter
def chiffre_dit(value):
    """Write what a geste changes: a number, or what is told in words."""
    return value if isinstance(value, str) else nombre(value)


@register.simple_tag(takes_context=True)
def possible_gestes(context, record):
    """Return the guided actions that the user may do on `record` as it is today."""
    today = timezone.localdate()
    return gestes_possibles(context["user"], type(record), [record.pk], today).get(record.pk, [])


@register.simple_tag(takes_context=True)
def gestes_making(context, opts):
    """Return the guided actions by which the user may make a record of the model of `opts`."""
    return [geste for geste in gestes_for(context["user"], opts.model) if geste.creates]
