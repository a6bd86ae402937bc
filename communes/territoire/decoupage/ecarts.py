"""What a change of the territory touched, record by record, as JSON: enough to take it back.

Each record is told as it was, None where it was not there, and as it became. Taking it back puts
the fields that changed as they were, and leaves what was written since in the others.
"""

from datetime import date
from typing import NamedTuple

from communes.territoire.decoupage.changements import differing
from communes.territoire.decoupage.etat import (
    FicheCommune,
    FicheIntercommunalite,
    FichePopulation,
    ValeurDatee,
)
from communes.territoire.decoupage.lecture import FicheCode, FicheDepartement, FicheRegion

FICHES = {
    "regions": FicheRegion,
    "departements": FicheDepartement,
    "intercommunalites": FicheIntercommunalite,
    "communes": FicheCommune,
    "codes": FicheCode,
}
DATES = ("debut", "fin")
FAITS = ("noms", "rattachements", "interruptions")


class Deplacee(NamedTuple):
    """A record that something else has changed since, where the change to take back had written."""

    table: str
    code: str


def ecart(before, after):
    """Return what `after` changes of `before`, by table then by code: what was, and what became.

    None tells what was not there, or is no longer: what was recorded by hand, and given up.

    The populations of a new vintage are all its own: they are known by its year.
    """
    years = sorted(after.annees - before.annees)
    told = {"annees": years}
    for table in FICHES:
        changed = {code: [former, fiche] for code, former, fiche in differing(before, after, table)}
        formers, fiches = getattr(before, table), getattr(after, table)
        changed |= {code: [formers[code], None] for code in formers.keys() - fiches.keys()}
        if changed:
            told[table] = changed
    corrected = [
        [former, fiche]
        for (_, millesime), former, fiche in differing(before, after, "populations")
        if millesime not in years
    ]
    if corrected:
        told["populations"] = corrected
    return told


def touches_par(told, table):
    """Yield the code, the former record or None, and the record, of what an `ecart` tells of a table."""
    for code, (former, fiche) in told.get(table, {}).items():
        yield code, fiche_of(table, former), fiche_of(table, fiche)


def fiche_of(table, values):
    """Return the record that JSON, or the record itself, tells; None where it was not there."""
    if values is None or isinstance(values, FICHES[table]):
        return values
    # What was kept before a field was added does not tell it: it is empty.
    fields = dict(zip(FICHES[table]._fields, values, strict=False))
    for name, value in fields.items():
        if name in DATES:
            fields[name] = day_of(value)
        elif name in FAITS:
            fields[name] = tuple(ValeurDatee(v, day_of(d), day_of(f)) for v, d, f in value)
        elif name == "codes_postaux":
            fields[name] = tuple(value)
    return FICHES[table](**fields)


def day_of(text):
    return date.fromisoformat(text) if isinstance(text, str) else text


def take_back(state, told):
    """Put in `state` what an `ecart` tells as it was; return what has been changed since: it stays."""
    moved = []
    for table in FICHES:
        fiches = getattr(state, table)
        for code, former, fiche in touches_par(told, table):
            now = fiches.get(code)
            if not still(now, former, fiche):
                moved.append(Deplacee(table, code))
            elif former is None:
                del fiches[code]
            elif fiche is None:
                fiches[code] = former
            else:
                names = changed_fields(former, fiche)
                fiches[code] = now._replace(**{name: getattr(former, name) for name in names})
    years = set(told["annees"])
    state.annees -= years
    state.populations = {k: v for k, v in state.populations.items() if k[1] not in years}
    for former, fiche in told.get("populations", ()):
        key = fiche[0], fiche[1]
        state.populations.pop(key, None)
        if former:
            state.populations[key] = FichePopulation(*former)
    return moved


def still(now, former, fiche):
    """Tell whether what a change wrote of a record is there: all of it, of one that it made."""
    if now is None or former is None or fiche is None:
        return now == fiche
    return all(getattr(now, name) == getattr(fiche, name) for name in changed_fields(former, fiche))


def changed_fields(former, fiche):
    """Return the names of the fields that differ between two states of a record."""
    return [name for name in fiche._fields if getattr(former, name) != getattr(fiche, name)]
