"""The acts by which actions come into a plan and leave it: corrected, they stay in that order."""

from django.core.exceptions import ValidationError
from django.db.models import Q

from ort.models import Avenant, Convention
from projects.actions.models import Action
from socle.etages import held_above


@held_above(Convention)
def refuse_convention_after_an_exit(convention):
    """Refuse a signature after the avenant by which an action of the convention left its plan."""
    refuse_backward(convention.actions.filter(entree=None), {"convention": convention})


@held_above(Avenant)
def refuse_avenants_out_of_order(avenant):
    """Refuse a day by which an action would have left its plan before it came."""
    moved = Action.objects.filter(Q(entree=avenant) | Q(sortie=avenant))
    refuse_backward(moved, {"entree": avenant, "sortie": avenant})


def refuse_backward(actions, acts):
    """Raise ValidationError for the first of `actions` that leaves first, `acts` having the days to be."""
    for action in actions.filter(sortie__isnull=False).select_related(
        "convention", "entree", "sortie"
    ):
        for name, act in acts.items():
            if getattr(action, f"{name}_id") == act.pk:
                setattr(action, name, act)
        try:
            action.refuse_backward()
        except ValidationError as refused:
            texte = f"« {action} » : {refused.messages[0]}"
            raise ValidationError({"date_signature": texte}) from None
