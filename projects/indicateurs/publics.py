"""The readings that anybody reads on a day: of a public action, of a signed convention, of a lauréate."""

from django.db.models import Q

from communes.models import Labellisation
from ort.models import Convention, Secteur
from projects.indicateurs.models import Cible, Releve
from projects.indicateurs.models.droits import de
from projects.projet.publiques import publiques


def of_public(jour):
    """Return the condition that a measure is of what is public on `jour`."""
    laureates = Labellisation.objects.filter(debut__lte=jour).order_by()
    return de(
        publiques(jour).order_by().values("pk"),
        Convention.objects.signees(jour).order_by().values("pk"),
        laureates.values("commune"),
    )


def of_known_sector(jour):
    """Return the condition that a measure is of no sector, or of one that an act signed by `jour` brought."""
    return Q(secteur=None) | Q(secteur__in=Secteur.objects.connues(jour).order_by())


def releves_publics(jour):
    """Return the readings known on `jour`."""
    return Releve.objects.au(jour).filter(of_public(jour), of_known_sector(jour))


def cibles_publiques(jour):
    """Return the targets set by `jour`."""
    return Cible.objects.au(jour).filter(of_public(jour), of_known_sector(jour))
