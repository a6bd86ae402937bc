"""Posts as tuples of dates: what the rules read of thousands of them, and nothing of the people."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from communes.territoire.faits import successions_lues
from communes.territoire.successions import Successions
from projects.postes.models import Desserte, Occupation, Poste, Recrutement


class DesserteDatee(NamedTuple):
    """A commune served, by the code of the one that answered for it at those dates."""

    commune: str
    debut: datetime.date | None
    fin: datetime.date | None


class OccupationDatee(NamedTuple):
    """Someone in post, without saying who."""

    pk: int
    debut: datetime.date
    fin: datetime.date | None
    quotite: int | None


class OffreDatee(NamedTuple):
    """An offer; `occupation` is the key of the person recruited, where it is recorded."""

    pk: int
    date_publication: datetime.date
    issue: str
    date_issue: datetime.date | None
    occupation: int | None


class PosteDate(NamedTuple):
    """A post with all that is dated of it."""

    pk: int
    date_ouverture: datetime.date | None
    precision_ouverture: str
    date_fermeture: datetime.date | None
    precision_fermeture: str
    dessertes: list[DesserteDatee]
    occupations: list[OccupationDatee]
    recrutements: list[OffreDatee]


# What is dated of the post itself, in the order of `PosteDate`.
DU_POSTE = PosteDate._fields[:5]


def postes_dates(
    cles: Iterable[int] | None = None, successions: Successions | None = None
) -> dict[int, PosteDate]:
    """Return the posts of these keys, by key: five queries, whatever their number.

    `cles` None reads all the posts; `successions` are read here when they are not given.
    """
    postes = Poste.objects.order_by()
    if cles is not None:
        postes = postes.filter(pk__dans=cles)
    return dates_de(postes.values_list(*DU_POSTE), cles, successions)


def dates_des_fiches(postes: Iterable[Poste]) -> dict[int, PosteDate]:
    """Return the dates of posts that are already read, by key: four queries."""
    rows = [tuple(getattr(poste, name) for name in DU_POSTE) for poste in postes]
    return dates_de(rows, [row[0] for row in rows])


def dates_lues(
    poste: Poste,
    dessertes: Iterable[Desserte],
    occupations: Iterable[Occupation],
    offres: Iterable[Recrutement],
) -> PosteDate:
    """Return the dates of a post whose rows are already read: no query."""
    return PosteDate._make(
        [
            *(getattr(poste, name) for name in DU_POSTE),
            [DesserteDatee(d.commune_id, d.debut, d.fin) for d in dessertes],
            [OccupationDatee(o.pk, o.debut, o.fin, o.quotite) for o in occupations],
            [
                OffreDatee(o.pk, o.date_publication, o.issue, o.date_issue, o.occupation_id)
                for o in offres
            ],
        ]
    )


def dates_de(
    rows: Iterable[tuple[Any, ...]],
    cles: Iterable[int] | None,
    successions: Successions | None = None,
) -> dict[int, PosteDate]:
    """Return posts, as rows of `DU_POSTE`, with what they serve, their people and their offers."""
    rows = list(rows)
    if not rows:
        return {}
    dessertes = dessertes_par_poste(cles, successions)
    occupations = rows_by_poste(Occupation, OccupationDatee, cles)
    recrutements = rows_by_poste(Recrutement, OffreDatee, cles)
    return {
        row[0]: PosteDate._make(
            [*row, dessertes[row[0]], occupations[row[0]], recrutements[row[0]]]
        )
        for row in rows
    }


def dessertes_par_poste(
    cles: Iterable[int] | None, successions: Successions | None
) -> dict[int, list[DesserteDatee]]:
    """Return the communes served by each post, each while it answers: two queries at most."""
    successions = successions or successions_lues()
    by_poste = rows_by_poste(Desserte, DesserteDatee, cles)
    for poste, served in by_poste.items():
        by_poste[poste] = [cut for whole in served for cut in successions.morceaux(whole)]
    return by_poste


def rows_by_poste(model: Any, datee: Any, cles: Iterable[int] | None) -> dict[int, list[Any]]:
    """Return the rows of `model` as tuples `datee`, by the key of their post: one query."""
    rows = model.objects.order_by("pk")
    if cles is not None:
        rows = rows.filter(poste__dans=cles)
    by_poste = defaultdict(list)
    for poste, *fields in rows.values_list("poste", *datee._fields):
        by_poste[poste].append(datee._make(fields))
    return by_poste


def postes_desservant(
    codes: Iterable[str] | None, successions: Successions
) -> dict[str, list[PosteDate]]:
    """Return the posts that serve, or ever served, each commune, by its code: four queries at most.

    `codes` None speaks of all the communes.
    """
    postes = Poste.objects.order_by()
    if codes is not None:
        served = Desserte.objects.order_by().filter(commune__dans=successions.avec_liees(codes))
        postes = postes.filter(pk__in=served.values("poste"))
    rows = list(postes.values_list(*DU_POSTE))
    cles = None if codes is None else [row[0] for row in rows]
    by_commune = defaultdict(list)
    for poste in dates_de(rows, cles, successions).values():
        for commune in dict.fromkeys(served.commune for served in poste.dessertes):
            by_commune[commune].append(poste)
    return by_commune
