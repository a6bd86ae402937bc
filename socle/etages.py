"""What an app above rests on a record of an app below: asked when that record is corrected."""

from collections import defaultdict

# By model, functions that raise ValidationError for what a record, as it would be, could not carry.
HELD_ABOVE = defaultdict(list)


def held_above(model):
    """Have the function below asked whenever a record of `model` is checked: see `refuse_above`."""

    def register(check):
        HELD_ABOVE[model].append(check)
        return check

    return register


def refuse_above(record):
    """Raise ValidationError for what rests on a record, and could not once it is as it is here."""
    for check in HELD_ABOVE[type(record)] if record.pk else ():
        check(record)
