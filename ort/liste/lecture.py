"""The cells of a row of the national list, read: its commune, what it is, and the days that it says."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from communes.models import Commune, Rattachement
from communes.territoire.faits import successions_lues
from communes.territoire.successions import Successions
from ort.liste.colonnes import SigneeNationale, StatutNational
from ort.liste.groupes import LigneDOrt
from ort.regles import LOI_ELAN, duree_possible
from socle.dates import add_years, in_french, known_by
from socle.fichiers.champs import CelluleRefusee
from socle.periodes import holds_on

ONE_DAY = datetime.timedelta(days=1)
WITHOUT_DAY = "signée, sans date de signature"
WITHOUT_PLAN = "non signée, sans date envisagée : rien à enregistrer"
WITHOUT_END = "terminée, sans qu'une fin se déduise de la liste"


class PeriodeDAppartenance(NamedTuple):
    """A commune is of an intercommunalité: the period of a `Rattachement`."""

    intercommunalite: str
    debut: datetime.date | None
    fin: datetime.date | None


class JourImpossible(CelluleRefusee):
    """A day of signature that cannot be: kept as it is written, and no date of ours."""


class SansProjet(CelluleRefusee):
    """A commune for which the list signs and plans nothing: what it remarks is all that it says."""


@dataclass
class Appartenances:
    """Where the communes of some rows are, day by day: two queries, whatever their number."""

    successions: Successions
    appartenances: dict[str, list[PeriodeDAppartenance]]

    @classmethod
    def of(cls, codes: Iterable[str]) -> "Appartenances":
        successions = successions_lues()
        asked = successions.avec_liees(codes)
        asked |= {row.devient for code in codes for row in successions.of_commune.get(code, ())}
        rows = Rattachement.objects.filter(commune__dans=asked).order_by("debut")
        by_commune = defaultdict(list)
        for commune, *period in rows.values_list("commune", *PeriodeDAppartenance._fields):
            by_commune[commune].append(PeriodeDAppartenance._make(period))
        return cls(successions, by_commune)

    def commune_du_jour(self, code: str, jour: datetime.date) -> str:
        return self.successions.commune_du_jour(code, jour)

    def intercommunalite(self, code: str, jour: datetime.date) -> str | None:
        """Return the SIREN of the intercommunalité that a commune is of on `jour`, by who then answers."""
        rows = self.appartenances[self.commune_du_jour(code, jour)]
        return next((row.intercommunalite for row in rows if holds_on(row, jour)), None)


class LecteurDeListe:
    """Reads the rows of the list of `jour`: `champs` gives, by column, the field that reads a cell."""

    def __init__(self, champs: dict[str, Any], jour: datetime.date) -> None:
        self.champs, self.jour = champs, jour
        self.territoire = Appartenances(Successions(()), {})
        # Why the duration of a row is not taken, by its number.
        self.durees_ecartees: dict[int, str] = {}

    def load(self, codes: Iterable[str]) -> None:
        """Read where the communes of `codes` are."""
        self.territoire = Appartenances.of(codes)

    def ligne(self, lue: Any, commune: Commune) -> LigneDOrt:
        """Return a row, read; raises `CelluleRefusee` for what cannot be, or says nothing to record."""
        if known_by(commune.fin, self.jour):
            told = f"{commune} n'existe plus, et l'on ne sait pas quelle commune la suit"
            raise CelluleRefusee("code_insee", commune.pk, told)
        etat = word_of(SigneeNationale, "signee", lue)
        signed = etat in (SigneeNationale.SIGNEE, SigneeNationale.TERMINEE)
        jour = self.signature(lue) if signed else None
        prevue = None if signed else self.champs["date_signature_prevue"].clean(lue.cellules)
        if not signed and prevue is None:
            raise SansProjet("signee", lue.cellules.get("signee", ""), WITHOUT_PLAN)
        duree = self.duree(lue, jour or prevue)
        if etat == SigneeNationale.TERMINEE and not (
            jour and duree and add_years(jour, duree) <= self.jour
        ):
            raise CelluleRefusee("signee", lue.cellules["signee"], WITHOUT_END)
        return LigneDOrt(
            numero=lue.numero,
            commune=commune.pk,
            nom=commune.nom,
            departement=commune.departement_id,
            porteur=self.porteur(commune),
            signataire=self.territoire.intercommunalite(commune.pk, jour or self.jour),
            statut=word_of(StatutNational, "statut", lue),
            jour=jour,
            prevue=prevue,
            duree=duree,
            remarques=self.champs["remarques"].clean(lue.cellules),
        )

    def porteur(self, commune: Commune) -> str | None:
        """Return the SIREN of the intercommunalité of a commune, on the day of the list."""
        return self.territoire.intercommunalite(commune.pk, self.jour)

    def without_day(self, lue: Any, refusal: ValueError) -> bool:
        """Tell whether a row set aside is that of a host whose day of signature is not sure."""
        of_day = isinstance(refusal, CelluleRefusee) and refusal.colonne == "date_signature"
        cell: str = lue.cellules.get("statut", "")
        return of_day and cell.strip().casefold() == StatutNational.ACV.casefold()

    def signature(self, lue: Any) -> datetime.date:
        """Return the day of signature of a row; raises `JourImpossible` for one that cannot be.

        No list says what comes after its own day, and no ORT is older than the law that made them.
        """
        column, cell = "date_signature", lue.cellules.get("date_signature", "")
        try:
            jour: datetime.date | None = self.champs[column].clean(lue.cellules)
        except CelluleRefusee as refusal:
            raise JourImpossible(column, cell, refusal.raison) from None
        if jour is None:
            raise CelluleRefusee(column, cell, WITHOUT_DAY)
        if jour > self.jour:
            told = f"date impossible : la liste est du {in_french(self.jour)}"
            raise JourImpossible(column, cell, told)
        if jour < LOI_ELAN:
            told = f"date impossible : la loi qui a créé les ORT est du {in_french(LOI_ELAN)}"
            raise JourImpossible(column, cell, told)
        return jour

    def duree(self, lue: Any, jour: datetime.date | None) -> int | None:
        """Return the duration in years that a row gives, else the one that its end says; None if neither.

        An end is the anniversary of the signature, or its eve. What disagrees, or cannot be read, is told.
        """
        try:
            given = self.champs["duree_annees"].clean(lue.cellules)
            end = self.champs["date_fin"].clean(lue.cellules)
        except CelluleRefusee as refusal:
            self.durees_ecartees[lue.numero] = f"{refusal} ; durée non retenue"
            return None
        if given is not None and not duree_possible(given):
            self.durees_ecartees[lue.numero] = f"{given} ans : durée non retenue"
            return None
        by_end = years_until(jour, end) if jour and end else None
        if end and jour and (by_end is None or given not in (None, by_end)):
            told = f"la fin du {in_french(end)} ne s'accorde pas avec la signature ou la durée"
            self.durees_ecartees[lue.numero] = f"{told} : durée non retenue"
            return None
        return given or by_end


def word_of(words: type[StrEnum], column: str, lue: Any) -> str:
    """Return the one of the `words` of the list that a cell is; raises `CelluleRefusee` for any other."""
    cell: str = lue.cellules.get(column, "")
    for word in words:
        if word.casefold() == cell.strip().casefold():
            return word
    raise CelluleRefusee(column, cell, f"attendu : {', '.join(words)}")


def years_until(jour: datetime.date, end: datetime.date) -> int | None:
    """Return the whole years from `jour` to `end`, the anniversary or its eve, or None."""
    for last in (end, end + ONE_DAY):
        years = last.year - jour.year
        if years > 0 and add_years(jour, years) == last:
            return years
    return None
