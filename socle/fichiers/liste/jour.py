"""The day of a list: a source is of a day, and the State writes that of its lists in their names."""

import datetime
import re

from django.utils import timezone

from socle.dates import in_french

# « liste-pvd-com2025-20260427.csv », « ort_2026-05-27.xlsx ».
DAY_IN_NAME = re.compile(r"(?<!\d)(\d{4})(-?)(\d{2})\2(\d{2})(?!\d)")


class JourRefuse(ValueError):
    """The day of a list is not told, or cannot be; its message, in French, says what to do."""


def jour_du_nom(nom):
    """Return the last day that the name of a file says, or None."""
    days = (day_of(match) for match in DAY_IN_NAME.finditer(nom))
    return next(reversed([jour for jour in days if jour]), None)


def day_of(match):
    year, _, month, day = match.groups()
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None


def jour_de_la_liste(nom, dit=None, premier_jour=None):
    """Return the day of the list of the file `nom`: by its name, or `dit`; raises `JourRefuse`.

    `premier_jour`, where it is known, is the day before which no such list was.
    """
    named = jour_du_nom(nom)
    if named and dit and named != dit:
        raise JourRefuse(
            f"le nom du fichier dit le {in_french(named)}, et vous dites le {in_french(dit)} : l'un des "
            "deux se trompe. Renommez le fichier s'il s'agit de lui."
        )
    jour = dit or named
    if jour is None:
        raise JourRefuse("de quel jour est cette liste ? Son nom ne le dit pas.")
    refuse_impossible(jour, premier_jour)
    return jour


def refuse_impossible(jour, premier_jour=None):
    """Raise `JourRefuse` for a day that is to come, or before there was any such list."""
    if jour > timezone.localdate():
        raise JourRefuse(f"le {in_french(jour)} est à venir : une liste dit ce qui est.")
    if premier_jour and jour < premier_jour:
        raise JourRefuse(
            f"le {in_french(jour)} est avant le {in_french(premier_jour)}, où le programme a ouvert."
        )
