"""The records that the page of a commune rests on, each table read once, with what sources say of them."""

from typing import NamedTuple

from django.db.models import prefetch_related_objects

from communes.models import Labellisation
from communes.territoire.du_jour import nommer
from ort.actes import sourced, with_actes_seuls
from ort.models import Convention
from projects.postes.models import Poste
from projects.postes.vues import with_details_seuls
from pvd.suivi.chronologie import conventions_de


class FichesLues(NamedTuple):
    """Times in the programme, conventions entered, posts that serve: those known on the day."""

    labels: list[Labellisation]
    conventions: list[Convention]
    postes: list[Poste]


def fiches_lues(situation):
    """Return the records of a situation whose facts are `FaitsDeFiches`.

    What sources say of them all is one query, and so are the former names of all their communes.
    """
    jour, cles = situation.jour, [poste.pk for poste in situation.postes]
    labels = situation.labellisations
    conventions = list(with_actes_seuls(conventions_de(situation), jour))
    postes = list(with_details_seuls(Poste.objects.filter(pk__in=cles), jour)) if cles else []
    avenants = [avenant for convention in conventions for avenant in convention.avenants.all()]
    prefetch_related_objects([*labels, *conventions, *avenants, *postes], sourced())
    liens = [lien for convention in conventions for lien in convention.entrees_connues]
    liens += [lien for poste in postes for lien in poste.dessertes_lues]
    nommer([lien.commune for lien in liens], jour, situation.faits.successions)
    return FichesLues(labels, conventions, postes)
