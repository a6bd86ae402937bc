"""Which intercommunalité each commune belongs to on a day, how many it counts, who follows it."""

import datetime
from collections.abc import Iterable
from operator import attrgetter

from communes.territoire.departements import Departement, plusieurs
from communes.territoire.models import Commune, Intercommunalite, Rattachement, Succession
from communes.territoire.populations import Population
from communes.territoire.successions import Successions, Suivie


def intercommunalites_au(codes: Iterable[str], jour: datetime.date) -> dict[str, Intercommunalite]:
    """Return the intercommunalité, with its former names, of each of `codes` on `jour`: two queries.

    A commune that belongs to none is not there.
    """
    rows = Rattachement.objects.as_of(jour).filter(commune__dans=codes)
    read = rows.select_related("intercommunalite")
    members = read.prefetch_related("intercommunalite__anciens_noms")
    return {row.commune_id: row.intercommunalite for row in members}


def populations_au(codes: Iterable[str], jour: datetime.date) -> dict[str, Population]:
    """Return the `Population` in use on `jour` of each of `codes`: one query.

    A commune of which nothing is known is not there.
    """
    used = Population.objects.en_usage(jour).filter(commune__dans=codes)
    return {population.commune_id: population for population in used}


def population_au(
    populations: Iterable[Population], agrandie: Iterable[datetime.date], jour: datetime.date
) -> Population | None:
    """Return the one in use on `jour` of the `populations` of a commune, by `PopulationQuerySet.en_usage`.

    `agrandie` are the days on which it absorbed another: what was counted before the last one is not its own.
    """
    known = (row for row in populations if row.millesime <= jour.year)
    used = max(known, key=attrgetter("millesime"), default=None)
    if used and any(datetime.date(used.millesime, 1, 1) < day <= jour for day in agrandie):
        return None
    return used


def successions_lues() -> Successions:
    """Return who answers for whom, day by day: one query, of a few hundred short rows for all France."""
    rows = Succession.objects.order_by("debut", "commune").values_list(*Suivie._fields)
    return Successions(Suivie(*row) for row in rows)


def fiches_du_departement(
    departement: Departement | list[Departement], jour: datetime.date, successions: Successions
) -> list[str]:
    """Return the codes whose records are, on `jour`, those of the communes of départements: one query.

    As a list, they are read once, where a query that names them twice works them out twice.
    """
    there = Commune.objects.order_by().filter(departement__in=plusieurs(departement))
    codes = there.values_list("pk", flat=True)
    return [fiche for code in codes for fiche in successions.fiches(code, jour)]
