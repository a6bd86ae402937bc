"""For the migrations: before the database refuses what breaks a rule, the records that do are named."""

import datetime
import re

from django.db.migrations import AddConstraint
from django.db.models import CASCADE, Exists, OuterRef, Q, UniqueConstraint, Value
from django.db.models.functions import Coalesce

STOPPED = "Mise à jour arrêtée : des fiches ne suivent pas une règle de cette version."
CORRECT = (
    "Corrigez-les, ou retirez celles en trop, dans la version d'avant, puis reprenez la mise à jour."
)
SHOWN = 20
# What a record is called, besides its key: the first of these fields that it has.
NAMES = ("identifiant", "nom", "intitule")


def refuse_offenders(apps, app, operations, periods=None):
    """Stop the update, and name the records of `app` that break a rule which `operations` add.

    `periods` are those whose rows are about not to overlap: `{model: (siblings, sentence)}`. SQLite
    has no constraint for them; the rule is asked of both databases.
    """
    rules = [rule_added(apps, app, o) for o in operations if isinstance(o, AddConstraint)]
    for model, (siblings, sentence) in (periods or {}).items():
        rows = overlapping(rows_of(apps, app, model), siblings)
        rules.append((rows, [*siblings, "debut", "fin"], sentence))
    offenders = [
        f"- {row._meta.verbose_name} {named(row)} ({facts(row, fields)}) : {sentence}"
        for rows, fields, sentence in rules
        for row in rows
    ]
    if offenders:
        raise RuntimeError("\n".join([STOPPED, *shown(offenders), CORRECT]))


def shown(lines):
    """Keep the first lines, and say how many there are besides."""
    others = len(lines) - SHOWN
    return [*lines[:SHOWN], f"… et {others} de plus."] if others > 0 else lines


def rows_of(apps, app, model):
    return apps.get_model(app, model)._base_manager.order_by("pk")


def rule_added(apps, app, operation):
    """Return the rows that break the constraint of an operation, its fields and its sentence."""
    rows, rule = rows_of(apps, app, operation.model_name), operation.constraint
    if isinstance(rule, UniqueConstraint):
        alike = with_another(rows.filter(rule.condition or Q()), rule.fields)
        return alike, rule.fields, rule.violation_error_message
    fields = fields_of_check(rows.model, rule.condition)
    return rows.filter(~rule.condition), fields, rule.violation_error_message


def with_another(rows, same, **compared):
    """Keep the rows beside which stands another of the `same` fields, so `compared`: none of them null."""
    others = rows.filter(**{field: OuterRef(field) for field in same}, **compared)
    return rows.filter(Exists(others.exclude(pk=OuterRef("pk"))))


def overlapping(rows, siblings):
    """Keep the periods that share a day with another of the same siblings; no known end has no end."""
    bounded = rows.alias(
        premier=Coalesce("debut", Value(datetime.date.min)),
        suivant=Coalesce("fin", Value(datetime.date.max)),
    )
    return with_another(
        bounded, siblings, premier__lt=OuterRef("suivant"), suivant__gt=OuterRef("premier")
    )


def fields_of_check(model, condition):
    """Return the fields of a model that a condition is about: its text names them."""
    names = set(re.findall(r"[a-z]+(?:_[a-z]+)*", str(condition)))
    return [f.name for f in model._meta.concrete_fields if f.name in names]


def facts(row, fields):
    """Write what a row hangs on, then what it says in `fields`."""
    every = row._meta.concrete_fields
    links = [f for f in every if f.many_to_one and getattr(row, f.attname) is not None]
    own = [f for f in every if f.name in fields and not f.many_to_one]
    return " ; ".join(f"{f.verbose_name} : {written(row, f)}" for f in (*links, *own))


def written(row, field):
    value = getattr(row, field.name)
    if value is None:
        return "vide"
    if field.many_to_one:
        return ", ".join([named(value), *carriers(value)])
    if isinstance(value, datetime.date):
        return f"{value:%d/%m/%Y}"
    return f"« {dict(field.flatchoices).get(value, value)} »"


def carriers(record):
    """Write each record without which another would not be: of a line of money, its action."""
    links = [f for f in record._meta.concrete_fields if f.many_to_one]
    held = [f for f in links if f.remote_field.on_delete is CASCADE and getattr(record, f.attname)]
    return [f"{f.verbose_name} {named(getattr(record, f.name))}" for f in held]


def named(record):
    """Write the key of a record, and its name if it has one."""
    name = next((getattr(record, n) for n in NAMES if getattr(record, n, "")), "")
    return f"{record.pk} « {name} »" if name else f"{record.pk}"
