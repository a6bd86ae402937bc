"""Identifiers: the short names, in addresses and files, by which records are known for good."""

import re
from collections.abc import Container

from django.utils.text import slugify

LONGEST = 40


def bare_key(text: str) -> str:
    """Return an identifier without case, hyphens, underscores nor spaces: « ORT_Agde » is « ortagde »."""
    return re.sub(r"[-_\s]", "", text.casefold())


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
