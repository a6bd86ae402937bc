"""What every page repeats: the département of the site, and how far the data go."""

from django import template
from django.conf import settings

from communes.models import Departement
from projects.models import Etat
from pvd.suivi.portee import portee

register = template.Library()


@register.simple_tag
def departement_du_site():
    """Return the département that `PVD_DEPARTEMENT` names, or None: one query a page."""
    if not settings.PVD_DEPARTEMENT:
        return None
    return Departement.objects.filter(pk=settings.PVD_DEPARTEMENT).first()


@register.inclusion_tag("includes/portee.html")
def portee_des_donnees(departement=None, champ="tenue"):
    """Tell how far the data go, in one département or in France; nothing where they are complete."""
    return {"portee": portee(departement, champ)}


@register.filter
def etat_poste(etat):
    """Write the state of a post: « en recrutement »."""
    return Etat(etat).label
