"""Where a commune, or an action, is, for any page that speaks of one."""

from django import template

from pvd.portail.cartes import departement

register = template.Library()


@register.simple_tag
def reperage(commune):
    """Return the `Reperage` of a commune, or None while its contour is not loaded: two queries."""
    return departement.reperage(commune)


@register.simple_tag
def lieu(action, du_departement):
    """Return the `Lieu` of an action, or None while its place or the map is not known: one query."""
    return departement.lieu(action, du_departement)
