"""A text that is kept can be read: it shows something, and in the order in which it is written."""

import re

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

# Control characters but the ends of lines and the tab, and those that turn the writing around.
UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
# What takes no place on a page: spaces, joiners, marks of order.
VISIBLE = re.compile(r"[^\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
NOT_READ = "Un caractère ne se lit pas (U+{:04X}), après « {} » : retirez-le."
# So much of what is before it is told.
BEFORE = 30
NOTHING_SEEN = "Ce texte ne montre rien : il n'a que des caractères invisibles."


def validate_readable(value):
    """Refuse a character that nobody reads, and a text of which nothing is seen; an empty one is none."""
    if found := UNREADABLE.search(value):
        before = value[max(0, found.start() - BEFORE) : found.start()]
        raise ValidationError(NOT_READ.format(ord(found[0]), before))
    if value and not VISIBLE.search(value):
        raise ValidationError(NOTHING_SEEN)


def ask_for_readable_texts():
    """Have every text of all the models refuse them, at the form, the import and the guided action.

    A code has its own rule; a field of one line has told of its line ends before.
    """
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            kept = isinstance(field, (models.CharField, models.TextField))
            if kept and validate_readable not in field.validators:
                field.validators.append(validate_readable)
