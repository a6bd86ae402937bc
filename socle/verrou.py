"""Two agents at once: those who write what hangs on the same record wait for each other."""

from django.db import transaction

from socle.historique import Historisee


def lock(model, *keys, no_key=True):
    """Lock, until the end of the transaction, the records of `model` that have one of these `keys`.

    The second who asks for one of them waits, and then reads what the first has written. Records
    are always taken in the order of their keys, and a record before what hangs on it: two writers
    cannot wait for each other. Outside a transaction there is nothing to hold; SQLite has one
    writer at a time, from the beginning of its transaction (IMMEDIATE).

    `no_key`: the rows that others write, and that only name these records, need not wait. They have
    to when the records are about to be removed.
    """
    connection = transaction.get_connection()
    if connection.features.has_select_for_update and connection.in_atomic_block:
        rows = model._base_manager.select_for_update(no_key=no_key).filter(pk__dans=keys)
        list(rows.order_by("pk").values_list("pk"))


def lock_linked(row, name):
    """Lock the record that `row` names in its field `name`, without reading it: see `lock`."""
    field = row._meta.get_field(name)
    lock(field.related_model, getattr(row, field.attname))


class OneAtATime:
    """A row that holds on some days, which no other row that shares `siblings_by` with it holds on.

    The first of these fields is the record that they all hang on: it is locked while the others
    are read.
    """

    siblings_by = ()
    # Set by whoever looks at the siblings itself, or knows that there is none.
    alone = False

    @property
    def siblings_key(self):
        """Return what the row shares with its siblings, by field."""
        fields = [self._meta.get_field(name) for name in self.siblings_by]
        return {field.attname: getattr(self, field.attname) for field in fields}

    def lock_siblings(self):
        """Lock the record that the row and its siblings hang on: see `lock`."""
        for name in self.siblings_by[:1]:
            lock_linked(self, name)

    def siblings(self):
        """Return the other rows that share `siblings_by`, once nobody else may write one; a queryset."""
        self.lock_siblings()
        return type(self)._default_manager.filter(**self.siblings_key).exclude(pk=self.pk)


def hung_on(model):
    """Return the links of the rows of `model` to what is locked before them, here as anywhere.

    What they share with their siblings, and the records whose versions are kept.
    """
    shared = model.siblings_by[:1] if issubclass(model, OneAtATime) else ()
    return [
        field
        for field in model._meta.concrete_fields
        if field.is_relation
        and (field.name in shared or issubclass(field.related_model, Historisee))
    ]
