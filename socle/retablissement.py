"""What was removed comes back, with the rows that went with it."""

from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import CASCADE

from socle.actes import kept_models
from socle.historique import Historisee


def row_links(model):
    """Yield the links by which rows hang on a record of `model`, and go away with it."""
    for link in model._meta.related_objects:
        if link.on_delete is CASCADE and issubclass(link.related_model, Historisee):
            yield link
    for link in model._meta.private_fields:
        if isinstance(link, GenericRelation):
            yield link


def rows_of(model):
    """Return the models whose rows hang on a record of `model`, and those that hang on these."""
    rows = {link.related_model for link in row_links(model)} - {model}
    return rows.union(*map(rows_of, rows))


def hanging_rows(version):
    """Yield the models whose rows hung on the record of `version`, each with what links them to it."""
    model = version.instance_type
    key = getattr(version, model._meta.pk.attname)
    for link in row_links(model):
        if isinstance(link, GenericRelation):
            sort = ContentType.objects.get_for_model(model)
            linked = {link.content_type_field_name: sort, link.object_id_field_name: str(key)}
        else:
            linked = {link.field.attname: key}
        yield link.related_model, linked


def removed_together(version):
    """Return the removal `version`, then those that the same act made of the rows of its record."""
    removals = [version]
    for model, link in hanging_rows(version):
        rows = model.history.removed().filter(**link, history_date=version.history_date)
        for row in rows.order_by("history_id"):
            removals += removed_together(row)
    return removals


def restore(version):
    """Bring back a removed record, and the rows removed with it: all of them, or none.

    Each comes after those that it names, be they rows of the same record.

    Raises `ValidationError` when what was entered since leaves no place for one of them.
    """
    places = {model: place for place, model in enumerate(kept_models())}
    removals = sorted(removed_together(version), key=lambda v: places[v.instance_type])
    with transaction.atomic():
        return bring_back(removals)[0]


def bring_back(versions):
    """Save anew, in that order, the records that these versions tell; return them."""
    records = [version.instance for version in versions]
    for record in records:
        record.full_clean()
        record.save(force_insert=True)
    return records
