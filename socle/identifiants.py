"""Identifiers: the short names, in addresses and files, by which records are known for good."""

import re
from collections.abc import Container
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Length
from django.utils.text import slugify

from socle.recherche import INVISIBLE

LONGEST = 40


def bare_key(text: str) -> str:
    """Return an identifier without case, hyphens, underscores nor spaces: « ORT_Agde » is « ortagde ».

    Nor the signs that nobody sees, which a file is read without.
    """
    return re.sub(r"[-_\s]", "", INVISIBLE.sub("", text.casefold()))


def identifiant_de(text: str, default: str) -> str:
    """Return the identifier made of the words of `text`, or `default` if it has none."""
    return slugify(re.sub("['’]", " ", text))[:LONGEST].strip("-") or default


def libre(identifiant: str, pris: Container[str]) -> str:
    """Return `identifiant`, numbered if one of `pris`, bare keys, is already the same but for its signs."""
    number, tried = 1, identifiant
    while bare_key(tried) in pris:
        number += 1
        tried = f"{identifiant}-{number}"
    return tried


def rang_suivant(versions: QuerySet[Any]) -> int:
    """Return the rank that follows those that end the identifiers of `versions`, removed records included.

    Whoever kept the identifier of a removed record never finds another one under it.
    """
    named = versions.filter(identifiant__isnull=False)
    named = named.order_by(Length("identifiant").desc(), "-identifiant")
    last = named.values_list("identifiant", flat=True).first()
    return int(last.rpartition("-")[2]) + 1 if last else 1
