"""The due dates that reviews answer are counted from the signature of their ORT: corrected, it moves them."""

from django.core.exceptions import ValidationError
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver
from django.utils import timezone

from ort.models import Convention
from projects.evaluations.coherence import ORT_NON_SIGNEE, refus_du_jour
from projects.evaluations.models import Bilan, EcheanceAcceptee
from socle.dates import add_months
from socle.etages import held_above


@held_above(Convention)
def refuse_signature_after_a_review(convention):
    """Refuse a signature later than a review of the ORT, or taken away from what is counted from it."""
    for bilan in convention.bilans.all():
        held = bilan.tenu_le, bilan.precision
        if refused := refus_du_jour(convention, *held, timezone.localdate()):
            raise ValidationError({"date_signature": f"« {bilan} » : {refused}"})
    accepted = convention.echeances_acceptees.first()
    if accepted and convention.date_signature is None:
        raise ValidationError({"date_signature": f"« {accepted} » : {ORT_NON_SIGNEE}"})


@receiver(pre_save, sender=Convention)
def remember_signature(instance, raw=False, **kwargs):
    """Keep the signature that the base holds until the convention is written."""
    held = Convention.objects.filter(pk=instance.pk).values_list("date_signature", flat=True)
    instance.signature_d_avant = None if raw or instance.pk is None else held.first()


@receiver(post_save, sender=Convention)
def follow_signature(instance, **kwargs):
    """Move the due dates named by the reviews of a convention, as far as its signature was moved.

    The evaluation of five years stays that of five years; what is no anniversary stays as it is.
    """
    before, after = instance.signature_d_avant, instance.date_signature
    if not (before and after) or before == after:
        return
    for model in (Bilan, EcheanceAcceptee):
        rows = model.objects.filter(convention=instance, periode__isnull=False)
        # The one that moves into the place of another goes after it.
        for row in rows.order_by("-periode" if after > before else "periode"):
            months = 12 * (row.periode.year - before.year) + row.periode.month - before.month
            if months % 12 == 0 and add_months(before, months) == row.periode:
                row.periode = add_months(after, months)
                row.save()
