"""Which records are of a user: told by the `for_user` of their model, or by the record they speak of."""

from collections import defaultdict

from django.contrib.contenttypes.models import ContentType

from socle.sources import Affirmation


def within_reach(model, keys, user):
    """Return those of `keys` that are of records of `user`, still there; of a shared model, all.

    What a source says is of whoever the record that it speaks of is of.
    """
    rows = model._base_manager.filter(pk__dans=list(keys))
    if model is Affirmation:
        return said_within_reach(rows, user)
    if hasattr(rows, "for_user") and not user.is_superuser:
        rows = rows.for_user(user)
    return set(rows.values_list("pk", flat=True))


def said_within_reach(affirmations, user):
    """Return the keys of those of `affirmations` that speak of a record of `user`."""
    spoken_of = defaultdict(lambda: defaultdict(set))
    for key, sort, fiche in affirmations.values_list("pk", "content_type", "object_id"):
        model = ContentType.objects.get_for_id(sort).model_class()
        spoken_of[model][model._meta.pk.to_python(fiche)].add(key)
    return {
        key
        for model, said in spoken_of.items()
        for fiche in within_reach(model, said, user)
        for key in said[fiche]
    }


def removed_within_reach(model, keys, user):
    """Return those of `keys` that are of removed records that were of `user`: see `removed_for_user`."""
    removals = model.history.removed()
    if not user.is_superuser:
        rule = getattr(model._default_manager, "removed_for_user", None)
        removals = rule(user) if rule else removals.none()
    key = model._meta.pk.attname
    return set(removals.filter(**{f"{key}__dans": list(keys)}).values_list(key, flat=True))
