"""The rows of the national list grouped into ORT, by a rule told here once.

The list has a row a commune, and names no convention: only the intercommunalité and the day of the
signature, which is that of the avenant for a commune that came in by one. So the first day of an
intercommunalité is that of its convention, and the days that follow are those of avenants. Where that rule
would have to guess, the rows are left for someone to decide.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from ort.liste.colonnes import StatutNational
from socle.dates import Precision, add_years, in_french, last_day
from socle.francais import liste


class LigneDOrt(NamedTuple):
    """A row of the list, as it was read.

    `commune` is the code of the commune that answers on the day of the list. `porteur` and `signataire`
    are the SIREN of its intercommunalité on the day of the list, and on that of the signature. `duree` is
    in years.
    """

    numero: int
    commune: str
    nom: str
    departement: str
    porteur: str | None
    signataire: str | None
    statut: str
    jour: datetime.date | None
    prevue: datetime.date | None
    duree: int | None
    remarques: str = ""

    @property
    def hote(self) -> bool:
        """Tell whether the commune is of the programme Action cœur de ville: the host of its ORT."""
        return self.statut == StatutNational.ACV


class ActeTenu(NamedTuple):
    """An avenant that the base holds: `jour` is that of its signature, `prevue` the one that is planned."""

    pk: int
    jour: datetime.date | None
    precision: str
    prevue: datetime.date | None


class ConventionTenue(NamedTuple):
    """A convention that the base holds.

    `fin` is the first day when it is no longer in force, as known on the day of the list; `prevue`, when it
    is to be signed, if it is not.
    """

    pk: int
    identifiant: str
    intitule: str
    origine: str
    porteurs: frozenset[str]
    jour: datetime.date | None
    precision: str
    prevue: datetime.date | None
    fin: datetime.date | None
    avenants: tuple[ActeTenu, ...] = ()


class CouvertureTenue(NamedTuple):
    """A commune in a convention that the base holds, by the act `entree`, or by the convention: None."""

    commune: str
    convention: ConventionTenue
    entree: ActeTenu | None
    pk: int | None = None
    remarques: str = ""

    @property
    def acte(self) -> ActeTenu | ConventionTenue:
        return self.entree or self.convention

    def says(self, ligne: LigneDOrt) -> bool:
        """Tell whether a row says what the base holds: a day known to the day, or one that is planned."""
        acte = self.acte
        if ligne.jour is None and acte.jour is None:
            return ligne.prevue in (None, acte.prevue)
        return acte.jour == ligne.jour and acte.precision == Precision.JOUR


class OrtRegroupee(NamedTuple):
    """Rows of one intercommunalité and one day, which make a convention: signed, or planned."""

    lignes: tuple[LigneDOrt, ...]

    @property
    def porteur(self) -> str:
        """Return the intercommunalité that signed, or that is to."""
        first = self.lignes[0]
        return first.signataire or first.porteur or ""

    @property
    def hotes(self) -> list[LigneDOrt]:
        return [ligne for ligne in self.lignes if ligne.hote]

    @property
    def laureates(self) -> list[LigneDOrt]:
        return [ligne for ligne in self.lignes if ligne.statut == StatutNational.PVD]

    @property
    def durees(self) -> set[int]:
        return {ligne.duree for ligne in self.lignes if ligne.duree}


class CommuneEntrante(NamedTuple):
    """A row that brings a commune into a convention: by an avenant of that day, or by the convention.

    The day of an avenant is that of its signature, or the one that is planned while it is not signed.
    """

    ligne: LigneDOrt
    convention: ConventionTenue | OrtRegroupee
    avenant: datetime.date | None = None

    @property
    def avenant_prevu(self) -> bool:
        """Tell whether the commune is to enter by an avenant that is not signed."""
        return self.avenant is not None and self.ligne.jour is None


class LigneComparee(NamedTuple):
    """A row, and what the base holds of its commune in an ORT."""

    ligne: LigneDOrt
    tenue: CouvertureTenue


@dataclass
class Lecture:
    """What becomes of the rows of the list, `a_decider` by their numbers.

    Those that say what the base holds are `connues`; those that say another day, `differences`; those
    that sign what it only plans, `signees`.
    """

    connues: list[LigneComparee] = field(default_factory=list)
    entrees: list[CommuneEntrante] = field(default_factory=list)
    signees: list[LigneComparee] = field(default_factory=list)
    differences: list[LigneComparee] = field(default_factory=list)
    a_decider: dict[int, str] = field(default_factory=dict)


def read_groups(
    lignes: Iterable[LigneDOrt],
    conventions: Iterable[ConventionTenue],
    couvertures: Iterable[CouvertureTenue],
    hotes_sans_jour: Iterable[str] = (),
    retirees: Iterable[str] = (),
) -> Lecture:
    """Return what becomes of `lignes`, beside what the base holds.

    `hotes_sans_jour` are the intercommunalités one of whose hosts has no day that can be read: their
    first day may be any, and none of their rows can be grouped. `retirees` are the communes that an
    agent has taken out of an ORT as an error: no list brings them back.
    """
    lecture = Lecture()
    held = defaultdict(list)
    for couverture in couvertures:
        held[couverture.commune].append(couverture)
    by_porteur: dict[str, list[ConventionTenue]] = defaultdict(list)
    for convention in conventions:
        for porteur in convention.porteurs:
            by_porteur[porteur].append(convention)
    new = compare_with_held(once_each(lignes, lecture), held, lecture)
    by_epci = defaultdict(list)
    for ligne in one_ort_each(new, lecture):
        if ligne.commune in retirees:
            lecture.a_decider[ligne.numero] = "un agent a retiré cette commune d'une ORT"
        elif ligne.porteur is None:
            lecture.a_decider[ligne.numero] = "la commune n'est d'aucune intercommunalité"
        else:
            by_epci[ligne.porteur].append(ligne)
    for porteur, rows in by_epci.items():
        if porteur in hotes_sans_jour and not by_porteur[porteur]:
            told = "une ville Action cœur de ville de la même intercommunalité n'a pas de date sûre"
            lecture.a_decider |= {ligne.numero: told for ligne in rows}
            continue
        signed = [ligne for ligne in rows if ligne.jour]
        sirens = {porteur, *(ligne.signataire for ligne in signed if ligne.signataire)}
        known = {c.identifiant: c for siren in sorted(sirens) for c in by_porteur[siren]}
        made = group_signed(signed, list(known.values()), lecture)
        planned = [ligne for ligne in rows if not ligne.jour]
        if any(ligne.numero in lecture.a_decider for ligne in signed):
            told = "non signée, et un acte signé de l'intercommunalité est à décider"
            lecture.a_decider |= {ligne.numero: told for ligne in planned}
        elif planned:
            group_planned(planned, list(known.values()), made, lecture)
    return lecture


def once_each(lignes: Iterable[LigneDOrt], lecture: Lecture) -> list[LigneDOrt]:
    """Keep one row of those that say the same of a commune."""
    first: dict[tuple[object, ...], LigneDOrt] = {}
    for ligne in lignes:
        said = (ligne.commune, ligne.jour, ligne.prevue)
        above = first.setdefault(said, ligne)
        if above is not ligne:
            lecture.a_decider[ligne.numero] = f"en double de la ligne {above.numero}"
    return list(first.values())


def compare_with_held(
    lignes: list[LigneDOrt], held: dict[str, list[CouvertureTenue]], lecture: Lecture
) -> list[LigneDOrt]:
    """Return the rows of which the base holds nothing; the others say the same, or another day."""
    new, unmatched = [], defaultdict(list)
    for ligne in lignes:
        couvertures = held.get(ligne.commune, [])
        if not couvertures:
            new.append(ligne)
        elif same := next((c for c in couvertures if c.says(ligne)), None):
            lecture.connues.append(LigneComparee(ligne, same))
        else:
            unmatched[ligne.commune].append(ligne)
    for commune, rows in unmatched.items():
        compare_days(rows, held[commune], lecture)
    return new


def compare_days(rows: list[LigneDOrt], held: list[CouvertureTenue], lecture: Lecture) -> None:
    """Tell the rows of a commune whose day is not that of any ORT that the base knows it in."""
    if len(rows) > 1 or len(held) > 1:
        told = f"la commune est déjà dans {liste(f'« {c.convention.intitule} »' for c in held)}"
        lecture.a_decider |= {
            ligne.numero: f"{told} : autre date, ou autre ORT ?" for ligne in rows
        }
        return
    (ligne,), (couverture,) = rows, held
    intitule, signed = couverture.convention.intitule, couverture.acte.jour
    if ligne.jour is None:
        lecture.a_decider[ligne.numero] = planned_otherwise(ligne, couverture)
    elif signed is not None:
        lecture.differences.append(LigneComparee(ligne, couverture))
    elif couverture.entree is None:
        lecture.signees.append(LigneComparee(ligne, couverture))
    else:
        lecture.a_decider[ligne.numero] = (
            f"un avenant prévu à « {intitule} » la fera entrer, et la liste la dit signée : "
            "enregistrez la signature de l'avenant"
        )


def planned_otherwise(ligne: LigneDOrt, couverture: CouvertureTenue) -> str:
    """Return how what the list plans differs from what the base holds."""
    acte, intitule = couverture.acte, couverture.convention.intitule
    if acte.jour is not None:
        return f"la liste la dit non signée, et « {intitule} » l'est"
    held = f"le {in_french(acte.prevue)}" if acte.prevue else "sans date"
    return f"« {intitule} » est prévue {held}"


def one_ort_each(lignes: list[LigneDOrt], lecture: Lecture) -> list[LigneDOrt]:
    """Keep the first day of each commune: it would be in two ORT, which someone has to look at."""
    first: dict[str, LigneDOrt] = {}
    for ligne in sorted(lignes, key=lambda li: (li.jour or datetime.date.max, li.numero)):
        above = first.setdefault(ligne.commune, ligne)
        if above is not ligne:
            lecture.a_decider[ligne.numero] = f"la commune est déjà à la ligne {above.numero}"
    kept = {ligne.numero for ligne in first.values()}
    return [ligne for ligne in lignes if ligne.numero in kept]


def group_signed(
    rows: list[LigneDOrt], known: list[ConventionTenue], lecture: Lecture
) -> OrtRegroupee | None:
    """Group the signed rows of one intercommunalité: a convention, then its avenants, day by day.

    Return the convention that they make, if they make one.
    """
    made: OrtRegroupee | None = None
    by_day = defaultdict(list)
    for ligne in rows:
        by_day[ligne.jour].append(ligne)
    for jour in sorted(by_day):
        batch = by_day[jour]
        doubt = doubt_of(batch, jour, known, made)
        if doubt:
            lecture.a_decider |= {ligne.numero: doubt for ligne in batch}
            if not known:
                # What follows may hang on the act that is to be decided, or on the one before.
                told = f"l'acte du {in_french(jour)}, qui précède, est à décider"
                later = [ligne for day in by_day if day > jour for ligne in by_day[day]]
                lecture.a_decider |= {ligne.numero: told for ligne in later}
                return made
        elif not known and made is None:
            made = OrtRegroupee(tuple(batch))
            lecture.entrees += [CommuneEntrante(ligne, made) for ligne in batch]
        else:
            host = made or host_of(known, jour)
            founding = isinstance(host, ConventionTenue) and host.jour == jour
            day = None if founding else jour
            lecture.entrees += [CommuneEntrante(ligne, host, day) for ligne in batch]
    return made


def running(convention: ConventionTenue, jour: datetime.date) -> bool:
    """Tell whether a convention was signed by `jour`, and had not ended by then."""
    signed = convention.jour is not None and convention.jour <= jour
    return signed and (convention.fin is None or convention.fin > jour)


def host_of(known: list[ConventionTenue], jour: datetime.date) -> ConventionTenue:
    """Return the convention that an act of `jour` is of: that day's own, else the one that runs."""
    return hosts_of(known, jour)[0]


def hosts_of(known: list[ConventionTenue], jour: datetime.date) -> list[ConventionTenue]:
    """Return the conventions that an act of `jour` may be of: those with an act of that day, else running."""
    of_that_day = [c for c in known if jour in (c.jour, *(avenant.jour for avenant in c.avenants))]
    return of_that_day or [c for c in known if running(c, jour)]


def doubt_of(
    batch: list[LigneDOrt],
    jour: datetime.date,
    known: list[ConventionTenue],
    made: OrtRegroupee | None,
) -> str | None:
    """Return why the rows of one day cannot be grouped without guessing, or None."""
    if len({ligne.signataire for ligne in batch}) > 1:
        return "à cette date, les communes signataires étaient de plusieurs intercommunalités"
    if made is not None:
        return doubt_of_avenant(batch, jour, made)
    return doubt_of_hosts(hosts_of(known, jour), known) if known else None


def doubt_of_hosts(hosts: list[ConventionTenue], known: list[ConventionTenue]) -> str | None:
    """Return why an act may not be of one of `hosts`, those of `known` that it may be of, or None."""
    if len(hosts) == 1:
        return None
    names = liste(f"« {c.intitule} »" for c in hosts or known)
    if hosts:
        return f"plusieurs ORT de l'intercommunalité y répondent : {names}"
    return f"l'intercommunalité porte déjà {names}, qui n'est pas en vigueur à cette date"


def doubt_of_avenant(batch: list[LigneDOrt], jour: datetime.date, made: OrtRegroupee) -> str | None:
    """Return why rows of a later day may be no avenant of the convention that the list makes, or None."""
    founded, first = made.lignes[0], batch[0]
    if len(made.durees) == 1:
        (duree,) = made.durees
        if founded.jour is not None and add_years(founded.jour, duree) <= jour:
            return f"l'ORT du {in_french(founded.jour)} ne courait plus : une autre ORT ?"
    if any(ligne.hote for ligne in batch) and not made.hotes:
        return "la ville Action cœur de ville signe après les autres : avenant, ou ORT à part ?"
    if first.signataire not in (founded.signataire, first.porteur):
        return "signée par une autre intercommunalité, depuis réunie : avenant, ou ORT à part ?"
    return None


def group_planned(
    rows: list[LigneDOrt],
    known: list[ConventionTenue],
    made: OrtRegroupee | None,
    lecture: Lecture,
) -> None:
    """Group the rows that are not signed, of one intercommunalité and one planned day: one act.

    It is the convention, or an avenant of the one that will run that day.
    """
    jour = rows[0].prevue
    host: ConventionTenue | OrtRegroupee = made or OrtRegroupee(tuple(rows))
    founding, doubt = made is None, None
    if jour is None or {ligne.prevue for ligne in rows} != {jour}:
        doubt = "plusieurs dates envisagées dans la même intercommunalité"
    elif made is not None:
        doubt = doubt_of_avenant(rows, jour, made)
    elif known:
        planned = [convention for convention in known if convention.jour is None]
        hosts = [c for c in planned if c.prevue == jour]
        hosts = hosts or [c for c in known if running(c, jour)]
        doubt = doubt_of_hosts(hosts, known)
        host, founding = (hosts or known)[0], hosts[:1] == planned[:1]
    if doubt:
        lecture.a_decider |= {ligne.numero: f"non signée ; {doubt}" for ligne in rows}
        return
    day = None if founding else jour
    lecture.entrees += [CommuneEntrante(ligne, host, day) for ligne in rows]


def agrees(couverture: CouvertureTenue, jour: datetime.date) -> bool:
    """Tell whether a day is one that the base leaves open: « janvier 2023 » leaves 12 January open."""
    acte = couverture.acte
    if acte.jour is None or acte.precision == Precision.AU_PLUS_TARD:
        return acte.jour is None or jour <= acte.jour
    return acte.jour <= jour <= last_day(acte.jour, acte.precision)
