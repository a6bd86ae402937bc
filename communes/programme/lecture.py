"""What is known of the programme itself on a day, read once for a request."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models.signals import post_delete, post_save

from communes.programme.annonces import Programme
from socle.dates import Precision, in_words, last_day
from socle.memoire import lue_une_fois, oublier

for written in (post_save, post_delete):
    written.connect(oublier, sender=Programme)


@lue_une_fois
def annonces() -> list[Any]:
    """Return what was announced of the programme, the oldest first: one query."""
    return list(Programme.objects.select_related("source").order_by("annonce"))


def derniere_qui_dit(champ: str, connues: list[Any]) -> Any:
    """Return the last announcement that says something of a field, or None."""
    return next((a for a in reversed(connues) if getattr(a, champ)), None)


def ouverture() -> datetime.date | None:
    """Return the day when the programme opened, before which no commune was in it; None if unknown."""
    said = derniere_qui_dit("ouverture", annonces())
    return said.ouverture if said else None


def lance(jour: datetime.date) -> bool:
    """Tell whether the programme was open on `jour`; one of which nobody knows is taken for open."""
    opened = ouverture()
    return opened is None or opened <= jour


@dataclass(frozen=True)
class ProgrammeDuJour:
    """What `jour` knows of the programme: `fin` is the announcement that tells its planned end, if any.

    `aide`, that which tells the end of the aid to posts; `suites`, those that came after `fin`.
    """

    jour: datetime.date
    nom: str
    fin: Any
    aide: Any
    suites: list[Any]

    @property
    def ouvert(self) -> bool:
        return lance(self.jour)

    @property
    def dernier_jour(self) -> datetime.date | None:
        """Return the last day planned, the latest that it may be; None if unknown."""
        return self.fin and last_day(self.fin.fin_prevue, self.fin.precision_fin)

    @property
    def passee(self) -> bool:
        """Tell whether the planned end is over: the last day itself is still of the programme."""
        return self.dernier_jour is not None and self.dernier_jour < self.jour

    @property
    def aide_passee(self) -> bool:
        return self.aide is not None and self.aide.fin_aide < self.jour

    @property
    def a_verifier(self) -> bool:
        """Tell whether nobody has read, where it is said, the end that is planned."""
        return self.fin is not None and not self.fin.verifiee

    @property
    def terme(self) -> str:
        """Write the last day planned: « jusqu'au 31 décembre 2026 », « jusqu'en mars 2026 »."""
        words = in_words(self.fin.fin_prevue, self.fin.precision_fin)
        if self.fin.precision_fin == Precision.AU_PLUS_TARD:
            return f"jusqu'au {words.removeprefix('au plus tard le ')} au plus tard"
        return f"jusqu'{words}" if words.startswith("en ") else f"jusqu'au {words[3:]}"

    @property
    def fin_en_mots(self) -> str:
        """Write the last day planned: « le 31 décembre 2026 », « en 2026 »."""
        return in_words(self.fin.fin_prevue, self.fin.precision_fin)


def programme_au(jour: datetime.date) -> ProgrammeDuJour:
    """Return what `jour` knows of the programme, by the announcements of that day and before."""
    connues = [annonce for annonce in annonces() if annonce.annonce <= jour]
    fin = derniere_qui_dit("fin_prevue", connues)
    later = [a for a in connues if fin and a.annonce > fin.annonce and a.note]
    nom = connues[-1].nom if connues else "Petites villes de demain"
    return ProgrammeDuJour(jour, nom, fin, derniere_qui_dit("fin_aide", connues), later)
