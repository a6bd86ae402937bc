"""Nothing is lost: each change of a record keeps the old value, who made it, when and why."""

from django.db import models
from simple_history.models import HistoricalRecords


class Historisee(models.Model):
    """A record whose every version is kept, the removed ones included.

    `QuerySet.update()` and the `bulk_*` methods write no version: they are not used on such
    records. The reason of a change is set by `because` before it is saved.
    """

    history = HistoricalRecords(inherit=True)

    class Meta:
        abstract = True

    def because(self, reason):
        """Give the reason of the next save or removal, kept with its version; return the record."""
        self._change_reason = reason
        return self
