"""The tables of a base, told so that two bases made in two ways can be compared."""

import re

from django.db import connection

QUOTED = re.compile(r"""'[^']*'|"[^"]*"|[(),]|[^'"(),]+""")
OF_POSTGRESQL = (
    "SELECT table_name, 'column', column_name, data_type, character_maximum_length::text, is_nullable,"
    " column_default, is_identity FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT conrelid::regclass::text, 'constraint', conname, pg_get_constraintdef(oid)"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "SELECT tablename, 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
)


def schema():
    """Return what defines each table of the base: columns, constraints and indexes, in any order."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return {row for query in OF_POSTGRESQL for row in rows(cursor, query)}
        made = rows(cursor, "SELECT type, tbl_name, name, sql FROM sqlite_master WHERE sql <> ''")
    return {
        (table, sort, name, part)
        for sort, table, name, sql in made
        for part in (definitions(sql) if sort == "table" else [sql])
    }


def rows(cursor, query):
    cursor.execute(query)
    return cursor.fetchall()


def definitions(sql):
    """Return the columns and the constraints of a CREATE TABLE, each as it is written."""
    body = sql[sql.index("(") + 1 : sql.rindex(")")]
    parts, depth = [""], 0
    for piece in QUOTED.findall(body):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == "," and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    return [part.strip() for part in parts]
