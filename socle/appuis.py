"""What rests on an act, and keeps it from being undone: each named in French."""

from itertools import islice

from django.contrib.contenttypes.fields import GenericRelation
from django.db.models import DO_NOTHING, ManyToOneRel

from socle.actes import by_model
from socle.francais import at_hour
from socle.historique import CHANGED, CREATED, REMOVED, author, name_of
from socle.sources import Affirmation, record_type

# So many are named; whoever reads as many knows enough.
NAMED = 50
WRITTEN = {CHANGED: "modifiée", REMOVED: "supprimée", CREATED: "rétablie"}

# What an app above knows to rest on an act: functions that take the act and the records that it
# touched, and yield a sentence for each.
RESTING_ABOVE = []


def resting_on(acte, fiches):
    """Return a sentence for each thing that rests on an act that touched `fiches`, the first of them."""
    named = list(islice(all_resting_on(acte, fiches), NAMED + 1))
    return named if len(named) <= NAMED else [*named[:NAMED], "Et d'autres encore."]


def all_resting_on(acte, fiches):
    """Yield a sentence for each thing that rests on an act that touched `fiches`."""
    for model, group in by_model(fiches).items():
        yield from unknown_before(group)
        yield from written_since(model, group)
    ours = {model: [f.cle for f in group] for model, group in by_model(fiches).items()}
    for model, created in by_model(fiches, CREATED).items():
        yield from naming(model, created, ours)
    for model, changed in by_model(fiches, CHANGED).items():
        yield from said_since(model, changed, acte, ours)
    for find in RESTING_ABOVE:
        yield from find(acte, fiches)


def unknown_before(fiches):
    """Yield the records of which nobody kept what they were before the act."""
    for fiche in fiches:
        if not fiche.avant_connu:
            yield f"« {name_of(fiche.derniere.instance)} » : ce qu'elle valait avant n'est pas connu."


def written_since(model, fiches):
    """Yield the records that someone wrote after the act, where it had written."""
    for version in overtaking(model, fiches):
        yield (
            f"« {name_of(version.instance)} » : fiche {WRITTEN[version.history_type]} depuis par "
            f"{author(version)}, le {at_hour(version.history_date)}."
        )


def overtaking(model, fiches):
    """Yield the last version of each record that was written after the act, where it had written."""
    for fiche, version in later_versions(model, fiches):
        if overtakes(version, fiche):
            yield version


def overtakes(version, fiche):
    """Tell whether a later version wrote where the act did: what other fields say since then stays."""
    if fiche.sort != CHANGED or version.history_type == REMOVED:
        return True
    return any(
        getattr(version, field.attname) != getattr(fiche.apres, field.attname)
        for field in fiche.changed_fields
    )


def changes(version, fiche):
    """Tell whether a later version says of a record anything else than the act left."""
    fields = fiche.model._meta.concrete_fields
    return any(getattr(version, f.attname) != getattr(fiche.apres, f.attname) for f in fields)


def kept_since(fiches):
    """Yield a sentence for each record that someone wrote after the act, in other fields: they stay."""
    for model, group in by_model(fiches, CHANGED).items():
        for fiche, version in later_versions(model, group):
            if not overtakes(version, fiche) and changes(version, fiche):
                yield (
                    f"« {name_of(version.instance)} » : modifiée depuis par {author(version)}, le "
                    f"{at_hour(version.history_date)}, sur d'autres points, qui restent."
                )


def later_versions(model, fiches):
    """Return the records that were written after the act, each with its last version."""
    key = model._meta.pk.attname
    last = {fiche.cle: fiche.derniere.history_id for fiche in fiches}
    versions = model.history.filter(
        **{f"{key}__dans": list(last)}, history_id__gt=min(last.values())
    )
    since = {
        getattr(version, key): version
        for version in versions.select_related("history_user").order_by("history_id")
        if version.history_id > last[getattr(version, key)]
    }
    return [(fiche, since[fiche.cle]) for fiche in fiches if fiche.cle in since]


def naming(model, created, ours):
    """Yield the rows that name a record made by the act, and that it did not write itself."""
    records = {str(fiche.cle): fiche.derniere.instance for fiche in created}
    for rows, attname in rows_naming(model, [fiche.cle for fiche in created]):
        others = rows.exclude(pk__dans=ours.get(rows.model, []))
        for row in others:
            record = records[str(getattr(row, attname))]
            yield (
                f"« {name_of(row)} » ({row._meta.verbose_name}) s'appuie sur « {name_of(record)} »."
            )


def rows_naming(model, keys):
    """Yield the rows that name the records of `model`, with the attribute that names them.

    A link that asks for nothing when its record goes away does not keep it.
    """
    for link in model._meta.get_fields(include_hidden=True):
        if isinstance(link, GenericRelation):
            about = {
                link.content_type_field_name: record_type(model),
                f"{link.object_id_field_name}__dans": [str(key) for key in keys],
            }
            yield link.related_model._base_manager.filter(**about), link.object_id_field_name
        elif isinstance(link, ManyToOneRel) and link.on_delete is not DO_NOTHING:
            rows = link.related_model._base_manager
            yield rows.filter(**{f"{link.field.name}__dans": keys}), link.field.attname


def said_since(model, changed, acte, ours):
    """Yield what sources were made to say, after the act, of the dates that it changed."""
    fields = {str(fiche.cle): {f.name for f in fiche.changed_fields} for fiche in changed}
    said = Affirmation.history.filter(
        content_type=record_type(model),
        object_id__dans=list(fields),
        history_date__gt=acte.moment,
    ).exclude(id__dans=ours.get(Affirmation, []))
    records = {str(fiche.cle): fiche.derniere.instance for fiche in changed}
    for version in said.select_related("history_user").order_by("history_id"):
        if version.champ in fields[version.object_id]:
            yield (
                f"« {name_of(records[version.object_id])} » : source d'une date écrite depuis par "
                f"{author(version)}, le {at_hour(version.history_date)}."
            )
