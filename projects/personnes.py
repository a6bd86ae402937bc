"""The people that the records of this app know: whom public texts are not to name by mistake."""

from projects.carnet.models import Contact
from projects.postes.models import Occupation
from socle.personnes import NAMES_ABOVE


def names():
    """Yield the names of all holders and contacts, of whatever département."""
    for model, field in ((Occupation, "titulaire"), (Contact, "nom")):
        named = model.objects.exclude(**{field: ""}).order_by()
        yield from named.values_list(field, flat=True).distinct()


NAMES_ABOVE.append(names)
