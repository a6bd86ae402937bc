"""A field of one line holds one line: a line end in a name would stop the mail that tells it.

Those of several lines end each by one character, whatever door they come by.
"""

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Lookup, Q
from simple_history.models import HistoricalChanges

# What `str.splitlines` cuts at.
LINE_ENDS = "\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"
ONE_LINE = "Ce champ tient sur une ligne : retirez le retour à la ligne."


def validate_one_line(value):
    """Refuse whatever would be shown as several lines."""
    if on_one_line(value) != value:
        raise ValidationError(ONE_LINE)


def on_one_line(text):
    """Return `text` with a space for its line ends, and none around; a text of one line as it is."""
    if not any(end in text for end in LINE_ENDS):
        return text
    return " ".join(filter(None, map(str.strip, text.splitlines())))


def plain_lines(text: str) -> str:
    """Return a text of several lines as it is kept: a browser ends each by two characters."""
    return text.replace("\r\n", "\n")


@models.CharField.register_lookup
class SurUneLigne(Lookup):
    """`filter(nom__sur_une_ligne=True)`: texts without any line end, by what each base has built in."""

    lookup_name = "sur_une_ligne"

    def as_sqlite(self, compiler, connection):
        text, params = self.process_lhs(compiler, connection)
        codes = ", ".join(str(ord(end)) for end in LINE_ENDS)
        return f"{text} NOT GLOB '*[' || char({codes}) || ']*'", params

    def as_postgresql(self, compiler, connection):
        text, params = self.process_lhs(compiler, connection)
        codes = "".join(rf"\u{ord(end):04x}" for end in LINE_ENDS)
        return f"{text} !~ '[{codes}]'", params


class UneLigne(models.CheckConstraint):
    """Has the base refuse line ends in `fields`, whoever writes there."""

    def __init__(self, *, fields, name):
        self.fields = tuple(fields)
        super().__init__(
            condition=Q(**{f"{field}__sur_une_ligne": True for field in self.fields}),
            name=name,
            violation_error_message=ONE_LINE,
        )

    def deconstruct(self):
        return "socle.lignes.UneLigne", (), {"fields": self.fields, "name": self.name}

    def validate(self, *args, **kwargs):
        """Ask the base nothing: each field has been asked, and tells its place."""


def ask_for_one_line():
    """Have every field of one line refuse line ends: `CharField` and its kind, of all the models.

    Asked of the fields themselves, it holds for a field that is written tomorrow, at the form, the
    import and the guided action, and tells its place; the base refuses the rest, as `makemigrations`
    will say of that field. Longer texts are `TextField`.
    """
    for model in apps.get_models():
        fields = [f for f in model._meta.concrete_fields if isinstance(f, models.CharField)]
        for field in fields:
            if validate_one_line not in field.validators:
                field.validators.append(validate_one_line)
        if fields and is_constrained(model):
            constrain(model, [field.name for field in fields])


def is_constrained(model):
    """Tell whether the table of a model is ours, and says what is true: a version says what was."""
    of_ours = model._meta.app_config.name in settings.PVD_APPS
    return of_ours and not issubclass(model, HistoricalChanges)


def constrain(model, fields):
    constraint = UneLigne(fields=fields, name=f"{model._meta.db_table}_une_ligne")
    model._meta.constraints = [*model._meta.constraints, constraint]
    # Where the migrations look for what a model was given.
    model._meta.original_attrs["constraints"] = model._meta.constraints
