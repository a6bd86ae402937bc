"""Files that come in: one base for every Resource, shared by the commands and the back office."""

from django.db.models import Q
from import_export import resources

from socle.dates import FIRST_DAY, precisions
from socle.fichiers.passage import Passage
from socle.fichiers.sorte import SorteDeFichier
from socle.sources import Source, written_day


class Ressource(SorteDeFichier, resources.ModelResource):
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
    # The columns of the dates that no source says, as a forecast, each with that of its precision.
    precisions = {}
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
    # Where a file may leave out the identifier of its records, the columns by which they are known, or
    # else named, each with those that do instead: see `recognised` and `names_of_new`.
    a_defaut = {}
    # The columns that the application fills of a new record, where a file has nothing of them.
    composees = ()
    # The records beyond its own links by which a record is named, or judged.
    nommee_par = ()
    # Whether a preview saves the rows one by one: where each is judged beside those above it.
    une_par_une = False
    # Whether an empty cell empties its field when nobody signs: so do our own files, which hold all.
    vide_efface = True

    class Meta:
        abstract = True

    def passage(self, table, user=None, provenance=None, for_good=False, **options):
        """Return what judges, then writes, the rows of `table`: see `Passage`."""
        return Passage(self, table, user, provenance, for_good, **options)

    @property
    def models(self):
        """Return the models whose records a file of this sort adds and changes."""
        return (self._meta.model,)

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
    def groupes(self):
        """Return the columns by what they tell of, for whoever chooses one: here of one thing."""
        return [("", self.columns)]

    def says(self, lue, columns):
        """Tell whether a row says anything of a record of this sort, in one of `columns`."""
        return any(lue.cellules.get(column) for column in columns)

    @property
    def key_columns(self):
        """Return the columns by which a row is known to be that of a record."""
        return [self.fields[name].column_name for name in self.get_import_id_fields()]

    @property
    def required_columns(self):
        """Return the columns without which a file cannot be read."""
        loose = [self.fields[name].column_name for name in self.loose_keys]
        return [column for column in self.key_columns if column not in loose]

    def closest(self, records, values):
        """Return which of `records`, all with the key of a row, it speaks of; if several, it is refused."""
        return records

    def resembling(self, rows):
        """Return the condition that keeps the records of which `rows`, without identifier, may speak."""
        return Q()

    def load_kin(self, records):
        """Read in a few queries what hangs on `records`, and tells which one a row speaks of."""

    def recognised(self, values, row, records):
        """Return which of `records` a row without identifier speaks of, or None when it is a new one.

        Raises `CelluleRefusee` where it may be one or another: a twin is asked, never made.
        """
        return None

    def names_of_new(self, values, row, taken):
        """Return, by field, how the application names the new record of a row without identifier.

        `taken` are the identifiers that others have, by their bare form.
        """
        return {}

    def refuse_twin(self, values, records):
        """Refuse, as `CelluleRefusee`, a new record that one of `records`, on the same other, may be."""

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
        for champ, named in precisions(self._meta.model).items():
            date, precision = columns.get(champ), row.get(columns.get(named)) or ""
            if row.get(date) and precision.strip() in FIRST_DAY:
                stored[date] = written_day(row[date], precision.strip())
        return stored

    def writable(self, records, user):
        """Keep the records, a queryset, that `user` writes: those that it reads, unless rights differ."""
        return records.for_user(user)

    def in_reach(self, field, record, instance, user):
        """Tell whether `user` may put `record` in a field of `instance`; None: by the rule of its model."""
        return None

    def refuse_changes(self, instance, changed, user):
        """Refuse, as `CelluleRefusee`, what `user` may not change of a known record: see `Passage.put`.

        `changed` gives, by field, the `CelluleChangee`.
        """

    def precedents(self, instance):
        """Return the records without which a new `instance` could not be, to create before it."""
        return []

    def told_before(self, record):
        """Return what a row says of one of its `precedents`."""
        raise NotImplementedError

    def dependants(self, instance, row, user):
        """Return the records to create along with a new `instance`, from `extra_columns`."""
        return []

    def lists_changed(self, instance, row):
        """Return, by column, the `CelluleChangee` of what a row changes of what hangs on a known record."""
        return {}

    def rewrite_lists(self, instance, row, keep, remove):
        """Give a known record what the row says hangs on it: `keep` adds a row to it, `remove` takes one."""

    def warn(self, lignes):
        """Add to the rows of a preview what looks odd in them, read together: see `LigneTraitee`."""

    def load_sources(self):
        self.sources = {source.cle: source for source in Source.objects.all()}
