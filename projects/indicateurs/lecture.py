"""What is measured, as pages show it on a day: the last reading, what it compares with, the target."""

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Q

from communes.models import Population
from ort.models import Secteur
from projects.indicateurs import regles
from projects.indicateurs.faits import CibleDatee, CleMesure, MesureDatee, ReleveDate
from projects.indicateurs.models import Cible, Indicateur, Releve
from projects.indicateurs.mots import ecart_en_mots, valeur_en_mots
from projects.indicateurs.publics import of_known_sector
from socle.dessin.barres import Barres, Mesure
from socle.fichiers.colonnes import dits
from socle.francais import UNKNOWN, date_courte, nombre, pour_cent

# What a council asks for first of its commune, be it known or not.
ATTENDUS = ("logements-vacants", "logements-vacants-2-ans")


@dataclass
class MesureMontree:
    """An indicator of one object, on a day: `releves` are those known then, the first read first."""

    indicateur: Indicateur
    secteur: Secteur | None
    releves: list[Releve]
    cibles: list[Cible]
    jour: datetime.date

    @cached_property
    def datee(self) -> MesureDatee:
        return MesureDatee(
            CleMesure(self.indicateur.pk, None, None, None, None),
            [as_dated(releve, ReleveDate) for releve in self.releves],
            [as_dated(cible, CibleDatee) for cible in self.cibles],
        )

    @property
    def nom(self):
        """Name the measure, with its sector if it has one."""
        return f"{self.indicateur} ({self.secteur})" if self.secteur else str(self.indicateur)

    def mots(self, valeur, etat=""):
        return valeur_en_mots(self.indicateur.unite, valeur, etat)

    @cached_property
    def dernier(self):
        return regles.dernier_releve(self.datee, self.jour)

    @property
    def valeur(self):
        """Write the last reading, or say that there is none, or why it has no value."""
        return self.mots(self.dernier.valeur, self.dernier.etat) if self.dernier else UNKNOWN

    @property
    def avant(self):
        """Return what the last reading is compared with, if it is another: its day and its words."""
        start = regles.reference(self.datee, self.jour)
        if self.evolution is None or start is None:
            return None
        return Dit(start.jour, start.precision, self.mots(start.valeur))

    @cached_property
    def evolution(self):
        """Write the change, or None if the readings do not compare."""
        change = regles.evolution(self.datee, self.jour)
        return None if change is None else ecart_en_mots(self.indicateur.unite, change)

    @cached_property
    def cible(self):
        return regles.cible_au(self.datee, self.jour)

    @property
    def cible_en_mots(self):
        """Write the target and its day, if it is known."""
        if self.cible is None:
            return ""
        when = self.cible.echeance_prevue
        return self.mots(self.cible.valeur) + (f", pour le {when:%d/%m/%Y}" if when else "")

    @property
    def avancement(self):
        done = regles.avancement(self.datee, self.jour)
        return "" if done is None else pour_cent(done)

    @property
    def lignes(self):
        """Return the readings as the table tells them, the last first."""
        rows = sorted(self.releves, key=lambda r: (r.jour, r.publie_le or r.jour, r.serie))
        return [LigneDeReleve(row, self.mots(row.valeur, row.etat)) for row in reversed(rows)]

    @property
    def dessin(self):
        """The drawing of the readings that compare, the target across; None of fewer than two."""
        if not self.releves:
            return None
        points = regles.points(self.datee, self.jour)
        if len(points) < 2 or any(point.valeur < 0 for point in points):
            return None
        aimed = self.cible
        repere = Mesure("cible", aimed.valeur, self.mots(aimed.valeur)) if aimed else None
        return Barres(
            f"mesure-{self.indicateur.identifiant}-{self.secteur.pk if self.secteur else 0}",
            f"{self.nom} : relevés qui se comparent",
            [
                Mesure(date_courte(p.jour, p.precision), p.valeur, self.mots(p.valeur))
                for p in points
            ],
            ("Jour", "Valeur"),
            repere,
            semblables=True,
        )


class Dit(NamedTuple):
    """A value in words, and its day."""

    jour: datetime.date
    precision: str
    texte: str


class LigneDeReleve(NamedTuple):
    """A reading, its value in words."""

    releve: Releve
    valeur: str


def as_dated(record: Any, datee: Any) -> Any:
    return datee._make(getattr(record, name) for name in datee._fields)


def mesures_publiques(objet: str, cle: Any, jour: datetime.date) -> list[MesureMontree]:
    """Return what anybody reads of what is measured of one public object on `jour`."""
    return mesures_montrees(objet, cle, jour, of_known_sector(jour))


def mesures_montrees(
    objet: str, cle: Any, jour: datetime.date, *lisibles: Q
) -> list[MesureMontree]:
    """Return what is measured, or aimed at, of one object on `jour`, by name: three queries.

    `lisibles` are conditions on what may be read; agents read all.
    """
    there = {objet: cle}
    links = ("indicateur", "secteur")
    releves = Releve.objects.au(jour).filter(*lisibles, **there).select_related(*links)
    cibles = Cible.objects.au(jour).filter(*lisibles, **there).select_related(*links)
    found: dict[tuple[int, int | None], MesureMontree] = {}
    for row in releves.prefetch_related(dits()).order_by("jour", "serie", "pk"):
        mesure_of(found, row, jour).releves.append(row)
    for row in cibles.order_by("fixee_le", "pk"):
        mesure_of(found, row, jour).cibles.append(row)
    return sorted(found.values(), key=lambda mesure: mesure.nom)


def mesure_of(found, row, jour):
    """Return the measure of a row, among those found."""
    cle = row.indicateur_id, row.secteur_id
    return found.setdefault(cle, MesureMontree(row.indicateur, row.secteur, [], [], jour))


class Changement(NamedTuple):
    """What a council asks for, before and after; what is not known is said."""

    nom: str
    avant: Dit | None
    dernier: Dit | None
    evolution: str
    definition: str
    sources: list[Any]


def changements(code: str, jour: datetime.date) -> list[Changement]:
    """Return what changed in a commune by `jour`: its population, what is expected, what is measured."""
    measured = mesures_publiques("commune", code, jour)
    known = {mesure.indicateur.identifiant for mesure in measured}
    expected = Indicateur.objects.filter(identifiant__in=ATTENDUS).exclude(identifiant__in=known)
    measured += [MesureMontree(indicateur, None, [], [], jour) for indicateur in expected]
    ranks = {identifiant: rank for rank, identifiant in enumerate(ATTENDUS)}
    first = sorted(measured, key=lambda m: (ranks.get(m.indicateur.identifiant, len(ranks)), m.nom))
    return [population(code, jour), *map(changement, first)]


def changement(mesure: MesureMontree) -> Changement:
    last = mesure.dernier
    return Changement(
        mesure.nom,
        mesure.avant,
        Dit(last.jour, last.precision, mesure.valeur) if last else None,
        mesure.evolution or "",
        mesure.indicateur.definition,
        list(dict.fromkeys(dit.source for r in mesure.releves for dit in r.dits)),
    )


def population(code: str, jour: datetime.date) -> Changement:
    """Return the first population and the last, as the vintages give them by `jour`, of one territory."""
    counts = Population.objects.du_territoire_au(jour).filter(
        commune=code, millesime__lte=jour.year, annee__isnull=False
    )
    rows = list(counts.order_by("annee", "millesime"))
    first, last = (rows[0], rows[-1]) if rows else (None, None)
    compared = first is not None and first.annee < last.annee
    change = last.valeur - first.valeur if compared else None
    return Changement(
        "Population municipale",
        counted(first) if compared else None,
        counted(last) if last else None,
        ""
        if change is None
        else f"{'+' if change > 0 else '−' if change else ''}{nombre(abs(change))}",
        "Population municipale, au 1er janvier de l'année (Insee).",
        [],
    )


def counted(population: Population) -> Dit:
    jour = datetime.date(population.annee, 1, 1)
    return Dit(jour, "annee", f"{nombre(population.valeur)} habitants")
