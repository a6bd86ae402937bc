"""The signatures over time, counted by quarter; see « Les graphiques » in docs/regles.md."""

import datetime

from communes.models import Labellisation
from ort.models import CommuneCouverte
from socle.dates import in_french, last_day
from socle.dessin.graphiques import Graphique, Serie, changes_only, period_ends
from socle.francais import pluriel


def signatures(departement, jour):
    """Return the chart of the conventions d'adhésion and of the entries in an ORT, or None.

    Running totals at the end of each quarter, then on `jour`, of the communes of `departement`
    (None: all that is recorded) that were in the programme by then. A commune that has left since
    stays counted, and enters an ORT once. None when no act is dated. Two queries.
    """
    labels = Labellisation.objects.of_departement(departement).filter(debut__lte=jour)
    adhesions, unknown = days_of_adhesion(labels, jour)
    entries = days_of_entry(labels, jour)
    if not adhesions and not entries:
        return None
    ends = quarters(min(adhesions + entries), jour)
    values = [(count_by(adhesions, end), count_by(entries, end)) for end in ends]
    of_adhesion, of_entry = zip(*values, strict=True)
    names = ["conventions d'adhésion signées", "communes entrées dans une ORT"]
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
    told = labels.values_list("date_signature_adhesion", "precision_adhesion")
    days = [(signed, placed(signed, precision, jour)) for signed, precision in told if signed]
    return [day for signed, day in days if signed <= jour], len(told) - len(days)


def days_of_entry(labels, jour):
    """Return, for each commune of `labels` that was in an ORT by `jour`, the day of its first entry."""
    entered = CommuneCouverte.objects.entrees_au(jour).filter(commune__in=labels.values("commune"))
    first = {}
    for couverture in entered.select_related("convention", "entree").order_by("date_entree"):
        acte = couverture.acte_entree
        day = placed(acte.date_signature, acte.precision_signature, jour)
        first.setdefault(couverture.commune_id, day)
    return list(first.values())


def placed(signed, precision, jour):
    """Return the day to draw an act on: the last that it may be, and `jour` at the latest."""
    return min(last_day(signed, precision), jour)


def count_by(days, end):
    """Return how many of `days` had come on `end`."""
    return sum(day <= end for day in days)


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
    told = pluriel(unknown, "commune dont,communes dont")
    return [f"Sans compter {told} la date de convention d'adhésion n'est pas renseignée."]
