"""What the page of a commune rests on: the days of its documents, and when the service read it again.

Never the day on which our records were loaded, which says nothing of what they tell.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass

from communes.models import Relecture
from pvd.suivi.chronologie import documents
from pvd.suivi.nouveautes import FaitsConnus
from socle.dates import in_french
from socle.francais import liste
from socle.models import Source


@dataclass(frozen=True)
class Fraicheur:
    """The documents that the facts shown rest on, and the last day that the service read the page."""

    documents: list
    relue_le: datetime.date | None = None

    @property
    def jours(self):
        """Return the days of the documents that have one, each once, the oldest first."""
        return sorted({d.date_document for d in self.documents if d.date_document})

    @property
    def jour(self):
        """Return the last day of which the page knows anything, or None."""
        return max([*self.jours, *filter(None, [self.relue_le])], default=None)

    @property
    def phrase(self):
        """Write « d'après des documents du 22 janvier 2021 au 27 mai 2026 »; empty where nothing says it."""
        read = [d for d in self.documents if d.genre != Source.Genre.SERVICE]
        if not read:
            return "d'après ce que le service sait" if self.documents else ""
        days = sorted({d.date_document for d in read if d.date_document})
        undated = sum(not d.date_document for d in read)
        told = [f"{number_of(len(read) - undated)} {between(days)}"] if days else []
        told += [f"{number_of(undated)} sans date"] if undated else []
        return f"d'après {liste(told)}"


def number_of(documents):
    return "un document" if documents == 1 else "des documents"


def between(days):
    """Write « du 22 janvier 2021 au 27 mai 2026 », or the one day that there is."""
    first, last = in_french(days[0]), in_french(days[-1])
    return f"du {first}" if first == last else f"du {first} au {last}"


def fraicheur(situation, facts):
    """Return what the page of a commune rests on: `facts` are those of its timeline."""
    read = Relecture.objects.connues(situation.jour).filter(commune__dans=situation.fiches)
    last = read.order_by("-jour").values_list("jour", flat=True).first()
    return Fraicheur(documents(facts), last)


def jours_connus(found, jour):
    """Return, by code, the last day of which the page of each commune of `found` knows anything.

    `found` are their situations on `jour`; one of which nothing is known is absent. A constant number
    of queries, and the same days as the pages tell.
    """
    facts = defaultdict(list)
    for fact, situation in FaitsConnus(found, jour).faits():
        facts[situation.commune.pk].append(fact)
    read = Relecture.objects.connues(jour).order_by("jour").values_list("commune", "jour")
    last = dict(read)
    known = {
        s.commune.pk: Fraicheur(
            documents(facts[s.commune.pk]),
            max((last[code] for code in s.fiches if code in last), default=None),
        ).jour
        for s in found
    }
    return {code: day for code, day in known.items() if day}
