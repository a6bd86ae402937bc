"""Who may write of an event of the Club, refused when it is done: the last of the doors.

The agents of its départements write an event and who came to it; the national level, those of none. Any
agent notes what its own communes, their intercommunalités and their posts took part in.
"""

from django.core.exceptions import ValidationError
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from simple_history.signals import post_create_historical_record

from communes.models import Departement
from projects.club import coherence
from projects.club.models import (
    EvenementClub,
    EvenementDepartement,
    EvenementOrganisateur,
    Participation,
    RessourceClub,
)
from projects.projet.ecriture import author, known_to_the_act
from socle.historique import CHANGED, CREATED, REMOVED
from socle.sources import Affirmation, record_type

LIGNES = [EvenementDepartement, EvenementOrganisateur, Participation, RessourceClub]

PAS_LE_SIEN = (
    "« {} » n'est pas un événement de vos départements : demandez-le à la DDT qui le tient, ou au niveau "
    "national s'il est de toute la France."
)


def is_judged(model, row):
    """Tell whether a row is an event, hangs on one, or is what a source says of one."""
    if model is Affirmation:
        return row.content_type_id == record_type(EvenementClub).pk
    return model is EvenementClub or model in LIGNES


def evenement_of(row):
    """Return the event that a row is of; an event is of itself, a resource of the network of none."""
    if isinstance(row, EvenementClub):
        return row
    return row.fiche if isinstance(row, Affirmation) else row.evenement


def keeps(agent, evenement, besides=None):
    """Tell whether `agent` writes an event: see `EvenementClubQuerySet.a_ecrire`.

    `besides`, a row of a département that is being judged, gives its author no right.
    """
    if agent.is_superuser:
        return True
    own = Departement.objects.for_user(agent)
    links = EvenementDepartement.objects.filter(evenement=evenement, departement__in=own)
    return links.exclude(pk=besides and besides.pk).exists()


def may_note(agent, participation):
    """Tell whether `agent` notes a participation, as the base has it: see `noted_by`."""
    return Participation.objects.for_user(agent).filter(pk=participation.pk).exists()


@receiver(post_create_historical_record)
def watch_who_writes(history_instance, **kwargs):
    """Refuse a version of what its agent may not write; removals are judged before: see below."""
    version, agent = history_instance, history_instance.history_user
    if agent is None or agent.is_superuser or version.history_type == REMOVED:
        return
    if not is_judged(version.instance_type, version.instance):
        return
    if version.instance_type is EvenementClub and version.history_type == CREATED:
        known_to_the_act("evenements_faits").add((agent.pk, version.instance.pk))
        return
    refuse_others(agent, version.instance)
    if version.instance_type in LIGNES and version.history_type == CHANGED:
        refuse_taken(agent, version.instance_type, version.prev_record)


def refuse_others(agent, row):
    """Refuse what is written of an event that its agent only reads, but for who came of its own."""
    evenement = evenement_of(row)
    if evenement is None:
        raise ValidationError(coherence.DU_RESEAU)
    key = agent.pk, evenement.pk
    if key in known_to_the_act("evenements_faits"):
        return
    noted = known_to_the_act("participations_notees")
    if isinstance(row, Participation):
        allowed = may_note(agent, row)
        noted.update({key} if allowed else ())
    elif isinstance(row, Affirmation) and row.champ == "participations" and key in noted:
        # Who says that they came, told by whoever has just noted it.
        allowed = True
    else:
        judged = row if isinstance(row, EvenementDepartement) else None
        allowed = keeps(agent, evenement, besides=judged)
    if not allowed:
        raise ValidationError(PAS_LE_SIEN.format(evenement))


def refuse_taken(agent, model, before):
    """Refuse to take a row, as it was `before`, from an event or a département of others."""
    if model is Participation:
        noted = Participation.objects.all().noted_by(agent)
        if not Participation.history.filter(noted, history_id=before.history_id).exists():
            raise ValidationError(PAS_LE_SIEN.format(before.evenement))
        return
    if before.evenement_id is None:
        raise ValidationError(coherence.DU_RESEAU)
    if not keeps(agent, before.evenement):
        raise ValidationError(PAS_LE_SIEN.format(before.evenement))
    if model is EvenementDepartement:
        refuse_left(agent, before)


def refuse_left(agent, row):
    """Refuse to take an event from another département: its DDT alone leaves it."""
    own = Departement.objects.for_user(agent)
    if not own.filter(pk=row.departement_id).exists():
        raise ValidationError(coherence.D_UN_AUTRE)


def judge_removal(sender, instance, origin, **kwargs):
    """Refuse a removal, while what it leads to is still there to be judged by."""
    agent = author()
    if agent is None or agent.is_superuser or not is_judged(sender, instance):
        return
    # What goes with its event goes as it does: whoever keeps it may remove it whole.
    if getattr(origin, "model", type(origin)) is EvenementClub and sender is not EvenementClub:
        return
    if sender is EvenementDepartement:
        refuse_left(agent, instance)
    else:
        refuse_others(agent, instance)


for model in (EvenementClub, Affirmation, *LIGNES):
    pre_delete.connect(judge_removal, sender=model)
