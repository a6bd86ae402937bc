"""The figures over time: the value of each on chosen days, or on those on which it changes."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import models

from communes.models import Departement, Tenue
from pvd.suivi.chiffres import REGLES
from pvd.suivi.completude import champ_de
from pvd.suivi.faits import Faits
from pvd.suivi.marques import FONDEE, PEUT_ETRE, Marques
from pvd.suivi.models import Chiffre, ChiffrePublie
from socle.dates import ONE_DAY, add_months

FRANCE = ""
DELAIS = (Chiffre.DELAI_TENU, Chiffre.DELAI_DEPASSE)


class Pas(models.TextChoices):
    """How far apart the days of a series are."""

    MOIS = "mois", "chaque mois"
    TRIMESTRE = "trimestre", "chaque trimestre"
    ANNEE = "annee", "chaque année"
    EVENEMENT = "evenement", "chaque jour où un chiffre change"


MONTHS = {Pas.MOIS: 1, Pas.TRIMESTRE: 3, Pas.ANNEE: 12}


def jours_du_pas(du, au, pas):
    """Return `du`, the last day of each period of the calendar after it, then `au`."""
    months = MONTHS[pas]
    start = datetime.date(du.year, (du.month - 1) // months * months + 1, 1)
    ends = []
    while (start := add_months(start, months)) <= au:
        ends.append(start - ONE_DAY)
    return sorted({du, *(end for end in ends if end > du), au})


class PointDeChiffre(NamedTuple):
    """A figure of a territory, a code or `FRANCE`, on a day; `publie` is what a document says of it."""

    jour: datetime.date
    territoire: str
    chiffre: Chiffre
    valeur: int | None
    tenue: str
    publie: Any = None

    @property
    def regle(self):
        return REGLES[self.chiffre].compte


class Evolution:
    """The points of the figures from `du` to `au`, of `departements`, or of France and of each of its own.

    The facts are read once, in a number of queries that depends neither on them nor on the days.
    """

    def __init__(self, departements, du, au, pas):
        self.du, self.au, self.pas = du, au, pas
        known = Departement.objects.in_bulk()
        self.tenues = {code: found.tenue for code, found in known.items()}
        self.tenues_postes = {code: found.tenue_postes for code, found in known.items()}
        alone = departements[0] if departements and len(departements) == 1 else None
        self.marques = Marques(Faits.du_programme(alone), alone)
        asked = [departement.pk for departement in departements or ()]
        self.territoires = sorted(asked) or [FRANCE, *self.suivis()]
        self.etats = {
            territoire: {champ: self.etat(territoire, champ) for champ in ("tenue", "tenue_postes")}
            for territoire in self.territoires
        }
        self.publies = self.read_publies()
        self.cles = defaultdict(Counter)

    def suivis(self):
        """Return the codes of the départements that ever had a commune in the programme, or are kept."""
        had = {self.marques.departements[code] for code in self.marques.codes}
        return sorted(had | {code for code, tenue in self.tenues.items() if tenue != Tenue.AUCUNE})

    def etat(self, territoire, champ):
        """Return how far what a figure counts is kept; of France, as all its départements, or partly."""
        tenues = self.tenues if champ == "tenue" else self.tenues_postes
        if territoire != FRANCE:
            return tenues[territoire]
        found = set(tenues.values())
        return found.pop() if len(found) == 1 else Tenue.PARTIELLE.value

    def read_publies(self):
        """Return the published figures, by territory, day and figure: one query."""
        rows = ChiffrePublie.objects.filter(jour__gte=self.du, jour__lte=self.au)
        if FRANCE not in self.territoires:
            rows = rows.filter(departement__in=self.territoires)
        found = defaultdict(list)
        for publie in rows.select_related("source").order_by("jour", "source__cle", "pk"):
            key = (publie.departement_id or FRANCE, publie.jour, Chiffre(publie.chiffre))
            found[key].append(publie)
        return found

    def __iter__(self):
        """Yield the `PointDeChiffre`s, by day, then by territory."""
        changes = self.changes()
        days = self.jours(changes)
        coming, last = sorted(changes), {}
        done = 0
        for jour in days:
            touched = set()
            while done < len(coming) and coming[done] <= jour:
                touched |= self.pass_day(changes[coming[done]])
                done += 1
            yield from self.points(jour, touched, last)

    def changes(self):
        """Return, by day, the marks that come and those that go."""
        found = defaultdict(list)
        for story in self.marques.etapes(self.tenues):
            for before, after in pairwise([None, *story]):
                was = before.valeur if before else frozenset()
                day = after.debut or datetime.date.min
                if was != after.valeur:
                    found[day].append((after.valeur - was, was - after.valeur))
        return found

    def jours(self, changes):
        """Return the days on which something may be said, in order."""
        if self.pas == Pas.EVENEMENT:
            chosen = {self.du, *(day for day in changes if self.du < day <= self.au)}
        else:
            chosen = set(jours_du_pas(self.du, self.au, self.pas))
        self.choisis = chosen
        return sorted(chosen | {jour for _, jour, _ in self.publies})

    def pass_day(self, changes):
        """Count the marks of a day; return the territories that they touch."""
        touched = set()
        for come, gone in changes:
            for marks, sign in ((come, 1), (gone, -1)):
                for departement, quoi, cle in marks:
                    touched.add(departement)
                    for territoire in (departement, FRANCE):
                        self.count(self.cles[territoire, quoi], cle, sign)
        return touched

    @staticmethod
    def count(counter, cle, sign):
        counter[cle] += sign
        if not counter[cle]:
            del counter[cle]

    def points(self, jour, touched, last):
        """Yield the points of a day: of all figures, or of those that change, then of those published."""
        by_event = self.pas == Pas.EVENEMENT
        for territoire in self.territoires:
            if by_event and jour != self.du and territoire not in {*touched, FRANCE}:
                values = {}
            else:
                values = self.valeurs(territoire) if jour in self.choisis else {}
            for chiffre in Chiffre:
                publies = self.publies.get((territoire, jour, chiffre), [])
                told = chiffre in values
                if told and by_event and jour != self.du:
                    told = last.get((territoire, chiffre)) != values[chiffre]
                if not told and not publies:
                    continue
                valeur = values[chiffre] if told else self.valeur(territoire, chiffre)
                last[territoire, chiffre] = valeur
                tenue = self.etats[territoire][champ_de(chiffre)]
                for publie in publies or [None]:
                    yield PointDeChiffre(jour, territoire, chiffre, valeur, tenue, publie)

    def valeurs(self, territoire):
        return {chiffre: self.valeur(territoire, chiffre) for chiffre in Chiffre}

    def valeur(self, territoire, chiffre):
        """Return a figure as a page tells it; None where nothing recorded tells nothing.

        Not kept at all, what is recorded by chance is no figure of the place.
        """
        tenue = self.etats[territoire]["tenue"]
        if self.etats[territoire][champ_de(chiffre)] == Tenue.AUCUNE:
            return None
        if chiffre in DELAIS and tenue == Tenue.LISTES and territoire != FRANCE:
            return None
        found = self.compte(territoire, chiffre)
        sure = tenue == Tenue.COMPLETE and self.absence_tells(territoire)
        if chiffre == Chiffre.CHEFS_DE_PROJET:
            kept = self.etats[territoire]["tenue_postes"] == Tenue.COMPLETE
            sure = sure and kept and territoire != FRANCE
        return found if sure else found or None

    def compte(self, territoire, chiffre):
        if chiffre == Chiffre.CONVENTIONS_PROPRES:
            return len(self.cles[territoire, FONDEE])
        if chiffre == Chiffre.ORT_PAR_AVENANT:
            return len(self.cles[territoire, Chiffre.ORT]) - len(self.cles[territoire, FONDEE])
        return len(self.cles[territoire, chiffre])

    def absence_tells(self, territoire):
        """Tell whether no commune recorded means no commune: see the tiles of the pages."""
        there = self.cles[territoire, Chiffre.COMMUNES]
        return bool(there) or not self.cles[territoire, PEUT_ETRE]


def limited(points: Iterable[PointDeChiffre], most: int) -> list[PointDeChiffre] | None:
    """Return the points, or None as soon as there are more than `most`."""
    found = []
    for point in points:
        if len(found) == most:
            return None
        found.append(point)
    return found
