"""For the migrations: before the database refuses line ends in fields of one line, those there go."""

from django.db.migrations import AddConstraint

from socle.lignes import UneLigne, on_one_line
from socle.migrations._contrevenants import rows_of


def put_on_one_line(apps, app, operations):
    """Write a space in the place of the line ends that `operations` refuse, as pages show them.

    The versions stay: they say what was written.
    """
    for operation in operations:
        if isinstance(operation, AddConstraint) and isinstance(operation.constraint, UneLigne):
            rows, rule = rows_of(apps, app, operation.model_name), operation.constraint
            for values in rows.filter(~rule.condition).values("pk", *rule.fields):
                kept = rows.filter(pk=values.pop("pk"))
                kept.update(**{f: text and on_one_line(text) for f, text in values.items()})
