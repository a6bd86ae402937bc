"""SQLite, whose readers read on when the disk is full or read-only."""

import sqlite3
from pathlib import Path
from urllib.parse import quote

from django.db.backends.sqlite3 import base

# What is answered where the files that readers and writers share can no longer be made.
NO_ROOM = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
}
# Where what is not yet in the file of the base waits, or what it was before an unfinished writing.
JOURNALS = ("-wal", "-journal")


def sqlite_code(error):
    """Return the family of an error of SQLite's: SQLITE_IOERR for each of its forty kinds."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params):
        """Open the base, for a reader that never waits for the writer.

        Where nothing can be written beside the file, nobody writes in it either: it is then read
        as one that does not change, for the time of a request.
        """
        try:
            return self.with_a_log(super().get_new_connection(conn_params))
        except sqlite3.OperationalError as error:
            if sqlite_code(error) not in NO_ROOM or not self.file_is_whole():
                raise
        unchanging = f"file:{quote(conn_params['database'])}?mode=ro&immutable=1"
        return super().get_new_connection(conn_params | {"database": unchanging})

    def with_a_log(self, connection):
        """Have writers write in a log apart, which the file remembers: after the first time, it is a look."""
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            connection.close()
            raise
        return connection

    def file_is_whole(self):
        """Tell whether all that was written is in the file: who dies leaves some in a journal."""
        path = Path(self.settings_dict["NAME"])
        journals = [path.with_name(path.name + suffix) for suffix in JOURNALS]
        return path.exists() and not any(j.exists() and j.stat().st_size for j in journals)
