"""The days of a département worth going to."""

import datetime
from dataclasses import dataclass, replace

from communes.models import Labellisation
from ort.models import CommuneCouverte
from pvd.suivi.chronologie import Fait
from socle.francais import liste


def milestones(departement, today):
    """Return the days worth going to in a département, oldest first, computed from its records."""
    labels = Labellisation.objects.of_departement(departement).select_related("commune")
    entered = CommuneCouverte.objects.with_dates().filter(
        commune__in=labels.values("commune"), convention__vaut_ort=True
    )
    entries = [Fait(label.debut, str(label.commune), label.precision_debut) for label in labels]
    adhesions = [
        Fait(label.date_signature_adhesion, str(label.commune), label.precision_adhesion)
        for label in labels
    ]
    ort = [
        Fait(acte.date_signature, str(couverture.commune), acte.precision_signature)
        for couverture in entered.select_related("commune", "convention", "entree")
        for acte in [couverture.acte_entree]
    ]
    exits = [
        Fait(label.fin, f"sortie {label.commune.avec_de}", label.precision_fin) for label in labels
    ]
    marks = [
        first_of(entries, "premières communes du programme"),
        first_of(adhesions, "première convention d'adhésion"),
        last_of(adhesions, "dernière convention d'adhésion"),
        first_of(ort, "première entrée dans une ORT"),
        last_of(ort, "dernière entrée dans une ORT"),
        *exits,
    ]
    past = [mark for mark in marks if mark and mark.jour and mark.jour <= today]
    return sorted(past, key=lambda mark: mark.jour)


@dataclass
class Jalons:
    """The milestones of a département, seen from the day of a page."""

    liste: list
    jour: datetime.date

    @property
    def precedent(self):
        """Return the last milestone before the day, or None."""
        return next((mark for mark in reversed(self.liste) if mark.jour < self.jour), None)

    @property
    def suivant(self):
        """Return the first milestone after the day, or None."""
        return next((mark for mark in self.liste if mark.jour > self.jour), None)


def first_of(facts, text):
    """Return the earliest day of the facts, under the name `text`, or None."""
    days = [fact.jour for fact in facts if fact.jour]
    return marked(facts, min(days), text) if days else None


def last_of(facts, text):
    """Return the latest day of the facts, under the name `text`, or None if there is but one day."""
    days = {fact.jour for fact in facts if fact.jour}
    return marked(facts, max(days), text) if len(days) > 1 else None


def marked(facts, jour, text):
    """Return one mark for the facts of a day, which names the communes while they are few."""
    found = [fact for fact in facts if fact.jour == jour]
    named = f"{text} : {liste(f.texte for f in found)}"
    return replace(found[0], texte=named if len(found) <= 2 else text)
