"""What a removal, or an act undone, would change in the public figures of today."""

from django.db.models import Q
from django.utils import timezone

from communes.models import Departement, Labellisation
from ort.models import Avenant, CommuneCouverte, Convention
from projects.models import Action, ActionCommune
from projects.postes.models import Desserte, Occupation, Poste
from pvd.bureau.gestes.projet.commun import chiffres_du_projet
from pvd.suivi.chiffres import chiffres

# From a département, the ways to each sort of record that its figures count.
WAYS = {
    Labellisation: ["communes__labellisations"],
    Convention: ["communes__couvertures__convention", "conventions"],
    Avenant: ["communes__couvertures__convention__avenants", "conventions__avenants"],
    CommuneCouverte: ["communes__couvertures"],
    Poste: ["communes__dessertes__poste"],
    Desserte: ["communes__dessertes"],
    Occupation: ["communes__dessertes__poste__occupations"],
    Action: ["communes__actions__action", "communes__couvertures__convention__actions"],
    ActionCommune: ["communes__actions"],
}
# What counts in the plans, and not in the programme.
DES_PLANS = (Action, ActionCommune)


def departements_counting(records):
    """Return the départements whose figures count one of `records`, all of one model."""
    found = Q()
    for way in WAYS[type(records[0])]:
        found |= Q(**{f"{way}__pk__dans": [record.pk for record in records]})
    return list(Departement.objects.filter(found).distinct())


def figures_at_stake(records):
    """Return the function that counts today's figures of the départements of `records`, or None."""
    if not records or type(records[0]) not in WAYS:
        return None
    departements, today = departements_counting(records), timezone.localdate()
    count = chiffres_du_projet if isinstance(records[0], DES_PLANS) else chiffres
    return lambda: {
        f"{chiffre.label} {departement.avec_de}": value
        for departement in departements
        for chiffre, value in count(departement, today).items()
    }
