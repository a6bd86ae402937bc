"""Files that come in: one base for every Resource, shared by the commands and the back office.

A refused row says, in French, its line, its column and its value, and changes nothing.
"""

import csv
import io

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q
from import_export import fields, resources, widgets
from import_export.results import RowResult
from tablib import Dataset

from pvd.socle.dates import Precision, parse_date, refuse_far_years
from pvd.socle.sources import Affirmation, Source, record_type

YES_NO = {"oui": True, "true": True, "1": True, "non": False, "false": False, "0": False}


class FichierRefuse(Exception):
    """A file that cannot be read at all; its message, in French, says why."""


def read_csv(content, name):
    """Return the `Dataset` of a CSV given as text, comma or semicolon, with or without BOM.

    Raises `FichierRefuse` for an empty file, for a quote that is never closed, for a column written
    twice and for a line whose cells do not match the header.
    """
    content = content.removeprefix("\ufeff")
    header = content.split("\n", 1)[0]
    separator = ";" if header.count(";") > header.count(",") else ","
    lines = io.StringIO(content, newline=None)
    try:
        rows = list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error as error:
        raise FichierRefuse(f"{name} : ce n'est pas un CSV lisible ({error}).") from None
    if not any(rows):
        raise FichierRefuse(f"{name} : le fichier est vide.")
    headers = [cell.strip() for cell in rows[0]]
    if twice := [header for header in headers if headers.count(header) > 1]:
        raise FichierRefuse(f"{name} : colonne « {twice[0]} » écrite deux fois.")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(headers):
            raise FichierRefuse(
                f"{name}, ligne {number} : {len(row)} cellules au lieu de {len(headers)}."
            )
    return Dataset(*rows[1:], headers=headers, title=name)


class CelluleRefusee(ValueError):
    """A cell that cannot mean what its column says: « colonne « x », valeur « y » : … »."""

    def __init__(self, colonne, valeur, raison):
        super().__init__(f"colonne « {colonne} », valeur « {valeur} » : {raison}")
        self.colonne, self.valeur, self.raison = colonne, valeur, str(raison)


class Champ(fields.Field):
    """A column of a file; what its cell cannot mean is refused with the column and the value."""

    def clean(self, row, **kwargs):
        try:
            return super().clean(row, **kwargs)
        except ObjectDoesNotExist:
            self.refuse(row, "inconnu du référentiel")
        except ValueError as error:
            self.refuse(row, error)

    def refuse(self, row, reason):
        raise CelluleRefusee(self.column_name, row[self.column_name], reason)


class DateWidget(widgets.Widget):
    def clean(self, value, row=None, **kwargs):
        if not value or not value.strip():
            return None
        jour = parse_date(value)
        refuse_far_years(jour)
        return jour

    def render(self, value, obj=None, **kwargs):
        return value.isoformat() if value else ""


class PrecisionWidget(widgets.Widget):
    def clean(self, value, row=None, **kwargs):
        return Precision(value.strip()) if value and value.strip() else Precision.JOUR


class ChoiceWidget(widgets.Widget):
    """One of the values of a `TextChoices`, and nothing else."""

    def __init__(self, choices):
        super().__init__()
        self.choices = choices

    def clean(self, value, row=None, **kwargs):
        if not value:
            raise ValueError("valeur manquante")
        if value not in self.choices.values:
            raise ValueError(f"attendu : {', '.join(self.choices.values)}")
        return value


class YesNoWidget(widgets.Widget):
    """Yes, no, or empty: not known."""

    def clean(self, value, row=None, **kwargs):
        if not value:
            return None
        if value.lower() not in YES_NO:
            raise ValueError("oui, non ou rien attendu")
        return YES_NO[value.lower()]

    def render(self, value, obj=None, **kwargs):
        return {True: "oui", False: "non"}.get(value, "")


class WholeNumberWidget(widgets.Widget):
    def clean(self, value, row=None, **kwargs):
        if not value:
            return None
        if not value.isdecimal():
            raise ValueError("nombre entier attendu")
        return int(value)


class TextWidget(widgets.CharWidget):
    def __init__(self):
        super().__init__(coerce_to_string=True, allow_blank=True)

    def clean(self, value, row=None, **kwargs):
        return (value or "").strip()


def text(column, attribute=None):
    return Champ(column_name=column, attribute=attribute or column, widget=TextWidget())


def date(column, attribute=None):
    return Champ(column_name=column, attribute=attribute or column, widget=DateWidget())


def precision(column, attribute=None):
    return Champ(column_name=column, attribute=attribute or column, widget=PrecisionWidget())


def whole_number(column, attribute=None):
    return Champ(column_name=column, attribute=attribute or column, widget=WholeNumberWidget())


def yes_no(column, attribute=None):
    return Champ(column_name=column, attribute=attribute or column, widget=YesNoWidget())


def choice(column, choices, attribute=None):
    return Champ(column_name=column, attribute=attribute or column, widget=ChoiceWidget(choices))


class RecordWidget(widgets.ForeignKeyWidget):
    """The record that a cell names; those of a whole file are read in one query by `load`."""

    known = None

    def load(self, column, rows):
        named = {row[column] for row in rows if row.get(column)}
        found = self.get_queryset(None, None).filter(**{f"{self.field}__in": named})
        self.known = {str(getattr(record, self.field)): record for record in found}

    def clean(self, value, row=None, **kwargs):
        if self.known is None or not value:
            return super().clean(value, row, **kwargs)
        if value not in self.known:
            raise ObjectDoesNotExist
        return self.known[value]


def foreign_key(column, attribute, model, field="pk"):
    return Champ(column_name=column, attribute=attribute, widget=RecordWidget(model, field))


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
        own = [field.column_name for field in self.get_import_fields()]
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
        """Return the records, hopefully one, that a row speaks of among those that have its key."""
        return records

    def load_named(self, rows):
        """Read in a few queries the records that `rows`, of cells by column, name."""
        for field in self.get_import_fields():
            if hasattr(field.widget, "load"):
                field.widget.load(field.column_name, rows)

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


def affirm(fiche, champ, valeur_brute, source, precision):
    """Record that `source` says `valeur_brute`, the retained date, of a field of `fiche`.

    What was retained until now and says another day is kept, and no longer retained. Only what
    changes is written: the history keeps each writing.
    """
    of_field = {"content_type": record_type(fiche), "object_id": str(fiche.pk), "champ": champ}
    said = {
        "valeur": parse_date(valeur_brute).isoformat(),
        "precision": precision,
        "retenue": True,
    }
    identity = {**of_field, "source": source, "valeur_brute": valeur_brute}
    affirmation = Affirmation.objects.filter(**identity).first() or Affirmation(**identity)
    if affirmation.pk is None or said != {name: getattr(affirmation, name) for name in said}:
        for name, value in said.items():
            setattr(affirmation, name, value)
        affirmation.save()
    retained = Affirmation.objects.retenues().filter(**of_field)
    for disagreeing in retained.exclude(valeur=said["valeur"]):
        disagreeing.retenue = False
        disagreeing.save()


def refusals(resource, result, dataset):
    """Return, in French, why each refused row is: « ligne 3, colonne « x », valeur « y » : … »."""
    rows = dataset.dict
    messages = []
    for invalid in result.invalid_rows:
        for attribute, errors in invalid.error.message_dict.items():
            for error in errors:
                told = located(error, attribute, resource, rows[invalid.number - 1])
                messages.append(f"ligne {invalid.number + 1}, {told}")
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
