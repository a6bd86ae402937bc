"""Who may write of an action, refused when it is done: the last of the doors, whatever leads to it.

The agents of its reference département, and those of its communes, write its facts and its money. Who
takes something of it from another DDT has to keep its convention: its end, its owner, its communes.
"""

from django.core.exceptions import ValidationError
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from simple_history.models import HistoricalRecords
from simple_history.signals import post_create_historical_record

from communes.models import Commune
from ort.models import Convention
from ort.models.droits import Plume
from projects.actions.models import (
    MAITRES_D_OUVRAGE,
    Action,
    ActionAdhesion,
    ActionCommune,
    ActionPartenaire,
    ActionSecteur,
    ActionTheme,
    Cout,
    Derogation,
    EffetAvenant,
    Etendue,
    FaitAction,
    Prevision,
)
from projects.evaluations.models import Bilan, EcheanceAcceptee, Presentation
from projects.financements.models import AlerteAcceptee, FaitFinancement, Financement
from socle.historique import CREATED, ONGOING, REMOVED

# What is known of an action, which those who keep it, or one of its communes, write.
LIGNES = [
    *(ActionAdhesion, ActionCommune, ActionPartenaire, ActionSecteur, ActionTheme),
    *(Cout, Derogation, EffetAvenant, FaitAction, Prevision),
    *(AlerteAcceptee, FaitFinancement, Financement),
]
# What is known of a convention, which those who keep it, or a commune that it ever covered, write.
DE_LA_CONVENTION = [Bilan, EcheanceAcceptee, Presentation]
# What says where an action is done, by whom, and by which acts.
D_UN_AUTRE = {*MAITRES_D_OUVRAGE, "etendue", "convention", "entree_par", "entree", "sortie"}

PAS_LA_SIENNE = (
    "« {} » n'est pas une action de vos communes, ni d'une convention que vous tenez : demandez-le à "
    "la DDT de l'une de ses communes."
)
PAS_DES_VOTRES = (
    "« {} » ne couvre aucune commune de vos départements : demandez-le à la DDT de référence."
)
A_PLUSIEURS = (
    "« {} » est aussi d'une commune d'un autre département : qui la porte, où elle se fait, les actes qui "
    "l'ajoutent ou la retirent se demandent à la DDT qui tient sa convention."
)


def action_of(row):
    """Return the action that a row is of; an action is of itself."""
    if isinstance(row, Action):
        return row
    return row.financement.action if isinstance(row, FaitFinancement) else row.action


def writes(agent, action):
    """Tell whether `agent` writes the facts of an action: see `ActionQuerySet.a_ecrire`."""
    return agent.is_superuser or Action.objects.a_ecrire(agent).filter(pk=action.pk).exists()


def keeps(agent, action, reference=None, besides=None):
    """Tell whether `agent` decides of an action alone: it keeps its convention, or has all its communes.

    `reference` is the key of the reference département of its convention; `besides`, a row of a commune
    that is being judged, is not one of its own.
    """
    plume = Plume(agent)
    if reference is None and action.convention_id:
        kept = Convention.objects.filter(pk=action.convention_id)
        reference = kept.values_list("departement_reference", flat=True).first()
    if plume.tient(reference):
        return True
    if action.etendue == Etendue.ORT:
        return False
    rows = ActionCommune.objects.filter(action=action.pk).exclude(pk=besides and besides.pk)
    of_communes = set(rows.order_by().values_list("commune__departement", flat=True))
    return of_communes <= plume.departements


def author():
    """Return who is about to write, None for what nobody signs: a load of files, a test."""
    user = getattr(getattr(HistoricalRecords.context, "request", None), "user", None)
    return user if user and user.is_authenticated else None


def known_to_the_act(name):
    """Return what the ongoing act has already been allowed, by action; nothing lasts outside an act."""
    acte = ONGOING.get()
    return acte.__dict__.setdefault(name, set()) if acte else set()


@receiver(post_create_historical_record)
def watch_who_writes(history_instance, **kwargs):
    """Refuse a version of what its agent may not write; removals are judged before: see below."""
    version, agent = history_instance, history_instance.history_user
    if version.instance_type in DE_LA_CONVENTION:
        refuse_unseen_conventions(agent, version)
        return
    judged = version.instance_type is Action or version.instance_type in LIGNES
    if not judged or agent is None or agent.is_superuser or version.history_type == REMOVED:
        return
    row = version.instance
    if isinstance(row, Action) and version.history_type == CREATED:
        refuse_unseen(agent, row)
        known_to_the_act("actions_faites").add((agent.pk, row.pk))
        return
    action = action_of(row)
    if (agent.pk, action.pk) in known_to_the_act("actions_faites"):
        return
    refuse_others(agent, action)
    refuse_taken(agent, action, version)


def refuse_unseen(agent, action):
    """Refuse an action of a convention that its agent does not see."""
    seen = Convention.objects.for_user(agent)
    if action.convention_id and not seen.filter(pk=action.convention_id).exists():
        raise ValidationError(PAS_LA_SIENNE.format(action))


def refuse_unseen_conventions(agent, version):
    """Refuse what is written of a convention, or taken from one, that its agent does not see.

    A removal is judged likewise: the convention is still there, or goes with its rows by its own rule.
    """
    if agent is None or agent.is_superuser:
        return
    before = version.prev_record if version.history_type != CREATED else None
    for key in {row.convention_id for row in (version, before) if row}:
        convention = Convention.objects.filter(pk=key).first()
        seen = Convention.objects.for_user(agent).filter(pk=key).exists()
        if convention and not seen:
            raise ValidationError(PAS_DES_VOTRES.format(convention))


def refuse_others(agent, action):
    """Refuse what is written of an action that its agent only reads; asked once in an act."""
    allowed = known_to_the_act("actions_ecrites")
    if (agent.pk, action.pk) in allowed:
        return
    if not writes(agent, action):
        raise ValidationError(PAS_LA_SIENNE.format(action))
    allowed.add((agent.pk, action.pk))


def refuse_taken(agent, action, version):
    """Refuse a change that takes something from another DDT, of whoever does not keep the convention."""
    before = version.prev_record
    if version.instance_type is ActionCommune:
        allowed = keeps(agent, action, besides=version.instance) and (
            before is None or of_theirs(agent, before.commune_id)
        )
    elif version.instance_type is Action and before is not None:
        fields = version.tracked_fields
        changed = {
            f.name for f in fields if getattr(version, f.attname) != getattr(before, f.attname)
        }
        if not changed & D_UN_AUTRE:
            return
        kept = Convention.objects.filter(pk=before.convention_id or version.convention_id)
        reference = kept.values_list("departement_reference", flat=True).first()
        allowed = keeps(agent, action, reference)
    else:
        return
    if not allowed:
        raise ValidationError(A_PLUSIEURS.format(action))


def of_theirs(agent, commune):
    """Tell whether a commune is of a département of `agent`."""
    return Commune.objects.for_user(agent).filter(pk=commune).exists()


def judge_removal(sender, instance, **kwargs):
    """Refuse a removal, while what it leads to is still there to be judged by."""
    agent = author()
    if agent is None or agent.is_superuser:
        return
    action = action_of(instance)
    if (agent.pk, action.pk) in known_to_the_act("actions_faites"):
        return
    refuse_others(agent, action)
    if sender in (Action, ActionCommune) and not keeps(agent, action):
        raise ValidationError(A_PLUSIEURS.format(action))


for model in (Action, *LIGNES):
    pre_delete.connect(judge_removal, sender=model)
