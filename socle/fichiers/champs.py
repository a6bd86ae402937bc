"""What a cell of a file that comes in may mean: a date, a number, a choice, a record.

A widget reads the text of a cell (`clean`); its `put_right`, where it has one, gives the same thing
as it should have been written, so that the preview may tell what was understood.
"""

import datetime
import re
from collections import defaultdict
from itertools import chain

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from import_export import fields, widgets

from socle.dates import ONE_DAY, Precision, parse_date, refuse_far_years
from socle.fichiers.temoins import names_of, says_another, telling_words
from socle.identifiants import bare_key
from socle.recherche import plain

# What a cell says to empty a field; a cell that is empty says nothing.
VIDE = "(vide)"
YES_NO = {"oui": True, "vrai": True, "true": True, "1": True}
YES_NO |= {"non": False, "faux": False, "false": False, "0": False}
# « au mois près » is « mois ».
WORDS_OF_PRECISION = re.compile(r"^(au |a l['’])|( pres| ce jour)$")
PRECISIONS = {
    **dict.fromkeys(("jour", "j"), Precision.JOUR.value),
    **dict.fromkeys(("mois", "m"), Precision.MOIS.value),
    **dict.fromkeys(("annee", "an", "a"), Precision.ANNEE.value),
    **dict.fromkeys(("plus tard", "au_plus_tard"), Precision.AU_PLUS_TARD.value),
}
# The field that holds the names of a record, where its key is not one.
NAMES = ("nom_recherche", "intitule", "nom", "libelle")
# The day that spreadsheets count from.
SERIAL_EPOCH = datetime.date(1899, 12, 30)
FIRST_SERIAL_YEAR = 2018


class CelluleRefusee(ValueError):
    """A cell that cannot mean what its column says: « colonne « x », valeur « y » : … »."""

    def __init__(self, colonne, valeur, raison):
        super().__init__(colonne, valeur, raison)
        self.colonne, self.valeur, self.raison = colonne, valeur, str(raison)
        # How the column is called to an agent whose file may not have it.
        self.mot = colonne

    def __str__(self):
        return f"colonne « {self.colonne} », valeur « {self.valeur} » : {self.raison}"


class Champ(fields.Field):
    """A column of a file; what its cell cannot mean is refused with the column and the value.

    « (vide) » is the only cell that empties a field. `aussi` are columns that say the same thing in
    another way, beside it or without it.
    """

    aussi = ()

    @property
    def colonnes(self):
        return (self.column_name, *self.aussi)

    def dit(self, row):
        """Tell whether a row says anything of it."""
        return any(row.get(column) for column in self.colonnes)

    def clean(self, row, **kwargs):
        if any(is_erasure(row.get(column)) for column in self.colonnes):
            if isinstance(self.widget, PrecisionWidget):
                self.refuse(row, "une précision ne s'efface pas")
            row = {**row, **dict.fromkeys(self.colonnes, "")}
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


def is_erasure(cell):
    """Tell whether a cell asks for its field to be emptied."""
    return bool(cell) and plain(cell).strip() == VIDE


class DateWidget(widgets.Widget):
    """A day, as `parse_date` reads it."""

    is_date = True

    def put_right(self, text):
        return day_of_serial(text)

    def clean(self, value, row=None, **kwargs):
        if not value or not value.strip():
            return None
        jour = parse_date(value)
        refuse_far_years(jour)
        return jour

    def render(self, value, obj=None, **kwargs):
        return value.isoformat() if value else ""


def day_of_serial(text):
    """Return the day of a number by which a spreadsheet counts days; any other text as it is.

    A date pasted as a number is « 44390 ». Only the years of the programme are read so: the code of
    a commune has five digits too, and those of the Hérault would be days of 1993.
    """
    if not re.fullmatch(r"\d{5}", text):
        return text
    jour = SERIAL_EPOCH + int(text) * ONE_DAY
    likely = FIRST_SERIAL_YEAR <= jour.year <= timezone.localdate().year + 1
    return jour.isoformat() if likely else text


class PrecisionWidget(widgets.Widget):
    """How exactly a date is known, by its value or in words: « mois », « au mois », « Au mois près »."""

    def put_right(self, text):
        words = WORDS_OF_PRECISION.sub("", plain(text).strip()).strip()
        return PRECISIONS.get(words, text)

    def clean(self, value, row=None, **kwargs):
        if not value or not value.strip():
            return Precision.JOUR
        named = self.put_right(value)
        if named not in Precision.values:
            raise ValueError(f"attendu : {', '.join(Precision.values)}")
        return Precision(named)


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


def champ_oui_non(column, attribute=None):
    return Champ(column_name=column, attribute=attribute or column, widget=YesNoWidget())


def champ_choix(column, choices, attribute=None):
    return Champ(column_name=column, attribute=attribute or column, widget=ChoiceWidget(choices))


class RecordWidget(widgets.ForeignKeyWidget):
    """The record that a cell names, by its key or by its name; those of a file are read by `load`."""

    known = None
    homonyms = {}

    def __init__(self, model, field="pk", noms_courts=False, **kwargs):
        super().__init__(model, field, **kwargs)
        # Whether people shorten such names: « Grand Orb », where one record alone has it, « CCLL ».
        self.noms_courts = noms_courts

    def load(self, column, rows, user=None):
        """Read the records of the cells of a column; by their names, those within the reach of `user`."""
        named = {row[column] for row in rows if row.get(column)}
        found = self.get_queryset(None, None).filter(**{f"{self.field}__dans": named})
        self.known = {self.key_of(record): record for record in found}
        if self.field != "pk":
            self.known |= self.written_otherwise(named - self.known.keys())
        self.homonyms = self.load_homonyms(named - self.known.keys(), user)

    def key_of(self, record):
        return str(getattr(record, self.field))

    def written_otherwise(self, texts):
        """Return the records whose identifier each of `texts` is, but for its case and its hyphens."""
        if not texts:
            return {}
        records = self.get_queryset(None, None)
        keys = {bare_key(key): key for key in records.order_by().values_list(self.field, flat=True)}
        meant = {text: keys[bare_key(text)] for text in texts if bare_key(text) in keys}
        found = records.filter(**{f"{self.field}__dans": set(meant.values())})
        by_key = {self.key_of(record): record for record in found}
        return {text: by_key[key] for text, key in meant.items()}

    def records(self):
        """Return all the records that were loaded; one may come twice."""
        return chain(self.known.values(), chain.from_iterable(self.homonyms.values()))

    def keys(self):
        """Return the primary keys of all that was loaded."""
        return {record.pk for record in self.records()}

    def load_homonyms(self, texts, user):
        """Return the records that bear each of `texts`, by its telling words: two queries at most."""
        wanted = {frozenset(telling_words(text)) for text in texts}
        name = next((f for f in NAMES if f in {c.name for c in self.model._meta.fields}), None)
        if not wanted or not name:
            return {}
        records = self.get_queryset(None, None)
        if user is not None and hasattr(records, "for_user"):
            records = records.for_user(user)
        exact, short = defaultdict(set), defaultdict(set)
        for key, names in records.order_by().values_list("pk", name):
            borne = {frozenset(telling_words(each)) for each in names.split("|")}
            for words in borne & wanted:
                exact[words].add(key)
            for words in wanted if self.noms_courts else ():
                if any(words < whole for whole in borne):
                    short[words].add(key)
        keys = {**short, **exact}
        found = self.model._default_manager.in_bulk(set().union(*keys.values()))
        return {words: [found[key] for key in sorted(kept)] for words, kept in keys.items()}

    def clean(self, value, row=None, **kwargs):
        if self.known is None or not value:
            return super().clean(value, row, **kwargs)
        return self.known.get(value) or self.by_name(value)

    def by_name(self, value):
        """Return the one record that bears the name `value`; several are asked, none is not known."""
        found = self.homonyms.get(frozenset(telling_words(value)))
        if not found:
            raise ObjectDoesNotExist
        if len(found) > 1:
            keys = ", ".join(self.key_of(record) for record in found)
            raise ValueError(f"ce nom est porté par plusieurs fiches : écrivez l'une de {keys}")
        return found[0]

    def names(self, value, record):
        """Return the names by which a row may call the `record` that its cell `value` names."""
        return names_of(record)

    def denies(self, name, value, record):
        """Tell whether a row that writes `name` beside `value` speaks of another than `record`."""
        return says_another(name, self.names(value, record), sigles=self.noms_courts)


def champ_fiche(column, attribute, model, field="pk", noms_courts=False):
    widget = RecordWidget(model, field, noms_courts)
    return Champ(column_name=column, attribute=attribute, widget=widget)


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
        self.by_name = {value.casefold(): value for value in choices.values}
        self.by_name |= {label.casefold(): value for value, label in choices.choices}

    def clean(self, value, row=None, **kwargs):
        named = (value or "").strip().casefold()
        meant = self.by_name.get(named, named)
        # A choice may be to say nothing: its name then reads as an empty cell does.
        if not meant and (named or self.facultatif):
            return ""
        return super().clean(meant, row, **kwargs)


def champ_dernier_jour(column, attribute):
    return Champ(column_name=column, attribute=attribute, widget=DernierJourWidget())


def champ_choix_nomme(column, choices, **options):
    return Champ(column_name=column, attribute=column, widget=NamedChoiceWidget(choices, **options))
