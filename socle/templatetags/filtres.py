"""The filters of a list of the back office, as a bar of choices."""

from django import template

# A longer list of choices is searched rather than read.
READ_AT_ONCE = 12

register = template.Library()


@register.simple_tag
def choix_du_filtre(choices):
    """Return the choices of a filter, which one is on if it keeps less than all, and if they are many."""
    tous = list(choices)
    kept = next((str(choice["display"]) for choice in tous[1:] if choice["selected"]), "")
    return {"tous": tous, "actif": kept, "longs": len(tous) > READ_AT_ONCE}
