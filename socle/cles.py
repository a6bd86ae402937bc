"""Keys chosen in Python and given back to the database: one parameter, however many they are."""

import json
from functools import reduce
from operator import or_

from django.core.exceptions import EmptyResultSet
from django.db.models import Field, ForeignKey, Lookup, Q
from django.db.models.fields.tuple_lookups import TupleIn


@ForeignKey.register_lookup
@Field.register_lookup
class Dans(Lookup):
    """`filter(commune__dans=codes)`: as `__in`, but the text of the query does not grow with `codes`.

    A list of thousands of keys is otherwise as many parameters, which SQLite ends up refusing.
    """

    lookup_name = "dans"
    prepare_rhs = False

    def get_prep_lookup(self):
        return list(self.rhs)

    def get_db_prep_lookup(self, value, connection):
        keys = json.dumps(value) if connection.vendor == "sqlite" else value
        return "%s", [keys]

    def process_rhs(self, compiler, connection):
        """Return the keys; of none, ask the database nothing, as `__in` does."""
        if not self.rhs:
            raise EmptyResultSet
        return super().process_rhs(compiler, connection)

    def as_sql(self, compiler, connection):
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        return f"{lhs} = ANY({rhs})", (*lhs_params, *rhs_params)

    def as_sqlite(self, compiler, connection):
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        return f"{lhs} IN (SELECT value FROM json_each({rhs}))", (*lhs_params, *rhs_params)


def keys_as_one_parameter(lookup, compiler, connection):
    """Write for SQLite the prefetch of a foreign key, which Django writes `id = 1 OR id = 2 OR …`.

    Beyond a thousand records, SQLite refuses it: « Expression tree is too large ».
    """
    if len(lookup.lhs) > 1 or not lookup.rhs_is_direct_value():
        return lookup.as_sql(compiler, connection)
    [column] = lookup.lhs
    return compiler.compile(Dans(column, [key for (key,) in lookup.rhs if key is not None]))


TupleIn.as_sqlite = keys_as_one_parameter


def par_une_voie(model, paths, keys):
    """Return the condition that a record of `model` leads, by one of `paths` at least, to one of `keys`.

    Each path is a query of its own, in which the indexes lead from a few keys to their records: with
    all the paths joined in one, the base reads every record to know whether it leads there.
    """
    ways = (model._base_manager.filter(**{f"{path}__in": keys}).values("pk") for path in paths)
    return reduce(or_, (Q(pk__in=way) for way in ways))
