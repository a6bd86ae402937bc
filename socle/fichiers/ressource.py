"""Files that come in: one base for every Resource, shared by the commands and the back office."""

from django.db.models import Q
from import_export import resources

from socle.dates import FIRST_DAY, PrecisionField
from socle.sources import Source, written_day


class Ressource(resources.ModelResource):
    """What the rows of a file are, each a record, its columns by name: `Passage` reads and writes them.

    `dated_sources` tells, for each column that names a source, the dated field it vouches for and
    the columns of the date and of its precision: `{"source_entree": ("debut",
    "date_entree_programme", "precision_entree")}`. The date of the row becomes its retained
    affirmation.

    Files that we did not write need more: `titre`, what a file is made of;
    `autres_noms` of its columns; `informatives`, the columns of our downloads that tell and are not
    written; `trompeuses`, the columns that mean something else when certain others are there; `temoins`, by
    column of a code, the informative columns that hold its name;
    `codes`, the width of the codes that a spreadsheet shortens; `exemple`, a row of the template.
    """

    titre = ""
    dated_sources = {}
    autres_noms = {}
    informatives = ()
    trompeuses = {}
    temoins = {}
    codes = {}
    exemple = {}
    extra_columns = ()
    # The models of the rows that `extra_columns` make.
    dependent_models = ()
    # The `Cle` by which the rows that we exported know their record, whatever else they change.
    cle = None
    # The columns of our downloads that records do not hold, each with where to change what it tells.
    calculees = {}
    # Keys that a file may leave out, when the others are enough to know the record.
    loose_keys = ()

    class Meta:
        abstract = True

    @property
    def written_models(self):
        """Return the models of which a file of this sort writes rows."""
        return (self._meta.model, *self.dependent_models)

    @property
    def columns(self):
        """Return the columns that the file may have."""
        own = [column for field in self.get_import_fields() for column in field.colonnes]
        return [*own, *self.dated_sources, *self.extra_columns]

    @property
    def key_columns(self):
        """Return the columns by which a row is known to be that of a record."""
        return [self.fields[name].column_name for name in self.get_import_id_fields()]

    @property
    def required_columns(self):
        """Return the columns without which a file cannot be read."""
        loose = [self.fields[name].column_name for name in self.loose_keys]
        return [column for column in self.key_columns if column not in loose]

    def closest(self, records):
        """Return which of `records`, all with the key of a row, it speaks of; if several, it is refused."""
        return records

    def computed_on(self, keys, jour):
        """Return what our downloads of `jour` compute of the records of `keys`: {key: {column: value}}."""
        return {}

    def load_named(self, rows, user):
        """Read in a few queries the records that `rows`, of cells by column, name: see `RecordWidget`."""
        for field in self.get_import_fields():
            if hasattr(field.widget, "load"):
                field.widget.load(field.column_name, rows, user)

    def on_first_days(self, row):
        """Return the cells of `row` as they are stored: a date known to the month, on its first day.

        The record that a row speaks of is thus found again, whatever day of the month was typed.
        """
        columns = {field.attribute: field.column_name for field in self.get_import_fields()}
        stored = dict(row)
        for field in self._meta.model._meta.concrete_fields:
            if not isinstance(field, PrecisionField) or not field.date:
                continue
            date, precision = columns.get(field.date), row.get(columns.get(field.name)) or ""
            if row.get(date) and precision.strip() in FIRST_DAY:
                stored[date] = written_day(row[date], precision.strip())
        return stored

    def in_reach(self, field, record, instance, user):
        """Tell whether `user` may put `record` in a field of `instance`; None: by the rule of its model."""
        return None

    def dependants(self, instance, row, user):
        """Return the records to create along with a new `instance`, from `extra_columns`."""
        return []

    def load_sources(self):
        self.sources = {source.cle: source for source in Source.objects.all()}


def located(error, attribute, resource, row):
    """Return `error` with the cells of `row` that it is about, unless it names one already."""
    if error.startswith("colonne «"):
        return error
    attributes = {attribute} | concerned(error, resource._meta.model)
    cells = [
        f"colonne « {field.column_name} », valeur « {row[field.column_name]} »"
        for field in resource.get_import_fields()
        if field.attribute in attributes and field.column_name in row
    ]
    return f"{', '.join(cells)} : {error}" if cells else error


def concerned(error, model):
    """Return the fields of the constraint of `model` whose message is `error`."""
    for constraint in model._meta.constraints:
        if constraint.violation_error_message == error:
            fields = getattr(constraint, "fields", ())
            return {*fields, *(constraint.condition or Q()).referenced_base_fields}
    return set()
