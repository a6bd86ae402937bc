"""What becomes public: one rule for all doors, it is told who says it, and shown what it changes.

A geste and a file ask for both. A plain form, which asks for neither, only corrects what is there:
what it would make public is refused, and the geste that does it is named.
"""

from copy import copy


class Publiable:
    """A record of which some facts are public; `publie_par`: its dates that are, once they are there.

    Each comes with the title of the geste that writes it first.
    """

    publie_par: dict[str, str] = {}

    def faits_publics(self):
        """Return what of the record is public as it stands: {field: title of the geste that makes it so}."""
        return {champ: geste for champ, geste in self.publie_par.items() if getattr(self, champ)}


def made_public(form, new):
    """Return, of the facts that are public once a form is saved, those that were not before."""
    if not isinstance(form.instance, Publiable):
        return {}
    before = {} if new else as_found(form).faits_publics()
    after = form.instance.faits_publics()
    return {champ: geste for champ, geste in after.items() if champ not in before}


def as_found(form):
    """Return the record of a form as the form has found it."""
    found = copy(form.instance)
    for field in found._meta.concrete_fields:
        if field.name in form.initial:
            setattr(found, field.attname, form.initial[field.name])
    return found
