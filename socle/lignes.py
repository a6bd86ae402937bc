"""A field of one line holds one line: a line end in a name would stop the mail that tells it."""

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models


def validate_one_line(value):
    """Refuse whatever would be shown as several lines."""
    if len(value.splitlines()) > 1 or value != value.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"):
        raise ValidationError("Ce champ tient sur une ligne : retirez le retour à la ligne.")


def ask_for_one_line():
    """Have every field of one line refuse line ends: `CharField` and its kind, of all the models.

    Asked of the fields themselves, it holds for a field that is written tomorrow, at the form, the
    import and the guided action, and tells its place. Longer texts are `TextField`.
    """
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField) and validate_one_line not in field.validators:
                field.validators.append(validate_one_line)
