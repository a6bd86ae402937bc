"""What a cell of a file that comes in may mean: a date, a number, a choice, a record."""

from decimal import Decimal, InvalidOperation

from django.core.exceptions import ObjectDoesNotExist
from import_export import fields, widgets

from socle.dates import ONE_DAY, Precision, parse_date, refuse_far_years

YES_NO = {"oui": True, "true": True, "1": True, "non": False, "false": False, "0": False}


class CelluleRefusee(ValueError):
    """A cell that cannot mean what its column says: « colonne « x », valeur « y » : … »."""

    def __init__(self, colonne, valeur, raison):
        super().__init__(f"colonne « {colonne} », valeur « {valeur} » : {raison}")
        self.colonne, self.valeur, self.raison = colonne, valeur, str(raison)


class Champ(fields.Field):
    """A column of a file; what its cell cannot mean is refused with the column and the value.

    `aussi` are columns that say the same thing in another way, beside it or without it.
    """

    aussi = ()

    @property
    def colonnes(self):
        return (self.column_name, *self.aussi)

    def dit(self, row):
        """Tell whether a row says anything of it."""
        return any(row.get(column) for column in self.colonnes)

    def clean(self, row, **kwargs):
        try:
            return super().clean({self.column_name: "", **row}, **kwargs)
        except CelluleRefusee:
            raise
        except ObjectDoesNotExist:
            self.refuse(row, "inconnu du référentiel")
        except ValueError as error:
            self.refuse(row, error)

    def refuse(self, row, reason):
        raise CelluleRefusee(self.column_name, row.get(self.column_name, ""), reason)


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


def champ_texte(column, attribute=None):
    return Champ(column_name=column, attribute=attribute or column, widget=TextWidget())


def champ_date(column, attribute=None):
    return Champ(column_name=column, attribute=attribute or column, widget=DateWidget())


def champ_precision(column, attribute=None):
    return Champ(column_name=column, attribute=attribute or column, widget=PrecisionWidget())


def champ_entier(column, attribute=None):
    return Champ(column_name=column, attribute=attribute or column, widget=WholeNumberWidget())


def champ_oui_non(column, attribute=None):
    return Champ(column_name=column, attribute=attribute or column, widget=YesNoWidget())


def champ_choix(column, choices, attribute=None):
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


def champ_fiche(column, attribute, model, field="pk"):
    return Champ(column_name=column, attribute=attribute, widget=RecordWidget(model, field))


class DernierJourWidget(DateWidget):
    """A last day, as people write it, kept as the day after: a `fin`."""

    def clean(self, value, row=None, **kwargs):
        last_day = super().clean(value, row, **kwargs)
        return last_day and last_day + ONE_DAY

    def as_written(self, value):
        """Return the last day again, for whoever reads what a row changes."""
        return value and value - ONE_DAY

    def render(self, value, obj=None, **kwargs):
        return super().render(self.as_written(value), obj, **kwargs)


class NamedChoiceWidget(ChoiceWidget):
    """One of the values of a `TextChoices`, or its name on the screen; nothing where it is `facultatif`."""

    def __init__(self, choices, facultatif=True):
        super().__init__(choices)
        self.facultatif = facultatif
        self.by_name = {label.casefold(): value for value, label in choices.choices}

    def clean(self, value, row=None, **kwargs):
        if not value and self.facultatif:
            return ""
        named = (value or "").strip().casefold()
        return super().clean(self.by_name.get(named, named), row, **kwargs)


class DecimalWidget(widgets.Widget):
    """An amount or a rate, with a comma or a point, and its sign or not: « 37 500,50 € », « 50 % »."""

    def clean(self, value, row=None, **kwargs):
        if not value or not value.strip():
            return None
        digits = "".join(value.split()).rstrip("€%").replace(",", ".")
        try:
            number = Decimal(digits)
        except InvalidOperation:
            raise ValueError("nombre attendu") from None
        if not number.is_finite():
            raise ValueError("nombre attendu")
        return number

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)


def champ_dernier_jour(column, attribute):
    return Champ(column_name=column, attribute=attribute, widget=DernierJourWidget())


def champ_choix_nomme(column, choices, **options):
    return Champ(column_name=column, attribute=column, widget=NamedChoiceWidget(choices, **options))


def champ_decimal(column):
    return Champ(column_name=column, attribute=column, widget=DecimalWidget())
