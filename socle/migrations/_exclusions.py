"""For the migrations: on PostgreSQL, two rows of the same siblings never hold on the same day."""

from django.db import Error

NO_EXTENSION = (
    "L'extension btree_gist de PostgreSQL manque et ce rôle ne peut pas l'installer : faites "
    "« CREATE EXTENSION btree_gist » dans cette base avec un rôle qui le peut, puis reprenez."
)


def exclude_overlaps(schema_editor, table, columns):
    """Add to a table of periods the constraint that SQLite cannot have; `clean()` says it there."""
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    except Error as error:
        raise RuntimeError(NO_EXTENSION) from error
    same = ", ".join(f"{column} WITH =" for column in columns)
    schema_editor.execute(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_sans_chevauchement "
        f"EXCLUDE USING gist ({same}, daterange(debut, fin, '[)') WITH &&)"
    )


def include_overlaps(schema_editor, table):
    """Take the constraint away."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_sans_chevauchement")
