"""The guided actions that lead from the page of a record."""

from django import template
from django.utils import timezone

from pvd.bureau.gestes import gestes_for, gestes_possibles

register = template.Library()


@register.simple_tag(takes_context=True)
def possible_gestes(context, record):
    """Return the guided actions that the user may do on `record` as it is today."""
    today = timezone.localdate()
    return gestes_possibles(context["user"], type(record), [record.pk], today).get(record.pk, [])


@register.simple_tag(takes_context=True)
def gestes_making(context, opts):
    """Return the guided actions by which the user may make a record of the model of `opts`."""
    return [geste for geste in gestes_for(context["user"], opts.model) if geste.creates]
