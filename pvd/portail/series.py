"""The signatures over time, counted by quarter; see « Les graphiques » in docs/regles.md."""

import datetime
from bisect import bisect_right
from itertools import chain

from ort.regles import premiere_entree
from socle.dates import in_french, last_day
from socle.dessin.graphiques import Graphique, Serie, changes_only, period_ends
from socle.francais import pluriel


def signatures(faits, jour):
    """Return the chart of the conventions d'adhésion and of the entries in an ORT, or None.

    Running totals at the end of each quarter, then on `jour`, of the communes of `faits` that were
    in the programme by then. A commune that has left since stays counted, and enters an ORT once.
    Acts are counted as they were signed: communes that have merged since had each its own.
    None when no act is dated.
    """
    known = chain.from_iterable(faits.labellisations.values())
    labels = [label for label in known if label.debut <= jour and faits.asked_for(label.commune)]
    adhesions, unknown = days_of_adhesion(labels, jour)
    codes = {label.commune for label in labels}
    entries = days_of_entry([faits.couvertures.get(code, ()) for code in codes], jour)
    if not adhesions and not entries:
        return None
    ends = quarters(min(adhesions + entries), jour)
    of_adhesion, of_entry = running_total(adhesions, ends), running_total(entries, ends)
    names = ["conventions d'adhésion signées", "communes entrées dans une ORT"]
    values = zip(of_adhesion, of_entry, strict=True)
    rows = [(quarter_of(end, jour), value) for end, value in zip(ends, values, strict=True)]
    return Graphique(
        cle="signatures",
        titre="Conventions d'adhésion signées et communes entrées dans une ORT, en cumul",
        jours=ends,
        series=[Serie(names[0], of_adhesion), Serie(names[1], of_entry)],
        entetes=["À la fin du", "Conventions d'adhésion", "Entrées dans une ORT"],
        lignes=changes_only(rows),
        legende=f"Signatures jusqu'au {in_french(jour)}, en cumul : trimestres où un nombre change",
        notes=notes_of(unknown),
    )


def days_of_adhesion(labels, jour):
    """Return the days of the conventions d'adhésion signed by `jour`, and how many have no date."""
    signed = [label for label in labels if label.date_signature_adhesion]
    days = [
        placed(label.date_signature_adhesion, label.precision_adhesion, jour)
        for label in signed
        if label.date_signature_adhesion <= jour
    ]
    return days, len(labels) - len(signed)


def days_of_entry(by_commune, jour):
    """Return, of the coverages of each commune, the day of its first entry in an ORT by `jour`."""
    entries = (premiere_entree(couvertures, jour) for couvertures in by_commune)
    return [placed(entry.date_entree, entry.precision_entree, jour) for entry in entries if entry]


def placed(signed, precision, jour):
    """Return the day to draw an act on: the last that it may be, and `jour` at the latest."""
    return min(last_day(signed, precision), jour)


def running_total(days, ends):
    """Return how many of `days` had come on each of `ends`."""
    ordered = sorted(days)
    return [bisect_right(ordered, end) for end in ends]


def quarters(first, jour):
    """Return the last day of each quarter, from the one before `first`, then `jour`."""
    start = datetime.date(first.year, first.month - (first.month - 1) % 3, 1)
    return period_ends(start, jour, 3)


def quarter_of(end, jour):
    """Write a quarter: « 2e trimestre 2021 », or « 23 novembre 2026 » for the day of the page."""
    if end == jour:
        return in_french(jour)
    rank = (end.month + 2) // 3
    return f"{'1er' if rank == 1 else f'{rank}e'} trimestre {end.year}"


def notes_of(unknown):
    """Return what the drawing leaves out, in words."""
    if not unknown:
        return []
    communes = pluriel(unknown, "commune dont,communes dont")
    return [f"Sans compter {communes} la date de convention d'adhésion n'est pas renseignée."]
