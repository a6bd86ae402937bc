"""What agents have written, and that a new delivery of our files leaves as it is."""

from socle.fichiers.lignes import LigneRefusee
from socle.historique import Historisee

REMOVED_BY_AGENT = "un agent a retiré cette fiche"


def keep_what_agents_wrote(instance, before, changed):
    """Give back to a record the values that agents gave it; return the changes that are thus not made.

    `before` gives the values of the base, `changed` what the row changes: both by field, and the
    latter loses what is kept. A record whose versions are not kept is left as it is.
    """
    versions = versions_of(instance)
    kept = {name for name in changed if written_by_agent(instance, name, versions)}
    for name in kept:
        setattr(instance, name, before[name])
    return [changed.pop(name) for name in sorted(kept)]


def versions_of(instance):
    """Return the versions of a record, the latest first; None when they are not kept."""
    if not isinstance(instance, Historisee):
        return None
    return list(instance.history.order_by("-history_id"))


def written_by_agent(instance, name, versions):
    """Tell whether the value that a field has was given by an agent, and not by a load of files."""
    if versions is None:
        return True
    if not versions:
        return False
    attname = instance._meta.get_field(name).attname
    value, writer = getattr(versions[0], attname), versions[0]
    for version in versions:
        if getattr(version, attname) != value:
            break
        writer = version
    return writer.history_user_id is not None


def refuse_removed(model, keys, values):
    """Refuse a row whose record an agent has removed: a delivery does not bring it back."""
    if not issubclass(model, Historisee):
        return
    same = {
        champ.attribute: values[champ.attribute]
        for champ in keys
        if values.get(champ.attribute) is not None
    }
    if model.history.removed().filter(history_user__isnull=False, **same).exists():
        raise LigneRefusee([ValueError(REMOVED_BY_AGENT)])
