"""The guided actions that lead from the page of a record."""

from django import template
from django.db.models import Exists, OuterRef
from django.utils import timezone

from pvd.bureau.gestes import gestes_for

register = template.Library()


@register.simple_tag(takes_context=True)
def possible_gestes(context, record):
    """Return the guided actions that the user may do on `record` as it is today."""
    possible = [g for g in gestes_for(context["user"], type(record)) if not g.creates]
    model, today = type(record), timezone.localdate()
    itself = model._default_manager.filter(pk=OuterRef("pk"))
    # One query for all the buttons: a page of the back office counts its queries.
    asked = {f"geste_{n}": Exists(g.candidates(itself, today)) for n, g in enumerate(possible)}
    found = model._default_manager.filter(pk=record.pk).values_list(*asked.values()).first()
    return [geste for geste, yes in zip(possible, found or [], strict=False) if yes]


@register.simple_tag(takes_context=True)
def gestes_making(context, opts):
    """Return the guided actions by which the user may make a record of the model of `opts`."""
    return [geste for geste in gestes_for(context["user"], opts.model) if geste.creates]
