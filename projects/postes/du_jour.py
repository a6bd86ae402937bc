"""What is true of a post on a day, for the pages and the files that show it."""

import datetime
from dataclasses import dataclass, field
from functools import cached_property

from projects.postes import regles
from projects.postes.faits import PosteDate, dates_des_fiches, postes_dates
from socle.dates import known_by
from socle.sources import Affirmation

# What documents say of a post in words: the dates of such rows are told by the rows themselves.
DITS_EN_MOTS = ("occupations", "recrutements", "cofinancements")


@dataclass
class PosteDuJour:
    """What the dates of a post tell on `jour`; each value is that of the rule of the same name.

    `dits` are what sources say of it.
    """

    dates: PosteDate
    jour: datetime.date
    dits: list[Affirmation] = field(default_factory=list)

    @cached_property
    def etat(self):
        return regles.etat(self.dates, self.jour)

    @cached_property
    def depuis(self):
        return regles.depuis(self.dates, self.jour)

    @property
    def precision_depuis(self):
        """Return how exactly `depuis` is known: as the opening or the closing, else to the day."""
        if self.etat == regles.Etat.FERME:
            return self.dates.precision_fermeture
        return regles.precision_de(self.dates, self.depuis, self.jour)

    @cached_property
    def vacant_depuis(self):
        return regles.vacant_depuis(self.dates, self.jour)

    @property
    def precision_vacance(self):
        """Return how exactly `vacant_depuis` is known."""
        return regles.precision_de(self.dates, self.vacant_depuis, self.jour)

    @property
    def jours_vacance(self):
        return regles.jours_vacance(self.dates, self.jour)

    @property
    def issue_du_recrutement(self):
        return regles.issue_du_recrutement(self.dates, self.jour)

    @property
    def quotite_pourvue(self):
        return regles.quotite_pourvue(self.dates, self.jour)

    @property
    def occupe_depuis(self):
        """Return the first day of the first arrived of those in post, or None."""
        return next((held.debut for held in regles.en_poste(self.dates, self.jour)), None)

    @cached_property
    def communes(self):
        """Return the codes of the communes served, in order."""
        return regles.communes_desservies(self.dates, self.jour)

    @cached_property
    def dits_connus(self):
        """Return what sources say that had happened by the day; what has no day of its own always had."""
        return [dit for dit in self.dits if dit.jour is None or dit.jour <= self.jour]

    @property
    def temoignages(self):
        """Return what documents say of a post whose own dates tell nothing, the oldest first."""
        if self.etat != regles.Etat.INCONNU:
            return []
        told = [dit for dit in self.dits_connus if dit.jour and dit.champ in DITS_EN_MOTS]
        return sorted(told, key=lambda dit: (dit.jour, DITS_EN_MOTS.index(dit.champ)))

    @property
    def nb_communes(self):
        return len(self.communes)

    @property
    def fermeture(self):
        """Return the closing, if it had come by the day, or None."""
        closed = known_by(self.dates.date_fermeture, self.jour)
        return self.dates.date_fermeture if closed else None


def etats(postes, jour):
    """Return the `Etat` on `jour` of each of `postes`, a queryset, by key: six queries."""
    cles = list(postes.order_by().values_list("pk", flat=True))
    return {cle: regles.etat(dates, jour) for cle, dates in postes_dates(cles).items()}


def situer(postes, jour, dates=None):
    """Give each of `postes`, a list, its `du_jour`: what its dates, and its `dits` if read, tell on `jour`.

    `dates`, by key, are read here when they are not given: four queries.
    """
    dates = dates or dates_des_fiches(postes)
    for poste in postes:
        poste.du_jour = PosteDuJour(dates[poste.pk], jour, getattr(poste, "dits", []))
    return postes


def situer_offres(offres, jour, dates=None):
    """Give each of `offres`, a list, its `rang` and its `date_prise_de_poste` by `jour`.

    `dates`, those of their posts by key, are read here when they are not given: four queries.
    """
    dates = dates or postes_dates({offre.poste_id for offre in offres})
    for offre in offres:
        poste = dates[offre.poste_id]
        datee = next(found for found in poste.recrutements if found.pk == offre.pk)
        offre.jour = jour
        offre.rang = regles.rang(datee, poste.recrutements)
        offre.date_prise_de_poste = regles.prise_de_poste(datee, poste, jour)
    return offres
