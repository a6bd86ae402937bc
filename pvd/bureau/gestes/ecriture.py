"""How a geste writes what it was told: a record with its reason, a source once."""

from django.db import IntegrityError, transaction

from socle.identifiants import bare_key, identifiant_de, libre
from socle.models import Source


def free_key(title):
    """Return a key that no source has, made from `title`."""
    return unused(Source, "cle", title, "source")


def save_named(source, reason):
    """Save a new source under a key of its own, be it taken at the very moment by someone else."""
    source.cle = free_key(source.titre)
    try:
        with transaction.atomic():
            return save(source, reason)
    except IntegrityError:
        source.cle = free_key(source.titre)
        return save(source, reason)


def unused(model, field, text, default):
    """Return a key that no record of `model` has in `field`, made from `text`, else from `default`."""
    base = identifiant_de(text, default)
    begun = model._base_manager.filter(**{f"{field}__startswith": base})
    return libre(base, {bare_key(key) for key in begun.values_list(field, flat=True)})


def save(record, reason):
    """Check the record as its form in the back office would, and save it with the reason."""
    record.full_clean()
    record.because(reason).save()
    return record
