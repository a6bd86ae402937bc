"""Who writes in a convention of another département is noted, or refused, when it is done.

What is noted awaits a validation: see `a_valider`. What is refused is to be proposed: see `droits`.
"""

from django.core.exceptions import ValidationError
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from simple_history.signals import post_create_historical_record

from ort.models.avenants import Avenant
from ort.models.conventions import Convention
from ort.models.couvertures import CommuneCouverte
from ort.models.droits import RETIREE, Plume
from ort.models.parties import Partie, Secteur
from ort.models.validations import ModificationExterieure, Validation
from socle.appuis import RESTING_ABOVE
from socle.francais import at_hour
from socle.historique import CREATED, REMOVED, agent_name
from socle.verrou import lock

# What a validation agrees with: the convention and its rows.
SUIVIS = [Convention, Avenant, CommuneCouverte, Partie, Secteur]


def wait_for_the_convention(sender, instance, **kwargs):
    """Lock the convention of what is about to be removed: its validation sees the removal, or precedes it.

    Whoever adds or corrects has the lock already, by its checks or by the page.
    """
    lock(Convention, instance.pk if sender is Convention else instance.convention_id)


for suivi in SUIVIS:
    pre_delete.connect(wait_for_the_convention, sender=suivi)


@receiver(post_create_historical_record)
def watch_who_writes(history_instance, **kwargs):
    """Refuse a version, a removal included, of what its agent may only propose; note one from outside.

    It is the last of the doors, and all that is written goes through it. What nobody signs, a load
    of files, is neither refused nor noted.
    """
    version, agent = history_instance, history_instance.history_user
    if version.instance_type not in SUIVIS or agent is None:
        return
    plume, reference = Plume(agent), reference_before(version)
    if plume.tient(reference):
        return
    if refused := plume.refus(version.instance, changed_by(version), reference):
        raise ValidationError(refused)
    ModificationExterieure.objects.create(
        convention_id=convention_of(version), moment=version.history_date
    )


def changed_by(version):
    """Return the names of the fields that a version changes; none of a record that it creates."""
    if version.history_type == CREATED:
        return set()
    before = version.prev_record
    if version.history_type == REMOVED or before is None:
        return RETIREE
    fields = version.tracked_fields
    return {f.name for f in fields if getattr(version, f.attname) != getattr(before, f.attname)}


def convention_of(version):
    """Return the key of the convention that a version is of, or whose row it is of."""
    return version.id if version.instance_type is Convention else version.convention_id


def reference_before(version):
    """Return the key of the reference département of a convention before a version of it, or of a row.

    A convention that is gone, with its rows, has the last that it bore.
    """
    if version.instance_type is Convention:
        before = version.prev_record or version
        return before.departement_reference_id
    key = convention_of(version)
    kept = Convention.objects.filter(pk=key).values_list("departement_reference", flat=True)
    gone = Convention.history.filter(id=key).values_list("departement_reference", flat=True)
    return kept.first() or gone.order_by("-history_id").first()


def validated_since(acte, fiches):
    """Yield the conventions that were validated after an act wrote in them: someone agreed with it."""
    written = {convention_of(fiche.derniere) for fiche in fiches if fiche.model in SUIVIS}
    since = Validation.objects.filter(convention__dans=list(written), moment__gt=acte.moment)
    for validation in since.select_related("convention", "agent"):
        yield (
            f"« {validation.convention} » : convention validée depuis par "
            f"{agent_name(validation.agent)}, le {at_hour(validation.moment)}."
        )


RESTING_ABOVE.append(validated_since)
