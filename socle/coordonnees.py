"""How to reach a person: read by who writes the records, hidden from who only reads them.

A model says which of its fields are such in `coordonnees`. An account that does not say what it may
do reads none.
"""

from typing import Any


def coordonnees_cachees(user: Any, model: Any) -> tuple[str, ...]:
    """Return the fields of `model` that tell how to reach a person, when `user` only reads."""
    hidden: tuple[str, ...] = getattr(model, "coordonnees", ())
    return hidden if getattr(user, "lit_seulement", True) else ()
