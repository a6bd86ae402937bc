"""Read a record as a day knows it, as the pages do."""

from communes.models import Commune
from projects.postes.du_jour import situer as situer_postes
from projects.postes.models import Poste
from pvd.suivi.situation import lisibles, situer


def situation(code, jour):
    """Return the `Situation` of a commune."""
    return situer(list(lisibles(Commune.objects.filter(pk=code))), jour)[0]


def poste_du_jour(poste, jour):
    """Return what the dates of a post, as the base holds them, tell on a day."""
    return situer_postes([Poste.objects.get(pk=poste.pk)], jour)[0].du_jour
