"""Days and amounts read by the hundred thousand.

Django makes a date, or a decimal, of each cell of each row, which takes longer than reading it. Read as the
text that either database writes, they are made here: a day once, whatever the rows that have it.
"""

import datetime
from decimal import Decimal

from django.db.models import TextField
from django.db.models.functions import Cast


class Jours(dict[str, datetime.date]):
    """The day of each text, made once."""

    def __missing__(self, text: str) -> datetime.date:
        self[text] = jour = datetime.date.fromisoformat(text)
        return jour


def montant_lu(text: str | None) -> Decimal | None:
    """Return the amount of its text; of nothing, None."""
    return None if text is None else Decimal(text)


def en_texte(champ: str) -> Cast:
    """Return a date or an amount as text, to be selected."""
    return Cast(champ, TextField())
