"""Our figures held against those that others publish, and against those of France."""

from dataclasses import dataclass

from pvd.suivi.chiffres import Decompte
from pvd.suivi.completude import champ_de, completude, en_entier
from pvd.suivi.faits import Faits
from pvd.suivi.models import Chiffre, ChiffrePublie


@dataclass
class Comparaison:
    """A published figure, and ours on the same day by the same rule.

    `reserve` says how far our records go; it is empty where they are kept in full.
    """

    publie: ChiffrePublie
    calcule: int | None
    reserve: str

    @property
    def concorde(self):
        """Tell whether both agree; None when ours is not known, or counts only what is recorded here."""
        if self.calcule is None or self.reserve:
            return None
        return self.calcule == self.publie.valeur


def comparaisons(departement, jour, faits=None):
    """Return the figures published of `departement` (None: France) by `jour`, held against ours.

    Ours are counted from `faits`, those of its communes, read here when they are not given: two
    queries at most a day of publication.
    """
    faits = faits or Faits.du_programme(departement)
    published = ChiffrePublie.objects.filter(departement=departement, jour__lte=jour)
    by_day = {}
    reserves = {champ: completude(departement, champ) for champ in ("tenue", "tenue_postes")}
    compared = []
    for publie in published.select_related("source"):
        du_jour = by_day.setdefault(publie.jour, Decompte(departement, publie.jour, faits))
        reserve = reserves[champ_de(publie.chiffre)]
        compared.append(Comparaison(publie, du_jour[publie.chiffre], reserve))
    return compared


@dataclass
class Part:
    """A figure published of France, and that of a département on the same day, by the same rule."""

    publie: ChiffrePublie
    calcule: int | None

    @property
    def pourcentage(self):
        """Return the share of the département in France, in per cent, or None if it is not known."""
        if self.calcule is None or not self.publie.valeur:
            return None
        return 100 * self.calcule / self.publie.valeur


def parts_de_la_france(departement, jour, faits):
    """Return, for each figure published of France by `jour`, the share of `departement` in the latest.

    What is recorded here of France is not France: only a published figure is held to be it. Where what
    a figure counts is not kept in full in the département, its own is not known. `faits` are those of
    its communes.
    """
    published = ChiffrePublie.objects.filter(departement=None, jour__lte=jour)
    latest = {}
    for publie in published.select_related("source").order_by("jour", "pk"):
        latest[publie.chiffre] = publie
    whole = {champ: en_entier(departement, champ) for champ in ("tenue", "tenue_postes")}
    days = {publie.jour: Decompte(departement, publie.jour, faits) for publie in latest.values()}
    return [
        Part(publie, days[publie.jour][chiffre] if whole[champ_de(chiffre)] else None)
        for chiffre in Chiffre
        if (publie := latest.get(chiffre))
    ]
