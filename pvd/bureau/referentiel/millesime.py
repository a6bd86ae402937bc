"""A vintage sent to the back office or to the command: read, compared, written, taken back."""

from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from communes.models import Mouvement
from communes.territoire.decoupage import (
    POPULATIONS,
    DecoupageError,
    apply_vintage,
    compare,
    describe_counts,
    describe_total,
    differences,
    load_territoire,
    part_concernee,
)
from communes.territoire.decoupage.journal import hold_the_territory, mouvements_de, write_vintage
from pvd.bureau.referentiel.touches import with_touches
from socle.actes import ActeFait
from socle.annulation import undo
from socle.historique import one_act
from socle.web.places import key_of

# The Code officiel géographique begins in 1943.
FIRST_YEAR = 1943


def refuse_far_year(annee):
    """Refuse a year that no vintage known today can have."""
    this_year = timezone.localdate().year
    if not FIRST_YEAR <= annee <= this_year:
        raise DecoupageError(
            f"Année {annee} : une année de {FIRST_YEAR} à {this_year} est attendue."
        )


@dataclass
class RevueDeMillesime:
    """What a vintage would change of the territory, compared with what the database holds.

    `decisions` says, by key of the `Mouvement`, what becomes of what was recorded by hand and that
    the vintage contradicts; while one is missing, nothing is compared.
    """

    decoupage: object
    decisions: dict = field(default_factory=dict)

    def __post_init__(self):
        self.annee, self.jour = self.decoupage.annee, date(self.decoupage.annee, 1, 1)
        part = part_concernee(self.decoupage)
        decoupage = self.decoupage.seulement(part.communes)
        self.before = load_territoire(self.annee, part)
        self.after = self.before.copy()
        self.differences = differences(self.before, decoupage)
        self.undecided = [d for d in self.differences if d.fait.cle not in self.decisions]
        self.changes = {}
        if not self.undecided:
            apply_vintage(self.after, decoupage, self.decisions)
            self.changes = compare(self.before, self.after, self.jour, decoupage.ailleurs)

    @property
    def total(self):
        return describe_total(self.changes)

    @property
    def counts(self):
        return describe_counts(self.changes)

    def lignes(self):
        """Return the changes by kind, each with the records that it touches."""
        return with_touches(self.changes, self.jour)

    @property
    def jeton(self):
        """Return what a page of confirmation sends back, to tell whether it still shows what is."""
        shown = {t: [c.texte for c in rows] for t, rows in self.changes.items() if t != POPULATIONS}
        return key_of(self.annee, shown, len(self.changes.get(POPULATIONS, ())), self.decisions)

    @property
    def changes_something(self):
        return self.before.a_la_main != self.after.a_la_main or bool(self.changes)

    def apply(self):
        """Write all of it; return the act, and the `Mouvement` that takes it back, if any."""
        with one_act(f"Millésime {self.annee} du découpage") as acte:
            return acte, write_vintage(self.before, self.after, self.annee)


@transaction.atomic
def apply_reviewed(decoupage, decisions, jeton):
    """Write a vintage if it changes what its review has shown; return the review, and the act or None."""
    hold_the_territory()
    revue = RevueDeMillesime(decoupage, decisions)
    if revue.undecided or revue.jeton != jeton:
        return revue, None
    acte, _ = revue.apply()
    return revue, acte


def last_load(annee):
    """Return the last load of the vintage `annee` that can be taken back, or None."""
    return mouvements_de(annee).first()


def act_of(mouvement):
    """Return the act by which a movement was recorded, and its version."""
    version = mouvement.history.order_by("history_id").first()
    return ActeFait.of(version), version


def take_back_vintage(annee, agent, motif):
    """Take back the last load of a vintage, as the work of `agent`.

    Raises `DecoupageError`, that names what rests on it, or that there is nothing to take back.
    """
    mouvement = last_load(annee)
    if mouvement is None:
        raise DecoupageError(
            f"Le millésime {annee} n'est pas chargé, ou l'a été avec le territoire lui-même : on ne sait "
            "pas revenir à ce qui était avant."
        )
    try:
        return undo(act_of(mouvement)[0], motif, agent)
    except ValidationError as error:
        raise DecoupageError(" ".join(error.messages)) from error


def loaded():
    """Return the movements of the territory, the last first, each with the version that takes it back."""
    found = list(Mouvement.objects.select_related("commune", "intercommunalite"))
    made = Mouvement.history.filter(history_type="+").select_related("history_user")
    versions = {v.id: v for v in made.order_by("history_id")}
    for mouvement in found:
        mouvement.version = versions.get(mouvement.pk)
    return found
