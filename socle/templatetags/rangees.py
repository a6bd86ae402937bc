"""What the script of Django needs to know of the rows of a record, in a French that agrees."""

import json

from django import template

from socle.francais import un

register = template.Library()


@register.filter
def donnees_des_rangees(rows):
    """Return what Django's script reads to add a row and to take a new one away: its name and its words."""
    model, prefix = rows.opts.model, rows.formset.prefix
    words = {"addText": f"Ajouter {un(model, rows.opts.verbose_name)}", "deleteText": "Retirer"}
    return json.dumps({"name": f"#{prefix}", "options": {"prefix": prefix, **words}})
