"""PostgreSQL, whose silence has an end.

A server that is frozen keeps its lines open and answers nothing: no limit of the server's own, nor
of the network's, ever comes. What waits for it is released here.
"""

import psycopg
from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel
from psycopg.pq import TransactionStatus

# The question asked of a kept connection before it is used again: « are you there? ».
SECONDS_TO_SAY_HELLO = 2


class ImpatientConnection(psycopg.Connection):
    """A connection that is closed when an answer does not come within `patience` seconds."""

    patience = None

    def wait(self, gen, interval=0.1, timeout=None):
        try:
            return super().wait(gen, interval, timeout or self.patience)
        except psycopg.OperationalError:
            # The answer is still awaited: nothing else can be asked on this line.
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.close()
            raise


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params):
        """Open a connection as Django does, with the `patience` that the options say."""
        # None, not 0, waits as long as it takes: what the commands of `manage.py` do.
        patience = conn_params.pop("patience", None) or None
        self.isolation_level = IsolationLevel.READ_COMMITTED
        connection = ImpatientConnection.connect(**conn_params)
        connection.patience = patience
        return connection

    def is_usable(self):
        """Tell whether the server still answers on this connection: at once, or not at all."""
        if self.connection is None:
            return False
        usual, self.connection.patience = self.connection.patience, SECONDS_TO_SAY_HELLO
        try:
            return super().is_usable()
        finally:
            self.connection.patience = usual
