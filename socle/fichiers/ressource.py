"""Files that come in: one base for every Resource, shared by the commands and the back office.

A refused row says, in French, its line, its column and its value, and changes nothing.
"""

from django.db.models import Q
from import_export import resources
from import_export.results import RowResult

from socle.dates import FIRST_DAY, Precision, PrecisionField
from socle.fichiers.champs import CelluleRefusee
from socle.fichiers.lecture import FichierRefuse
from socle.sources import Source, affirm, written_day


class Ressource(resources.ModelResource):
    """Rows of a file, each a record: columns by name, all or nothing, unchanged rows left alone.

    `dated_sources` tells, for each column that names a source, the dated field it vouches for and
    the columns of the date and of its precision: `{"source_entree": ("debut",
    "date_entree_programme", "precision_entree")}`. The date of the row becomes its retained
    affirmation.

    The back office needs more, for files that we did not write: `titre`, what a file is made of;
    `autres_noms` of its columns; `informatives`, the columns of our downloads that tell and are not
    written; `trompeuses`, the columns that mean something else when certain others are there;
    `codes`, the width of the codes that a spreadsheet shortens; `exemple`, a row of the template.
    """

    titre = ""
    dated_sources = {}
    autres_noms = {}
    informatives = ()
    trompeuses = {}
    codes = {}
    exemple = {}
    extra_columns = ()
    # The `Cle` by which the rows that we exported know their record, whatever else they change.
    cle = None
    # The columns of our downloads that records do not hold, each with where to change what it tells.
    calculees = {}
    # Keys that a file may leave out, when the others are enough to know the record.
    loose_keys = ()

    class Meta:
        abstract = True
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        store_instance = True
        use_transactions = True
        skip_html_diff = True

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

    def load_named(self, rows):
        """Read in a few queries the records that `rows`, of cells by column, name."""
        for field in self.get_import_fields():
            if hasattr(field.widget, "load"):
                field.widget.load(field.column_name, rows)

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

    def get_instance(self, instance_loader, row):
        return super().get_instance(instance_loader, self.on_first_days(row))

    def in_reach(self, field, record, instance, user):
        """Tell whether `user` may put `record` in a field of `instance`; None: by the rule of its model."""
        return None

    def dependants(self, instance, row, user):
        """Return the records to create along with a new `instance`, from `extra_columns`."""
        return []

    def before_import(self, dataset, **kwargs):
        """Refuse a file with a column that is not known, or without one of its key columns."""
        if unknown := [header for header in dataset.headers if header not in self.columns]:
            raise FichierRefuse(
                f"{dataset.title} : colonne « {unknown[0]} » inconnue. "
                f"Colonnes possibles : {', '.join(self.columns)}."
            )
        if missing := [key for key in self.key_columns if key not in dataset.headers]:
            raise FichierRefuse(f"{dataset.title} : colonne « {missing[0]} » absente.")
        self.load_sources()

    def load_sources(self):
        self.sources = {source.cle: source for source in Source.objects.all()}

    def before_import_row(self, row, **kwargs):
        """Refuse a row that names a source that is not known."""
        for column in self.dated_sources:
            key = row.get(column)
            if key and key not in self.sources:
                raise CelluleRefusee(column, key, "source inconnue")

    def after_import_row(self, row, row_result, **kwargs):
        """Keep who says each date of the row, as the retained affirmation of its field."""
        for column, (champ, date_column, precision_column) in self.dated_sources.items():
            if row.get(column) and row.get(date_column):
                affirm(
                    row_result.instance,
                    champ,
                    row[date_column],
                    source=self.sources[row[column]],
                    precision=row.get(precision_column) or Precision.JOUR,
                )


def refusals(resource, result, dataset):
    """Return, in French, why each refused row is: « ligne 3, colonne « x », valeur « y » : … »."""
    rows = dataset.dict
    messages = []
    for invalid in result.invalid_rows:
        for attribute, errors in invalid.error.message_dict.items():
            for error in errors:
                cells = located(error, attribute, resource, rows[invalid.number - 1])
                messages.append(f"ligne {invalid.number + 1}, {cells}")
    for number, errors in result.row_errors():
        messages += [f"ligne {number + 1}, {error.error}" for error in errors]
    return messages


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


def load_rows(resource, dataset):
    """Import `dataset` for good, or nothing of it; return the counts of rows by what became of them.

    Raises `FichierRefuse` with one line for each refused row.
    """
    result = resource.import_data(dataset, raise_errors=False, rollback_on_validation_errors=True)
    if result.base_errors:
        raise FichierRefuse(str(result.base_errors[0].error))
    if messages := refusals(resource, result, dataset):
        raise FichierRefuse("\n".join(f"{dataset.title}, {message}" for message in messages))
    totals = result.totals
    return {
        "créées": totals[RowResult.IMPORT_TYPE_NEW],
        "modifiées": totals[RowResult.IMPORT_TYPE_UPDATE],
        "inchangées": totals[RowResult.IMPORT_TYPE_SKIP],
    }
