"""The link to the help, on every page of the back office."""

from django import template
from django.urls import reverse

from pvd.bureau.aide import part_about

register = template.Library()


@register.simple_tag(takes_context=True)
def adresse_de_l_aide(context):
    """Return the address of the part of the guide that speaks of the page."""
    match = context["request"].resolver_match
    part = part_about(match) if match else ""
    return f"{reverse('admin:aide')}{f'#{part}' if part else ''}"
