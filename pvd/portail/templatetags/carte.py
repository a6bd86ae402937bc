"""Where a commune is, for any page that speaks of one."""

from django import template

from pvd.portail.cartes import departement

register = template.Library()


@register.simple_tag
def reperage(commune):
    """Return the `Reperage` of a commune, or None while its contour is not loaded: two queries."""
    return departement.reperage(commune)
