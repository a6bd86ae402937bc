"""Tables copied for one connection: what is tried there makes nobody wait, and nobody sees it.

A temporary table hides, for the connection that makes it, the table of the same name: all that is
read and written of a model is then of its copy. SQLite locks its whole file for whoever writes in it,
PostgreSQL each row: in a copy, neither.
"""

import re
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

EN_COPIE = ContextVar("en_copie", default=False)
# A row of a copy may point to what is not copied, which a temporary table cannot know.
LINK = re.compile(r' REFERENCES "[^"]+" \("[^"]+"\)( DEFERRABLE INITIALLY DEFERRED)?')


@contextmanager
def tables_copiees(*models):
    """Let the block write rows of `models`, and of them only, in copies dropped at its end.

    What is already there is in the copies. A lock asked for inside takes nothing (`socle.verrou`).
    """
    tables = list(dict.fromkeys(model._meta.db_table for model in models))
    copy = {"sqlite": copy_on_sqlite, "postgresql": copy_on_postgresql}[connection.vendor]
    token = EN_COPIE.set(True)
    try:
        with without_write_lock(), transaction.atomic():
            for table in tables:
                copy(table)
            yield
            # The copies go with the transaction that made them.
            transaction.set_rollback(True)
    finally:
        EN_COPIE.reset(token)


def en_copie():
    """Tell whether what is being done is done in copies."""
    return EN_COPIE.get()


@contextmanager
def without_write_lock():
    """Let SQLite begin a transaction as a reader: ours begin as writers (`transaction_mode`)."""
    mode = getattr(connection, "transaction_mode", None)
    connection.transaction_mode = None
    try:
        yield
    finally:
        connection.transaction_mode = mode


def copy_on_sqlite(table):
    """Copy a table, its rows and its indexes, all it refuses included but links to what is not there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT type, name, sql FROM main.sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL "
            "ORDER BY type = 'index'",
            [table],
        )
        for kind, name, sql in cursor.fetchall():
            made = LINK.sub("", sql)
            if kind == "table":
                made = made.replace("CREATE TABLE", "CREATE TEMP TABLE", 1)
            else:
                made = re.sub(r"INDEX (\"[^\"]+\"|\S+)", f'INDEX temp."{name}"', made, count=1)
            cursor.execute(made)
        cursor.execute(f'INSERT INTO temp."{table}" SELECT * FROM main."{table}"')


def copy_on_postgresql(table):
    """Copy a table, its rows and all it refuses; new rows go on from its greatest key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        (schema,) = cursor.fetchone()
        source = f'"{schema}"."{table}"'
        cursor.execute(f'CREATE TEMP TABLE "{table}" (LIKE {source} INCLUDING ALL) ON COMMIT DROP')
        cursor.execute(f'INSERT INTO pg_temp."{table}" SELECT * FROM {source}')
        cursor.execute(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_schema = %s AND table_name = %s AND is_identity = 'YES'",
            [schema, table],
        )
        for (column,) in cursor.fetchall():
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('pg_temp.\"{table}\"', '{column}'), "
                f'COALESCE(MAX("{column}"), 0) + 1, false) FROM {source}'
            )
