"""The times of communes in the programme as tuples of dates: what the rules read of thousands of them."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from communes.programme.models import Labellisation


class LabellisationDatee(NamedTuple):
    """A labellisation, without its texts: each field is that of the record."""

    commune: str
    debut: datetime.date
    precision_debut: str
    fin: datetime.date | None
    precision_fin: str
    motif_sortie: str
    date_signature_adhesion: datetime.date | None
    precision_adhesion: str
    id_pvd: str


def labellisations_datees(
    codes: Iterable[str] | None = None,
) -> dict[str, list[LabellisationDatee]]:
    """Return the labellisations of each commune, the oldest first, by code: one query.

    `codes` None reads all of France.
    """
    rows = Labellisation.objects.order_by("debut")
    if codes is not None:
        rows = rows.filter(commune__dans=codes)
    by_commune = defaultdict(list)
    for row in rows.values_list(*LabellisationDatee._fields):
        by_commune[row[0]].append(LabellisationDatee._make(row))
    return by_commune
