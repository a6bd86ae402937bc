"""What looks odd in a post that opens, or in whom it serves: told before it is written, never refused."""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from communes.models import Commune
from communes.programme.faits import LabellisationDatee, labellisations_datees
from communes.programme.lecture import ouverture
from communes.programme.regles import perhaps_begun
from communes.territoire.faits import successions_lues
from socle.avertissements import Avertissement
from socle.dates import in_words, last_day


class Service(NamedTuple):
    """A post serves a commune from `jour`, known by `precision`; `cle` is for who asks."""

    commune: str
    jour: datetime.date
    precision: str
    cle: Any = ""


def avant_le_programme(services: Iterable[Service]) -> Iterator[Avertissement]:
    """Warn of communes served before their first entry in the programme: four queries, for all of them.

    A commune that never was in it asks for nothing: a post may serve others. The one that answers
    on the day of the service tells.
    """
    services, fiches = list(services), {}
    if not services:
        return
    successions, opened = successions_lues(), ouverture()
    for service in services:
        answering = successions.commune_du_jour(service.commune, service.jour)
        fiches[service] = successions.fiches(answering, service.jour)
    known = labellisations_datees({code for codes in fiches.values() for code in codes})
    late = {
        service: first
        for service, codes in fiches.items()
        if (first := first_of(label for code in codes for label in known[code]))
        and certainly_before(service, first, opened)
    }
    communes = Commune.objects.in_bulk({service.commune for service in late})
    for service, first in late.items():
        entered = in_words(first.debut, first.precision_debut)
        yield Avertissement(
            f"Le poste dessert {communes[service.commune]} avant son entrée dans le programme, "
            f"{entered}.",
            "Vérifiez ce jour, ou l'entrée de la commune dans le programme.",
            service.cle,
        )


def first_of(labellisations: Iterable[LabellisationDatee]) -> LabellisationDatee | None:
    """Return the first entry in the programme, or None."""
    return min(labellisations, key=lambda label: label.debut, default=None)


def certainly_before(
    service: Service, entree: LabellisationDatee, opened: datetime.date | None
) -> bool:
    """Tell whether a service begins before an entry, whatever is known of the two days.

    `opened` is the day when the programme did, if it is known.
    """
    latest = last_day(service.jour, service.precision)
    return latest < entree.debut and not perhaps_begun(entree, latest, opened)
