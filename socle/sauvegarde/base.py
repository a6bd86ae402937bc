"""The database, copied whole to one file and back, whichever program keeps it."""

import os
import sqlite3
import subprocess
from contextlib import closing

from django.db import connection
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from socle.sauvegarde import SauvegardeRefusee
from socle.sauvegarde.refus import FULL

FILES = {"sqlite": "base.sqlite3", "postgresql": "base.pgdump"}
# Restored elsewhere, all belongs to the role of the site, and an extension to whoever installed it.
OF_NO_ROLE = ("--no-owner", "--no-privileges", "--no-comments")


def tables():
    return connection.introspection.table_names()


def save(folder):
    """Copy the base, as it is at one instant, to a file of `folder`; return the file."""
    if not tables():
        raise SauvegardeRefusee("La base est vide : il n'y a rien à sauvegarder.")
    path = folder / FILES[connection.vendor]
    if connection.vendor == "sqlite":
        # Never a copy of its file: what was written last is in the journal beside it.
        with closing(sqlite3.connect(path)) as copy:
            connection.connection.backup(copy)
    else:
        run("pg_dump", of_the_site(folder), "--format=custom", f"--file={path}", *OF_NO_ROLE)
    return path


def check(path):
    """Refuse a file that is not a whole base: nothing has been replaced yet."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(path)) as saved:
            (told,) = saved.execute("PRAGMA quick_check(1)").fetchone()
            if told != "ok":
                raise SauvegardeRefusee(f"La base de cette archive est abîmée : {told}")
    else:
        run("pg_restore", "--list", path)


def restore(path):
    """Put the base of `path` in the place of that of the site."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(path)) as saved:
            saved.backup(connection.connection, progress=refuse_to_wait)
    else:
        drop_tables()
        whole = ("--single-transaction", "--exit-on-error")
        run("pg_restore", of_the_site(path.parent), *whole, *OF_NO_ROLE, path)


def refuse_to_wait(status, remaining, total):
    """Refuse once the base has been asked for in vain: the site that writes in it is to be stopped."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise SauvegardeRefusee("La base est occupée par le site : arrêtez-le d'abord.")


def drop_tables():
    if names := tables():
        quoted = ", ".join(map(connection.ops.quote_name, names))
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {quoted} CASCADE")


def of_the_site(folder):
    """Return the argument by which a program of PostgreSQL joins the base, as its address asks.

    The password is in a file of `folder`: all users of the machine read a command line.
    """
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    asked = connection.get_connection_params().items()
    address = {name: value for name, value in asked if name in known}
    if password := address.pop("password", ""):
        escaped = password.replace("\\", r"\\").replace(":", r"\:")
        address["passfile"] = folder / "mot_de_passe"
        with open_for_its_owner(address["passfile"]) as file:
            file.write(f"*:*:*:*:{escaped}\n".encode())
    return f"--dbname={make_conninfo(**address)}"


def run(program, *arguments):
    """Run a program of PostgreSQL, or raise what it said first."""
    try:
        done = subprocess.run([program, *arguments], capture_output=True, text=True)
    except FileNotFoundError:
        message = f"Il manque le programme {program} (paquet Debian : postgresql-client)."
        raise SauvegardeRefusee(message) from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or [f"code {done.returncode}"])[0]
        reason = FULL if "No space left" in done.stderr else said
        raise SauvegardeRefusee(f"{program} a échoué : {reason}")


def open_for_its_owner(path):
    """Open a new file that nobody else reads, from its first byte."""
    return open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600))
