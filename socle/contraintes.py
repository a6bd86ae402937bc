"""What a database refuses, in the words of the models: for whoever was overtaken by someone else."""

import re

from django.apps import apps
from django.db.models import UniqueConstraint

OVERTAKEN = (
    "La base refuse cette saisie, que quelqu'un d'autre a peut-être devancée : relisez, puis "
    "enregistrez de nouveau."
)
# SQLite names a check by its name, and the columns of an index that would have twice the same.
CHECK = re.compile(r"CHECK constraint failed: (\w+)")
UNIQUE = re.compile(r"UNIQUE constraint failed: (.+)")


def exclusion_name(model):
    """Return the name of the constraint that, on PostgreSQL, refuses overlaps of a period."""
    return f"{model._meta.db_table}_sans_chevauchement"


def sentences():
    """Return the French sentence of every constraint of the project, by its name in the databases."""
    by_name = {}
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            by_name[constraint.name] = constraint.violation_error_message
        if getattr(model, "siblings_by", ()) and hasattr(model, "overlap_message"):
            by_name[exclusion_name(model)] = model.overlap_message
    return by_name


def sentence(error):
    """Return in French why a database refused to write: what the form would have said.

    `error` is an `IntegrityError` of Django's. What no constraint of ours explains is told as the
    work of someone else, who was first.
    """
    cause = error.__cause__
    name = getattr(getattr(cause, "diag", None), "constraint_name", None)
    if found := CHECK.search(str(error)):
        name = found.group(1)
    if name is None and (found := UNIQUE.search(str(error))):
        name = unique_of(found.group(1))
    return sentences().get(name) or OVERTAKEN


def unique_of(columns):
    """Return the name of the constraint that is about columns as SQLite names them: « table.column, … »."""
    table, names = columns.split(".")[0], {c.strip().split(".")[-1] for c in columns.split(",")}
    for model in apps.get_models():
        for constraint in model._meta.constraints if model._meta.db_table == table else ():
            if isinstance(constraint, UniqueConstraint):
                fields = {model._meta.get_field(field).column for field in constraint.fields}
                if fields == names:
                    return constraint.name
    return None
