"""Which intercommunalité each commune belongs to on a day, and how many it counts."""

import datetime
from collections.abc import Iterable

from communes.territoire.models import Intercommunalite, Rattachement
from communes.territoire.populations import Population


def intercommunalites_au(codes: Iterable[str], jour: datetime.date) -> dict[str, Intercommunalite]:
    """Return the intercommunalité, with its former names, of each of `codes` on `jour`: three queries.

    A commune that belongs to none is not there.
    """
    rows = Rattachement.objects.as_of(jour).filter(commune__dans=codes)
    members = dict(rows.values_list("commune", "intercommunalite"))
    if not members:
        return {}
    found = Intercommunalite.objects.filter(pk__dans=set(members.values()))
    by_siren = {epci.pk: epci for epci in found.prefetch_related("anciens_noms")}
    return {code: by_siren[siren] for code, siren in members.items()}


def populations_au(codes: Iterable[str], jour: datetime.date) -> dict[str, Population]:
    """Return the `Population` in use on `jour` of each of `codes`: one query.

    A commune of which nothing is known is not there.
    """
    used = Population.objects.en_usage(jour).filter(commune__dans=codes)
    return {population.commune_id: population for population in used}
