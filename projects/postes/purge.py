"""The identity of holders gone for long enough is erased, from the records and from their history."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q

from projects.postes.models import Occupation, Purge
from projects.postes.models.occupations import IDENTITE
from socle.dates import add_months
from socle.fichiers.depot import expired, forget_expired
from socle.historique import one_act

MOTIF = "Purge des données personnelles"
NOBODY = dict.fromkeys(IDENTITE, "")


@dataclass(frozen=True)
class Effacement:
    """What a purge erases: keys of occupations, and how many versions and files tell of them.

    `occupations` are those of which something is left, in the record or in its history.
    """

    annees: int
    partis_avant: date
    occupations: frozenset
    versions: int
    fichiers: int


def named(rows):
    """Keep the rows, records or versions, that still tell something of the person."""
    return rows.exclude(**NOBODY)


def keys_of_the_gone(annees, jour):
    """Return the keys of the occupations gone on `jour` for more than `annees` years.

    Those of the records follow `parties_depuis`. One that was removed is gone since its last day,
    or since its removal when it had none.
    """
    limit = add_months(jour, -12 * annees)
    gone = Occupation.objects.parties_depuis(annees, jour).values_list("pk", flat=True)
    removed = Occupation.history.removed().filter(
        Q(fin__lt=limit) | Q(fin__isnull=True, history_date__date__lt=limit)
    )
    return {*gone, *removed.values_list("id", flat=True)}


def prepare(annees, jour):
    """Return the `Effacement` of those gone on `jour` for more than `annees` years; change nothing."""
    gone = keys_of_the_gone(annees, jour)
    versions = list(named(Occupation.history.filter(id__in=gone)).values_list("id", flat=True))
    records = named(Occupation.objects.filter(pk__in=gone)).values_list("pk", flat=True)
    return Effacement(
        annees=annees,
        partis_avant=add_months(jour, -12 * annees),
        occupations=frozenset({*versions, *records}),
        versions=len(versions),
        fichiers=len(expired()),
    )


def erase(effacement, moment, par):
    """Erase what `effacement` says, all of it or nothing, and keep its trace; return the trace.

    The periods stay. Each record gets a version that says why; older ones are emptied in place.
    The import files that expired go too: they may name anybody.
    """
    with transaction.atomic(), one_act(MOTIF):
        for occupation in named(Occupation.objects.filter(pk__in=effacement.occupations)):
            for field in IDENTITE:
                setattr(occupation, field, "")
            occupation.save()
        Occupation.history.filter(id__in=effacement.occupations).update(**NOBODY)
        trace = Purge.objects.create(
            moment=moment,
            par=par,
            annees=effacement.annees,
            partis_avant=effacement.partis_avant,
            titulaires=len(effacement.occupations),
            versions=effacement.versions,
            fichiers=effacement.fichiers,
        )
    forget_expired()
    return trace
