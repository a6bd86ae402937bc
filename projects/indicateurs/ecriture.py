"""Who may write an indicator and what is measured by it, refused when it is done: the last of the doors.

As for an action: those that keep a convention, or one of its communes, write what is read of it. The
indicators of all of France are the national level's, those of a département its agents'.
"""

from django.core.exceptions import ValidationError
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from simple_history.signals import post_create_historical_record

from communes.models import Commune, Departement
from ort.models import Convention
from projects.actions.models import Action
from projects.indicateurs.models import AttenteAcceptee, Cible, Indicateur, Releve
from projects.projet.ecriture import author
from socle.historique import REMOVED

PAS_LE_SIEN = (
    "« {} » est l'indicateur de toute la France, ou d'un autre département : le niveau national, ou sa DDT, "
    "le corrige ; faites-en un de votre département."
)
PAS_DES_SIENS = (
    "« {} » n'est pas de vos communes, ni d'une action ou d'une convention que vous tenez : demandez-le à "
    "sa DDT."
)


def refuse_indicateur(agent, indicateur, before=None):
    """Refuse an indicator, as it is or as it was, that is not of a département of its agent."""
    for told in {
        indicateur.departement_id,
        before.departement_id if before else indicateur.departement_id,
    }:
        if not Departement.objects.for_user(agent).filter(pk=told).exists():
            raise ValidationError(PAS_LE_SIEN.format(indicateur))


def writes_of(agent, mesure):
    """Tell whether `agent` writes what is measured of an action, of a convention or of a commune."""
    if mesure.action_id:
        return Action.objects.a_ecrire(agent).filter(pk=mesure.action_id).exists()
    if mesure.convention_id:
        return Convention.objects.for_user(agent).filter(pk=mesure.convention_id).exists()
    return Commune.objects.for_user(agent).filter(pk=mesure.commune_id).exists()


def refuse_mesure(agent, mesure, before=None):
    """Refuse a row of what its agent does not keep, as it is or as it was."""
    for told in filter(None, (mesure, before)):
        if not writes_of(agent, told):
            raise ValidationError(PAS_DES_SIENS.format(mesure.objet))


def refuse_attente(agent, attente, before=None):
    """Refuse what is accepted of a target, the one named or the one before, that its agent does not keep."""
    refuse_mesure(agent, attente.cible, before and before.cible)


JUGES = {
    AttenteAcceptee: refuse_attente,
    Indicateur: refuse_indicateur,
    Cible: refuse_mesure,
    Releve: refuse_mesure,
}


@receiver(post_create_historical_record)
def watch_who_measures(history_instance, **kwargs):
    """Refuse a version of what its agent may not write; removals are judged before: see below."""
    version, agent = history_instance, history_instance.history_user
    judge = JUGES.get(version.instance_type)
    if judge is None or agent is None or agent.is_superuser or version.history_type == REMOVED:
        return
    judge(agent, version.instance, version.prev_record)


def judge_removal(sender, instance, **kwargs):
    """Refuse a removal, while what it leads to is still there to be judged by."""
    agent = author()
    if agent is not None and not agent.is_superuser:
        JUGES[sender](agent, instance)


for model in JUGES:
    pre_delete.connect(judge_removal, sender=model)
