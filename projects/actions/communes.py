"""Where an action may be done: in the communes that its act concerns, on the day it comes in."""

from django.db.models import Q

from communes.models import Commune
from ort.models import CommuneCouverte
from projects.actions.models import EntreePar, Etendue
from socle.francais import liste

HORS_DU_PLAN = (
    "{communes} : l'acte qui met cette action au plan ne la concerne pas ce jour-là. Faites-la d'abord "
    "entrer dans la convention, ou retirez-la de l'action."
)
HORS_DU_PLAN_PLURIEL = (
    "{communes} : l'acte qui met cette action au plan ne les concerne pas ce jour-là. Faites-les d'abord "
    "entrer dans la convention, ou retirez-les de l'action."
)


def communes_du_plan(convention, jour):
    """Return the keys of the communes that a convention covers on `jour`; None: that it ever covered.

    Those that found it are covered on the day of any of its acts: an avenant may be dated where the
    convention, which came before, is not.
    """
    rows = CommuneCouverte.objects.filter(convention=convention)
    if jour is not None:
        rows = rows.restees(jour).filter(Q(entree=None) | Q(date_entree__lte=jour))
    return set(rows.order_by().values_list("commune", flat=True))


def communes_admises(action):
    """Return the keys of the communes where the action may be done; None: anywhere."""
    if action.relevee or action.etendue == Etendue.ORT:
        return None
    if action.entree_par == EntreePar.ADHESION:
        rows = action.adhesions.order_by()
        return set(rows.values_list("labellisation__commune", flat=True))
    act = action.entree or action.convention
    return communes_du_plan(action.convention, act.date_signature)


def refus_des_communes(action, communes=None):
    """Return why the action cannot be done in some of `communes`, keys, in French; else None.

    Its own communes when none are given. One that leaves the convention later stays.
    """
    admises = communes_admises(action)
    if admises is None:
        return None
    if communes is None:
        communes = action.communes_liees.order_by().values_list("commune", flat=True)
    return refus_hors_de(admises, communes)


def refus_hors_de(admises, communes):
    """Return, in French, which of `communes` are not among `admises`; None if all are."""
    out = Commune.objects.filter(pk__in=set(communes) - admises).order_by("nom_recherche")
    if not (names := list(out)):
        return None
    sentence = HORS_DU_PLAN_PLURIEL if len(names) > 1 else HORS_DU_PLAN
    return sentence.format(communes=liste(names))
