"""Who writes in a convention of another département is noted when it is done: see `a_valider`."""

from django.db.models.signals import pre_delete
from django.dispatch import receiver
from simple_history.signals import post_create_historical_record

from communes.models import Departement
from ort.models.avenants import Avenant
from ort.models.conventions import Convention
from ort.models.couvertures import CommuneCouverte
from ort.models.parties import Partie, Secteur
from ort.models.validations import ModificationExterieure, Validation
from socle.appuis import RESTING_ABOVE
from socle.francais import at_hour
from socle.historique import CREATED, agent_name
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
def note_modification(history_instance, **kwargs):
    """Note a version, a removal included, that someone from outside has just made of what is validated.

    What nobody signs, a load of files, is noted of nobody.
    """
    version = history_instance
    if version.instance_type not in SUIVIS or version.history_user is None:
        return
    if not is_at_home(version.history_user, version):
        ModificationExterieure.objects.create(
            convention_id=convention_of(version), moment=version.history_date
        )


def convention_of(version):
    """Return the key of the convention that a version is of, or whose row it is of."""
    return version.id if version.instance_type is Convention else version.convention_id


def is_at_home(agent, version):
    """Tell whether `agent` is national, or of the reference département, as it stands now.

    The version of a convention bears its reference, and may be all that is left of it.
    """
    if agent.is_superuser:
        return True
    references = Departement.objects.filter(agents=agent)
    if version.instance_type is Convention:
        return references.filter(pk=version.departement_reference_id).exists()
    return references.filter(conventions=version.convention_id).exists()


def validated_since(acte, fiches):
    """Yield the conventions that were validated after an act wrote in them: someone agreed with it.

    The validation of a convention that the act made names it, and is found by its link.
    """
    written = {convention_of(fiche.derniere) for fiche in fiches if fiche.model in SUIVIS}
    made = {f.cle for f in fiches if f.model is Convention and f.sort == CREATED}
    since = Validation.objects.filter(convention__dans=list(written - made), moment__gt=acte.moment)
    for validation in since.select_related("convention", "agent"):
        yield (
            f"« {validation.convention} » : convention validée depuis par "
            f"{agent_name(validation.agent)}, le {at_hour(validation.moment)}."
        )


RESTING_ABOVE.append(validated_since)
